// Keys and metadata of the provider: published at both well-known paths, rotated with overlap, sealed at rest.
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Clock } from '#core/clock.ts'
import { createKeys, type Keys } from '../../src/plugins/oidc/keys.ts'
import { signingKeys } from '../../src/plugins/oidc/tables.ts'
import { createTokens } from '../../src/plugins/oidc/tokens.ts'
import { appUrl, type Instance, startInstance } from '../support/instance.ts'

let instance: Instance
beforeAll(async () => {
  instance = await startInstance({ INTERNAL_APP_URL: 'http://pocket-id:1411' })
})
afterAll(() => instance.stop())

/** Of key rings that a test makes for itself. */
const settings = { oidcEnabled: true, internalAppUrl: '', oidcSigningAlgorithm: 'ES256' } as const

const published = async () => (await (await instance.fetch('/.well-known/jwks.json')).json()) as JSONWebKeySet

describe('metadata', () => {
  test.each(['openid-configuration', 'oauth-authorization-server'])('is at /.well-known/%s', async (name) => {
    const answer = await instance.fetch(`/.well-known/${name}`)
    expect(answer.headers.get('content-type')).toBe('application/json')
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    const body = (await answer.json()) as Record<string, unknown>
    expect(body.issuer).toBe(appUrl)
    expect(body.authorization_endpoint).toBe(`${appUrl}/authorize`)
    expect(body.end_session_endpoint).toBe(`${appUrl}/api/oidc/end-session`)
  })

  test('names the internal address for what apps call themselves', async () => {
    const body = (await (await instance.fetch('/.well-known/openid-configuration')).json()) as Record<string, string>
    for (const [key, path] of [
      ['token_endpoint', '/api/oidc/token'],
      ['userinfo_endpoint', '/api/oidc/userinfo'],
      ['introspection_endpoint', '/api/oidc/introspect'],
      ['pushed_authorization_request_endpoint', '/api/oidc/par'],
      ['jwks_uri', '/.well-known/jwks.json'],
    ] as const)
      expect(body[key]).toBe(`http://pocket-id:1411${path}`)
  })
})

describe('keys', () => {
  test('are published for ES256 and RS256, without their private half', async () => {
    const { keys } = await published()
    expect(keys.map(({ alg }) => alg).sort()).toEqual(['ES256', 'RS256'])
    for (const key of keys) expect(Object.keys(key)).not.toContain('d')
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(2)
  })

  test('are in no cache for longer than a new one is published before it signs', async () => {
    const answer = await instance.fetch('/.well-known/jwks.json')
    expect(Number(/max-age=(\d+)/.exec(answer.headers.get('cache-control') ?? '')?.[1])).toBeLessThanOrEqual(40)
  })

  test('are sealed at rest', async () => {
    for (const row of await instance.ground.db.read.select().from(signingKeys)) expect(row.privateKey).toMatch(/^v1\./)
  })

  test('are made once by two processes at a first start', async () => {
    const fresh = await startInstance()
    const { db, vault, clock } = fresh.ground
    const both = [createKeys({ db, vault, clock, settings }), createKeys({ db, vault, clock, settings })]
    const [left, right] = await Promise.all(both.map((keys) => keys.published()))
    expect(left).toEqual(right)
    await fresh.stop()
  })

  test('rotate with overlap: the new one is published before it signs, the old one while its tokens live', async () => {
    let now = new Date('2026-01-01T00:00:00Z')
    const clock: Clock = { now: () => now }
    const own = await startInstance()
    const keys: Keys = createKeys({ ...own.ground, clock, settings })
    const tokens = createTokens(keys, appUrl, clock)
    const [first] = [(await keys.signing('ES256')).id]
    const old = await tokens.signAccessToken(
      { subject: 'ada', clientId: 'app', audience: ['app'], scope: '', lifetimeSeconds: 3600 },
      'ES256',
    )

    const [next] = await keys.rotate(['ES256'])
    expect((await keys.published()).keys.map(({ kid }) => kid)).toEqual(expect.arrayContaining([first, next]))
    expect((await keys.signing('ES256')).id).toBe(first)
    now = new Date(now.getTime() + 61_000)
    expect((await keys.signing('ES256')).id).toBe(next)
    expect(await tokens.verifyAccessToken(old)).toMatchObject({ subject: 'ada' })
    await jwtVerify(old, createLocalJWKSet((await keys.published()) as JSONWebKeySet), { currentDate: now })

    now = new Date(now.getTime() + 31 * 24 * 3600 * 1000)
    expect((await keys.published()).keys.map(({ kid }) => kid)).not.toContain(first)
    await keys.sweep()
    const rows = await own.ground.db.read.select().from(signingKeys)
    expect(rows.find(({ id }) => id === first)?.privateKey).toBeNull()
    expect(rows.find(({ id }) => id === next)?.privateKey).not.toBeNull()
    await own.stop()
  })

  test('sign on when the clock is set back to before they were made', async () => {
    let now = new Date('2030-01-01T00:00:00Z')
    const clock: Clock = { now: () => now }
    const own = await startInstance()
    await own.ground.db.write((tx) => tx.delete(signingKeys))
    const [keys, others] = [1, 2].map(() => createKeys({ ...own.ground, clock, settings }))
    if (!keys || !others) throw new Error('There are no keys.')
    const { id } = await keys.signing('ES256')
    now = new Date('2026-01-01T00:00:00Z')
    expect((await keys.signing('ES256')).id).toBe(id)
    // What another process does is noticed all the same, and a key that leaked does not come back.
    const [next] = await others.rotate(['ES256'], true)
    now = new Date('2026-01-01T00:01:00Z')
    expect((await keys.signing('ES256')).id).toBe(next)
    now = new Date('2025-01-01T00:00:00Z')
    expect((await keys.signing('ES256')).id).toBe(next)
    expect((await keys.published()).keys.map(({ kid }) => kid)).not.toContain(id)
    await own.stop()
  })

  test('of another process are known as soon as a token names them', async () => {
    let now = new Date('2026-01-01T00:00:00Z')
    const clock: Clock = { now: () => now }
    const own = await startInstance()
    const [here, there] = [1, 2].map(() => createKeys({ ...own.ground, clock, settings }))
    if (!here || !there) throw new Error('There are no keys.')
    await here.published()
    const [next] = await there.rotate(['ES256'], true)
    now = new Date(now.getTime() + 2_000)
    expect(await here.verifying(next ?? '')).toMatchObject({ id: next, published: true })
    expect(await here.verifying('nobody')).toBeUndefined()
    await own.stop()
  })

  test('a key that leaked is gone at once', async () => {
    const own = await startInstance()
    const keys = createKeys({ ...own.ground, settings })
    const tokens = createTokens(keys, appUrl, own.ground.clock)
    const old = await tokens.signAccessToken(
      { subject: 'ada', clientId: 'app', audience: ['app'], scope: '', lifetimeSeconds: 3600 },
      'ES256',
    )
    expect(await tokens.verifyAccessToken(old)).toBeDefined()
    const [next] = await keys.rotate(['ES256'], true)
    expect((await keys.published()).keys.filter(({ alg }) => alg === 'ES256').map(({ kid }) => kid)).toEqual([next])
    expect(await tokens.verifyAccessToken(old)).toBeUndefined()
    await own.stop()
  })
})
