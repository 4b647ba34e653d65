// The provider as a real client library sees it: openid-client against a server of its own, over HTTP.
import { join } from 'node:path'
import * as oidc from 'openid-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Database, openDatabase } from '#core/db/client.ts'
import { signingKeys } from '../../src/plugins/oidc/tables.ts'
import { type App, type Person, registerApp, signedInPerson, type Target, through, type Wishes } from '../support/apps.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { targetOf } from '../support/target.ts'

let server: TestServer
let db: Database
let target: Target
let somebody: Person
beforeAll(async () => {
  server = await startServer()
  db = await openDatabase(join(server.folder, 'pocket-id.db'))
  target = targetOf(server)
  somebody = await signedInPerson(target)
})
afterAll(async () => {
  await db.close()
  await server.stop()
})

interface Discovered {
  readonly app: App
  readonly config: oidc.Configuration
}

async function discovered(wishes: Wishes = {}, auth?: (app: App) => oidc.ClientAuth): Promise<Discovered> {
  const app = await registerApp(db, wishes)
  const method = auth?.(app) ?? (wishes.isPublic ? oidc.None() : oidc.ClientSecretBasic(app.secret))
  const options = { execute: [oidc.allowInsecureRequests] }
  const metadata = wishes.idTokenSigningAlg ? { id_token_signed_response_alg: wishes.idTokenSigningAlg } : undefined
  return { app, config: await oidc.discovery(new URL(server.url), app.id, metadata, method, options) }
}

/** What the browser does with an authorization address: everything up to the callback. */
const browse = async (address: URL): Promise<URL> => {
  const answer = await somebody.visitor.get(address.pathname + address.search)
  return through(somebody.visitor, new URL(answer.headers.get('location') ?? '', server.url))
}

interface Checks {
  readonly pkceCodeVerifier: string
  readonly expectedState: string
  readonly expectedNonce: string
  readonly idTokenExpected: boolean
}

async function asking(app: App, extra: Record<string, string> = {}) {
  const checks: Checks = {
    pkceCodeVerifier: oidc.randomPKCECodeVerifier(),
    expectedState: oidc.randomState(),
    expectedNonce: oidc.randomNonce(),
    idTokenExpected: true,
  }
  const parameters = {
    redirect_uri: app.callback,
    scope: 'openid profile email groups offline_access',
    code_challenge: await oidc.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    ...extra,
  }
  return { checks, parameters }
}

describe('openid-client', () => {
  test.each<[string, Wishes, ((app: App) => oidc.ClientAuth)?]>([
    ['with a secret in the header', {}],
    ['with a secret in the body', {}, (app) => oidc.ClientSecretPost(app.secret)],
    ['as a public client', { isPublic: true }],
    ['with RS256', { idTokenSigningAlg: 'RS256' }],
  ])('signs somebody in %s, reads userinfo, refreshes', async (_how, wishes, auth) => {
    const { app, config } = await discovered(wishes, auth)
    const { checks, parameters } = await asking(app)
    const at = await browse(oidc.buildAuthorizationUrl(config, parameters))
    const set = await oidc.authorizationCodeGrant(config, at, checks)
    const sub = set.claims()?.sub ?? ''
    expect(sub).toBe(somebody.user.id)
    expect(await oidc.fetchUserInfo(config, set.access_token, sub)).toMatchObject({ email: somebody.user.email })
    const next = await oidc.refreshTokenGrant(config, set.refresh_token ?? '')
    expect(next.claims()?.sub).toBe(sub)
    expect(next.refresh_token).not.toBe(set.refresh_token)
  })

  test('pushes its request', async () => {
    const { app, config } = await discovered({ requiresPushedRequests: true })
    const { checks, parameters } = await asking(app)
    const address = await oidc.buildAuthorizationUrlWithPAR(config, parameters)
    expect([...address.searchParams.keys()].sort()).toEqual(['client_id', 'request_uri'])
    expect((await oidc.authorizationCodeGrant(config, await browse(address), checks)).claims()?.sub).toBe(somebody.user.id)
  })

  test('binds its tokens to a key (DPoP), with the nonce that it is told', async () => {
    const { app, config } = await discovered({ isPublic: true, requiresDpop: true })
    const handle = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair('ES256'))
    const { checks, parameters } = await asking(app, { dpop_jkt: await handle.calculateThumbprint() })
    const at = await browse(oidc.buildAuthorizationUrl(config, parameters))
    const set = await oidc.authorizationCodeGrant(config, at, checks, undefined, { DPoP: handle })
    expect(set.token_type).toBe('dpop')
    const sub = set.claims()?.sub ?? ''
    expect((await oidc.fetchUserInfo(config, set.access_token, sub, { DPoP: handle })).sub).toBe(sub)
    await expect(oidc.fetchUserInfo(config, set.access_token, sub)).rejects.toThrow()
    const thief = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair('ES256'))
    await expect(oidc.fetchUserInfo(config, set.access_token, sub, { DPoP: thief })).rejects.toThrow()
    await expect(oidc.refreshTokenGrant(config, set.refresh_token ?? '', undefined, { DPoP: thief })).rejects.toMatchObject({
      error: 'invalid_grant',
    })
  })

  test('is let in as a device', async () => {
    const { config } = await discovered()
    const begun = await oidc.initiateDeviceAuthorization(config, { scope: 'openid profile' })
    const polling = oidc.pollDeviceAuthorizationGrant(config, { ...begun, interval: 1 })
    await somebody.visitor.post(`/api/oidc/device/verify?code=${begun.user_code}`)
    expect((await polling).claims()?.sub).toBe(somebody.user.id)
  })

  test('acts for itself, and asks what a token is worth', async () => {
    const { config } = await discovered()
    const set = await oidc.clientCredentialsGrant(config)
    expect(await oidc.tokenIntrospection(config, set.access_token)).toMatchObject({ active: true })
    await oidc.tokenRevocation(config, set.access_token)
    expect(await oidc.tokenIntrospection(config, set.access_token)).toEqual({ active: false })
  })

  test('takes its answer from a form and from the fragment', async () => {
    const { app, config } = await discovered()
    const { checks, parameters } = await asking(app, { response_mode: 'form_post' })
    const address = oidc.buildAuthorizationUrl(config, parameters)
    const html = await (await somebody.visitor.get(address.pathname + address.search)).text()
    const fields = [...html.matchAll(/name="([^"]*)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value])
    const body = new URLSearchParams(fields)
    const request = new Request(app.callback, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect((await oidc.authorizationCodeGrant(config, request, checks)).claims()?.sub).toBe(somebody.user.id)
  })

  test('notices an answer of another issuer (mix-up)', async () => {
    const { app, config } = await discovered()
    const { checks, parameters } = await asking(app)
    const at = await browse(oidc.buildAuthorizationUrl(config, parameters))
    at.searchParams.set('iss', 'https://evil.example')
    await expect(oidc.authorizationCodeGrant(config, at, checks)).rejects.toThrow()
  })

  test('signs somebody out', async () => {
    const { app, config } = await discovered({ logoutCallbackUrls: ['https://app.example.org/bye'] })
    const person = await signedInPerson(target)
    const { checks, parameters } = await asking(app)
    const address = oidc.buildAuthorizationUrl(config, parameters)
    const answer = await person.visitor.get(address.pathname + address.search)
    const set = await oidc.authorizationCodeGrant(config, new URL(answer.headers.get('location') ?? ''), checks)
    const end = oidc.buildEndSessionUrl(config, {
      id_token_hint: set.id_token ?? '',
      post_logout_redirect_uri: 'https://app.example.org/bye',
    })
    const out = await person.visitor.get(end.pathname + end.search)
    expect(out.headers.get('location')).toBe('https://app.example.org/bye')
    expect((await person.visitor.get('/api/users/me')).status).toBe(401)
  })
})

test('an ID token with hundreds of groups fits into the address at which an app signs somebody out', async () => {
  const statusOf = async (length: number) => {
    const path = `/api/oidc/end-session?id_token_hint=${'x'.repeat(length)}`
    return (await fetch(new URL(path, server.url), { redirect: 'manual' })).status
  }
  expect(await statusOf(50_000)).toBe(302)
  expect(await statusOf(100_000)).toBe(431)
})

test('`pocket-id key-rotate` makes keys beside a running server', async () => {
  const before = await db.read.select().from(signingKeys)
  const { stdout } = await server.pocketId('key-rotate', '--alg', 'ES256', '--yes')
  expect(stdout).toMatch(/^New ES256 key [\w-]{43}\.\n/)
  const after = await db.read.select().from(signingKeys)
  expect(after).toHaveLength(before.length + 1)
  const retired = after.filter(({ algorithm, publishedUntil }) => algorithm === 'ES256' && publishedUntil !== null)
  expect(retired).toHaveLength(1)
  await expect(server.pocketId('key-rotate', '--alg', 'HS256')).rejects.toMatchObject({
    stderr: expect.stringContaining('--alg must be one of'),
  })
})
