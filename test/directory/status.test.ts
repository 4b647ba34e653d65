// What monitoring learns of the directory: the last run, the last good one, the next one, how much is here.
import { afterEach, expect, test } from 'vitest'
import { type OpenLdap, startOpenLdap } from '../../sample/openldap.ts'
import { group, person } from '../../sample/seed.ts'
import { type LdapInstance, ldapEnvironment, startLdapInstance } from './ldap-instance.ts'

let ldap: OpenLdap
let instance: LdapInstance
afterEach(async () => {
  await instance?.stop()
  await ldap?.stop()
})

interface Status {
  readonly lastRunAt: string
  readonly lastOutcome: string
  readonly lastGoodAt: string
  readonly nextRunAt: string
  readonly users: number
  readonly groups: number
}
const get = async <T>(path: string) => (await (await instance.asAdmin(path)).json()) as T
const status = () => get<Status>('/api/ldap/status')
const number = async (name: string) => {
  const found = new RegExp(`^pocket_id_${name}\\{source="ldap"\\} (.*)$`, 'm').exec(
    await (await instance.asAdmin('/metrics')).text(),
  )
  return Number(found?.[1])
}

test('health, status and metrics tell of the last run, the last good one and the next one', async () => {
  ldap = await startOpenLdap({ ldif: [person({ uid: 'ada', givenName: 'Ada', sn: 'Lovelace' }), group('staff', ['ada'])] })
  instance = await startLdapInstance({ ...ldapEnvironment(ldap), METRICS_ENABLED: 'true' })
  const good = await status()
  expect(good).toMatchObject({ lastOutcome: 'applied', users: 1, groups: 1, plansWaiting: 0, lastGoodAt: good.lastRunAt })
  const next = new Date(good.nextRunAt)
  expect([next.getMinutes(), next.getSeconds()]).toEqual([0, 0])
  expect(next.getTime() - Date.parse(good.lastRunAt)).toBeLessThanOrEqual(3_600_000)
  expect(await get('/api/health')).toMatchObject({ ok: true, parts: [{ name: 'ldap', ok: true }] })
  expect(await number('directory_users')).toBe(1)
  expect(await number('directory_last_run_ok')).toBe(1)
  expect(await number('directory_last_success_timestamp_seconds')).toBe(Date.parse(good.lastGoodAt) / 1000)

  await ldap.stop()
  await instance.sync()
  const bad = await status()
  expect(bad).toMatchObject({ lastOutcome: 'failed', users: 1, lastGoodAt: good.lastGoodAt })
  expect(Date.parse(bad.lastRunAt)).toBeGreaterThanOrEqual(Date.parse(good.lastRunAt))
  expect(await number('directory_last_run_ok')).toBe(0)
  expect(await number('directory_last_success_timestamp_seconds')).toBe(Date.parse(good.lastGoodAt) / 1000)
  const detail = expect.stringContaining(`Last good run: ${good.lastGoodAt}. Next run: ${bad.nextRunAt}.`)
  expect(await get('/api/health')).toMatchObject({ ok: false, parts: [{ name: 'ldap', ok: false, detail }] })
  expect((await instance.fetch('/healthz')).status).toBe(204)
  for (const path of ['/api/health', '/api/ldap/status']) expect((await instance.fetch(path)).status).toBe(401)
})
