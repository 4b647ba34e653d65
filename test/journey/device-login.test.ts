// Signing in by means of another device: one browser asks, a person on another device looks and decides, the first collects it once.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sessions } from '#core/db/tables.ts'
import { deviceLoginRows } from '../../src/plugins/device-login/tables.ts'
import { reauthentications } from '../../src/plugins/passkey/tables.ts'
import { appUrl, startInstance } from '../support/instance.ts'
import { authenticator, instance, outcome, register, somebody, starting, startSignIn } from '../support/passkey-people.ts'
import { type Visitor, visit } from '../support/visitor.ts'

interface Begun {
  readonly id: string
  readonly userCode: string
  readonly verificationUri: string
  readonly verificationUriComplete: string
  readonly expiresAt: string
  readonly interval: number
}

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0'
const expired = [401, 'device_login_expired']
const requests = '/api/device-login/requests'

starting()

async function begin(device: Visitor = visit(instance)) {
  const answer = await device.ask(requests, { method: 'POST', headers: { 'user-agent': firefox } })
  expect(answer.status).toBe(201)
  return { device, answer, begun: (await answer.json()) as Begun }
}
const exchange = (device: Visitor, { id }: Begun, headers = {}) =>
  device.ask(`${requests}/${id}/exchange`, { method: 'POST', headers })
const inspect = (visitor: Visitor, code: string) => visitor.post('/api/device-login/verification', { code })
const decide = (visitor: Visitor, code: string, decision = 'approve') =>
  visitor.post('/api/device-login/verification/decision', { code, decision })
const change = (row: Partial<typeof deviceLoginRows.$inferInsert>) =>
  instance.ground.db.write((tx) => tx.update(deviceLoginRows).set(row))

/** Somebody with a passkey, who can prove it once more. */
async function keyHolder() {
  const { user, visitor } = await somebody()
  const key = authenticator()
  expect((await register(visitor, key)).status).toBe(200)
  const prove = async () => {
    const answer = await visitor.post('/api/webauthn/reauthenticate', key.get(await startSignIn(visitor)))
    expect(answer.status).toBe(204)
  }
  return { user, visitor, prove }
}

describe('a device that wants to be signed in', () => {
  test('shows a code, waits, and is in when somebody with a fresh proof has let it in', async () => {
    const { device, answer, begun } = await begin()
    expect(begun.userCode).toMatch(/^P[ABCDEFGHJKMNPQRSTUVWXYZ23456789]{7}$/)
    expect(begun).toMatchObject({
      verificationUri: `${appUrl}/device`,
      verificationUriComplete: `${appUrl}/device?code=${begun.userCode}`,
      interval: 3,
    })
    const left = new Date(begun.expiresAt).getTime() - Date.now()
    expect(left).toBeGreaterThan(280_000)
    expect(left).toBeLessThanOrEqual(300_000)
    const [cookie = ''] = answer.headers.getSetCookie()
    expect(cookie).toMatch(/^device_login_token=[\w-]{43}; Max-Age=900; /)
    expect(cookie).toContain(`Path=${requests}/${begun.id}; HttpOnly; SameSite=Lax`)
    expect((await exchange(device, begun)).status).toBe(202)

    const { user, visitor, prove } = await keyHolder()
    const seen = await inspect(visitor, ` ${begun.userCode.toLowerCase().slice(0, 4)}-${begun.userCode.slice(4)}`)
    expect(await seen.json()).toEqual({
      userCode: begun.userCode,
      device: 'Firefox on Linux',
      ipAddress: null,
      country: '',
      city: '',
      expiresAt: begun.expiresAt,
    })
    await prove()
    expect((await decide(visitor, begun.userCode)).status).toBe(204)
    const inside = await exchange(device, begun)
    expect(inside.status).toBe(200)
    expect(await inside.json()).toMatchObject({ id: user.id, username: user.username })
    expect(await device.json('/api/users/me')).toMatchObject({ id: user.id })
    expect(await outcome(await exchange(device, begun))).toEqual(expired)
    await expect
      .poll(async () => (await visitor.json<{ data: { event: string }[] }>('/api/audit-logs')).data.map(({ event }) => event))
      .toContain('REMOTE_SIGN_IN')
  })

  test('is in the moment it is let in, where it says that it would wait', async () => {
    const { device, begun } = await begin()
    const { visitor, prove } = await keyHolder()
    await prove()
    const waiting = exchange(device, begun, { prefer: 'wait=25' })
    expect((await decide(visitor, begun.userCode)).status).toBe(204)
    expect((await waiting).status).toBe(200)
  })

  test('is told when it is turned away, which takes no proof', async () => {
    const { device, begun } = await begin()
    const { visitor } = await somebody()
    expect((await decide(visitor, begun.userCode, 'deny')).status).toBe(204)
    expect(await outcome(await exchange(device, begun))).toEqual([403, 'device_login_denied'])
    expect(await outcome(await decide(visitor, begun.userCode, 'approve'))).toEqual(expired)
  })

  test('of many answers at once gets one', async () => {
    const { device, begun } = await begin()
    const { visitor, prove } = await keyHolder()
    await prove()
    await decide(visitor, begun.userCode)
    const answers = await Promise.all(Array.from({ length: 12 }, () => exchange(device, begun)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(11).fill(401)])
  })

  test('is not let in as somebody who was disabled meanwhile', async () => {
    const { device, begun } = await begin()
    const { user, visitor, prove } = await keyHolder()
    await prove()
    await decide(visitor, begun.userCode)
    await instance.asAdmin(`/api/users/${user.id}`, { method: 'PUT', body: { ...user, disabled: true } })
    expect(await outcome(await exchange(device, begun))).toEqual([403, 'user_disabled'])
    expect(device.cookies.has('access_token')).toBe(false)
  })
})

describe('letting a device in takes a passkey', () => {
  test('touched within the last minute, and counts once', async () => {
    const { begun } = await begin()
    const { begun: second } = await begin()
    const { visitor, prove } = await keyHolder()
    expect(await outcome(await decide(visitor, begun.userCode))).toEqual([401, 'reauthentication_required'])
    await prove()
    await instance.ground.db.write((tx) => tx.update(reauthentications).set({ expiresAt: new Date(Date.now() + 115_000) }))
    expect(await outcome(await decide(visitor, begun.userCode))).toEqual([401, 'reauthentication_required'])
    await prove()
    expect((await decide(visitor, begun.userCode)).status).toBe(204)
    expect(await outcome(await decide(visitor, second.userCode))).toEqual([401, 'reauthentication_required'])
  })

  test('and whoever came in by one a moment ago has touched it; by a code nobody has', async () => {
    const { begun } = await begin()
    const { visitor } = await keyHolder()
    expect(await outcome(await decide(visitor, begun.userCode))).toEqual([401, 'reauthentication_required'])
    const own = (row: object) => instance.ground.db.write((tx) => tx.update(sessions).set(row))
    await own({ amr: ['hwk'], createdAt: new Date(Date.now() - 61_000) })
    expect(await outcome(await decide(visitor, begun.userCode))).toEqual([401, 'reauthentication_required'])
    await own({ createdAt: new Date() })
    expect((await decide(visitor, begun.userCode)).status).toBe(204)
  })
})

describe('nobody else', () => {
  test('collects what was approved: not another browser, not with the code', async () => {
    const { begun } = await begin()
    const { begun: other, device: thief } = await begin()
    const { visitor, prove } = await keyHolder()
    await prove()
    await decide(visitor, begun.userCode)
    const stolen = thief.cookies.get('device_login_token') ?? ''
    for (const value of ['', begun.userCode, begun.id, stolen]) {
      const someone = visit(instance, [['device_login_token', value]])
      expect(await outcome(await exchange(someone, begun))).toEqual(expired)
    }
    expect(await outcome(await exchange(thief, { ...other, id: begun.userCode }))).toEqual(expired)
  })

  test('looks or decides without being signed in, or by an API key', async () => {
    const { begun } = await begin()
    for (const ask of [inspect, decide]) {
      expect(await outcome(await ask(visit(instance), begun.userCode))).toEqual([401, 'not_signed_in'])
    }
    const byKey = await instance.asAdmin('/api/device-login/verification', { method: 'POST', body: { code: begun.userCode } })
    expect(await outcome(byKey)).toEqual([403, 'api_key_auth_not_allowed'])
  })

  test('reads a code or a secret in the database', async () => {
    const { device, begun } = await begin()
    const stored = JSON.stringify(await instance.ground.db.read.select().from(deviceLoginRows))
    expect(stored).toContain(begun.id)
    expect(stored).not.toContain(begun.userCode)
    expect(stored).not.toContain(device.cookies.get('device_login_token'))
  })
})

test('what has run out is refused everywhere, and swept by the next request', async () => {
  const { device, begun } = await begin()
  const { visitor, prove } = await keyHolder()
  await prove()
  await change({ expiresAt: new Date(Date.now() - 1) })
  expect(await outcome(await inspect(visitor, begun.userCode))).toEqual(expired)
  expect(await outcome(await decide(visitor, begun.userCode))).toEqual(expired)
  expect(await outcome(await exchange(device, begun))).toEqual(expired)
  await begin()
  expect(await instance.ground.db.read.select().from(deviceLoginRows)).toHaveLength(1)
})

test.each([
  [{}, 'code'],
  [{ code: '' }, 'code'],
  [{ code: 'PABCDEFG', decision: 'perhaps' }, 'decision'],
])('a decision such as %j is refused by the name of the field', async (body, field) => {
  const { visitor } = await somebody()
  const answer = await visitor.post('/api/device-login/verification/decision', body)
  expect(answer.status).toBe(400)
  expect(((await answer.json()) as { details: { fields: { field: string }[] } }).details.fields[0]?.field).toBe(field)
})

describe('with limits', () => {
  let limited: Awaited<ReturnType<typeof startInstance>>
  beforeAll(async () => {
    limited = await startInstance()
  })
  afterAll(() => limited.stop())

  test('codes are not guessed: five tries, then one in ten seconds', async () => {
    const user = await limited.kernel.identity.users.create({ username: 'ada', email: 'ada@example.org' }, null)
    const made = await limited.asAdmin(`/api/users/${user.id}/one-time-access-token`, { method: 'POST', body: {} })
    const visitor = visit(limited)
    await visitor.post(`/api/one-time-access-token/${((await made.json()) as { token: string }).token}`)
    const codes: number[] = []
    for (let at = 0; at < 6; at++) codes.push((await inspect(visitor, `PAAAAAA${at}`)).status)
    expect(codes).toEqual([401, 401, 401, 401, 401, 429])
    const asked: number[] = []
    for (let at = 0; at < 6; at++) asked.push((await visit(limited).post(requests)).status)
    expect(asked).toEqual([201, 201, 201, 201, 201, 429])
  })
})

test('switched off there is no such thing', async () => {
  const off = await startInstance({ DEVICE_LOGIN_ENABLED: 'false' })
  expect((await off.fetch(requests, { method: 'POST' })).status).toBe(404)
  await off.stop()
})

beforeEach(() => instance.ground.db.write((tx) => tx.delete(deviceLoginRows)))
