// Syncs from a real slapd into a real database file.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OpenLdap, startOpenLdap } from '../../sample/openldap.ts'
import { entryUuid, group, groupDn, person, personDn } from '../../sample/seed.ts'
import { type LdapInstance, lastRunLine, ldapEnvironment, startLdapInstance } from './ldap-instance.ts'

const ada = { uid: 'ada', givenName: 'Ada', sn: 'Lovelace' }
const grace = { uid: 'grace', givenName: 'Grace', sn: 'Hopper' }
const hedy = { uid: 'hedy', givenName: 'Hedy', sn: 'Lamarr' }
const joan = { uid: 'joan', givenName: 'Joan', sn: 'Clarke' }
const everybody = ['ada', 'grace', 'hedy', 'joan']
const people = [ada, grace, hedy, joan].map(person)

let ldap: OpenLdap
let instance: LdapInstance

async function start(ldif: readonly string[] = [], environment: Readonly<Record<string, string>> = {}) {
  const groups = [group('staff', everybody), group('_pocket_id_admins', ['ada'])]
  ldap = await startOpenLdap({ ldif: [...people, ...groups, ...ldif] })
  instance = await startLdapInstance({ ...ldapEnvironment(ldap), ...environment })
}
const stop = async () => {
  await instance?.stop()
  await ldap?.stop()
}
const change = (dn: string, ...lines: string[]) => ldap.modify([`dn: ${dn}`, 'changetype: modify', ...lines, ''].join('\n'))
const rename = (uid: string, newUid: string) =>
  ldap.modify([`dn: ${personDn(uid)}`, 'changetype: modrdn', `newrdn: uid=${newUid}`, 'deleteoldrdn: 1', ''].join('\n'))
/** Adds an entry as an administrator does: the server gives the id. */
const add = (ldif: string) => ldap.modify(ldif.replace(/^entryUUID:.*\n/gm, ''))
const remove = (dn: string) => ldap.modify(`dn: ${dn}\nchangetype: delete\n`)

describe('a directory becomes accounts', () => {
  beforeAll(() => start())
  afterAll(stop)

  test('users, groups and administrators are there after the run at start, and the log says so in one line', async () => {
    expect(lastRunLine(instance)).toMatch(/Job run successfully .*name=SyncLdap/)
    expect(await instance.user('ada')).toMatchObject({
      email: 'ada@example.org',
      firstName: 'Ada',
      lastName: 'Lovelace',
      displayName: 'Ada Lovelace',
      isAdmin: true,
      disabled: false,
      ldapId: entryUuid(personDn('ada')),
    })
    expect((await instance.users()).filter(({ isAdmin }) => isAdmin)).toHaveLength(1)
    expect(await instance.groups()).toEqual({ _pocket_id_admins: ['ada'], staff: everybody })
  })

  test('a second sync of an unchanged directory writes no row', async () => {
    const before = await instance.rows()
    expect(await instance.sync()).toMatchObject({ outcome: 'applied', counts: { updated: 0, groupsUpdated: 0, membersAdded: 0 } })
    await instance.sync()
    expect(await instance.rows()).toBe(before)
    const { data } = (await (await instance.asAdmin('/api/ldap/runs')).json()) as { data: { repeats: number }[] }
    expect(data.map(({ repeats }) => repeats)).toEqual([2, 1])
  })

  test('a preview lists what would change and changes nothing', async () => {
    await change(personDn('grace'), 'replace: mail', 'mail: rear.admiral@example.org')
    const before = await instance.rows()
    const preview = await (await instance.asAdmin('/api/ldap/preview', { method: 'POST' })).json()
    expect(preview).toMatchObject({
      outcome: 'planned',
      changes: [
        { action: 'update', name: 'grace', before: { email: 'grace@example.org' }, after: { email: 'rear.admiral@example.org' } },
      ],
    })
    expect(await instance.rows()).toBe(before)
    expect(await instance.sync()).toMatchObject({ counts: { updated: 1 } })
    expect(await instance.user('grace')).toMatchObject({ email: 'rear.admiral@example.org' })
  })

  test('a renamed user keeps the account', async () => {
    const before = await instance.user('hedy')
    await rename('hedy', 'hedwig')
    await instance.sync()
    expect((await instance.user('hedwig'))?.id).toBe(before?.id)
    expect((await instance.groups()).staff).toEqual(['ada', 'grace', 'hedwig', 'joan'])
    await rename('hedwig', 'hedy')
    await instance.sync()
  })

  test('two users who swap their addresses converge in one run', async () => {
    await change(personDn('ada'), 'replace: mail', 'mail: joan@example.org')
    await change(personDn('joan'), 'replace: mail', 'mail: ada@example.org')
    expect(await instance.sync()).toMatchObject({ outcome: 'applied', counts: { updated: 2 }, conflicts: [] })
    expect((await instance.user('ada'))?.email).toBe('joan@example.org')
    expect((await instance.user('joan'))?.email).toBe('ada@example.org')
    await change(personDn('ada'), 'replace: mail', 'mail: ada@example.org')
    await change(personDn('joan'), 'replace: mail', 'mail: joan@example.org')
    expect(await instance.sync()).toMatchObject({ counts: { updated: 2, skipped: 0 } })
  })

  test('a change of members follows, and a group that is gone is removed', async () => {
    await add(group('visitors', ['joan']))
    await change(groupDn('staff'), 'delete: member', `member: ${personDn('joan')}`)
    await instance.sync()
    expect(await instance.groups()).toEqual({ _pocket_id_admins: ['ada'], staff: ['ada', 'grace', 'hedy'], visitors: ['joan'] })
    await remove(groupDn('visitors'))
    expect(await instance.sync()).toMatchObject({ counts: { groupsRemoved: 1 } })
    expect(Object.keys(await instance.groups())).toEqual(['_pocket_id_admins', 'staff'])
  })

  test('a user who left is disabled, loses every session; a new entry with the old name waits until the old account is removed', async () => {
    const before = await instance.user('joan')
    const { db } = instance.ground
    const { sessions } = await import('#core/db/tables.ts')
    const at = new Date()
    const session = { id: 's', userId: before!.id, amr: [], createdAt: at, expiresAt: new Date(at.getTime() + 3_600_000) }
    await db.write((tx) => tx.insert(sessions).values(session))
    await remove(personDn('joan'))
    expect(await instance.sync()).toMatchObject({ counts: { disabled: 1, removed: 0 } })
    expect(await instance.user('joan')).toMatchObject({ id: before!.id, disabled: true })
    expect(await db.read.select().from(sessions)).toEqual([])
    await add(person(joan))
    const report = await instance.sync()
    // A new entry has a new id: it is somebody else to us, and the name is still taken. Both sides are named.
    expect(report.conflicts.map(({ dn }) => dn)).toEqual([personDn('joan'), personDn('joan')])
    expect(report.conflicts[0]?.why).toContain('the account joan, which left the directory')
    // As the sentence says: once the old account is gone, the new entry is let in.
    expect((await instance.asAdmin(`/api/users/${before!.id}`, { method: 'DELETE' })).status).toBe(204)
    expect(await instance.sync()).toMatchObject({ counts: { created: 1, skipped: 0 } })
  })

  test('the edit-guard holds: a synced group refuses, a synced user keeps everything but the language', async () => {
    const { data } = (await (await instance.asAdmin('/api/user-groups')).json()) as { data: { id: string; name: string }[] }
    const staff = data.find(({ name }) => name === 'staff')!
    for (const [path, method, body] of [
      [`/api/user-groups/${staff.id}`, 'PUT', { name: 'mine', friendlyName: 'Mine' }],
      [`/api/user-groups/${staff.id}/users`, 'PUT', { userIds: [] }],
      [`/api/user-groups/${staff.id}`, 'DELETE', undefined],
    ] as const) {
      const answer = await instance.asAdmin(path, { method, ...(body ? { body } : {}) })
      expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([403, 'ldap_user_group_update'])
    }
    const user = (await instance.user('grace'))!
    const edit = { ...user, username: 'mallory', firstName: 'M', isAdmin: true, locale: 'de' }
    expect((await instance.asAdmin(`/api/users/${user.id}`, { method: 'PUT', body: edit })).status).toBe(200)
    expect(await instance.user('grace')).toMatchObject({ firstName: 'Grace', isAdmin: false, locale: 'de' })
    const removal = await instance.asAdmin(`/api/users/${user.id}`, { method: 'DELETE' })
    expect([removal.status, ((await removal.json()) as { code: string }).code]).toEqual([403, 'ldap_user_update'])
  })
})

describe('safety', () => {
  beforeAll(() =>
    start([], {
      LDAP_SOFT_DELETE_USERS: 'false',
      LDAP_USER_SEARCH_FILTER: '(&(objectClass=inetOrgPerson)(!(objectClass=uidObject)))',
    }),
  )
  afterAll(stop)

  test('more than the allowed share gone is refused with nothing changed', async () => {
    const before = await instance.rows()
    for (const uid of ['grace', 'hedy']) await change(personDn(uid), 'add: objectClass', 'objectClass: uidObject')
    const report = await instance.sync()
    expect(report.outcome).toBe('refused')
    expect(report.reasons[0]).toContain('LDAP_MAX_REMOVAL_PERCENT')
    expect(await instance.rows()).toBe(before)
    const answer = await instance.asAdmin('/api/application-configuration/sync-ldap', { method: 'POST' })
    expect(answer.status).toBe(409)
    expect((await instance.fetch('/healthz')).status).toBe(204)
    for (const uid of ['grace', 'hedy']) await change(personDn(uid), 'delete: objectClass', 'objectClass: uidObject')
  })

  test('the last administrator is never taken away', async () => {
    const before = await instance.rows()
    await change(groupDn('_pocket_id_admins'), 'replace: member', `member: ${personDn('nobody')}`)
    const report = await instance.sync()
    expect(report.outcome).toBe('refused')
    expect(report.reasons.join()).toContain('LDAP_ADMIN_GROUP_NAME')
    expect(await instance.rows()).toBe(before)
    await change(groupDn('_pocket_id_admins'), 'replace: member', `member: ${personDn('ada')}`)
  })

  test('one user may always go, and with soft delete off the account is removed', async () => {
    await remove(personDn('joan'))
    expect(await instance.sync()).toMatchObject({ outcome: 'applied', counts: { removed: 1 } })
    expect(await instance.user('joan')).toBeUndefined()
  })
})

describe('entries that are left out', () => {
  const inetOrgPerson = (uid: string, lines: readonly string[]) =>
    [`dn: ${personDn(uid)}`, 'objectClass: inetOrgPerson', ...lines, ''].join('\n')

  beforeAll(async () => {
    await start()
    await ldap.modify(inetOrgPerson('nomail', ['cn: No Mail', 'sn: Mail']))
    await ldap.modify(inetOrgPerson('odd name', ['cn: Odd', 'sn: Name', 'mail: odd@example.org']))
    await ldap.modify(inetOrgPerson('badmail', ['cn: Bad', 'sn: Mail', 'mail: not an address']))
    await ldap.modify(inetOrgPerson('thief', ['cn: Thief', 'sn: Thief', 'mail: ada@example.org']))
    await ldap.modify(inetOrgPerson('fine', ['cn: Fine', 'sn: Fine', 'mail: fine@example.org']))
  })
  afterAll(stop)

  test('each is listed with its DN and the reason, and the others go on', async () => {
    const report = await instance.sync()
    const why = Object.fromEntries(report.skipped.map((one) => [one.dn, one.why]))
    expect(why[personDn('nomail')]).toContain('no e-mail address')
    expect(why[personDn('odd name')]).toContain('user name')
    expect(why[personDn('badmail')]).toContain('not valid')
    expect(report.conflicts.map(({ dn }) => dn)).toEqual([personDn('thief')])
    expect(await instance.user('fine')).toMatchObject({ disabled: false })
    expect(await instance.user('ada')).toMatchObject({ email: 'ada@example.org', disabled: false })
  })

  test('an entry that becomes invalid neither disables nor changes the account linked to it', async () => {
    const before = await instance.user('grace')
    await change(personDn('grace'), 'delete: mail')
    const report = await instance.sync()
    expect(report.skipped.map(({ dn }) => dn)).toContain(personDn('grace'))
    expect(await instance.user('grace')).toEqual(before)
    expect((await instance.groups()).staff).toContain('grace')
  })

  test('an entry made invalid by whoever it belongs to keeps nobody here whom the directory locks, and lets nobody in', async () => {
    await change(personDn('fine'), 'replace: mail', 'mail: not an address')
    await change(personDn('fine'), 'add: pwdAccountLockedTime', 'pwdAccountLockedTime: 000001010000Z')
    expect(await instance.sync()).toMatchObject({ outcome: 'applied', counts: { disabled: 1 } })
    expect(await instance.user('fine')).toMatchObject({ disabled: true, email: 'fine@example.org' })
    await change(personDn('fine'), 'delete: pwdAccountLockedTime')
    await instance.sync()
    expect(await instance.user('fine')).toMatchObject({ disabled: true })
    await change(personDn('fine'), 'replace: mail', 'mail: fine@example.org')
    await instance.sync()
    expect(await instance.user('fine')).toMatchObject({ disabled: false })
  })

  test('a user of elsewhere with the same user name in the DN is no member and no administrator', async () => {
    await change(groupDn('_pocket_id_admins'), 'add: member', 'member: uid=fine,ou=contractors,dc=elsewhere')
    const report = await instance.sync()
    expect(report.read.membersOutside).toBe(1)
    expect(await instance.user('fine')).toMatchObject({ isAdmin: false })
  })

  test('an account locked in the directory is disabled here, and let in again with it', async () => {
    await change(personDn('fine'), 'add: pwdAccountLockedTime', 'pwdAccountLockedTime: 000001010000Z')
    await instance.sync()
    expect(await instance.user('fine')).toMatchObject({ disabled: true })
    await change(personDn('fine'), 'delete: pwdAccountLockedTime')
    await instance.sync()
    expect(await instance.user('fine')).toMatchObject({ disabled: false })
  })
})

describe('coming back', () => {
  beforeAll(() => start([], { LDAP_USER_SEARCH_FILTER: '(&(objectClass=inetOrgPerson)(!(title=away)))' }))
  afterAll(stop)

  test('a user who comes back is enabled again, as the same account and in the same groups', async () => {
    const before = await instance.user('joan')
    await change(personDn('joan'), 'add: title', 'title: away')
    await instance.sync()
    expect(await instance.user('joan')).toMatchObject({ id: before!.id, disabled: true })
    expect((await instance.groups()).staff).not.toContain('joan')
    await change(personDn('joan'), 'delete: title')
    await instance.sync()
    expect(await instance.user('joan')).toEqual(before)
    expect((await instance.groups()).staff).toContain('joan')
  })
})

describe('nested groups and big ones', () => {
  test('members of a group inside a group count as members of both, circles included', async () => {
    ldap = await startOpenLdap({
      ldif: [...people, group('_pocket_id_admins', ['ada']), group('inner', ['grace']), group('outer', ['hedy'])],
    })
    try {
      await change(groupDn('inner'), 'add: member', `member: ${groupDn('outer')}`)
      await change(groupDn('outer'), 'add: member', `member: ${groupDn('inner')}`)
      instance = await startLdapInstance({ ...ldapEnvironment(ldap), LDAP_NESTED_GROUPS: 'true' })
      expect(await instance.groups()).toEqual({ _pocket_id_admins: ['ada'], inner: ['grace', 'hedy'], outer: ['grace', 'hedy'] })
    } finally {
      await stop()
    }
  })

  test('a directory of 3,000 in pages of 100, with a group of all, is read whole', async () => {
    ldap = await startOpenLdap({ users: 3_000 })
    try {
      instance = await startLdapInstance({ ...ldapEnvironment(ldap), LDAP_PAGE_SIZE: '100' })
      expect(lastRunLine(instance)).toMatch(/users=3000 .*created=3000/)
      expect((await instance.groups())['all-users']).toHaveLength(3_000)
      const before = await instance.rows()
      expect(await instance.sync()).toMatchObject({
        read: { users: 3_000, whole: true },
        counts: { updated: 0, membersAdded: 0 },
      })
      expect(await instance.rows()).toBe(before)
    } finally {
      await stop()
    }
  })
})
