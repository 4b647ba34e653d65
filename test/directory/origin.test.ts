// Where each field of a user or a group comes from, and the DN: as the API says it, over a real slapd.
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { type OpenLdap, startOpenLdap } from '../../sample/openldap.ts'
import { base, entry, group, groupDn, person, personDn } from '../../sample/seed.ts'
import { startInstance } from '../support/instance.ts'
import { type LdapInstance, ldapEnvironment, startLdapInstance } from './ldap-instance.ts'

let ldap: OpenLdap
let instance: LdapInstance
afterEach(async () => {
  await instance?.stop()
  await ldap?.stop()
})

async function start(environment: Readonly<Record<string, string>> = {}) {
  ldap = await startOpenLdap({
    ldif: [
      person({ uid: 'ada', givenName: 'Ada', sn: 'Lovelace' }),
      entry(`ou=alumni,${base}`, { objectClass: 'organizationalUnit', ou: 'alumni' }),
      group('staff', ['ada']),
    ],
  })
  instance = await startLdapInstance({ ...ldapEnvironment(ldap), ...environment })
}

interface Origin {
  readonly source: string | null
  readonly dn: string | null
  readonly externalId: string | null
  readonly seenAt: string | null
  readonly fields: readonly { field: string; value: unknown; setting: string; attribute: string | null; note: string | null }[]
}
async function origin(path: string): Promise<Origin> {
  const answer = await instance.asAdmin(`${path}/origin`)
  expect(answer.status).toBe(200)
  return (await answer.json()) as Origin
}
const ofUser = async (username: string) => origin(`/api/users/${(await instance.user(username))?.id}`)
async function groupId(name: string): Promise<string> {
  const { data } = (await (await instance.asAdmin('/api/user-groups')).json()) as { data: { id: string; name: string }[] }
  return data.find((one) => one.name === name)?.id ?? ''
}
const field = ({ fields }: Origin, name: string) => fields.find((one) => one.field === name)

test('a user says for each field which setting and which attribute it comes from', async () => {
  await start({ LDAP_CLAIMS: 'called=cn', LDAP_ADMIN_GROUP_NAME: 'staff' })
  const ada = await ofUser('ada')
  expect(ada).toMatchObject({ source: 'ldap', dn: personDn('ada'), externalId: (await instance.user('ada'))?.ldapId })
  expect(Date.parse(ada.seenAt ?? '')).toBeLessThanOrEqual(Date.now())
  expect(field(ada, 'email')).toMatchObject({ value: 'ada@example.org', setting: 'LDAP_ATTRIBUTE_USER_EMAIL', attribute: 'mail' })
  expect(field(ada, 'claim:called')).toMatchObject({ value: 'Ada Lovelace', setting: 'LDAP_CLAIMS', attribute: 'cn' })
  expect(field(ada, 'isAdmin')).toMatchObject({ value: true, note: expect.stringContaining('the group "staff"') })
  const staff = await origin(`/api/user-groups/${await groupId('staff')}`)
  expect(staff).toMatchObject({ source: 'ldap', dn: groupDn('staff') })
  expect(field(staff, 'members')).toMatchObject({ setting: 'LDAP_ATTRIBUTE_GROUP_MEMBER', attribute: 'member' })
})

test('an entry that is moved says its new place after the next run, which changed nothing else', async () => {
  await start()
  for (const [dn, rdn] of [
    [personDn('ada'), 'uid=ada'],
    [groupDn('staff'), 'cn=staff'],
  ] as const)
    await ldap.modify(`dn: ${dn}\nchangetype: modrdn\nnewrdn: ${rdn}\ndeleteoldrdn: 0\nnewsuperior: ou=alumni,${base}\n`)
  const { counts, outcome } = await instance.sync()
  expect({ outcome, ...counts }).toMatchObject({ outcome: 'applied', updated: 0, groupsUpdated: 0, created: 0, removed: 0 })
  expect((await ofUser('ada')).dn).toBe(`uid=ada,ou=alumni,${base}`)
  expect((await origin(`/api/user-groups/${await groupId('staff')}`)).dn).toBe(`cn=staff,ou=alumni,${base}`)
})

test('a local account comes from nowhere', async () => {
  await start()
  const local = { username: 'joan', firstName: 'Joan', lastName: 'Clarke', displayName: 'Joan', email: 'joan@example.org' }
  expect((await instance.asAdmin('/api/users', { method: 'POST', body: local })).status).toBe(201)
  expect(await ofUser('joan')).toEqual({
    source: null,
    label: null,
    dn: null,
    externalId: null,
    shownId: null,
    seenAt: null,
    fields: [],
  })
  expect((await instance.fetch(`/api/users/${(await instance.user('ada'))?.id}/origin`)).status).toBe(401)
})

test('of a directory that is switched off the DN is still told', async () => {
  ldap = await startOpenLdap({ ldif: [person({ uid: 'ada', givenName: 'Ada', sn: 'Lovelace' }), group('staff', ['ada'])] })
  const settings = Object.fromEntries(
    Object.entries(ldapEnvironment(ldap)).filter(([name]) => !/^(LDAP_ENABLED|UI_CONFIG)/.test(name)),
  )
  const bare = await startInstance(settings)
  const turn = (ldapEnabled: string) => bare.asAdmin('/api/application-configuration', { method: 'PUT', body: { ldapEnabled } })
  try {
    expect((await turn('true')).status).toBe(200)
    while (!bare.lines.some((line) => line.includes('name=SyncLdap'))) await pause(10)
    await turn('false')
    const { data } = (await (await bare.asAdmin('/api/users')).json()) as { data: { id: string; ldapId: string }[] }
    const told = {
      source: 'ldap',
      label: null,
      dn: personDn('ada'),
      externalId: data[0]?.ldapId,
      shownId: null,
      seenAt: null,
      fields: [],
    }
    expect(await (await bare.asAdmin(`/api/users/${data[0]?.id}/origin`)).json()).toEqual(told)
  } finally {
    await bare.stop()
  }
})
