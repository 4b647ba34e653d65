// Authorization requests as they come: what is wrong with them goes to the app or to a page of ours; pushed and signed ones.
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { type App, authorizePath, basic, type Extra, locationOf, post, redeem, refusal, through } from '../support/apps.ts'
import { appUrl } from '../support/instance.ts'
import { app, instance, person, somebody, useProvider } from '../support/provider.ts'
import { visit } from '../support/visitor.ts'

useProvider()

const ask = async (one: App, extra: Extra = {}) => locationOf(await somebody.visitor.get(authorizePath(one, extra)))

describe('a request that cannot be trusted', () => {
  test.each<[string, (one: App) => string, string]>([
    ['names no client', () => '/authorize?response_type=code', 'oidc_client_not_found'],
    ['names a client nobody knows', (one) => authorizePath({ ...one, id: 'unknown' }), 'oidc_client_not_found'],
    ['has no callback', ({ id }) => `/authorize?client_id=${id}&response_type=code&scope=openid`, 'oidc_callback_url_missing'],
    [
      'has a foreign callback',
      (one) => authorizePath(one, { redirect_uri: 'https://evil.example/' }),
      'oidc_invalid_callback_url',
    ],
    [
      'has a callback that begins alike',
      (one) => authorizePath(one, { redirect_uri: `${one.callback}.evil.example` }),
      'oidc_invalid_callback_url',
    ],
    ['names two callbacks', (one) => `${authorizePath(one)}&redirect_uri=https://evil.example/`, 'oidc_request_ambiguous'],
    ['names the state twice', (one) => `${authorizePath(one)}&state=other`, 'oidc_request_ambiguous'],
    ['is larger than any honest one', (one) => authorizePath(one, { state: 'x'.repeat(70_000) }), 'oidc_request_ambiguous'],
    [
      'names a request nobody pushed',
      ({ id }) => `/authorize?client_id=${id}&request_uri=urn:ietf:params:oauth:request_uri:x`,
      'oidc_request_uri_invalid',
    ],
    [
      'names a request at an address and no callback',
      ({ id }) => `/authorize?client_id=${id}&request_uri=https://evil.example/r`,
      'oidc_request_uri_invalid',
    ],
    ['resumes what nobody began', () => '/authorize?interaction=guess', 'oidc_interaction_not_found'],
  ])('because it %s goes to our own page', async (_why, path, code) => {
    const at = locationOf(await somebody.visitor.get(path(await app())))
    expect([at.origin, at.pathname, at.searchParams.get('code')]).toEqual([appUrl, '/interaction/error', code])
  })

  test('is explained to an administrator with what was sent and what is allowed, and to a stranger not', async () => {
    const one = await app()
    const path = (await ask(one, { redirect_uri: 'https://evil.example/' })).href.replace(appUrl, '')
    const admin = await person({ isAdmin: true })
    const html = { headers: { accept: 'text/html' } }
    const forAdmin = await (await admin.visitor.ask(path, html)).text()
    expect(forAdmin).toContain(one.callback)
    expect(forAdmin).toContain('https://evil.example/')
    const forStranger = await (await visit(instance).ask(path, html)).text()
    expect(forStranger).not.toContain(one.callback)
    expect(forStranger).not.toContain('Callback URL')
  })
})

describe('a request that asks for what is not there', () => {
  test.each<[string, Extra, string, object?]>([
    ['another response type', { response_type: 'token' }, 'unsupported_response_type'],
    ['an unknown response mode', { response_mode: 'web_message' }, 'invalid_request'],
    ['an unknown prompt', { prompt: 'create' }, 'invalid_request'],
    ['a max_age that is no number', { max_age: '-1' }, 'invalid_request'],
    ['claims that are no JSON', { claims: '{' }, 'invalid_request'],
    ['plain PKCE', { code_challenge: 'x'.repeat(43), code_challenge_method: 'plain' }, 'invalid_request'],
    ['PKCE without a method, which means plain', { code_challenge: 'x'.repeat(43) }, 'invalid_request'],
    ['a challenge that is no hash', { code_challenge: 'short', code_challenge_method: 'S256' }, 'invalid_request'],
    ['nothing of PKCE, as a public client', {}, 'invalid_request', { isPublic: true }],
    ['nothing of PKCE, as a client that must', {}, 'invalid_request', { pkceEnabled: true }],
    ['a resource nobody granted', { resource: 'https://api.example.org/' }, 'invalid_target'],
    ['a resource with a fragment', { resource: 'https://api.example.org/#x' }, 'invalid_target'],
    ['a registration of its own', { registration: '{}' }, 'registration_not_supported'],
    ['an unsigned request object', { request: new UnsecuredJWT({}).encode() }, 'request_not_supported'],
    ['a request object without keys', { request: 'a.b.c' }, 'invalid_request_object'],
    ['a request at an address', { request_uri: 'https://app.example.org/r' }, 'request_uri_not_supported'],
    ['anything unpushed, as a client that pushes', {}, 'invalid_request', { requiresPushedRequests: true }],
  ])('%s is told so, with state and issuer', async (_what, extra, error, wishes) => {
    const one = await app(wishes)
    const at = await ask(one, extra)
    expect(at.href.startsWith(one.callback)).toBe(true)
    expect(Object.fromEntries(at.searchParams)).toMatchObject({ error, state: 'some state', iss: appUrl })
    expect(at.searchParams.get('error_description')).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/)
  })

  test('scopes that nobody knows are left out', async () => {
    const one = await app()
    const code = (await ask(one, { scope: 'openid weather' })).searchParams.get('code') ?? ''
    expect(((await (await redeem(instance, one, code)).json()) as { scope: string }).scope).toBe('openid')
  })
})

describe('a client without callbacks', () => {
  test('learns the first one that somebody agreed to, and no other', async () => {
    const one = await app({ callbackUrls: [] })
    const first = { redirect_uri: 'https://first.example/cb' }
    const nobody = locationOf(await visit(instance).get(authorizePath(one, first)))
    expect(nobody.pathname).toBe('/interaction')
    expect((await ask(one, { ...first, prompt: 'none', scope: 'openid', max_age: 'x' })).pathname).toBe('/interaction/error')
    expect((await ask(one, first)).href).toMatch(/^https:\/\/first\.example\/cb\?code=/)
    const second = await ask(one, { redirect_uri: 'https://second.example/cb' })
    expect(second.searchParams.get('code')).toBe('oidc_invalid_callback_url')
  })
})

describe('a pushed request', () => {
  const push = (one: App, form: Extra = {}, headers: Extra = basic(one)) =>
    post(
      instance,
      '/api/oidc/par',
      { redirect_uri: one.callback, response_type: 'code', scope: 'openid', state: 'pushed', ...form },
      headers,
    )
  const uriOf = async (answer: Response) => ((await answer.json()) as { request_uri: string }).request_uri
  const go = (one: App, uri: string) => `/authorize?${new URLSearchParams({ client_id: one.id, request_uri: uri })}`

  test('is named by a URI and answered once', async () => {
    const one = await app({ requiresPushedRequests: true })
    const answer = await push(one)
    expect(answer.status).toBe(201)
    const body = (await answer.json()) as { request_uri: string; expires_in: number }
    expect(body.expires_in).toBe(90)
    expect(body.request_uri).toMatch(/^urn:ietf:params:oauth:request_uri:[\w-]{43}$/)
    const at = locationOf(await somebody.visitor.get(go(one, body.request_uri)))
    expect([at.searchParams.get('state'), typeof at.searchParams.get('code')]).toEqual(['pushed', 'string'])
    const again = locationOf(await somebody.visitor.get(go(one, body.request_uri)))
    expect(again.searchParams.get('code')).toBe('oidc_request_uri_invalid')
  })

  test('may be opened again until it is answered', async () => {
    const one = await app({ skipConsent: false })
    const uri = await uriOf(await push(one))
    const [first, second] = [await somebody.visitor.get(go(one, uri)), await somebody.visitor.get(go(one, uri))]
    expect((await through(somebody.visitor, locationOf(first))).searchParams.get('code')).toBeTruthy()
    expect((await through(somebody.visitor, locationOf(second))).searchParams.get('code')).toBe('oidc_interaction_not_found')
  })

  test('is its client’s alone, and what stands beside the URI counts for nothing', async () => {
    const [one, other] = [await app(), await app()]
    const uri = await uriOf(await push(one))
    expect(locationOf(await somebody.visitor.get(go(other, uri))).searchParams.get('code')).toBe('oidc_request_uri_invalid')
    const at = locationOf(await somebody.visitor.get(`${go(one, uri)}&redirect_uri=https://evil.example/&state=evil&scope=email`))
    expect([at.href.startsWith(one.callback), at.searchParams.get('state')]).toEqual([true, 'pushed'])
  })

  test.each<[string, (one: App) => Promise<Response>, readonly [number, string]]>([
    ['without proof of the client', (one) => push(one, { client_id: one.id }, {}), [401, 'invalid_client']],
    ['of another client', (one) => push(one, { client_id: 'other' }), [400, 'invalid_request']],
    ['with a foreign callback', (one) => push(one, { redirect_uri: 'https://evil.example/' }), [400, 'invalid_request']],
    ['that names another one', (one) => push(one, { request_uri: 'urn:x' }), [400, 'invalid_request']],
    ['for another response type', (one) => push(one, { response_type: 'token' }), [400, 'unsupported_response_type']],
  ])('%s is refused', async (_what, attempt, expected) => {
    expect(await refusal(attempt(await app()))).toEqual(expected)
  })
})

describe('a signed request', () => {
  async function signing() {
    const { publicKey, privateKey } = await generateKeyPair('ES256')
    const one = await app({ jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' }] } })
    const sign = (claims: Record<string, unknown>, key = privateKey, audience = appUrl) =>
      new SignJWT({ client_id: one.id, ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: 'k1', typ: 'oauth-authz-req+jwt' })
        .setIssuer(one.id)
        .setAudience(audience)
        .setExpirationTime('1m')
        .sign(key)
    return { one, sign }
  }

  test('counts before what stands beside it', async () => {
    const { one, sign } = await signing()
    const request = await sign({ state: 'signed', scope: 'openid email', max_age: 5000, claims: { id_token: { email: null } } })
    const at = await ask(one, { request, scope: 'openid' })
    expect(at.searchParams.get('state')).toBe('signed')
    const set = (await (await redeem(instance, one, at.searchParams.get('code') ?? '')).json()) as { scope: string }
    expect(set.scope).toBe('openid email')
  })

  test('is refused with another key, for another audience, of another client', async () => {
    const { one, sign } = await signing()
    const { privateKey } = await generateKeyPair('ES256')
    for (const request of [
      await sign({}, privateKey),
      await sign({}, undefined, 'https://elsewhere.example'),
      await sign({ client_id: 'other' }),
    ]) {
      const at = await ask(one, { request })
      expect([at.href.startsWith(one.callback), at.searchParams.get('error')]).toEqual([true, 'invalid_request_object'])
    }
  })

  test('cannot smuggle in a foreign callback', async () => {
    const { one, sign } = await signing()
    const at = await ask(one, { request: await sign({ redirect_uri: 'https://evil.example/' }) })
    expect(at.searchParams.get('code')).toBe('oidc_invalid_callback_url')
  })
})

// oidcc-ensure-request-object-with-redirect-uri: the address stands in the object, and beside it none or a wrong one.
test('an unsigned request is refused at the address in it, if that is registered, else at the one beside it', async () => {
  const one = await app()
  const inside = (redirect_uri: string) => new UnsecuredJWT({ redirect_uri, state: 'inside' }).encode()
  for (const redirect_uri of ['', 'https://evil.example/']) {
    const at = await ask(one, { request: inside(one.callback), redirect_uri })
    expect(at.href.startsWith(`${one.callback}?`)).toBe(true)
    expect(Object.fromEntries(at.searchParams)).toMatchObject({ error: 'request_not_supported', state: 'inside', iss: appUrl })
  }
  const foreign = inside('https://evil.example/')
  expect((await ask(one, { request: foreign })).searchParams.get('state')).toBe('some state')
  expect((await ask(one, { request: foreign, redirect_uri: '' })).pathname).toBe('/interaction/error')
})
