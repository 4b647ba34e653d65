// Apps that register themselves or describe themselves at their own address: off unless switched on, and then fenced.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { codeFor, post, redeem, refusal, signedInPerson, tokens } from '../support/apps.ts'
import { type Ask, adminKey, type Instance, startInstance } from '../support/instance.ts'
import { makeSigner } from '../support/outsider.ts'
import { type SecureOutsider, startSecureOutsider } from '../support/secure-outsider.ts'

const initialToken = 'an-initial-token-for-tests'
const on = { OIDC_REGISTRATION_ENABLED: 'true', OIDC_REGISTRATION_TOKEN: initialToken, DISABLE_RATE_LIMITING: 'true' }

const asJson = async (answer: Response | Promise<Response>) => {
  const response = await answer
  const text = await response.text()
  return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> }
}
const withToken = (token: string, ask: Ask = {}): Ask => ({ ...ask, headers: { authorization: `Bearer ${token}` } })

describe('registration', () => {
  let instance: Instance
  beforeAll(async () => {
    instance = await startInstance(on)
  })
  afterAll(() => instance.stop())

  const register = (metadata: object | string, token = initialToken) =>
    asJson(instance.fetch('/api/oidc/register', withToken(token, { method: 'POST', body: metadata })))
  const web = { redirect_uris: ['https://self.example.org/cb'], client_name: 'Self' }

  test('makes an app that signs people in', async () => {
    const { status, body } = await register(web)
    expect(status).toBe(201)
    expect(body).toMatchObject({
      client_id: expect.any(String),
      client_secret: expect.stringMatching(/^[\w-]{43}$/),
      client_secret_expires_at: 0,
      registration_access_token: expect.any(String),
      registration_client_uri: expect.stringContaining(`/api/oidc/register/${body.client_id}`),
      client_name: 'Self',
      redirect_uris: web.redirect_uris,
      grant_types: ['authorization_code'],
      token_endpoint_auth_method: 'client_secret_basic',
    })
    const app = { id: String(body.client_id), secret: String(body.client_secret), callback: 'https://self.example.org/cb' }
    const { visitor } = await signedInPerson(instance)
    const extra = { code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' }
    const code = await codeFor(visitor, app, extra)
    const verifier = { code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk' }
    const set = await tokens(redeem(instance, app, code, verifier))
    expect(set.access_token).toBeDefined()
    const refresh = { grant_type: 'refresh_token', refresh_token: set.refresh_token }
    const header = { authorization: `Basic ${btoa(`${app.id}:${app.secret}`)}` }
    expect(await refusal(post(instance, '/api/oidc/token', refresh, header))).toEqual([400, 'unauthorized_client'])
  })

  test('tells where signing in begins, then and later', async () => {
    const begins = { initiate_login_uri: 'https://self.example.org/start' }
    const { body } = await register({ ...web, ...begins })
    expect(body).toMatchObject(begins)
    const path = `/api/oidc/register/${body.client_id}`
    expect((await asJson(instance.fetch(path, withToken(String(body.registration_access_token))))).body).toMatchObject(begins)
  })

  test('is read, changed and removed by its own token alone', async () => {
    const { body } = await register({ ...web, token_endpoint_auth_method: 'none' })
    expect(body.client_secret).toBeUndefined()
    const path = `/api/oidc/register/${body.client_id}`
    const own = String(body.registration_access_token)
    expect((await asJson(instance.fetch(path, withToken(own)))).body).toMatchObject({ client_id: body.client_id })
    const other = String((await register(web)).body.registration_access_token)
    for (const wrong of [other, initialToken, 'x', adminKey])
      expect(await refusal(instance.fetch(path, withToken(wrong)))).toEqual([401, 'invalid_token'])
    const change = { ...web, client_id: body.client_id, token_endpoint_auth_method: 'none', client_name: 'Renamed' }
    const put = (metadata: object) => asJson(instance.fetch(path, withToken(own, { method: 'PUT', body: metadata })))
    expect((await put(change)).body).toMatchObject({ client_name: 'Renamed' })
    expect((await put({ ...change, client_id: 'another' })).body.error).toBe('invalid_client_metadata')
    expect((await put({ ...change, token_endpoint_auth_method: 'client_secret_basic' })).body.error).toBe(
      'invalid_client_metadata',
    )
    expect((await instance.fetch(path, withToken(own, { method: 'DELETE' }))).status).toBe(204)
    expect(await refusal(instance.fetch(path, withToken(own)))).toEqual([401, 'invalid_token'])
  })

  test.each<[string, object, string]>([
    ['no callback', { redirect_uris: [] }, 'invalid_redirect_uri'],
    ['a wildcard', { redirect_uris: ['https://*.example.org/cb'] }, 'invalid_redirect_uri'],
    ['everything', { redirect_uris: ['*'] }, 'invalid_redirect_uri'],
    ['plain http', { redirect_uris: ['http://self.example.org/cb'] }, 'invalid_redirect_uri'],
    ['a script', { redirect_uris: ['javascript:alert(1)'] }, 'invalid_redirect_uri'],
    ['a fragment', { redirect_uris: ['https://self.example.org/cb#x'] }, 'invalid_redirect_uri'],
    ['a script to go to after sign-out', { ...web, post_logout_redirect_uris: ['javascript:alert(1)'] }, 'invalid_redirect_uri'],
    ['another response type', { ...web, response_types: ['token'] }, 'invalid_client_metadata'],
    [
      'a grant that is off',
      { ...web, grant_types: ['urn:ietf:params:oauth:grant-type:token-exchange'] },
      'invalid_client_metadata',
    ],
    ['no way to a token', { ...web, grant_types: [] }, 'invalid_client_metadata'],
    ['a password grant', { ...web, grant_types: ['password'] }, 'invalid_client_metadata'],
    ['an unknown method', { ...web, token_endpoint_auth_method: 'client_secret_jwt' }, 'invalid_client_metadata'],
    ['no keys', { ...web, token_endpoint_auth_method: 'private_key_jwt' }, 'invalid_client_metadata'],
    ['no signature', { ...web, id_token_signed_response_alg: 'none' }, 'invalid_client_metadata'],
    ['pairwise subjects', { ...web, subject_type: 'pairwise' }, 'invalid_client_metadata'],
    ['keys twice', { ...web, jwks: { keys: [] }, jwks_uri: 'https://self.example.org/jwks' }, 'invalid_client_metadata'],
    [
      'a place over http where signing in begins',
      { ...web, initiate_login_uri: 'http://self.example.org/' },
      'invalid_client_metadata',
    ],
    ['keys over http', { ...web, jwks_uri: 'http://169.254.169.254/latest' }, 'invalid_client_metadata'],
    [
      'no secret and client credentials',
      { token_endpoint_auth_method: 'none', grant_types: ['client_credentials'] },
      'invalid_client_metadata',
    ],
    ['text for a list', { redirect_uris: 'https://self.example.org/cb' }, 'invalid_client_metadata'],
  ])('with %s is refused', async (_what, metadata, error) => {
    expect(await register(metadata)).toMatchObject({ status: 400, body: { error } })
  })

  test('of what is no JSON is refused', async () => {
    expect((await register('{')).body.error).toBe('invalid_client_metadata')
    expect((await register(JSON.stringify({ ...web, client_name: 'x'.repeat(70_000) }))).body.error).toBe(
      'invalid_client_metadata',
    )
  })

  test('takes the initial token and no other', async () => {
    for (const token of ['', 'x', adminKey, initialToken.toUpperCase()])
      expect(await register(web, token)).toMatchObject({ status: 401, body: { error: 'invalid_token' } })
  })

  test('is off unless switched on, and without a token even then', async () => {
    for (const environment of [{}, { OIDC_REGISTRATION_ENABLED: 'true' }, { OIDC_REGISTRATION_TOKEN: initialToken }]) {
      const other = await startInstance(environment)
      const ask = withToken(initialToken, { method: 'POST', body: web })
      expect(await refusal(other.fetch('/api/oidc/register', ask))).toEqual([401, 'invalid_token'])
      const { body } = await asJson(other.fetch('/.well-known/openid-configuration'))
      expect('registration_endpoint' in body).toBe('OIDC_REGISTRATION_ENABLED' in environment)
      await other.stop()
    }
  })
})

describe('a document at an app’s own address', () => {
  let outsider: SecureOutsider
  let base: string
  let documents: SecureOutsider['documents']
  let asked: SecureOutsider['asked']
  let instance: Instance

  beforeAll(async () => {
    outsider = await startSecureOutsider()
    ;({ base, documents, asked } = outsider)
    instance = await startInstance({
      CIMD_URL_ALLOWLIST: JSON.stringify([`${base}/*`]),
      OUTGOING_NETWORKS: '127.0.0.0/8,::1',
      DISABLE_RATE_LIMITING: 'true',
    })
  })
  afterAll(async () => {
    await instance.stop()
    outsider.stop()
  })

  const publish = (path: string, more: object = {}) => {
    const id = base + path
    documents.set(path, {
      client_id: id,
      client_name: 'Described',
      redirect_uris: ['https://app.example.org/cb'],
      token_endpoint_auth_method: 'none',
      ...more,
    })
    return { id, secret: '', callback: 'https://app.example.org/cb' }
  }
  const pkce = { code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' }
  const refused = async (id: string) => {
    const query = new URLSearchParams({
      client_id: id,
      redirect_uri: 'https://app.example.org/cb',
      response_type: 'code',
      scope: 'openid',
    })
    const answer = await instance.fetch(`/authorize?${query}`)
    return new URL(answer.headers.get('location') ?? 'none:', 'http://x').pathname
  }

  test('is an app without registration, read once while it is fresh', async () => {
    const app = publish('/fine')
    const { visitor } = await signedInPerson(instance)
    const code = await codeFor(visitor, app, pkce)
    const form = { grant_type: 'authorization_code', code, redirect_uri: app.callback, client_id: app.id }
    const verifier = { code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk' }
    expect((await post(instance, '/api/oidc/token', { ...form, ...verifier })).status).toBe(200)
    expect(asked).toEqual(['/fine'])
    const shown = await asJson(instance.asAdmin(`/api/oidc/clients/${encodeURIComponent(app.id)}`))
    expect(shown.body).toMatchObject({ name: 'Described', clientType: 'cimd', origin: 'metadata-document', isPublic: true })
    // An address as Pocket ID's clients put it into a path, because proxies take slashes apart.
    const tilde = `~${Buffer.from(app.id).toString('base64url')}`
    expect((await asJson(instance.asAdmin(`/api/oidc/clients/${tilde}`))).body).toEqual(shown.body)
    expect((await instance.asAdmin(`/api/api-access/${tilde}`)).status).toBe(200)
    expect((await instance.asAdmin('/api/oidc/clients/~')).status).toBe(404)
    publish('/fine', { client_name: 'Described anew' })
    const refreshed = await asJson(
      instance.asAdmin(`/api/oidc/clients/${encodeURIComponent(app.id)}/refresh`, { method: 'POST' }),
    )
    expect(refreshed.body.name).toBe('Described anew')
    expect((await asJson(instance.fetch('/.well-known/openid-configuration'))).body.client_id_metadata_document_supported).toBe(
      true,
    )
  })

  test('keeps what an administrator decided, and takes from them nothing that it says itself', async () => {
    const { id } = publish('/decided')
    await refused(id)
    const path = `/api/oidc/clients/${encodeURIComponent(id)}`
    const body = { name: 'Other', isGroupRestricted: true, callbackURLs: ['https://evil.example.org'] }
    expect((await asJson(instance.asAdmin(path, { method: 'PUT', body }))).body).toMatchObject({
      name: 'Described',
      isGroupRestricted: true,
      callbackURLs: ['https://app.example.org/cb'],
    })
    const refreshed = await asJson(instance.asAdmin(`${path}/refresh`, { method: 'POST' }))
    expect(refreshed.body).toMatchObject({ isGroupRestricted: true })
  })

  test('may prove itself by a key', async () => {
    const signer = await makeSigner()
    const app = publish('/signs', { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [signer.publicJwk] } })
    const now = Math.floor(Date.now() / 1000)
    const claims = { iss: app.id, sub: app.id, aud: 'http://localhost:1411', jti: 'one', iat: now, exp: now + 60 }
    const form = {
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await signer.sign(claims),
      token: 'x',
    }
    expect((await asJson(post(instance, '/api/oidc/introspect', form))).body).toEqual({ active: false })
  })

  test.each<[string, object | string]>([
    ['names another client', { client_id: 'https://other.example.org/x' }],
    ['names none', { client_id: undefined }],
    ['has a secret for a method', { token_endpoint_auth_method: 'client_secret_basic' }],
    ['holds a wildcard', { redirect_uris: ['https://*.example.org/cb'] }],
    ['wants client credentials', { grant_types: ['client_credentials'] }],
    ['is no JSON', 'nonsense'],
    ['is huge', { client_name: 'x'.repeat(20_000) }],
    ['redirects', 'redirect'],
    ['is not there', ''],
  ])('that %s is no app', async (_what, change) => {
    const path = `/wrong${asked.length}`
    const { id } = publish(path, typeof change === 'object' ? change : {})
    if (typeof change === 'string') documents.set(path, change)
    expect(await refused(id)).toBe('/interaction/error')
    expect(asked.at(-1)).toBe(path)
  })

  test.each([
    ['is not on the list', (at: string) => at.replace('localhost', '127.0.0.1')],
    ['has no path', (at: string) => new URL(at).origin],
    ['has dots', (at: string) => at.replace('/fine', '/a/../fine')],
    ['has a user name', (at: string) => at.replace('//', '//user@')],
    ['has a fragment', (at: string) => `${at}#x`],
    ['is not https', (at: string) => at.replace('https', 'http')],
  ])('is not asked for when its address %s', async (_what, change) => {
    const before = asked.length
    expect(await refused(change(`${base}/fine`))).toBe('/interaction/error')
    expect(asked.length).toBe(before)
  })

  test('on this very machine is not asked for unless that is allowed, nor at all without a list', async () => {
    const before = asked.length
    for (const environment of [{ CIMD_URL_ALLOWLIST: '*' }, { OUTGOING_NETWORKS: '127.0.0.0/8,::1' }]) {
      const other = await startInstance(environment)
      const query = new URLSearchParams({
        client_id: `${base}/fine`,
        redirect_uri: 'https://app.example.org/cb',
        response_type: 'code',
      })
      const answer = await other.fetch(`/authorize?${query}`)
      expect(answer.headers.get('location')).toContain('/interaction/error')
      await other.stop()
    }
    expect(asked.length).toBe(before)
  })
})
