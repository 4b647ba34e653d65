// Why somebody is or is not here, asked of a real slapd.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OpenLdap, startOpenLdap } from '../../sample/openldap.ts'
import { base, entry, entryUuid, group, groupDn, person, personDn } from '../../sample/seed.ts'
import type { Finding } from '../../src/plugins/ldap/tell/explanation.ts'
import { type LdapInstance, ldapEnvironment, startLdapInstance } from './ldap-instance.ts'

const elsewhere = `uid=ada,ou=contractors,${base}`
let ldap: OpenLdap
let instance: LdapInstance

beforeAll(async () => {
  ldap = await startOpenLdap({
    ldif: [
      ...['ada', 'grace', 'alan'].map((uid) => person({ uid, givenName: uid, sn: 'Test' })),
      entry(`ou=contractors,${base}`, { objectClass: 'organizationalUnit', ou: 'contractors' }),
      entry(elsewhere, { objectClass: 'inetOrgPerson', uid: 'ada', cn: 'Ada Other', sn: 'Other', mail: 'other@example.org' }),
      entry(personDn('nomail'), { objectClass: 'inetOrgPerson', uid: 'nomail', cn: 'No Mail', sn: 'Mail' }),
      entry(`cn=printer,ou=people,${base}`, { objectClass: 'device', cn: 'printer', description: 'not a person' }),
      group('team', ['grace']),
      entry(groupDn('outer'), { objectClass: 'groupOfNames', cn: 'outer', member: [groupDn('team')] }),
      entry(groupDn('_pocket_id_admins'), {
        objectClass: 'groupOfNames',
        cn: '_pocket_id_admins',
        member: [personDn('alan'), elsewhere],
      }),
    ],
  })
  instance = await startLdapInstance({
    ...ldapEnvironment(ldap),
    LDAP_USER_SEARCH_FILTER: '(&(objectClass=person)(!(ou:dn:=contractors))(!(cn=grace Test)))',
  })
})
afterAll(async () => {
  await instance?.stop()
  await ldap?.stop()
})

async function explain(user: string, group?: string): Promise<readonly Finding[]> {
  const query = new URLSearchParams({ user, ...(group === undefined ? {} : { group }) })
  const answer = await instance.asAdmin(`/api/ldap/explain?${query}`)
  expect(answer.status).toBe(200)
  return ((await answer.json()) as { findings: Finding[] }).findings
}
const about = (findings: readonly Finding[], what: Finding['about']) => findings.filter((one) => one.about === what)

describe('explaining', () => {
  test('somebody who is here says the entry, the id, the account and the groups', async () => {
    const findings = await explain('alan')
    expect(findings.map((one) => `${one.about} ${one.verdict}`)).toEqual([
      'directory note',
      'entry yes',
      'id yes',
      'values yes',
      'account yes',
      'group yes',
      'administrator yes',
    ])
    expect(about(findings, 'id')[0]?.detail).toContain(entryUuid(personDn('alan')))
  })

  test('finds the same person by e-mail address and by DN', async () => {
    const byName = await explain('alan')
    const rest = (findings: readonly Finding[]) => findings.filter(({ about: what }) => what !== 'entry')
    expect(rest(await explain('ALAN@example.org'))).toEqual(rest(byName))
    expect(rest(await explain(personDn('alan')))).toEqual(rest(byName))
  })

  test('names the filter that does not fit', async () => {
    expect(about(await explain('grace'), 'entry')).toEqual([
      { about: 'entry', verdict: 'no', detail: expect.stringContaining(`${personDn('grace')} is there but does not fit`) },
    ])
  })

  test('says which value keeps an entry out', async () => {
    expect(about(await explain('nomail'), 'values')[0]).toMatchObject({
      verdict: 'no',
      detail: 'it is left out: it has no e-mail address (mail).',
    })
  })

  test('tells a stranger of the same name in the admin group from the person meant', async () => {
    const [finding] = about(await explain('ada'), 'administrator')
    expect(finding?.verdict).toBe('no')
    expect(finding?.detail).toContain(`does not list ${personDn('ada')}`)
    expect(finding?.detail).toContain(`It lists ${elsewhere}, which is another entry`)
  })

  test('nobody finds nothing, whatever is asked', async () => {
    for (const user of ['nobody', '*', 'a)(uid=*', '(', '\\', 'x'.repeat(900)]) {
      const findings = await explain(user)
      expect(about(findings, 'entry').map(({ verdict }) => verdict)).toEqual(['no'])
      expect(about(findings, 'account')).toEqual([])
    }
  })

  test('a group that is not there, and one that is', async () => {
    expect(about(await explain('alan', 'ghosts'), 'group')[0]).toMatchObject({
      verdict: 'no',
      detail: expect.stringContaining('is called ghosts'),
    })
    expect(about(await explain('alan', 'team'), 'group')[0]).toMatchObject({ verdict: 'no' })
    expect(about(await explain('alan', '_POCKET_ID_admins'), 'group')[0]).toMatchObject({ verdict: 'yes' })
  })

  test('somebody an administrator disabled here, and somebody who left', async () => {
    const row = await instance.user('ada')
    const write = (statement: string) => instance.ground.db.write((tx) => tx.run(statement))
    await write(`update users set disabled = 1 where id = '${row?.id}'`)
    expect(about(await explain('ada'), 'account')[0]).toMatchObject({
      verdict: 'no',
      detail: expect.stringContaining('an administrator disabled it here'),
    })
    await write(`update users set disabled = 0, external_id = 'gone' where id = '${row?.id}'`)
    expect(about(await explain('ada'), 'account')[0]).toMatchObject({
      verdict: 'no',
      detail: expect.stringContaining('the user name ada belongs to an account from ldap, ada'),
    })
    await write(`update users set username = 'left', email = 'left@example.org' where id = '${row?.id}'`)
    expect(about(await explain('left'), 'account')[0]).toMatchObject({
      verdict: 'note',
      detail: expect.stringContaining('not found any more'),
    })
  })

  test('is for administrators, and asks for a name', async () => {
    expect((await instance.asAdmin('/api/ldap/explain')).status).toBe(400)
    expect((await instance.kernel.fetch(new Request('http://localhost:1411/api/ldap/explain?user=ada'))).status).toBe(401)
  })

  test('a directory that is down says so', async () => {
    await ldap.stop()
    expect(await explain('ada')).toEqual([{ about: 'directory', verdict: 'no', detail: expect.stringContaining('LDAP_URL') }])
  })
})
