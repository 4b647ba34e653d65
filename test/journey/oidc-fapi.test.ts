// The FAPI 2.0 Security Profile, module by module as the Foundation's suite asks: pushed requests, keys instead of secrets, bound tokens.
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import { newId, sha256 } from '#core/crypto.ts'
import {
  basic,
  challengeOf,
  codeFor,
  type Extra,
  type Person,
  post,
  registerApp,
  signedInPerson,
  startProvider,
  through,
  verifierOf,
} from '../support/apps.ts'
import { appUrl } from '../support/instance.ts'
import { makeSigner, type Signer } from '../support/outsider.ts'
import { app, instance, person, useProvider } from '../support/provider.ts'

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const seconds = () => Math.floor(Date.now() / 1000)

interface Client {
  readonly id: string
  readonly callback: string
  readonly signer: Signer
}

useProvider()

let ada: Person
let client: Client
let other: Client

beforeAll(async () => {
  ada = await person({ firstName: 'Ada', lastName: 'Lovelace' })
  ;[client, other] = await Promise.all([addClient(), addClient('PS256')])
})

async function addClient(algorithm = 'ES256'): Promise<Client> {
  const signer = await makeSigner(algorithm)
  const { alg: _alg, ...key } = signer.publicJwk
  const wishes = {
    requiresPushedRequests: true,
    requiresDpop: true,
    pkceEnabled: true,
    tokenEndpointAuthMethod: 'private_key_jwt',
  }
  return { ...(await app({ ...wishes, jwks: { keys: [key] } })), signer }
}

const assertion = async (by: Client, claims: object = {}, header: object = {}): Promise<Extra> => ({
  client_assertion_type: assertionType,
  client_assertion: await by.signer.sign(
    { iss: by.id, sub: by.id, aud: appUrl, jti: newId(), iat: seconds(), nbf: seconds(), exp: seconds() + 60, ...claims },
    header as Record<string, unknown>,
  ),
})

/** A DPoP proof for this address. */
async function proof(key: Signer, path: string, claims: object = {}, method = 'POST'): Promise<Extra> {
  const { kid: _kid, alg: _alg, ...jwk } = key.publicJwk
  const payload = { jti: newId(), htm: method, htu: `${appUrl}${path}`, iat: seconds(), ...claims }
  return { dpop: await key.sign(payload, { typ: 'dpop+jwt', kid: undefined, jwk }) }
}

interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>> & { readonly error?: string }
}
const read = async (answer: Promise<Response>): Promise<Answer> => {
  const response = await answer
  const body = (await response.json()) as Answer['body']
  if (typeof body.error_description === 'string') expect(body.error_description).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/)
  return { status: response.status, body }
}
const refusalOf = ({ status, body }: Answer) => [status, body.error]

const verifier = verifierOf()
const push = async (by: Client, more: Extra = {}, proofOfClient?: Extra, headers: Extra = {}): Promise<Answer> => {
  const request = {
    ...{ client_id: by.id, redirect_uri: by.callback, response_type: 'code', scope: 'openid profile', state: 'x'.repeat(128) },
    ...{ nonce: 'n'.repeat(64), code_challenge: challengeOf(verifier), code_challenge_method: 'S256', ...more },
  }
  return read(post(instance, '/api/oidc/par', { ...request, ...(proofOfClient ?? (await assertion(by))) }, headers))
}

/** Where the browser ends up that opens a pushed request. */
const open = async (by: Client, requestUri: unknown): Promise<URL> => {
  const query = new URLSearchParams({ client_id: by.id, request_uri: String(requestUri) })
  return through(ada.visitor, new URL(`/authorize?${query}`, appUrl))
}
const codeOf = async (by: Client, more: Extra = {}, headers: Extra = {}): Promise<string> => {
  const { body } = await push(by, more, undefined, headers)
  return (await open(by, body.request_uri)).searchParams.get('code') ?? ''
}

const redeem = async (
  by: Client,
  code: string,
  key: Signer | undefined,
  more: Extra = {},
  proofOfClient?: Extra,
): Promise<Answer> => {
  const form = { grant_type: 'authorization_code', code, redirect_uri: by.callback, code_verifier: verifier, ...more }
  const headers = key ? await proof(key, '/api/oidc/token') : {}
  return read(post(instance, '/api/oidc/token', { ...form, ...(proofOfClient ?? (await assertion(by))) }, headers))
}
const refresh = async (by: Client, token: unknown, key: Signer | undefined): Promise<Answer> => {
  const form = { grant_type: 'refresh_token', refresh_token: String(token), ...(await assertion(by)) }
  return read(post(instance, '/api/oidc/token', form, key ? await proof(key, '/api/oidc/token') : {}))
}

describe('the happy flow', () => {
  test('ends in bound tokens, signed with an algorithm of the profile', async () => {
    const { status, body } = await push(client)
    expect({ status, body }).toEqual({
      status: 201,
      body: { request_uri: expect.stringMatching(/^urn:/), expires_in: expect.any(Number) },
    })
    const at = await open(client, body.request_uri)
    expect([at.searchParams.get('iss'), at.searchParams.get('state')]).toEqual([appUrl, 'x'.repeat(128)])
    const key = await makeSigner()
    const set = await redeem(client, at.searchParams.get('code') ?? '', key)
    expect(set.body).toMatchObject({ token_type: 'DPoP', access_token: expect.any(String), refresh_token: expect.any(String) })
    expect(decodeProtectedHeader(String(set.body.id_token))).toMatchObject({ alg: 'ES256', kid: expect.any(String) })
    expect(decodeJwt(String(set.body.id_token)).nonce).toBe('n'.repeat(64))
    const token = String(set.body.access_token)
    for (const scheme of ['DPoP', 'dPoP', 'dpop']) {
      const headers = {
        authorization: `${scheme} ${token}`,
        ...(await proof(key, '/api/oidc/userinfo', { ath: sha256(token) }, 'GET')),
      }
      expect((await instance.fetch('/api/oidc/userinfo', { headers })).status).toBe(200)
    }
    expect((await instance.fetch('/api/oidc/userinfo', { headers: { authorization: `Bearer ${token}` } })).status).toBe(401)
    expect((await instance.fetch(`/api/oidc/userinfo?access_token=${token}`)).status).toBe(401)
  })

  test('says no to whoever goes past the pushed request, in an answer with iss', async () => {
    const query = { client_id: client.id, redirect_uri: client.callback, response_type: 'code', scope: 'openid', state: 's' }
    const pkce = { code_challenge: challengeOf(verifier), code_challenge_method: 'S256' }
    const at = await through(ada.visitor, new URL(`/authorize?${new URLSearchParams({ ...query, ...pkce })}`, appUrl))
    expect(Object.fromEntries(at.searchParams)).toMatchObject({ error: 'invalid_request', iss: appUrl, state: 's' })
  })
})

describe('a pushed request', () => {
  test.each<[string, Extra, string]>([
    ['for a token', { response_type: 'token' }, 'unsupported_response_type'],
    ['for code and ID token', { response_type: 'code id_token' }, 'unsupported_response_type'],
    ['with a request_uri', { request_uri: 'urn:ietf:params:oauth:request_uri:x' }, 'invalid_request'],
    ['with another callback', { redirect_uri: 'https://evil.example.org/cb' }, 'invalid_request'],
    ['without a challenge', { code_challenge: '' }, 'invalid_request'],
    ['with a plain challenge', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['in the name of another client', { client_id: 'somebody' }, 'invalid_client'],
  ])('%s is refused', async (_what, more, error) => {
    const { status, body } = await push(client, more)
    expect([400, 401]).toContain(status)
    expect(body.error).toBe(error)
  })

  test('opened by another client, or after it was answered, leads to a page of ours', async () => {
    const { body } = await push(client)
    const opened = async (by: Client) => {
      const query = new URLSearchParams({ client_id: by.id, request_uri: String(body.request_uri) })
      return new URL((await ada.visitor.get(`/authorize?${query}`)).headers.get('location') ?? '', appUrl).pathname
    }
    expect(await opened(other)).toBe('/interaction/error')
    expect((await open(client, body.request_uri)).searchParams.get('code')).toEqual(expect.any(String))
    expect(await opened(client)).toBe('/interaction/error')
  })

  test('by another method than POST is refused', async () => {
    expect((await instance.fetch('/api/oidc/par', { method: 'PUT' })).status).toBeGreaterThanOrEqual(400)
  })

  test('of an app whose clock is a little ahead is taken, of one far ahead it is not', async () => {
    const at = (ahead: number) => ({ iat: seconds() + ahead, nbf: seconds() + ahead, exp: seconds() + ahead + 60 })
    expect((await push(client, {}, await assertion(client, at(8)))).status).toBe(201)
    expect(refusalOf(await push(client, {}, await assertion(client, at(65))))).toEqual([401, 'invalid_client'])
    expect(refusalOf(await push(client, {}, await assertion(client, { iat: seconds() + 65 })))).toEqual([401, 'invalid_client'])
  })

  test.each<[string, object]>([
    ['the endpoint as audience', { aud: `${appUrl}/api/oidc/par` }],
    ['the token endpoint as audience', { aud: `${appUrl}/api/oidc/token` }],
    ['a list with the issuer as audience', { aud: [appUrl] }],
    ['an audience elsewhere', { aud: 'https://other.example.org' }],
    ['no subject', { sub: undefined }],
    ['an end five minutes ago', { exp: seconds() - 300 }],
  ])('with an assertion that has %s is refused', async (_what, claims) => {
    expect(refusalOf(await push(client, {}, await assertion(client, claims)))).toEqual([401, 'invalid_client'])
  })

  test('with an assertion signed as the profile does not allow is refused', async () => {
    const weak = await addClient('RS256')
    expect(refusalOf(await push(weak))).toEqual([401, 'invalid_client'])
    expect((await push(other)).status).toBe(201)
  })
})

describe('a code', () => {
  test('needs the proof of a key, the verifier, and the client it was given to', async () => {
    const key = await makeSigner()
    expect(refusalOf(await redeem(client, await codeOf(client), undefined))).toEqual([400, 'invalid_request'])
    expect(refusalOf(await redeem(client, await codeOf(client), key, {}, {}))).toEqual([401, 'invalid_client'])
    expect(refusalOf(await redeem(client, await codeOf(client), key, { code_verifier: verifierOf() }))).toEqual([
      400,
      'invalid_grant',
    ])
    expect(refusalOf(await redeem(other, await codeOf(client), key, { redirect_uri: client.callback }))).toEqual([
      400,
      'invalid_grant',
    ])
  })

  test('that was bound to a key when it was asked for is redeemed with that key alone', async () => {
    const [key, another] = [await makeSigner(), await makeSigner()]
    const bound = async (by: Signer) => codeOf(client, {}, await proof(by, '/api/oidc/par'))
    expect((await redeem(client, await bound(key), key)).status).toBe(200)
    const refused = await redeem(client, await bound(key), another)
    expect([refused.status, ['invalid_grant', 'invalid_dpop_proof'].includes(refused.body.error ?? '')]).toEqual([400, true])
    const wrong = await push(client, { dpop_jkt: sha256('another key') }, undefined, await proof(key, '/api/oidc/par'))
    expect(refusalOf(wrong)).toEqual([400, 'invalid_dpop_proof'])
  })

  test('comes once, and a proof may have a beginning and an end', async () => {
    const key = await makeSigner()
    const code = await codeOf(client)
    const form = { grant_type: 'authorization_code', code, redirect_uri: client.callback, code_verifier: verifier }
    const times = { nbf: seconds(), exp: seconds() + 300 }
    const ask = async () =>
      post(instance, '/api/oidc/token', { ...form, ...(await assertion(client)) }, await proof(key, '/api/oidc/token', times))
    expect((await read(ask())).status).toBe(200)
    expect(refusalOf(await read(ask()))).toEqual([400, 'invalid_grant'])
  })
})

describe('a refresh token', () => {
  test('stays as it is, for each key the app holds, and is nobody else’s', async () => {
    const set = (await redeem(client, await codeOf(client), await makeSigner())).body
    for (let turn = 0; turn < 3; turn++) {
      const { status, body } = await refresh(client, set.refresh_token, await makeSigner())
      expect({ status, token: body.refresh_token, type: body.token_type }).toEqual({
        status: 200,
        token: set.refresh_token,
        type: 'DPoP',
      })
      expect(body.access_token).not.toBe(set.access_token)
    }
    expect(refusalOf(await refresh(client, set.refresh_token, undefined))).toEqual([400, 'invalid_request'])
    expect((await refresh(client, set.refresh_token, await makeSigner())).status).toBe(200)
    expect(refusalOf(await refresh(other, set.refresh_token, await makeSigner()))).toEqual([400, 'invalid_grant'])
    expect(refusalOf(await refresh(client, set.refresh_token, await makeSigner()))).toEqual([400, 'invalid_grant'])
  })

  test('ends with what the person takes back', async () => {
    const set = (await redeem(client, await codeOf(client), await makeSigner())).body
    const path = `/api/oidc/users/me/authorized-clients/${client.id}`
    expect((await ada.visitor.ask(path, { method: 'DELETE' })).status).toBe(204)
    expect(refusalOf(await refresh(client, set.refresh_token, await makeSigner()))).toEqual([400, 'invalid_grant'])
  })
})

test('a proof is signed with an algorithm of the profile, and a little ahead of our clock is no harm', async () => {
  const [weak, key] = [await makeSigner('RS256'), await makeSigner('PS256')]
  expect(refusalOf(await redeem(client, await codeOf(client), weak))).toEqual([400, 'invalid_dpop_proof'])
  for (const ahead of [10, -10]) {
    const form = {
      grant_type: 'authorization_code',
      code: await codeOf(client),
      redirect_uri: client.callback,
      code_verifier: verifier,
    }
    const headers = await proof(key, '/api/oidc/token', { iat: seconds() + ahead })
    expect((await read(post(instance, '/api/oidc/token', { ...form, ...(await assertion(client)) }, headers))).status).toBe(200)
  }
  const metadata = (await (await instance.fetch('/.well-known/openid-configuration')).json()) as Record<string, readonly string[]>
  expect(metadata.dpop_signing_alg_values_supported).toEqual(expect.arrayContaining(['ES256', 'PS256', 'EdDSA']))
  expect(metadata.dpop_signing_alg_values_supported).not.toContain('RS256')
})

test('tokens are signed as the profile allows, also where RS256 is usual', async () => {
  const own = await startProvider({ OIDC_SIGNING_ALGORITHM: 'RS256' })
  const { visitor } = await signedInPerson(own)
  const [strict, usual] = [await registerApp(own.ground.db, { requiresDpop: true }), await registerApp(own.ground.db)]
  const algorithm = async (app: typeof strict, headers: Extra) => {
    const form = { grant_type: 'authorization_code', code: await codeFor(visitor, app), redirect_uri: app.callback }
    const { body } = await read(post(own, '/api/oidc/token', form, { ...basic(app), ...headers }))
    return decodeProtectedHeader(String(body.id_token)).alg
  }
  expect(await algorithm(strict, await proof(await makeSigner(), '/api/oidc/token'))).toBe('ES256')
  expect(await algorithm(usual, {})).toBe('RS256')
  await own.stop()
})
