// Tokens after they were given: what introspection says of them, what revocation ends, and what is no token at all.
import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { decodeJwt, exportJWK, importJWK, type JWTHeaderParameters, SignJWT, UnsecuredJWT } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import { newId } from '#core/crypto.ts'
import { signingKeys } from '../../src/plugins/oidc/tables.ts'
import { type App, basic, bearer, codeFor, post, redeem, refusal, registerApp, type TokenJson, tokens } from '../support/apps.ts'
import { appUrl } from '../support/instance.ts'
import { instance, somebody, useProvider } from '../support/provider.ts'

useProvider()

let one: App
let set: TokenJson
beforeAll(async () => {
  one = await registerApp(instance.ground.db)
  set = await tokens(redeem(instance, one, await codeFor(somebody.visitor, one)))
})

const introspect = async (token: string, by: App = one) =>
  (await (await post(instance, '/api/oidc/introspect', { token }, basic(by))).json()) as Record<string, unknown>
const revoke = (token: string, by: App = one) => post(instance, '/api/oidc/revoke', { token }, basic(by))
const userinfo = (token: string) => instance.fetch('/api/oidc/userinfo', { headers: bearer(token) })
const more = async (app: App) => tokens(redeem(instance, app, await codeFor(somebody.visitor, app)))

describe('introspection', () => {
  test('tells a client of its own tokens', async () => {
    expect(await introspect(set.access_token)).toMatchObject({
      active: true,
      token_type: 'Bearer',
      iss: appUrl,
      sub: somebody.user.id,
      client_id: one.id,
      scope: 'openid profile email groups',
      username: somebody.user.username,
    })
    expect(await introspect(set.refresh_token)).toMatchObject({ active: true, client_id: one.id, sub: somebody.user.id })
  })

  test('tells nothing of anybody else’s, nor of what is none', async () => {
    const other = await registerApp(instance.ground.db)
    for (const token of [set.access_token, set.refresh_token, set.id_token, 'guess', '']) {
      const by = token === set.id_token || token === 'guess' ? one : other
      const answer = await introspect(token, by)
      expect(token === '' ? answer.error : answer).toEqual(token === '' ? 'invalid_request' : { active: false })
    }
  })

  test('wants to know who asks', async () => {
    expect(await refusal(post(instance, '/api/oidc/introspect', { token: set.access_token }))).toEqual([401, 'invalid_client'])
    expect(await refusal(post(instance, '/api/oidc/introspect', { token: 'x' }, basic({ ...one, secret: 'wrong' })))).toEqual([
      401,
      'invalid_client',
    ])
  })
})

describe('revocation', () => {
  test('of an access token ends that one', async () => {
    const [first, second] = [await more(one), await more(one)]
    expect((await revoke(first.access_token)).status).toBe(200)
    expect((await userinfo(first.access_token)).status).toBe(401)
    expect(await introspect(first.access_token)).toEqual({ active: false })
    expect((await userinfo(second.access_token)).status).toBe(200)
    expect(await introspect(first.refresh_token)).toMatchObject({ active: true })
  })

  test('of a refresh token ends all that came of the grant', async () => {
    const first = await more(one)
    expect((await revoke(first.refresh_token)).status).toBe(200)
    expect((await userinfo(first.access_token)).status).toBe(401)
    expect(await introspect(first.refresh_token)).toEqual({ active: false })
  })

  test('by another client, and of what is none, does nothing and says nothing', async () => {
    const [first, other] = [await more(one), await registerApp(instance.ground.db)]
    for (const token of [first.access_token, first.refresh_token, 'guess']) expect((await revoke(token, other)).status).toBe(200)
    expect((await userinfo(first.access_token)).status).toBe(200)
    expect(await introspect(first.refresh_token)).toMatchObject({ active: true })
  })
})

describe('what is no access token', () => {
  /** The provider's own private key, as whoever stole the database and the encryption key would have it. */
  async function ourKey() {
    const { db, vault } = instance.ground
    const row = (await db.read.select().from(signingKeys)).find(({ algorithm }) => algorithm === 'ES256')
    const jwk = JSON.parse(vault.open('oidc-signing-key', row?.privateKey ?? ''))
    return { id: row?.id ?? '', key: (await importJWK(jwk, 'ES256')) as CryptoKey, publicKey: row?.publicKey ?? {} }
  }
  const now = () => Math.floor(Date.now() / 1000)
  const claims = () => ({
    ...decodeJwt(set.access_token),
    jti: decodeJwt(set.access_token).jti ?? newId(),
    iat: now(),
    exp: now() + 600,
  })
  const sign = async (change: object, header: Partial<JWTHeaderParameters> = {}) => {
    const { id, key } = await ourKey()
    return new SignJWT({ ...claims(), ...change })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: id, ...header })
      .sign(key)
  }

  test('is told apart from one that is', async () => {
    expect((await userinfo(await sign({}))).status).toBe(200)
  })

  test.each<[string, () => Promise<string> | string]>([
    ['an ID token', () => set.id_token],
    ['a refresh token', () => set.refresh_token],
    ['one of another type', () => sign({}, { typ: 'JWT' })],
    ['one of another issuer', () => sign({ iss: 'https://elsewhere.example' })],
    ['one that has run out', () => sign({ exp: now() - 1 })],
    ['one that is not valid yet', () => sign({ nbf: now() + 600 })],
    ['one of no grant', () => sign({ jti: `${newId()}.${newId()}` })],
    ['one with a kid nobody has', () => sign({}, { kid: 'other' })],
    ['one with a kid that is a path', () => sign({}, { kid: '../../../dev/null' })],
    ['one without a kid', () => sign({}, { kid: undefined as unknown as string })],
    ['one without a signature', () => new UnsecuredJWT(claims()).encode()],
    [
      'one whose head says none',
      () => `${btoa('{"alg":"none","typ":"at+jwt"}').replace(/=/g, '')}.${set.access_token.split('.')[1]}.`,
    ],
    ['one with a changed body', () => set.access_token.replace(/\.[^.]+\./, `.${btoa('{"sub":"other"}').replace(/=/g, '')}.`)],
    ['a stretched signature', () => `${set.access_token}AA`],
  ])('%s is refused', async (_what, make) => {
    const answer = await userinfo(await make())
    expect(answer.headers.get('www-authenticate')).toMatch(/error="invalid_token"/)
    expect(await refusal(answer)).toEqual([401, 'invalid_token'])
  })

  test('one signed with our public key as a password is refused', async () => {
    const { id, publicKey } = await ourKey()
    const secret = new TextEncoder().encode(JSON.stringify(publicKey))
    const forged = await new SignJWT(claims()).setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: id }).sign(secret)
    expect((await userinfo(forged)).status).toBe(401)
  })

  test('one that brings its own key along is refused', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const jwk = await exportJWK(publicKey)
    const key = createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' }))
    const { id } = await ourKey()
    for (const header of [
      { kid: id, jwk },
      { kid: id, jku: 'https://evil.example/jwks' },
    ]) {
      const forged = await new SignJWT(claims()).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', ...header }).sign(key)
      expect((await userinfo(forged)).status).toBe(401)
    }
  })

  test('one for an API alone is refused at userinfo', async () => {
    expect(await refusal(userinfo(await sign({ aud: 'https://api.example.org/' })))).toEqual([403, 'insufficient_scope'])
  })

  test('the cookie of a session is none', async () => {
    expect((await userinfo(somebody.visitor.cookies.get('access_token') ?? '')).status).toBe(401)
  })
})

describe('userinfo', () => {
  test('takes a token in a form too, and never two', async () => {
    const answer = await post(instance, '/api/oidc/userinfo', { access_token: set.access_token })
    expect(((await answer.json()) as { sub: string }).sub).toBe(somebody.user.id)
    const both = await post(instance, '/api/oidc/userinfo', { access_token: set.access_token }, bearer(set.access_token))
    expect(await refusal(both)).toEqual([400, 'invalid_request'])
  })

  test('may be read by scripts of other origins, without our cookie counting', async () => {
    const headers = { origin: 'https://app.example.org', ...bearer(set.access_token) }
    const answer = await somebody.visitor.ask('/api/oidc/userinfo', { headers })
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
    const preflight = await instance.fetch('/api/oidc/userinfo', {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example.org' },
    })
    expect(preflight.headers.get('access-control-allow-headers')).toMatch(/authorization/)
    expect((await somebody.visitor.get('/api/oidc/userinfo')).status).toBe(401)
  })
})

describe('the token endpoint', () => {
  test.each<[string, Record<string, string>, readonly [number, string]]>([
    ['an unknown grant', { grant_type: 'password' }, [400, 'unsupported_grant_type']],
    ['no grant', {}, [400, 'invalid_request']],
    ['a code that is missing', { grant_type: 'authorization_code' }, [400, 'invalid_request']],
    ['a code nobody gave', { grant_type: 'authorization_code', code: 'x', redirect_uri: 'x' }, [400, 'invalid_grant']],
    ['a refresh token nobody gave', { grant_type: 'refresh_token', refresh_token: 'x' }, [400, 'invalid_grant']],
  ])('refuses %s', async (_what, form, expected) => {
    expect(await refusal(post(instance, '/api/oidc/token', form, basic(one)))).toEqual(expected)
  })

  test('refuses a field that comes twice, JSON, and GET', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', ...basic(one) }
    const twice = await instance.fetch('/api/oidc/token', {
      method: 'POST',
      headers,
      body: 'grant_type=password&grant_type=password',
    })
    expect(await refusal(twice)).toEqual([400, 'invalid_request'])
    const json = await instance.fetch('/api/oidc/token', {
      method: 'POST',
      headers: basic(one),
      body: { grant_type: 'password' },
    })
    expect(await refusal(json)).toEqual([400, 'invalid_request'])
    expect((await instance.fetch('/api/oidc/token')).status).toBe(404)
  })

  test('refuses a public client that acts for itself', async () => {
    const open = await registerApp(instance.ground.db, { isPublic: true })
    const form = { grant_type: 'client_credentials', client_id: open.id }
    expect(await refusal(post(instance, '/api/oidc/token', form))).toEqual([400, 'unauthorized_client'])
  })
})
