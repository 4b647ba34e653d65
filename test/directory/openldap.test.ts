// OpenLDAP, the real one: the common suite, its limits, and data as odd as the protocol allows.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OpenLdap, startOpenLdap } from '../../sample/openldap.ts'
import { base, entry, entryUuid, groupDn, personDn } from '../../sample/seed.ts'
import { groups, nestedGroups, people } from './cast.ts'
import { describeDirectory } from './conformance.ts'
import { type LdapInstance, lastRunLine, ldapEnvironment, startLdapInstance } from './ldap-instance.ts'

const escaped = `cn=Doe\\, John \\"JD\\" \\#1 \\+ \\<x\\>\\;+uid=jdoe,ou=people,${base}`
const dnOf = (username: string) => (username === 'jdoe' ? escaped : personDn(username))
/** The same name as a client may well write it: other case, spaces, hex pairs, an OID, the parts in another order. */
const otherSpelling = `UID=JDOE + 2.5.4.3=Doe\\2c John \\22JD\\22 \\231 \\2B \\3Cx\\3e\\3B, OU=People,DC=Example , dc=ORG`
const elsewhere = `uid=u00002,ou=contractors,dc=elsewhere`

const account = (username: string, first: string, last: string, mail: boolean) =>
  entry(dnOf(username), {
    objectClass: ['inetOrgPerson', 'shadowAccount'],
    uid: username,
    ...(username === 'jdoe' ? { cn: 'Doe, John "JD" #1 + <x>;' } : { cn: `${first} ${last}` }),
    ...{ sn: last, givenName: first, displayName: `${first} ${last}`, mail: mail ? `${username}@example.org` : undefined },
  })
const holder = (name: string, members: readonly string[]) =>
  // The schema wants a member, so a group without one has somebody who is nobody.
  entry(groupDn(name), { objectClass: 'groupOfNames', cn: name, member: members.length > 0 ? members : [`cn=nobody,${base}`] })

function* ldif(users: number): Generator<string> {
  for (const { username, first, last, mail } of people(users)) yield account(username, first, last, mail)
  for (const { name, users: members, groups: inner } of [...groups(users), ...nestedGroups]) {
    const own = name === 'escapes' ? [otherSpelling] : members.map(dnOf)
    yield holder(name, [...own, ...inner.map(groupDn), ...(name === '_pocket_id_admins' ? [elsewhere] : [])])
  }
  yield holder('with-outsiders', [dnOf('u00000'), `cn=contact,${base}`, `ou=people,${base}`])
}

describeDirectory('OpenLDAP', async () => {
  const users = 40
  const ldap = await startOpenLdap({ ldif: ldif(users) })
  const { LDAP_URL, LDAP_BIND_DN, LDAP_BIND_PASSWORD, LDAP_BASE, LDAP_ADMIN_GROUP_NAME } = ldapEnvironment(ldap)
  const change = (username: string, ...lines: readonly string[]) =>
    ldap.modify([`dn: ${dnOf(username)}`, ...lines, ''].join('\n'))
  return {
    kind: 'openldap',
    environment: {
      ...{ LDAP_URL: LDAP_URL ?? '', LDAP_BIND_DN: LDAP_BIND_DN ?? '', LDAP_BIND_PASSWORD: LDAP_BIND_PASSWORD ?? '' },
      ...{ LDAP_BASE: LDAP_BASE ?? '', LDAP_ADMIN_GROUP_NAME: LDAP_ADMIN_GROUP_NAME ?? '' },
      ...{ LDAP_PRESET: 'openldap', LDAP_NESTED_GROUPS: 'true' },
    },
    users,
    domain: 'example.org',
    idOf: (username) => entryUuid(dnOf(username)),
    leftOut: [/no e-mail address/],
    outside: 4,
    isNested: true,
    switch: (username, on) =>
      on
        ? change(username, 'changetype: modify', 'delete: pwdAccountLockedTime')
        : change(username, 'changetype: modify', 'add: pwdAccountLockedTime', 'pwdAccountLockedTime: 000001010000Z'),
    rename: (username, to) => change(username, 'changetype: modrdn', `newrdn: uid=${to}`, 'deleteoldrdn: 1'),
    stop: () => ldap.stop(),
  }
})

describe('the limits of OpenLDAP', () => {
  const limited = async (sizeLimit: string, use: (instance: LdapInstance) => Promise<void>) => {
    const ldap = await startOpenLdap({ users: 1_200, sizeLimit })
    const instance = await startLdapInstance(ldapEnvironment(ldap))
    try {
      await use(instance)
    } finally {
      await instance.stop()
      await ldap.stop()
    }
  }
  test('500 an answer but any number in pages: everybody is read', () =>
    limited('size.soft=500 size.hard=500 size.prtotal=unlimited', async (instance) => {
      expect(lastRunLine(instance)).toMatch(/Job run successfully .*users=1200/)
    }))
  test('a plain 500, slapd’s default: the run fails with the cure, and nobody is here', () =>
    limited('500', async (instance) => {
      expect(lastRunLine(instance)).toMatch(/LDAP_USER_SEARCH_FILTER: .*fewer entries than there are.*size\.prtotal=unlimited/)
      expect(await instance.rows()).toBe('[[],[],[]]')
    }))
  test('pages of at most 100: smaller ones are asked for by itself', () =>
    limited('size.soft=500 size.hard=500 size.pr=100 size.prtotal=unlimited', async (instance) => {
      expect(lastRunLine(instance)).toMatch(/Job run successfully .*users=1200/)
      expect((await instance.sync()).read.pages).toBeGreaterThan(12)
    }))
})

describe('odd data', () => {
  let ldap: OpenLdap
  let instance: LdapInstance
  const policy = (cn: string, seconds: number) =>
    entry(`cn=${cn},ou=services,${base}`, {
      objectClass: ['organizationalRole', 'pwdPolicy'],
      ...{ cn, pwdAttribute: 'userPassword', pwdLockout: 'TRUE', pwdLockoutDuration: String(seconds) },
    })
  const person = (uid: string, more: Readonly<Record<string, string | readonly string[]>> = {}, dn = personDn(uid)) =>
    entry(dn, {
      objectClass: ['inetOrgPerson', 'posixAccount', 'shadowAccount', 'extensibleObject'],
      ...{ uid, cn: uid, sn: uid, givenName: uid, mail: `${uid}@example.org` },
      ...{ uidNumber: '1', gidNumber: '1', homeDirectory: '/' },
      ...more,
    })
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString().replace(/[-:T]|\.\d+/g, '')
  beforeAll(async () => {
    ldap = await startOpenLdap({
      ldif: [
        policy('short', 600),
        policy('endless', 0),
        person('tagged', { 'cn;lang-ja': 'エイダ', 'displayName;lang-ja': 'エイダ' }),
        person('many', { uid: ['aaa', 'many'], mail: ['z@example.org', 'a@example.org'] }),
        person('composed', { sn: 'Mu\u0308ller', givenName: '  Ada  ' }),
        person('lock-over', { pwdAccountLockedTime: minutesAgo(20), pwdPolicySubentry: `CN=Short,OU=Services,${base}` }),
        person('lock-on', { pwdAccountLockedTime: minutesAgo(5), pwdPolicySubentry: `cn=short,ou=services,${base}` }),
        person('lock-endless', { pwdAccountLockedTime: minutesAgo(9_000), pwdPolicySubentry: `cn=endless,ou=services,${base}` }),
        person('expired', { shadowExpire: '10000' }),
        person('no spaces allowed'),
        entry(groupDn('posix'), {
          objectClass: 'posixGroup',
          cn: 'posix',
          gidNumber: '7',
          memberUid: ['MANY', 'tagged', 'nobody'],
        }),
        entry(groupDn('unique'), {
          objectClass: 'groupOfUniqueNames',
          cn: 'unique',
          uniqueMember: [`${personDn('tagged')}#'0101'B`, personDn('composed')],
        }),
      ],
    })
    instance = await startLdapInstance(ldapEnvironment(ldap))
  })
  afterAll(async () => {
    await instance?.stop()
    await ldap?.stop()
  })

  test('options are kept apart, text is NFC without blanks around it', async () => {
    expect(await instance.user('tagged')).toMatchObject({ displayName: 'tagged' })
    expect(await instance.user('composed')).toMatchObject({ lastName: 'M\u00fcller', firstName: 'Ada' })
  })
  test('of several user names the one in the entry’s name counts, of several addresses the first, and it stays', async () => {
    const before = await instance.user('many')
    expect(before?.email).toMatch(/^[az]@example\.org$/)
    const other = before?.email === 'a@example.org' ? 'z@example.org' : 'a@example.org'
    await ldap.modify(`dn: ${personDn('many')}\nchangetype: modify\nreplace: mail\nmail: ${other}\nmail: ${before?.email}\n`)
    expect(await instance.sync()).toMatchObject({ counts: { updated: 0 } })
    await ldap.modify(`dn: ${personDn('many')}\nchangetype: modify\nreplace: mail\nmail: ${other}\n`)
    expect(await instance.sync()).toMatchObject({ counts: { updated: 1 } })
    expect(await instance.user('many')).toMatchObject({ id: before?.id, email: other })
  })
  test('a lock lasts as long as its policy says; an expired account is off', async () => {
    const off = async (username: string) => (await instance.user(username))?.disabled
    expect(await off('lock-over')).toBe(false)
    expect(await off('lock-on')).toBe(true)
    expect(await off('lock-endless')).toBe(true)
    expect(await off('expired')).toBe(true)
  })
  test('what cannot be an account is named with its reason', async () => {
    const { skipped } = await instance.sync()
    expect(skipped).toEqual([
      { entity: 'user', dn: personDn('no spaces allowed'), why: expect.stringMatching(/characters other than/) },
    ])
  })
  test('groups of names and of unique names are read by their attribute', async () => {
    const read = async (environment: Readonly<Record<string, string>>) => {
      const other = await startLdapInstance({ ...ldapEnvironment(ldap), LDAP_ADMIN_GROUP_NAME: '', ...environment })
      try {
        return await other.groups()
      } finally {
        await other.stop()
      }
    }
    expect(
      await read({ LDAP_USER_GROUP_SEARCH_FILTER: '(objectClass=posixGroup)', LDAP_ATTRIBUTE_GROUP_MEMBER: 'memberUid' }),
    ).toEqual({ posix: ['many', 'tagged'] })
    expect(
      await read({
        LDAP_USER_GROUP_SEARCH_FILTER: '(objectClass=groupOfUniqueNames)',
        LDAP_ATTRIBUTE_GROUP_MEMBER: 'uniqueMember',
      }),
    ).toEqual({ unique: ['composed', 'tagged'] })
  })
  test('a directory where only users say which groups they are in', async () => {
    await ldap.modify(
      `dn: ${groupDn('overlay')}\nchangetype: add\nobjectClass: groupOfNames\ncn: overlay\nmember: ${personDn('tagged')}\nmember: ${personDn('hidden')}\n`,
    )
    const other = await startLdapInstance({
      ...ldapEnvironment(ldap),
      LDAP_ADMIN_GROUP_NAME: 'overlay',
      LDAP_ATTRIBUTE_GROUP_MEMBER: 'description',
      LDAP_ATTRIBUTE_USER_MEMBER_OF: 'memberOf',
    })
    try {
      expect(await other.groups()).toEqual({ overlay: ['tagged'] })
      expect(await other.user('tagged')).toMatchObject({ isAdmin: true })
    } finally {
      await other.stop()
    }
  })
})
