// Held plans, staging, and the way back, over a real slapd.
import { sql } from 'drizzle-orm'
import { afterEach, describe, expect, test } from 'vitest'
import { forgetChanges } from '#core/db/forget.ts'
import { type OpenLdap, startOpenLdap } from '../../sample/openldap.ts'
import { group, groupDn, person, personDn } from '../../sample/seed.ts'
import type { SyncReport } from '../../src/plugins/ldap/tell/report.ts'
import { type CreationOptions, createAuthenticator, type RequestOptions } from '../support/authenticator.ts'
import { appUrl } from '../support/instance.ts'
import { type Visitor, visit } from '../support/visitor.ts'
import { type LdapInstance, lastRunLine, ldapEnvironment, startLdapInstance } from './ldap-instance.ts'

const names = ['ada', 'grace', 'hedy', 'joan', 'mary', 'radia']
const people = names.map((uid) => person({ uid, givenName: uid, sn: 'Example' }))

let ldap: OpenLdap
let instance: LdapInstance
async function start(environment: Readonly<Record<string, string>> = {}) {
  ldap = await startOpenLdap({ ldif: [...people, group('staff', names), group('_pocket_id_admins', ['ada'])] })
  instance = await startLdapInstance({ ...ldapEnvironment(ldap), LDAP_SOFT_DELETE_USERS: 'false', ...environment })
}
afterEach(async () => {
  await instance?.stop()
  await ldap?.stop()
})

const change = (dn: string, ...lines: string[]) => ldap.modify([`dn: ${dn}`, 'changetype: modify', ...lines, ''].join('\n'))
/** Out of the user filter, and into it again, with the same id. */
const away = { LDAP_USER_SEARCH_FILTER: '(&(objectClass=inetOrgPerson)(!(title=away)))' }
const leave = (...uids: string[]) => Promise.all(uids.map((uid) => change(personDn(uid), 'add: title', 'title: away')))
const comeBack = (...uids: string[]) => Promise.all(uids.map((uid) => change(personDn(uid), 'delete: title')))

interface Answer<T> {
  readonly status: number
  readonly body: T & { readonly error: string; readonly code: string }
}
async function ask<T>(method: string, path: string, body?: object): Promise<Answer<T>> {
  const answer = await instance.asAdmin(path, { method, ...(body ? { body } : {}) })
  return { status: answer.status, body: (await answer.json()) as Answer<T>['body'] }
}
const usernames = async () => (await instance.users()).map(({ username }) => username)
interface Run {
  readonly id: number
  readonly kind: string
  readonly undoable: boolean
  readonly undoneBy: number | null
  readonly by: { readonly how: string }
  readonly report: SyncReport
}
const runs = async () => (await ask<{ data: Run[] }>('GET', '/api/ldap/runs')).body.data
const undo = (run: number | null) => ask<SyncReport>('POST', `/api/ldap/runs/${run}/undo`)
const apply = (plan: string | null) => ask<SyncReport>('POST', `/api/ldap/plans/${plan}/apply`)

describe('a plan that is held', () => {
  test('waits, is shown whole, and is applied once by its hash', async () => {
    await start(away)
    await leave('hedy', 'joan', 'mary')
    const held = await instance.sync()
    expect(held).toMatchObject({ outcome: 'refused', counts: { removed: 3 } })
    const waiting = (await ask<{ data: { hash: string; report: SyncReport }[] }>('GET', '/api/ldap/plans')).body.data
    expect(waiting.map(({ hash }) => hash)).toEqual([held.plan])
    expect(
      waiting[0]?.report.changes
        .filter(({ action }) => action === 'remove')
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['hedy', 'joan', 'mary'])
    const csv = await (await instance.asAdmin(`/api/ldap/plans/${held.plan}/changes.csv`)).text()
    expect(csv).toContain('remove,user,hedy,')
    // Another run plans the same, and it is one entry in the history.
    expect((await instance.sync()).plan).toBe(held.plan)
    expect((await apply(held.plan)).body).toMatchObject({ outcome: 'applied', counts: { removed: 3 } })
    expect(await usernames()).toEqual(['ada', 'grace', 'radia'])
    expect(await apply(held.plan)).toMatchObject({ status: 404, body: { code: 'ldap_plan_not_found' } })
    expect((await instance.sync()).outcome).toBe('applied')
  })

  test('is not applied when the directory or the accounts here changed since it was shown', async () => {
    await start(away)
    await leave('hedy', 'joan', 'mary')
    const held = await instance.sync()
    await leave('radia')
    const refused = await apply(held.plan)
    expect(refused).toMatchObject({ status: 409, body: { code: 'ldap_sync_refused' } })
    expect(refused.body.error).toContain(`Plan ${held.plan} is not what a run would do now`)
    expect(await usernames()).toEqual(names)
    const fresh = (await runs())[0]?.report
    expect(fresh?.counts.removed).toBe(4)
    await instance.ground.db.write((tx) => tx.run(sql`delete from users where username = 'hedy'`))
    expect((await apply(fresh?.plan ?? '')).status).toBe(409)
    expect((await apply((await runs())[0]?.report.plan ?? '')).status).toBe(200)
    expect(await usernames()).toEqual(['ada', 'grace'])
  })

  test('of a preview can be applied as it was shown; one that takes the last administrator never', async () => {
    await start()
    await change(personDn('grace'), 'replace: mail', 'mail: grace@navy.example.org')
    const before = await instance.rows()
    const plan = (await ask<SyncReport>('POST', '/api/ldap/plan')).body
    expect(plan).toMatchObject({ outcome: 'planned', counts: { updated: 1 } })
    expect(await instance.rows()).toBe(before)
    expect((await apply(plan.plan)).body).toMatchObject({ outcome: 'applied', counts: { updated: 1 } })
    await change(groupDn('_pocket_id_admins'), 'replace: member', `member: ${personDn('nobody')}`)
    expect(await instance.sync()).toMatchObject({ outcome: 'refused', plan: null })
  })

  test('a limit raised for a while lets it pass, and ends by itself', async () => {
    await start(away)
    await leave('hedy', 'joan')
    expect((await instance.sync()).outcome).toBe('refused')
    expect((await ask('PUT', '/api/ldap/allowance', { percent: 60, minutes: 30 })).status).toBe(200)
    expect((await instance.sync()).outcome).toBe('applied')
    // Half an hour later.
    await instance.ground.db.write((tx) => tx.run(sql`update ldap_allowances set expires_at = expires_at - 1800000`))
    expect((await ask<{ percent: number | null }>('GET', '/api/ldap/allowance')).body.percent).toBeNull()
    await leave('mary', 'radia')
    expect((await instance.sync()).outcome).toBe('refused')
  })
})

describe('staging', () => {
  test('plans and reports, and writes nothing until an administrator applies a plan', async () => {
    await start({ LDAP_STAGED: 'true' })
    expect(lastRunLine(instance)).toMatch(/Job run successfully .*staged=true/)
    expect(await usernames()).toEqual([])
    const [first] = await runs()
    expect(first?.report).toMatchObject({ outcome: 'planned', counts: { created: 6 } })
    expect(first?.report.reasons.join()).toContain('LDAP_STAGED')
    expect((await apply(first?.report.plan ?? '')).body).toMatchObject({ outcome: 'applied', counts: { created: 6 } })
    expect(await usernames()).toEqual(names)
  })
})

/** Registers a passkey for somebody, and gives the way to sign in with it. */
async function withPasskey(userId: string): Promise<{ readonly signIn: () => Promise<number>; readonly visitor: Visitor }> {
  const visitor = visit(instance)
  const link = await ask<{ token: string }>('POST', `/api/users/${userId}/one-time-access-token`, {})
  await visitor.post(`/api/one-time-access-token/${link.body.token}`)
  const key = createAuthenticator({ origin: appUrl })
  const begin = await visitor.json<CreationOptions>('/api/webauthn/register/start')
  expect((await visitor.post('/api/webauthn/register/finish', key.create(begin))).status).toBe(200)
  const signIn = async () => {
    const somebody = visit(instance)
    const asked = await somebody.json<RequestOptions>('/api/webauthn/login/start')
    return (await somebody.post('/api/webauthn/login/finish', key.get(asked))).status
  }
  return { signIn, visitor }
}

describe('accounts that are here already', () => {
  test('are listed as a conflict with both sides; with the setting an entry adopts them, and the passkey stays', async () => {
    await start(away)
    await leave('grace')
    await instance.sync()
    const made = await ask<{ id: string }>('POST', '/api/users', {
      ...{ username: 'grace', email: 'grace@example.org', firstName: 'G', displayName: 'Local Grace', isAdmin: true },
    })
    const { signIn } = await withPasskey(made.body.id)
    await comeBack('grace')
    const conflict = (await instance.sync()).conflicts[0]
    expect(conflict).toMatchObject({ dn: personDn('grace'), attribute: 'username', other: 'the local account grace' })
    expect(conflict?.why).toContain('LDAP_ADOPT_LOCAL_USERS')
    const folder = instance.folder
    const adopting = await startLdapInstance({
      ...ldapEnvironment(ldap),
      ...away,
      ...{ LDAP_ADOPT_LOCAL_USERS: 'username', DB_CONNECTION_STRING: `${folder}/test.db` },
    })
    try {
      const [run] = ((await (await adopting.asAdmin('/api/ldap/runs')).json()) as { data: Run[] }).data
      expect(run?.report.changes).toContainEqual({ entity: 'user', action: 'adopt', name: 'grace', dn: personDn('grace') })
      // What somebody may do is the directory's to say from here on.
      expect(await adopting.user('grace')).toMatchObject({ id: made.body.id, displayName: 'grace Example', isAdmin: false })
      expect(await signIn()).toBe(200)
      expect((await adopting.groups()).staff).toContain('grace')
      const undone = await adopting.asAdmin(`/api/ldap/runs/${run?.id}/undo`, { method: 'POST' })
      expect(undone.status).toBe(200)
      expect(await adopting.user('grace')).toMatchObject({
        id: made.body.id,
        displayName: 'Local Grace',
        isAdmin: true,
        ldapId: null,
      })
    } finally {
      await adopting.stop()
    }
  })

  test('that were removed and come back to the directory are the same accounts, with their passkeys', async () => {
    await start(away)
    const before = await instance.user('hedy')
    const { signIn } = await withPasskey(before!.id)
    await leave('hedy')
    await instance.sync()
    expect(await instance.user('hedy')).toBeUndefined()
    await comeBack('hedy')
    expect((await instance.sync()).changes).toContainEqual({
      entity: 'user',
      action: 'return',
      name: 'hedy',
      dn: personDn('hedy'),
    })
    expect(await instance.user('hedy')).toEqual(before)
    expect((await instance.groups()).staff).toContain('hedy')
    expect(await signIn()).toBe(200)
  })
})

describe('undo', () => {
  test('brings removed users back with passkeys, claims and memberships; sessions stay ended', async () => {
    await start(away)
    const grace = (await instance.user('grace'))!
    const { signIn, visitor } = await withPasskey(grace.id)
    expect((await ask('PUT', `/api/custom-claims/user/${grace.id}`, [{ key: 'floor', value: '3' }])).status).toBe(200)
    const local = (await ask<{ id: string }>('POST', '/api/user-groups', { name: 'chess', friendlyName: 'Chess' })).body
    await ask('PUT', `/api/user-groups/${local.id}/users`, { userIds: [grace.id] })
    const before = { user: await ask('GET', `/api/users/${grace.id}`), groups: await instance.groups() }

    await leave('grace')
    const run = await instance.sync()
    expect(run).toMatchObject({ outcome: 'applied', counts: { removed: 1, membersRemoved: 1 } })
    expect(await signIn()).toBe(401)
    expect(run.changes).toContainEqual({ entity: 'group', action: 'remove members', name: 'staff', members: 1, who: ['grace'] })
    expect((await undo(run.run)).body).toMatchObject({
      outcome: 'applied',
      counts: { created: 1, membersAdded: 1 },
      changes: [
        { action: 'return', name: 'grace' },
        { action: 'add members', name: 'staff', who: ['grace'] },
      ],
    })
    expect({ user: await ask('GET', `/api/users/${grace.id}`), groups: await instance.groups() }).toEqual(before)
    expect(await signIn()).toBe(200)
    expect((await visitor.get('/api/users/me')).status).toBe(401)
  })

  test('holds what comes next, so that the next hour does not do it again; back in line, it goes on', async () => {
    await start(away)
    await leave('grace')
    const run = await instance.sync()
    const undone = (await undo(run.run)).body
    const again = await instance.sync()
    expect(again).toMatchObject({ outcome: 'refused', counts: { removed: 1 } })
    expect(again.reasons.join()).toContain(`Run ${run.run} was undone`)
    await comeBack('grace')
    expect(await instance.sync()).toMatchObject({ outcome: 'applied', counts: { removed: 0, created: 0 } })
    const [, , third, fourth] = await runs()
    expect([third?.kind, fourth?.undoneBy]).toEqual(['undo', undone.run])
    // What was undone can be done again, by undoing the undoing.
    expect((await undo(undone.run)).status).toBe(200)
    expect(await usernames()).not.toContain('grace')
  })

  test('restores what was changed, and refuses with a sentence where something changed since', async () => {
    await start()
    const before = await instance.user('hedy')
    await change(personDn('hedy'), 'replace: mail', 'mail: hedy@film.example.org')
    const first = await instance.sync()
    await change(personDn('hedy'), 'replace: mail', 'mail: hedy@radio.example.org')
    const second = await instance.sync()
    const refused = await undo(first.run)
    expect(refused).toMatchObject({ status: 409, body: { code: 'ldap_undo_refused' } })
    expect(refused.body.error).toContain('The user hedy was changed since')
    expect((await undo(second.run)).status).toBe(200)
    expect((await undo(first.run)).status).toBe(200)
    expect(await instance.user('hedy')).toEqual(before)
    expect((await undo(first.run)).body.error).toContain('was undone already')
    expect(await undo(9_999)).toMatchObject({ status: 404, body: { code: 'ldap_run_not_found' } })
  })

  test('never takes the last administrator, nor a name that somebody has by now', async () => {
    await start({ ...away, LDAP_MAX_REMOVAL_PERCENT: '100' })
    const [first] = await runs()
    expect((await undo(first?.id ?? 0)).body.error).toContain('Nobody who may administer would be left')
    await leave('grace')
    const run = await instance.sync()
    const taken = await ask('POST', '/api/users', {
      username: 'grace',
      email: 'other@example.org',
      firstName: 'Other',
      displayName: 'Other',
    })
    expect(taken.status).toBe(201)
    expect((await undo(run.run)).body.error).toContain('The user name grace belongs to another user by now')
    expect(await usernames()).toHaveLength(6)
  })

  test('is over when the time to keep is', async () => {
    await start(away)
    await leave('grace')
    const run = await instance.sync()
    const forget = (before: Date) =>
      forgetChanges(instance.ground.db, sql`changeset glob 'ldap:*'`, before, new AbortController().signal)
    expect(await forget(new Date(Date.now() - 3_600_000))).toBe(0)
    expect(await forget(new Date(Date.now() + 1))).toBeGreaterThan(0)
    expect(await instance.ground.db.read.all(sql`select * from kept_rows`)).toEqual([])
    expect((await undo(run.run)).body.error).toContain('LDAP_KEEP_REMOVED_DAYS')
  })
})
