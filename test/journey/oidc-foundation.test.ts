// The Foundation's plans with a client that registers itself (config, basic, form_post basic), module by module.
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, type JSONWebKeySet, jwtVerify, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type App,
  basic,
  bearer,
  challengeOf,
  type Extra,
  locationOf,
  type Person,
  post,
  refusal,
  signedInPerson,
  signInAgain,
  through,
  verifierOf,
} from '../support/apps.ts'
import { appUrl, type Instance, startInstance } from '../support/instance.ts'
import { makeSigner } from '../support/outsider.ts'
import { type Visitor, visit } from '../support/visitor.ts'

type Json = Readonly<Record<string, unknown>>
const initialToken = 'an-initial-token-for-tests'
const callback = 'https://localhost.emobix.example/test/a/plan/callback'

let instance: Instance
let somebody: Person
let metadata: Json
let keys: JSONWebKeySet
beforeAll(async () => {
  instance = await startInstance({
    OIDC_REGISTRATION_ENABLED: 'true',
    OIDC_REGISTRATION_TOKEN: initialToken,
    DISABLE_RATE_LIMITING: 'true',
  })
  somebody = await signedInPerson(instance)
  metadata = (await (await instance.fetch('/.well-known/openid-configuration')).json()) as Json
  keys = (await (await instance.fetch('/.well-known/jwks.json')).json()) as JSONWebKeySet
})
afterAll(() => instance.stop())

/** As the suite registers: keys of its own, one grant type, people to write to. */
async function register(more: object = {}): Promise<{ readonly status: number; readonly body: Json; readonly app: App }> {
  const { publicJwk } = await makeSigner('RS256')
  const ways = {
    grant_types: ['authorization_code'],
    response_types: ['code'],
    token_endpoint_auth_method: 'client_secret_basic',
  }
  const request = { client_name: 'A plan', redirect_uris: [callback], contacts: ['certification@oidf.example'], ...ways }
  const headers = { authorization: `Bearer ${initialToken}` }
  const body = { ...request, jwks: { keys: [publicJwk] }, ...more }
  const answer = await instance.fetch('/api/oidc/register', { method: 'POST', headers, body })
  const told = (await answer.json()) as Json
  return { status: answer.status, body: told, app: { id: String(told.client_id), secret: String(told.client_secret), callback } }
}

const requestOf = (app: App, extra: Extra) => ({
  ...{
    client_id: app.id,
    redirect_uri: callback,
    response_type: 'code',
    scope: 'openid',
    state: 'some state',
    nonce: 'some nonce',
  },
  ...extra,
})
/** Where the browser ends up. An extra without a value is left out. */
const ask = (visitor: Visitor, app: App, extra: Extra = {}): Promise<URL> => {
  const sent = Object.entries(requestOf(app, extra)).filter(([, value]) => value !== '')
  return through(visitor, new URL(`/authorize?${new URLSearchParams(sent)}`, appUrl))
}
const answerOf = async (visitor: Visitor, app: App, extra: Extra = {}) =>
  Object.fromEntries((await ask(visitor, app, extra)).searchParams)

const redeem = (app: App, code: string | undefined, extra: Extra = {}, headers: Extra = basic(app)) =>
  post(
    instance,
    '/api/oidc/token',
    { grant_type: 'authorization_code', code: code ?? '', redirect_uri: callback, ...extra },
    headers,
  )

interface Flow {
  readonly set: Readonly<Record<'access_token' | 'id_token' | 'refresh_token' | 'token_type', string>>
  readonly claims: Json
  readonly userinfo: Json
}

/** The whole flow, with what the suite looks at in every module. */
async function flow(app: App, extra: Extra = {}, more: Extra = {}, visitor = somebody.visitor): Promise<Flow> {
  const { code, state, iss } = await answerOf(visitor, app, extra)
  expect([state, iss]).toEqual(['some state', appUrl])
  const answer = await redeem(app, code, more)
  expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store'])
  const set = (await answer.json()) as Flow['set'] & { expires_in: number }
  expect(set.token_type.toLowerCase()).toBe('bearer')
  expect(set.expires_in).toBeGreaterThan(0)
  const { payload } = await jwtVerify(set.id_token, createLocalJWKSet(keys), {
    issuer: appUrl,
    audience: app.id,
    algorithms: ['RS256'],
  })
  expect(keys.keys.filter(({ kid }) => kid === decodeProtectedHeader(set.id_token).kid)).toHaveLength(1)
  expect([payload.nonce, payload.sub]).toEqual([extra.nonce === '' ? undefined : 'some nonce', expect.any(String)])
  const told = await instance.fetch('/api/oidc/userinfo', { headers: bearer(set.access_token) })
  const userinfo = (await told.json()) as Json
  expect([told.status, told.headers.get('content-type')?.split(';')[0], userinfo.sub]).toEqual([
    200,
    'application/json',
    payload.sub,
  ])
  return { set, claims: payload, userinfo }
}

describe('oidcc-config: discovery-endpoint-verification', () => {
  test('says what a server must, and every address of it is one of ours', () => {
    expect(metadata).toMatchObject({
      issuer: appUrl,
      subject_types_supported: expect.arrayContaining(['public']),
      response_types_supported: expect.arrayContaining(['code']),
      id_token_signing_alg_values_supported: expect.arrayContaining(['RS256']),
      request_object_signing_alg_values_supported: expect.arrayContaining(['RS256']),
      scopes_supported: expect.arrayContaining(['openid']),
      claims_supported: expect.arrayContaining(['sub']),
      grant_types_supported: expect.arrayContaining(['authorization_code']),
      code_challenge_methods_supported: ['S256'],
      registration_endpoint: expect.any(String),
      end_session_endpoint: expect.any(String),
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
    })
    for (const [name, value] of Object.entries(metadata))
      if (/_endpoint$|_uri$/.test(name)) expect(String(value).startsWith(`${appUrl}/`)).toBe(true)
  })

  test('publishes public keys that are told apart', () => {
    expect(new Set(keys.keys.map(({ kid }) => kid)).size).toBe(keys.keys.length)
    expect(keys.keys.flatMap(Object.keys).filter((name) => /^([dpqk]|d[pq]|qi)$/.test(name))).toEqual([])
  })
})

describe('oidcc-basic', () => {
  let one: App
  beforeAll(async () => {
    one = (await register()).app
  })

  test('the client is registered, can be read, and goes when the plan is over', async () => {
    const { status, body } = await register()
    expect(status).toBe(201)
    const held = { client_id: expect.any(String), client_secret: expect.any(String), client_secret_expires_at: 0 }
    expect(body).toMatchObject({ ...held, registration_client_uri: expect.any(String), id_token_signed_response_alg: 'RS256' })
    const path = new URL(String(body.registration_client_uri)).pathname
    const headers = { authorization: `Bearer ${body.registration_access_token}` }
    expect((await instance.fetch(path, { method: 'DELETE', headers })).status).toBe(204)
  })

  test.each<[string, Extra]>([
    ['server', {}],
    ['ensure-request-without-nonce-succeeds-for-code-flow', { nonce: '' }],
    ['ensure-other-scope-order-succeeds', { scope: 'email openid' }],
    ['display-page', { display: 'page' }],
    ['display-popup', { display: 'popup' }],
    ['ensure-request-with-unknown-parameter-succeeds', { extra: 'foobar' }],
    ['login-hint', { login_hint: 'somebody@example.org' }],
    ['ui-locales', { ui_locales: 'se' }],
    ['claims-locales', { claims_locales: 'se' }],
    ['ensure-request-with-acr-values-succeeds', { acr_values: 'phr' }],
    ['scope-address', { scope: 'openid address' }],
    ['scope-phone', { scope: 'openid phone' }],
  ])('%s', async (_module, extra) => {
    await flow(one, extra)
  })

  test('server-client-secret-post', async () => {
    const { app } = await register({ token_endpoint_auth_method: 'client_secret_post' })
    const { code } = await answerOf(somebody.visitor, app)
    expect((await redeem(app, code, { client_id: app.id, client_secret: app.secret }, {})).status).toBe(200)
  })

  test('response-type-missing', async () => {
    const answer = await answerOf(somebody.visitor, one, { response_type: '' })
    expect(answer).toMatchObject({ error: 'invalid_request', state: 'some state', iss: appUrl })
    expect(answer).not.toHaveProperty('code')
  })

  test('userinfo-post-header, userinfo-post-body', async () => {
    const { set, claims } = await flow(one)
    const byHeader = await instance.fetch('/api/oidc/userinfo', { method: 'POST', headers: bearer(set.access_token) })
    const byBody = await post(instance, '/api/oidc/userinfo', { access_token: set.access_token })
    for (const answer of [byHeader, byBody]) expect(await answer.json()).toMatchObject({ sub: claims.sub })
  })

  test('scope-profile, scope-email, scope-all', async () => {
    const { userinfo } = await flow(one, { scope: 'openid profile email' })
    expect(userinfo).toMatchObject({ name: 'Some Body', email: somebody.user.email, email_verified: expect.any(Boolean) })
    for (const name of ['name', 'given_name', 'family_name', 'preferred_username', 'picture', 'email'])
      expect([name, userinfo[name]]).toEqual([name, expect.stringMatching(/./)])
  })

  test('claims-essential', async () => {
    const { userinfo, claims } = await flow(one, { claims: JSON.stringify({ userinfo: { name: { essential: true } } }) })
    expect([userinfo.name, claims.name]).toEqual(['Some Body', undefined])
  })

  test('prompt-login, max-age-1', async () => {
    for (const extra of [{ prompt: 'login' }, { max_age: '0' }] as Extra[]) {
      const { user, visitor } = await signedInPerson(instance)
      await flow(one, {}, {}, visitor)
      const at = locationOf(await visitor.get(`/authorize?${new URLSearchParams(requestOf(one, extra))}`))
      expect(at.pathname).toBe('/interaction')
      await signInAgain(instance, user.id, visitor)
      expect((await through(visitor, at)).searchParams.get('code')).toEqual(expect.any(String))
    }
  })

  test('max-age-10000, prompt-none-logged-in, id-token-hint', async () => {
    const first = await flow(one)
    const hinted = { prompt: 'none', id_token_hint: first.set.id_token }
    for (const extra of [{ max_age: '10000' }, { prompt: 'none' }, hinted] as Extra[]) {
      const { claims } = await flow(one, extra)
      expect([claims.sub, claims.auth_time]).toEqual([first.claims.sub, first.claims.auth_time])
    }
  })

  test('prompt-none-not-logged-in', async () => {
    expect(await answerOf(visit(instance), one, { prompt: 'none' })).toMatchObject({
      error: 'login_required',
      state: 'some state',
    })
  })

  test('codereuse, codereuse-30seconds', async () => {
    const { code } = await answerOf(somebody.visitor, one)
    const set = (await (await redeem(one, code)).json()) as { access_token: string }
    expect(await refusal(redeem(one, code))).toEqual([400, 'invalid_grant'])
    expect((await instance.fetch('/api/oidc/userinfo', { headers: bearer(set.access_token) })).status).toBe(401)
  })

  test('ensure-registered-redirect-uri', async () => {
    const at = await ask(somebody.visitor, one, { redirect_uri: `${callback}/unregistered` })
    expect([at.origin, at.pathname]).toEqual([appUrl, '/interaction/error'])
  })

  test('ensure-post-request-succeeds', async () => {
    const sent = await post(instance, '/authorize', requestOf(one, {}))
    expect((await through(somebody.visitor, locationOf(sent))).searchParams.get('code')).toEqual(expect.any(String))
  })

  test('request-uri-unsigned, unsigned-request-object: rejected as unsupported', async () => {
    const byUri = await answerOf(somebody.visitor, one, { request_uri: 'https://localhost.emobix.example/requesturi' })
    expect(byUri).toMatchObject({ error: 'request_uri_not_supported', state: 'some state' })
    const request = new UnsecuredJWT(requestOf(one, {})).encode()
    expect(await answerOf(somebody.visitor, one, { request })).toMatchObject({
      error: 'request_not_supported',
      state: 'some state',
    })
  })

  test('refresh-token', async () => {
    const [first, second] = await Promise.all(
      [1, 2].map(() => register({ grant_types: ['authorization_code', 'refresh_token'] })),
    )
    if (!first || !second) throw new Error('Nobody registered.')
    const { set, claims } = await flow(first.app)
    expect(set.refresh_token).toMatch(/^[\x20-\x7e]+$/)
    const refresh = (by: App, token: string) =>
      post(instance, '/api/oidc/token', { grant_type: 'refresh_token', refresh_token: token }, basic(by))
    const next = (await (await refresh(first.app, set.refresh_token)).json()) as Flow['set']
    const { iss, sub, aud, auth_time } = decodeJwt(next.id_token)
    expect({ iss, sub, aud, auth_time }).toEqual({ iss: appUrl, sub: claims.sub, aud: claims.aud, auth_time: claims.auth_time })
    expect(next.access_token).not.toBe(set.access_token)
    const { set: others } = await flow(second.app)
    expect(await refusal(refresh(first.app, others.refresh_token))).toEqual([400, 'invalid_grant'])
  })

  test('ensure-request-with-valid-pkce-succeeds', async () => {
    const verifier = verifierOf()
    await flow(one, { code_challenge: challengeOf(verifier), code_challenge_method: 'S256' }, { code_verifier: verifier })
  })
})

test('oidcc-formpost-basic: the answer, and a refusal, come in a form to the callback and not in its address', async () => {
  const { app } = await register()
  await flow(app)
  for (const [extra, field] of [
    [{}, 'code'],
    [{ prompt: 'none', max_age: '0' }, 'error'],
  ] as const) {
    const query = new URLSearchParams(requestOf(app, { response_mode: 'form_post', ...extra }))
    const page = await (await somebody.visitor.get(`/authorize?${query}`)).text()
    expect(page).toContain(`<form method="post" action="${callback}">`)
    expect(page).toContain(`name="${field}"`)
    expect(page).toContain('name="state" value="some state"')
  }
})
