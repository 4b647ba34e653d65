// API keys: made by a person at a browser, shown once, and good for what their owner may.
import { eq } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { users } from '#core/db/tables.ts'
import { instance, outcome, somebody, starting } from '../support/passkey-people.ts'
import type { Visitor } from '../support/visitor.ts'

interface Key {
  readonly id: string
  readonly name: string
  readonly expiresAt: string
  readonly lastUsedAt: string | null
}
interface Made {
  readonly apiKey: Key
  readonly token: string
}

starting()
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()
const post = (visitor: Visitor, input: object = {}) =>
  visitor.post('/api/api-keys', { name: 'backup script', description: 'nightly', expiresAt: inDays(1), ...input })
const make = async (visitor: Visitor, input?: object) => (await (await post(visitor, input)).json()) as Made
const withKey = (token: string, path = '/api/users/me', method = 'GET') =>
  instance.fetch(path, { method, headers: { 'x-api-key': token } })
const age = (id: string) =>
  instance.ground.db.write((tx) => tx.run(`update api_keys set expires_at = ${Date.now() - 1000} where id = '${id}'`))

describe('an API key', () => {
  test('acts for its owner, is shown once and stored as a hash alone', async () => {
    const { user, visitor } = await somebody()
    const { apiKey, token } = await make(visitor)
    expect(apiKey).toMatchObject({ name: 'backup script', description: 'nightly', lastUsedAt: null, expirationEmailSent: false })
    expect(token).toMatch(/^[A-Za-z0-9]{32}$/)
    const answer = await withKey(token)
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({ id: user.id })
    const listed = await visitor.json<{ data: Key[] }>('/api/api-keys')
    expect(listed.data).toMatchObject([{ id: apiKey.id, lastUsedAt: expect.any(String) }])
    const rows = await instance.ground.db.read.all('select * from api_keys')
    expect(JSON.stringify([listed, rows])).not.toContain(token)
    expect(instance.lines.join()).not.toContain(token)
  })

  test('may what its owner may, and no more', async () => {
    const { user, visitor } = await somebody()
    const { token } = await make(visitor)
    expect((await withKey(token, '/api/users')).status).toBe(403)
    await instance.ground.db.write((tx) => tx.update(users).set({ isAdmin: true }).where(eq(users.id, user.id)))
    expect((await withKey(token, '/api/users')).status).toBe(200)
  })

  test('makes no other key and registers no passkey', async () => {
    const { token } = await make((await somebody()).visitor)
    for (const [path, method] of [
      ['/api/api-keys', 'POST'],
      ['/api/webauthn/register/start', 'GET'],
    ] as const) {
      expect(await outcome(await withKey(token, path, method))).toEqual([403, 'api_key_auth_not_allowed'])
    }
  })

  test('stops working when it runs out, is removed, or its owner is locked out or gone', async () => {
    const { user, visitor } = await somebody()
    const [old, removed, other] = [await make(visitor), await make(visitor), await make(visitor)]
    await age(old.apiKey.id)
    expect((await withKey(old.token)).status).toBe(401)
    expect((await visitor.ask(`/api/api-keys/${removed.apiKey.id}`, { method: 'DELETE' })).status).toBe(204)
    expect((await withKey(removed.token)).status).toBe(401)
    const set = (disabled: boolean) =>
      instance.ground.db.write((tx) => tx.update(users).set({ disabled }).where(eq(users.id, user.id)))
    await set(true)
    expect((await withKey(other.token)).status).toBe(401)
    await set(false)
    expect((await withKey(other.token)).status).toBe(200)
    await instance.ground.db.write((tx) => tx.delete(users).where(eq(users.id, user.id)))
    expect((await withKey(other.token)).status).toBe(401)
    expect(await instance.ground.db.read.all(`select * from api_keys where user_id = '${user.id}'`)).toEqual([])
  })

  test('gets a new secret once it has run out, not before', async () => {
    const { visitor } = await somebody()
    const { apiKey, token } = await make(visitor)
    const renew = (expiresAt: string) => visitor.post(`/api/api-keys/${apiKey.id}/renew`, { expiresAt })
    expect(await outcome(await renew(inDays(2)))).toEqual([409, 'api_key_not_expired'])
    await age(apiKey.id)
    expect(await outcome(await renew(inDays(-2)))).toEqual([400, 'invalid_api_key_expiration'])
    const renewed = (await (await renew(inDays(2))).json()) as Made
    expect(renewed.apiKey.id).toBe(apiKey.id)
    expect((await withKey(renewed.token)).status).toBe(200)
    expect((await withKey(token)).status).toBe(401)
  })

  test('is its owner’s alone', async () => {
    const [ada, eve] = [await somebody(), await somebody()]
    const { apiKey } = await make(ada.visitor)
    expect((await eve.visitor.json<{ data: Key[] }>('/api/api-keys')).data).toEqual([])
    expect(await outcome(await eve.visitor.ask(`/api/api-keys/${apiKey.id}`, { method: 'DELETE' }))).toEqual([
      404,
      'api_key_not_found',
    ])
    await age(apiKey.id)
    const renewed = await eve.visitor.post(`/api/api-keys/${apiKey.id}/renew`, { expiresAt: inDays(1) })
    expect(await outcome(renewed)).toEqual([404, 'api_key_not_found'])
  })

  test.each<[string, object, string]>([
    ['a short name', { name: 'ab' }, 'validation_failed'],
    ['a long name', { name: 'x'.repeat(51) }, 'validation_failed'],
    ['no end', { expiresAt: undefined }, 'validation_failed'],
    ['an end that is no time', { expiresAt: 'tomorrow' }, 'validation_failed'],
    ['an end in the past', { expiresAt: inDays(-1) }, 'invalid_api_key_expiration'],
  ])('is refused with %s', async (_what, input, code) => {
    expect(await outcome(await post((await somebody()).visitor, input))).toEqual([400, code])
  })

  test('nobody has is nobody', async () => {
    for (const key of ['', 'x', 'x'.repeat(32), "' or 1=1"]) expect((await withKey(key)).status).toBe(401)
  })
})
