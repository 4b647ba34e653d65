// Two real directories fill one instance: a row belongs to one of them, and neither touches what is the other's.
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OpenLdap, startOpenLdap } from '../../sample/openldap.ts'
import { entryUuid, group, groupDn, person, personDn } from '../../sample/seed.ts'
import type { SyncReport } from '../../src/plugins/ldap/tell/report.ts'
import { startInstance } from '../support/instance.ts'
import { type LdapInstance, ldapEnvironment, startLdapInstance } from './ldap-instance.ts'

/** People go by `uid` in the first directory and by `cn` in the second. */
const somebody = (uid: string, name = uid) =>
  person({ uid, givenName: uid, sn: 'Example', cn: name, mail: `${name}@example.org` })
/** The variables of a second directory: the same ones with the number. */
const numbered = (environment: Readonly<Record<string, string>>, number: number) =>
  Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      name.startsWith('LDAP_') ? [[name.replace('LDAP_', `LDAP_${number}_`), value] as const] : [],
    ),
  )

let first: OpenLdap
let second: OpenLdap
let environment: Readonly<Record<string, string>>
beforeAll(async () => {
  ;[first, second] = await Promise.all([
    startOpenLdap({
      ldif: [
        ...['ada', 'grace', 'hedy', 'twin'].map((uid) => somebody(uid)),
        group('staff', ['ada', 'grace']),
        group('_pocket_id_admins', ['ada']),
      ],
    }),
    startOpenLdap({
      ldif: [
        ...['joan', 'mary', 'rosa'].map((uid) => somebody(uid)),
        somebody('twin', 'other.twin'),
        group('partners', ['joan', 'mary']),
        group('chiefs', ['joan']),
      ],
    }),
  ])
  const other = {
    ...numbered(ldapEnvironment(second), 2),
    LDAP_2_ADMIN_GROUP_NAME: 'chiefs',
    LDAP_2_ATTRIBUTE_USER_USERNAME: 'cn',
  }
  environment = { ...ldapEnvironment(first), ...other }
})
afterAll(async () => {
  await first?.stop()
  await second?.stop()
})

const waitFor = async (instance: Pick<LdapInstance, 'lines'>, words: string) => {
  while (!instance.lines.some((line) => line.includes(words))) await pause(10)
}
const add = (ldap: OpenLdap, ldif: string) => ldap.modify(ldif.replace(/^entryUUID:.*\n/gm, ''))
const remove = (ldap: OpenLdap, uid: string) => ldap.modify(`dn: ${personDn(uid)}\nchangetype: delete\n`)

describe('by variables', () => {
  let instance: LdapInstance
  beforeAll(async () => {
    instance = await startLdapInstance(environment)
    await waitFor(instance, 'name=SyncLdap ')
    await waitFor(instance, 'name=SyncLdap-2 ')
  })
  afterAll(() => instance?.stop())

  const json = async <T>(path: string, method = 'GET', body?: object) =>
    (await (await instance.asAdmin(path, { method, ...(body ? { body } : {}) })).json()) as T
  const lastRun = async (source: string) =>
    (await json<{ data: { report: SyncReport }[] }>(`/api/ldap/runs?source=${source}&pagination[limit]=1`)).data[0]!.report
  const sources = async () =>
    Object.fromEntries(
      (await instance.ground.db.read.all<{ username: string; source: string }>(sql`select username, source from users`)).map(
        ({ username, source }) => [username, source],
      ),
    )
  const standing = async () =>
    (await instance.users()).map(
      ({ username, disabled, isAdmin }) => `${username}${disabled ? ' off' : ''}${isAdmin ? ' admin' : ''}`,
    )

  test('each brings its own people, groups and administrators, by a job of its own', async () => {
    expect(await sources()).toEqual({
      ada: 'ldap',
      grace: 'ldap',
      hedy: 'ldap',
      joan: 'ldap-2',
      mary: 'ldap-2',
      rosa: 'ldap-2',
      twin: 'ldap',
      'other.twin': 'ldap-2',
    })
    expect(await standing()).toEqual(['ada admin', 'grace', 'hedy', 'joan admin', 'mary', 'other.twin', 'rosa', 'twin'])
    expect(await instance.groups()).toMatchObject({ staff: ['ada', 'grace'], partners: ['joan', 'mary'], chiefs: ['joan'] })
    expect(instance.lines.some((line) => /Job run successfully .*name=SyncLdap-2 .*created=4/.test(line))).toBe(true)
    expect(instance.lines.filter((line) => line.includes('Nothing reads the variable'))).toEqual([])
  })

  test('runs of both, again, change nothing', async () => {
    const before = await instance.rows()
    await instance.sync()
    expect(await instance.rows()).toBe(before)
  })

  test('the edit-guard knows both', async () => {
    const joan = (await instance.user('joan'))!
    const user = await json<{ source: string; locked: string[] }>(`/api/users/${joan.id}`)
    expect(user).toMatchObject({ source: 'ldap-2', locked: expect.arrayContaining(['username', 'email']) })
    expect((await instance.asAdmin(`/api/users/${joan.id}`, { method: 'DELETE' })).status).toBe(403)
  })

  test('who leaves one of them is disabled, and nobody of the other', async () => {
    await remove(second, 'rosa')
    await instance.sync()
    expect(await standing()).toEqual(['ada admin', 'grace', 'hedy', 'joan admin', 'mary', 'other.twin', 'rosa off', 'twin'])
    await remove(first, 'hedy')
    await instance.sync()
    expect(await standing()).toEqual(['ada admin', 'grace', 'hedy off', 'joan admin', 'mary', 'other.twin', 'rosa off', 'twin'])
  })

  test('a name that the other one has is a conflict with both sides, also where the entries have one DN and one id', async () => {
    await second.modify(
      somebody('grace')
        .replace(/^entryUUID:.*\n/gm, '')
        .replace('mail: grace@', 'mail: another@'),
    )
    await add(second, group('staff', ['mary']))
    const before = await instance.user('grace')
    await instance.sync()
    const { conflicts, outcome } = await lastRun('ldap-2')
    expect(outcome).toBe('applied')
    expect(conflicts.map(({ dn, why }) => [dn, why])).toEqual([
      [
        personDn('grace'),
        expect.stringContaining('the user name grace belongs to the account grace of the directory ldap, which keeps it'),
      ],
      [groupDn('staff'), expect.stringContaining('belongs to a group of the directory ldap, which keeps it')],
    ])
    expect((await lastRun('ldap')).conflicts).toEqual([])
    expect(await instance.user('grace')).toEqual(before)
    expect((await instance.groups()).staff).toEqual(['ada', 'grace'])
  })

  test('one DN and one id in both are two accounts', async () => {
    const rows = await instance.ground.db.read.all<{ username: string; id: string }>(
      sql`select username, external_id as id from users where username in ('twin', 'other.twin') order by source`,
    )
    const id = entryUuid(personDn('twin'))
    expect(rows).toEqual([
      { username: 'twin', id },
      { username: 'other.twin', id },
    ])
  })

  test('one that is down fails alone, in the words of its own variables', async () => {
    await second.halt()
    const response = await instance.asAdmin('/api/application-configuration/sync-ldap', { method: 'POST' })
    expect(response.status).toBeGreaterThanOrEqual(400)
    expect(((await response.json()) as { error: string }).error).toMatch(/^ldap-2: .*LDAP_2_URL: 127\.0\.0\.1:\d+ refuses/)
    expect(await lastRun('ldap')).toMatchObject({ outcome: 'applied' })
    expect(await lastRun('ldap-2')).toMatchObject({ outcome: 'failed', reasons: [expect.stringMatching(/^LDAP_2_URL: /)] })
    expect(await standing()).toContain('joan admin')
    const { steps } = await json<{ steps: { ok: boolean; detail: string }[] }>('/api/ldap/test?source=ldap-2', 'POST', {})
    expect(steps.at(-1)).toMatchObject({ ok: false, detail: expect.stringContaining('LDAP_2_URL: ') })
    await second.restart()
    await instance.sync()
    expect(await lastRun('ldap-2')).toMatchObject({ outcome: 'applied' })
  })

  test('?source= reaches each of them, with the same guard, and says which there are', async () => {
    const { steps } = await json<{ steps: { ok: boolean; detail: string }[] }>('/api/ldap/test?source=ldap-2', 'POST', {})
    expect(steps.find(({ detail }) => detail.includes(second.url))).toBeDefined()
    expect(steps.find(({ detail }) => detail.includes(first.url))).toBeUndefined()
    expect(await json('/api/ldap/runs?source=ldap-9')).toMatchObject({
      code: 'ldap_source_not_found',
      error: 'No directory called ldap-9 is on. There are: ldap, ldap-2.',
    })
    expect(await json('/api/ldap/nothing?source=ldap-2')).toMatchObject({ code: 'not_found' })
    const guest = await instance.fetch('/api/ldap/runs?source=ldap-2')
    expect(guest.status).toBe(401)
    expect(await guest.json()).toMatchObject({ code: 'not_signed_in', request_id: guest.headers.get('x-request-id') })
    const refused = await instance.asAdmin('/api/ldap/explain?source=ldap-2')
    expect({ status: refused.status, headers: refused.headers.get('cache-control') }).toEqual({
      status: 400,
      headers: 'no-store',
    })
  })

  test('undoing a run of one leaves the other as it is', async () => {
    await add(second, somebody('vera'))
    await add(first, somebody('wanda'))
    await instance.sync()
    const { run } = await lastRun('ldap-2')
    const other = await instance.asAdmin(`/api/ldap/runs/${run}/undo`, { method: 'POST' })
    expect(other.status).toBe(404)
    const undone = await instance.asAdmin(`/api/ldap/runs/${run}/undo?source=ldap-2`, { method: 'POST' })
    expect(undone.status).toBe(200)
    expect(await instance.user('vera')).toBeUndefined()
    expect(await instance.user('wanda')).toBeDefined()
  })
})

describe('by the API, on a running server', () => {
  test('a second one is added, fills accounts, is switched off and leaves its people to be edited here', async () => {
    const plain = Object.fromEntries(Object.entries(ldapEnvironment(first)).filter(([name]) => name !== 'UI_CONFIG_DISABLED'))
    const instance = await startInstance(plain)
    try {
      await waitFor(instance, 'name=SyncLdap ')
      const configure = (body: object) => instance.asAdmin('/api/application-configuration', { method: 'PUT', body })
      const keys = {
        ldap2Enabled: 'true',
        ldap2Url: second.url,
        ldap2BindDn: second.bindDn,
        ldap2BindPassword: second.bindPassword,
        ldap2Base: second.base,
        ldap2AttributeUserUniqueIdentifier: 'entryUUID',
        ldap2AttributeUserUsername: 'uid',
        ldap2AttributeUserEmail: 'mail',
        ldap2AttributeGroupUniqueIdentifier: 'entryUUID',
        ldap2AttributeGroupName: 'cn',
      }
      const missing = (await (await configure({ ...keys, ldap2Base: '' })).json()) as { details: { fields: { field: string }[] } }
      expect(missing.details.fields.map(({ field }) => field)).toEqual(['ldap2Base'])
      expect((await configure(keys)).status).toBe(200)
      await waitFor(instance, 'name=SyncLdap-2 ')
      const find = async () =>
        (
          (await (await instance.asAdmin('/api/users?search=joan')).json()) as {
            data: { id: string; source: string; locked: string[] }[]
          }
        ).data[0]!
      expect(await find()).toMatchObject({ source: 'ldap-2', locked: expect.arrayContaining(['username']) })
      const secret = (await (await instance.asAdmin('/api/application-configuration/all')).json()) as {
        key: string
        value: string
      }[]
      expect(secret.find(({ key }) => key === 'ldap2BindPassword')?.value).toBe('XXXXXXXXXX')
      await configure({ ldap2Enabled: 'false' })
      expect(await find()).toMatchObject({ source: 'ldap-2', locked: [] })
      expect((await instance.asAdmin('/api/ldap/runs?source=ldap-2')).status).toBe(404)
    } finally {
      await instance.stop()
    }
  })
})

describe('on the command line', () => {
  let instance: LdapInstance
  beforeAll(async () => {
    instance = await startLdapInstance(environment)
    await waitFor(instance, 'name=SyncLdap-2 ')
  })
  afterAll(() => instance?.stop())

  test('ldap sync goes through all of them, --source names one', async () => {
    const all = await instance.pocketId('ldap', 'sync')
    expect({ ok: all.ok, names: all.stdout.match(/^ldap(-\d)?:$/gm) }).toEqual({ ok: true, names: ['ldap:', 'ldap-2:'] })
    const one = await instance.pocketId('ldap', 'sync', '--source', 'ldap-2', '--json')
    expect(JSON.parse(one.stdout)).toMatchObject({ outcome: 'applied', url: second.url })
    const dry = await instance.pocketId('ldap', 'plan', '--source=ldap', '--json')
    expect(JSON.parse(dry.stdout)).toMatchObject({ url: first.url })
    const none = await instance.pocketId('ldap', 'sync', '--source', 'ldap-7')
    expect(none).toMatchObject({ ok: false, stderr: expect.stringContaining('There is no ldap-7. There are: ldap, ldap-2.') })
  })

  test('ldap test tries the one that is named', async () => {
    const { ok, stdout } = await instance.pocketId('ldap', 'test', '--source', 'ldap-2')
    expect({ ok, first: stdout.includes(first.url), second: stdout.includes(second.url) }).toEqual({
      ok: true,
      first: false,
      second: true,
    })
  })
})
