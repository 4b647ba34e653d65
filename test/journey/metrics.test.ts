// Numbers for monitoring: who may read them, what is counted, and that nobody can make more of them than there are.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { basic, post, registerApp, signedInPerson, startProvider, tokens } from '../support/apps.ts'
import { type Instance, startInstance } from '../support/instance.ts'

const token = 'a-token-for-monitoring'
const watched = { METRICS_ENABLED: 'true', METRICS_TOKEN: token }
const withToken = { authorization: `Bearer ${token}` }
let instance: Instance

beforeAll(async () => {
  instance = await startProvider(watched)
})
afterAll(() => instance.stop())

/** Series by name and labels, each line held against the format's grammar. */
async function series(): Promise<ReadonlyMap<string, number>> {
  const answer = await instance.fetch('/metrics', { headers: withToken })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  const lines = (await answer.text()).trimEnd().split('\n')
  const label = '[a-z_]+="(?:[^"\\\\\\n]|\\\\["\\\\n])*"'
  const sample = new RegExp(`^([a-z_]+(?:\\{${label}(?:,${label})*\\})?) (-?[0-9.]+(?:e[+-]?[0-9]+)?)$`)
  const comment = /^# (HELP [a-z_]+ \S.*|TYPE [a-z_]+ (counter|gauge|histogram))$/
  expect(lines.filter((line) => !sample.test(line) && !comment.test(line))).toEqual([])
  return new Map(
    lines.flatMap((line) => (line.startsWith('#') ? [] : [[sample.exec(line)?.[1] ?? '', Number(line.split(' ').at(-1))]])),
  )
}

describe('whoever reads the numbers', () => {
  test('holds the token, or is an administrator', async () => {
    const status = async (headers: Readonly<Record<string, string>>) => (await instance.fetch('/metrics', { headers })).status
    const { visitor } = await signedInPerson(instance)
    expect(await status(withToken)).toBe(200)
    expect((await instance.asAdmin('/metrics')).status).toBe(200)
    expect(await status({})).toBe(401)
    expect(await status({ authorization: `Bearer ${token}x` })).toBe(401)
    expect(await status({ authorization: 'Bearer ' })).toBe(401)
    expect((await visitor.get('/metrics')).status).toBe(403)
  })

  test('gets nothing else for the token', async () => {
    expect((await instance.fetch('/api/users', { headers: withToken })).status).toBe(401)
  })

  test('finds nothing where it is off, as it is unless switched on', async () => {
    const plain = await startInstance({ METRICS_TOKEN: token })
    expect((await plain.asAdmin('/metrics')).status).toBe(404)
    await plain.stop()
  })

  test('needs a token where one is set: an empty one opens nothing', async () => {
    const open = await startInstance({ METRICS_ENABLED: 'true' })
    expect((await open.fetch('/metrics', { headers: { authorization: 'Bearer ' } })).status).toBe(401)
    await open.stop()
  })
})

describe('the numbers', () => {
  test('tell requests by route and status, without what people typed', async () => {
    await instance.asAdmin('/api/users/5e6b0b4e-1111-4222-8333-444444444444')
    await instance.fetch('/nowhere/of/this/name')
    const found = await series()
    expect(found.get('pocket_id_http_requests_total{method="GET",route="/api/users/:id",status="404"}')).toBe(1)
    expect(found.get('pocket_id_http_requests_total{method="GET",route="",status="404"}')).toBe(1)
    expect(found.get('pocket_id_http_request_duration_seconds_bucket{route="/api/users/:id",le="+Inf"}')).toBe(1)
    expect(found.get('pocket_id_http_request_duration_seconds_count{route="/api/users/:id"}')).toBe(1)
    expect([...found.keys()].join()).not.toMatch(/5e6b0b4e|nowhere/)
  })

  test('tell sign-ins and sessions, and tokens and refusals by grant and error', async () => {
    const before = await series()
    await signedInPerson(instance)
    const app = await registerApp(instance.ground.db)
    const asked = { grant_type: 'client_credentials' }
    expect((await tokens(post(instance, '/api/oidc/token', asked, basic(app)))).access_token).toEqual(expect.any(String))
    await post(instance, '/api/oidc/token', asked, basic({ ...app, secret: 'wrong' }))
    await instance.fetch('/authorize?client_id=nobody')
    const after = await series()
    const rise = (name: string) => (after.get(name) ?? 0) - (before.get(name) ?? 0)
    expect(rise('pocket_id_sign_ins_total{method="one-time-access"}')).toBe(1)
    expect(rise('pocket_id_active_sessions')).toBe(1)
    expect(rise('pocket_id_oidc_tokens_issued_total{grant_type="client_credentials"}')).toBe(1)
    expect(rise('pocket_id_refusals_total{route="/api/oidc/token",code="invalid_client"}')).toBe(1)
    expect(rise('pocket_id_refusals_total{route="/authorize",code="oidc_client_not_found"}')).toBe(1)
  })

  test('tell who was turned away for asking too often', async () => {
    const limited = await startInstance(watched)
    for (let turn = 0; turn < 12; turn++) await limited.fetch('/api/one-time-access-token/wrong', { method: 'POST' })
    const page = await (await limited.asAdmin('/metrics')).text()
    expect(page).toMatch(/pocket_id_refusals_total\{route="\/api\/one-time-access-token\/:token",code="rate_limited"\} [1-9]/)
    await limited.stop()
  })

  test('tell of the process', async () => {
    const found = await series()
    expect(found.get('process_resident_memory_bytes')).toBeGreaterThan(1e7)
    expect(found.get('process_cpu_seconds_total')).toBeGreaterThan(0)
    expect([...found.keys()]).toContainEqual(expect.stringMatching(/^pocket_id_build_info\{version="\d/))
  })
})
