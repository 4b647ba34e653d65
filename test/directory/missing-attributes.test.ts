// An attribute that no entry has: the end of the run, or a warning where its name is a usual one and the run can do without it, and a held plan where everybody would lose it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OpenLdap, startOpenLdap } from '../../sample/openldap.ts'
import { entry, groupDn, personDn } from '../../sample/seed.ts'
import { type LdapInstance, lastRunLine, ldapEnvironment, startLdapInstance } from './ldap-instance.ts'

const names = ['ada', 'grace', 'hedy', 'joan', 'mary']
const person = (uid: string) =>
  entry(personDn(uid), { objectClass: 'inetOrgPerson', uid, cn: uid, sn: uid, mail: `${uid}@example.org` })
const team = entry(groupDn('team'), { objectClass: 'posixGroup', cn: 'team', gidNumber: '7' })

describe('an attribute that nobody has', () => {
  let ldap: OpenLdap
  let instance: LdapInstance
  beforeAll(async () => {
    ldap = await startOpenLdap({ ldif: [...names.map(person), team] })
    instance = await startLdapInstance({
      ...ldapEnvironment(ldap),
      ...{ LDAP_USER_GROUP_SEARCH_FILTER: '(objectClass=posixGroup)', LDAP_ATTRIBUTE_GROUP_MEMBER: 'memberUid' },
      LDAP_ADMIN_GROUP_NAME: '',
    })
  })
  afterAll(async () => {
    await instance?.stop()
    await ldap?.stop()
  })
  const change = (...lines: readonly string[]) =>
    ldap.modify(names.map((uid) => [`dn: ${personDn(uid)}`, 'changetype: modify', ...lines, ''].join('\n')).join('\n'))

  test('is named in a warning; users come without it, and a group may have no member', async () => {
    expect(lastRunLine(instance)).toMatch(/Job run successfully .*users=5/)
    expect((await instance.sync()).warnings).toEqual([
      expect.stringMatching(
        /^LDAP_ATTRIBUTE_USER_FIRST_NAME: none of the 5 entries has the attribute givenName\. Check its spelling/,
      ),
      expect.stringMatching(
        /^LDAP_ATTRIBUTE_GROUP_MEMBER: none of the 1 entries has the attribute memberUid\. Check its spelling/,
      ),
    ])
    expect(await instance.user('ada')).toMatchObject({ firstName: '', displayName: 'ada' })
    expect(await instance.groups()).toEqual({ team: [] })
  })

  test.each([
    ['LDAP_ATTRIBUTE_USER_FIRST_NAME', 'givenNam'],
    ['LDAP_ATTRIBUTE_USER_LAST_NAME', 'nachname'],
    ['LDAP_ATTRIBUTE_USER_EMAIL', 'maill'],
    ['LDAP_ATTRIBUTE_USER_USERNAME', 'sAMAccountName'],
    ['LDAP_ATTRIBUTE_GROUP_MEMBER', 'members'],
  ])('under a name that no directory has stops the run: %s=%s', async (name, value) => {
    const wrong = await startLdapInstance({
      ...ldapEnvironment(ldap),
      ...{ LDAP_USER_GROUP_SEARCH_FILTER: '(objectClass=posixGroup)', LDAP_ATTRIBUTE_GROUP_MEMBER: 'memberUid' },
      ...{ LDAP_ADMIN_GROUP_NAME: '', REQUIRE_USER_EMAIL: 'false', [name]: value },
    })
    try {
      const sentence = `${name}: none of the .* has the attribute ${value}\\. Check its spelling`
      expect(lastRunLine(wrong)).toMatch(new RegExp(`Job failed with error .*${sentence}`))
      expect(await wrong.users()).toEqual([])
    } finally {
      await wrong.stop()
    }
  })

  test('is no reason to take it from everybody who had it: that plan is held', async () => {
    await change('add: givenName', 'givenName: Somebody')
    expect(await instance.sync()).toMatchObject({ outcome: 'applied', counts: { updated: 5 } })
    const before = await instance.rows()
    await change('delete: givenName')
    expect(await instance.sync()).toMatchObject({
      outcome: 'refused',
      reasons: [expect.stringMatching(/take the first name from 5 of 5 users \(100 %\).*Check LDAP_ATTRIBUTE_USER_FIRST_NAME/)],
    })
    expect(await instance.rows()).toBe(before)
  })
})
