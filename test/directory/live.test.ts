// With LDAP_LIVE a change in slapd is here by itself, whatever happens to the connection, and of two replicas one listens.
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { afterEach, describe, expect, test } from 'vitest'
import { type OpenLdap, startOpenLdap } from '../../sample/openldap.ts'
import { group, groupDn, person, personDn } from '../../sample/seed.ts'
import { basic, bearer, codeFor, post, redeem, refusal, registerApp, signInAgain, tokens } from '../support/apps.ts'
import { visit } from '../support/visitor.ts'
import { type LdapInstance, ldapEnvironment, startLdapInstance } from './ldap-instance.ts'

const everybody = ['ada', 'grace', 'hedy', 'joan']
const ldif = [
  ...everybody.map((uid) => person({ uid, givenName: uid, sn: 'First' })),
  group('staff', everybody),
  group('_pocket_id_admins', ['ada']),
]

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function startDirectory(): Promise<OpenLdap> {
  const ldap = await startOpenLdap({ ldif })
  closers.push(ldap.stop)
  return ldap
}

async function start(ldap: OpenLdap, more: Readonly<Record<string, string>> = {}): Promise<LdapInstance> {
  const live = { LDAP_LIVE: 'true', LOG_LEVEL: 'debug', LDAP_MAX_REMOVAL_PERCENT: '100', ...more }
  const instance = await startLdapInstance({ ...ldapEnvironment(ldap), ...live })
  closers.push(instance.stop)
  return instance
}

const rename = (ldap: OpenLdap, uid: string, sn: string) =>
  ldap.modify(`dn: ${personDn(uid)}\nchangetype: modify\nreplace: sn\nsn: ${sn}\n`)

/** Waits until it is so; the test's own time limit ends it. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await pause(20)
}
const hasName = (instance: LdapInstance, uid: string, sn: string) =>
  until(async () => (await instance.user(uid))?.lastName === sn)
/** How many times somebody got this name, over all runs. */
async function timesChanged(instance: LdapInstance, sn: string): Promise<number> {
  const runs = await instance.ground.db.read.all<{ report: string }>(sql`select report from ldap_runs`)
  return runs.filter(({ report }) => report.includes(`"lastName":"${sn}"`)).length
}

describe('with LDAP_LIVE', () => {
  test('a change of the directory is here by itself: values, members, newcomers', async () => {
    const ldap = await startDirectory()
    const instance = await start(ldap)
    await rename(ldap, 'ada', 'Lovelace')
    await hasName(instance, 'ada', 'Lovelace')
    await ldap.modify(person({ uid: 'mary', givenName: 'Mary', sn: 'Somerville' }).replace(/^entryUUID:.*\n/m, ''))
    await until(async () => (await instance.user('mary')) !== undefined)
    await ldap.modify(`dn: ${groupDn('staff')}\nchangetype: modify\nadd: member\nmember: ${personDn('mary')}\n`)
    await until(async () => (await instance.groups()).staff?.includes('mary') ?? false)
    expect(await timesChanged(instance, 'Lovelace')).toBe(1)
  })

  test('whoever is disabled in the directory is out at once: sessions, refresh tokens and access tokens are refused', async () => {
    const ldap = await startDirectory()
    const instance = await start(ldap)
    const app = await registerApp(instance.ground.db)
    const grace = (await instance.user('grace'))?.id ?? ''
    const visitor = visit(instance)
    await signInAgain(instance, grace, visitor)
    const given = await tokens(redeem(instance, app, await codeFor(visitor, app, { scope: 'openid profile offline_access' })))
    const refresh = (token: string) =>
      post(instance, '/api/oidc/token', { grant_type: 'refresh_token', refresh_token: token }, basic(app))
    const next = await tokens(refresh(given.refresh_token))
    const userinfo = (token: string) => instance.fetch('/api/oidc/userinfo', { headers: bearer(token) })
    expect((await userinfo(next.access_token)).status).toBe(200)
    expect((await visitor.get('/api/users/me')).status).toBe(200)

    await ldap.modify(
      `dn: ${personDn('grace')}\nchangetype: modify\nadd: pwdAccountLockedTime\npwdAccountLockedTime: 000001010000Z\n`,
    )
    await until(async () => (await instance.user('grace'))?.disabled === true)
    expect(await refusal(refresh(next.refresh_token))).toEqual([400, 'invalid_grant'])
    expect((await userinfo(next.access_token)).status).toBe(401)
    expect((await visitor.get('/api/users/me')).status).toBe(401)
  })

  test('an access token that was given before shows the changed claim', async () => {
    const ldap = await startDirectory()
    const instance = await start(ldap)
    const app = await registerApp(instance.ground.db)
    const visitor = visit(instance)
    await signInAgain(instance, (await instance.user('ada'))?.id ?? '', visitor)
    const { access_token } = await tokens(redeem(instance, app, await codeFor(visitor, app)))
    await rename(ldap, 'ada', 'Claimed')
    await until(async () => {
      const answer = await instance.fetch('/api/oidc/userinfo', { headers: bearer(access_token) })
      return ((await answer.json()) as { family_name: string }).family_name === 'Claimed'
    })
  })

  test('no change is lost, and none made twice, when the directory goes down and comes back', async () => {
    const ldap = await startDirectory()
    const instance = await start(ldap)
    await rename(ldap, 'ada', 'Before')
    await hasName(instance, 'ada', 'Before')
    await ldap.halt()
    await ldap.restart()
    await rename(ldap, 'ada', 'After')
    await ldap.modify(`dn: ${personDn('joan')}\nchangetype: delete\n`)
    await hasName(instance, 'ada', 'After')
    await until(async () => (await instance.user('joan'))?.disabled === true)
    await rename(ldap, 'hedy', 'Later')
    await hasName(instance, 'hedy', 'Later')
    expect(await Promise.all(['Before', 'After', 'Later'].map((sn) => timesChanged(instance, sn)))).toEqual([2, 1, 1])
  })

  test('of two replicas one listens, and the other takes its place', async () => {
    const ldap = await startDirectory()
    const first = await start(ldap)
    await rename(ldap, 'ada', 'One')
    await hasName(first, 'ada', 'One')
    const second = await start(ldap, { DB_CONNECTION_STRING: `${first.folder}/test.db` })
    const holders = () =>
      second.ground.db.read.all<{ holder: string }>(sql`select holder from leases where name = 'live:SyncLdap'`)
    expect(await holders()).toHaveLength(1)
    const [before] = await holders()
    await rename(ldap, 'ada', 'Two')
    await hasName(second, 'ada', 'Two')
    expect(await holders()).toEqual([before])
    await first.kernel.stop()
    await rename(ldap, 'ada', 'Three')
    await hasName(second, 'ada', 'Three')
    expect((await holders())[0]?.holder).not.toBe(before?.holder)
    expect(await Promise.all(['Two', 'Three'].map((sn) => timesChanged(second, sn)))).toEqual([2, 1])
  })

  test('a directory that does not tell changes is asked every minute', async () => {
    const ldap = await startOpenLdap({ ldif, overlays: ['memberof'] })
    closers.push(ldap.stop)
    const instance = await start(ldap)
    await until(async () => {
      const leases = await instance.ground.db.read.all(sql`select 1 from leases where name = 'live:SyncLdap'`)
      return leases.length === 0 && instance.lines.some((line) => line.includes('name=SyncLdap'))
    })
    await rename(ldap, 'ada', 'Within the minute')
    await ldap.modify(`dn: ${personDn('joan')}\nchangetype: delete\n`)
    await hasName(instance, 'ada', 'Within the minute')
    await until(async () => (await instance.user('joan'))?.disabled === true)
  })
})
