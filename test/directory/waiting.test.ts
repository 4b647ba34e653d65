// While a plan waits for an administrator, whoever the directory shuts out is out all the same; what waits does not slip by in portions.
import { afterEach, expect, test } from 'vitest'
import { type OpenLdap, startOpenLdap } from '../../sample/openldap.ts'
import { group, person, personDn } from '../../sample/seed.ts'
import { type Memory, peek } from '../../src/plugins/ldap/changes/reading.ts'
import { livePlans } from '../../src/plugins/ldap/plan/plans.ts'
import { sync, syncChanges } from '../../src/plugins/ldap/sync.ts'
import { bySchedule } from '../../src/plugins/ldap/tell/runs.ts'
import { undoRun } from '../../src/plugins/ldap/write/undo.ts'
import { signInAgain } from '../support/apps.ts'
import { visit } from '../support/visitor.ts'
import { type Hosted, startHosted } from './hosted.ts'
import { ldapEnvironment, startLdapInstance } from './ldap-instance.ts'

const everybody = Array.from({ length: 20 }, (_, at) => `p${at}`)
const ldif = [...everybody.map((uid) => person({ uid, givenName: uid, sn: 'First' })), group('staff', everybody)]
const environment = (ldap: OpenLdap) => ({
  ...ldapEnvironment(ldap),
  LDAP_USER_SEARCH_FILTER: '(&(objectClass=inetOrgPerson)(!(title=away)))',
  LDAP_MAX_REMOVAL_PERCENT: '20',
})

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const signal = () => new AbortController().signal
const change = (ldap: OpenLdap, uid: string, ...lines: string[]) =>
  ldap.modify([`dn: ${personDn(uid)}`, 'changetype: modify', ...lines, ''].join('\n'))
const acting = (ldap: OpenLdap) => ({
  leave: (...uids: string[]) => Promise.all(uids.map((uid) => change(ldap, uid, 'add: title', 'title: away'))),
  comeBack: (...uids: string[]) => Promise.all(uids.map((uid) => change(ldap, uid, 'delete: title'))),
  lock: (uid: string) => change(ldap, uid, 'add: pwdAccountLockedTime', 'pwdAccountLockedTime: 000001010000Z'),
  unlock: (uid: string) => change(ldap, uid, 'delete: pwdAccountLockedTime'),
  rename: (uid: string, sn: string) => change(ldap, uid, 'replace: sn', `sn: ${sn}`),
  remove: (uid: string) => ldap.modify(`dn: ${personDn(uid)}\nchangetype: delete\n`),
})

async function begin(more: Readonly<Record<string, string>> = {}) {
  const ldap = await startOpenLdap({ ldif })
  closers.push(ldap.stop)
  const hosted = await startHosted({ ...environment(ldap), ...more })
  closers.push(() => hosted.instance.stop())
  const memory: Memory = {}
  const whole = (plan?: string | null) => sync(hosted.host, { signal: signal(), ...(plan ? { plan } : {}) }, memory)
  expect(await whole()).toMatchObject({ outcome: 'applied', counts: { created: 20 } })
  const changes = () => syncChanges(hosted.host, { signal: signal() }, memory)
  return { ...acting(ldap), hosted, memory, whole, changes }
}

const shutOut = async ({ host }: Hosted): Promise<readonly string[]> =>
  (await host.db.read.all<{ username: string }>('select username from users where source_disabled = 1')).map(
    ({ username }) => username,
  )
const names = async ({ host }: Hosted): Promise<readonly string[]> =>
  (await host.db.read.all<{ username: string }>('select username from users order by rowid')).map(({ username }) => username)
const waiting = async ({ host }: Hosted) => (await livePlans(host.db, host.clock, 'ldap')).map(({ hash }) => hash)

test('whoever the directory shuts out goes in the very run that is held, and what waits is what an administrator is shown', async () => {
  const { hosted, leave, lock, whole } = await begin({ LDAP_SOFT_DELETE_USERS: 'false' })
  await leave(...everybody.slice(10))
  await lock('p1')
  const held = await whole()
  expect(held).toMatchObject({ outcome: 'refused', counts: { removed: 10, disabled: 0 } })
  expect(await shutOut(hosted)).toEqual(['p1'])
  expect(await names(hosted)).toEqual(everybody)
  await lock('p2')
  expect(await whole()).toMatchObject({ outcome: 'refused', plan: held.plan })
  expect(await shutOut(hosted)).toEqual(['p1', 'p2'])
  expect(await whole(held.plan)).toMatchObject({ outcome: 'applied', counts: { removed: 10 } })
  expect(await names(hosted)).toEqual(everybody.slice(0, 10))
})

test('changes meanwhile shut out who is locked or gone, and do nothing else; whoever comes back is let in by the next whole run', async () => {
  const { hosted, memory, leave, comeBack, lock, unlock, rename, remove, whole, changes } = await begin({
    LDAP_SOFT_DELETE_USERS: 'false',
  })
  await leave(...everybody.slice(10))
  const held = await changes()
  expect(held).toMatchObject({ outcome: 'refused', counts: { removed: 10 } })
  expect(await peek(hosted.host, signal(), memory)).toBe('hourly')

  await lock('p1')
  await leave('p2')
  await rename('p3', 'Changed')
  expect(await peek(hosted.host, signal(), memory)).toBe('urgent')
  const rows = await hosted.rows()
  expect(await changes()).toMatchObject({ outcome: 'applied', scope: 'changes', counts: { disabled: 2, updated: 0 } })
  expect(await shutOut(hosted)).toEqual(['p1', 'p2'])
  expect(await names(hosted)).toEqual(everybody)
  expect((await hosted.rows()).filter((row) => !rows.some((one) => JSON.stringify(one) === JSON.stringify(row)))).toHaveLength(2)
  expect(await waiting(hosted)).toEqual([held?.plan])
  expect(await changes()).toBeUndefined()

  // Who waits is touched, which is no news of their going.
  await rename('p12', 'Touched')
  expect(await changes()).toBeUndefined()
  expect(await shutOut(hosted)).toEqual(['p1', 'p2'])

  await unlock('p1')
  await comeBack('p2', ...everybody.slice(10))
  await remove('p4')
  expect(await whole()).toMatchObject({ outcome: 'applied', counts: { removed: 1 } })
  expect(await shutOut(hosted)).toEqual([])
  expect(memory).toMatchObject({ waiting: undefined, without: undefined })
  await rename('p5', 'As always')
  expect(await changes()).toMatchObject({ outcome: 'applied', counts: { updated: 1 } })
})

test('a whole run that is held again has shut out who went before it', async () => {
  const { hosted, leave, whole } = await begin()
  await leave(...everybody.slice(10))
  expect(await whole()).toMatchObject({ outcome: 'refused', counts: { disabled: 10 } })
  await leave('p1')
  expect(await whole()).toMatchObject({ outcome: 'refused', counts: { disabled: 10 } })
  expect(await shutOut(hosted)).toEqual(['p1'])
})

test('many who go one after the other while a plan waits are held like as many at once', async () => {
  const { hosted, leave, lock, changes } = await begin()
  await leave(...everybody.slice(10))
  expect(await changes()).toMatchObject({ outcome: 'refused' })
  for (const uid of ['p0', 'p1', 'p2', 'p3', 'p4', 'p5']) {
    await leave(uid)
    await changes()
  }
  // The next one would be more than a fifth of the nine whom the directory still has.
  expect(await shutOut(hosted)).toEqual(['p0'])
  await lock('p9')
  await changes()
  expect(await shutOut(hosted)).toEqual(['p0', 'p9'])
})

test('where people going one by one is what is held, the next ones wait too, and only who is locked is shut out', async () => {
  const { hosted, leave, lock, changes, whole } = await begin()
  for (const uid of ['p0', 'p1', 'p2', 'p3', 'p4', 'p5', 'p6']) {
    await leave(uid)
    await changes()
  }
  expect(await shutOut(hosted)).toEqual(['p0', 'p1', 'p2', 'p3'])
  await lock('p9')
  await changes()
  expect(await shutOut(hosted)).toEqual(['p0', 'p1', 'p2', 'p3', 'p9'])
  await whole()
  await leave('p7')
  await changes()
  expect(await shutOut(hosted)).toEqual(['p0', 'p1', 'p2', 'p3', 'p9'])
})

test('a staged directory shuts nobody out', async () => {
  const { hosted, leave, lock, whole, changes, memory } = await begin()
  const staged = { ...hosted.host, settings: { ...hosted.host.settings, ldapStaged: true } }
  await leave(...everybody.slice(10))
  await lock('p1')
  expect(await sync(staged, { signal: signal() }, memory)).toMatchObject({ outcome: 'refused' })
  expect(await changes()).toBeUndefined()
  expect(await shutOut(hosted)).toEqual([])
  expect(await whole()).toMatchObject({ outcome: 'refused' })
  expect(await shutOut(hosted)).toEqual(['p1'])
})

test('nor does one whose last run was undone: who undid it is asked first', async () => {
  const { hosted, leave, lock, whole } = await begin()
  await lock('p1')
  const { run } = await whole()
  await undoRun(hosted.host, { run: run ?? 0, by: bySchedule, signal: signal() })
  expect(await shutOut(hosted)).toEqual([])
  await leave(...everybody.slice(10))
  expect(await whole()).toMatchObject({
    outcome: 'refused',
    reasons: expect.arrayContaining([expect.stringContaining('was undone')]),
  })
  // Nor another replica, which knows no more than that something is held.
  const other: Memory = {}
  expect(await sync(hosted.host, { signal: signal() }, other)).toMatchObject({ outcome: 'refused' })
  await lock('p2')
  expect(await syncChanges(hosted.host, { signal: signal() }, other)).toBeUndefined()
  expect(await shutOut(hosted)).toEqual([])
})

test('of two replicas the one that did not hold the plan brings nothing in by portions, and the one that did goes on once the other has it in', async () => {
  const { hosted, memory, leave, lock, rename, whole, changes } = await begin()
  const other: Memory = {}
  const ofOther = (plan?: string | null) => sync(hosted.host, { signal: signal(), ...(plan ? { plan } : {}) }, other)
  expect(await ofOther()).toMatchObject({ outcome: 'applied' })
  await leave(...everybody.slice(10))
  const held = await whole()
  expect(held).toMatchObject({ outcome: 'refused' })
  await rename('p3', 'Changed')
  await lock('p4')
  const rows = await hosted.rows()
  expect(await syncChanges(hosted.host, { signal: signal() }, other)).toMatchObject({ counts: { disabled: 1, updated: 0 } })
  expect(await shutOut(hosted)).toEqual(['p4'])
  expect(await hosted.rows()).toHaveLength(rows.length)

  const fresh = await ofOther()
  expect(await ofOther(fresh.plan)).toMatchObject({ outcome: 'applied', counts: { disabled: 10, updated: 1 } })
  expect(await peek(hosted.host, signal(), memory)).toBe('changes')
  expect(await changes()).toMatchObject({ outcome: 'applied', changes: [] })
  await rename('p5', 'As always')
  expect(await changes()).toMatchObject({ outcome: 'applied', counts: { updated: 1 } })
})

test('with LDAP_LIVE somebody locked in the directory loses the session at once, although a plan waits', async () => {
  const ldap = await startOpenLdap({ ldif })
  closers.push(ldap.stop)
  const { leave, lock } = acting(ldap)
  const instance = await startLdapInstance({ ...environment(ldap), LDAP_LIVE: 'true', LOG_LEVEL: 'debug' })
  closers.push(instance.stop)
  const visitor = visit(instance)
  await signInAgain(instance, (await instance.user('p1'))?.id ?? '', visitor)
  expect((await visitor.get('/api/users/me')).status).toBe(200)
  await leave(...everybody.slice(10))
  await expect
    .poll(() => instance.lines.filter((line) => line.includes('Changes of the directory wait.')).length)
    .toBeGreaterThan(0)
  await lock('p1')
  await expect.poll(async () => (await visitor.get('/api/users/me')).status).toBe(401)
  expect((await instance.users()).filter(({ disabled }) => disabled).length).toBeLessThan(11)
})
