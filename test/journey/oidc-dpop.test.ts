// DPoP proofs (RFC 9449): what binds a token to a key, and what does not.
import { SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId, sha256 } from '#core/crypto.ts'
import type { ClientParts } from '../../src/plugins/oidc/client-parts.ts'
import { OAuthError } from '../../src/plugins/oidc/protocol/errors.ts'
import { appUrl, type Instance, startInstance } from '../support/instance.ts'
import { partsOf } from '../support/oidc-parts.ts'
import { makeSigner, type Signer } from '../support/outsider.ts'

const endpoint = `${appUrl}/api/oidc/token`
const internal = 'http://pocket-id:1411'

let instance: Instance
let strict: Instance
let parts: ClientParts
let signer: Signer

beforeAll(async () => {
  ;[instance, strict, signer] = await Promise.all([
    startInstance({ INTERNAL_APP_URL: internal }),
    startInstance({ OIDC_DPOP_NONCE_REQUIRED: 'true' }),
    makeSigner(),
  ])
  parts = partsOf(instance)
})
afterAll(() => Promise.all([instance.stop(), strict.stop()]))

const seconds = () => Math.floor(Date.now() / 1000)
const proof = (claims: object = {}, header: object = {}, by = signer) => {
  const { kid: _kid, alg: _alg, ...jwk } = by.publicJwk
  const payload = { jti: newId(), htm: 'POST', htu: endpoint, iat: seconds(), ...claims }
  return by.sign(payload, { typ: 'dpop+jwt', kid: undefined, jwk, ...header })
}
const check = (dpop: string | undefined, token?: string, from = parts) => {
  const request = new Request(`${endpoint}?a=b`, { method: 'POST', headers: dpop === undefined ? {} : { dpop } })
  return from.proofs.thumbprint(request, token).catch((error: unknown) => {
    if (error instanceof OAuthError) return error.code
    throw error
  })
}

test('a request without a proof is bound to nothing', async () => {
  expect(await check(undefined)).toBeUndefined()
})

test('a proof shows the thumbprint of its key', async () => {
  const thumbprint = await check(await proof())
  expect(thumbprint).toMatch(/^[\w-]{43}$/)
  expect(await check(await proof())).toBe(thumbprint)
  expect(await check(await proof({}, {}, await makeSigner()))).not.toBe(thumbprint)
  expect(await check(await proof({}, {}, await makeSigner('Ed25519')))).toMatch(/^[\w-]{43}$/)
})

test('a proof for the internal address, or with query and fragment, is for the same place', async () => {
  expect(await check(await proof({ htu: `${internal}/api/oidc/token` }))).toMatch(/^[\w-]{43}$/)
  expect(await check(await proof({ htu: `${endpoint}?x=y#z` }))).toMatch(/^[\w-]{43}$/)
})

test('a proof names the access token that comes along', async () => {
  expect(await check(await proof({ ath: sha256('token') }), 'token')).toMatch(/^[\w-]{43}$/)
  expect(await check(await proof({ ath: sha256('other') }), 'token')).toBe('invalid_dpop_proof')
  expect(await check(await proof(), 'token')).toBe('invalid_dpop_proof')
})

test('a proof counts once, also among eight that come at once', async () => {
  const one = await proof()
  const all = await Promise.all(Array.from({ length: 8 }, () => check(one)))
  expect(all.filter((answer) => answer === 'invalid_dpop_proof')).toHaveLength(7)
})

describe('no proof is', () => {
  test.each<[string, object, object]>([
    ['for another method', { htm: 'GET' }, {}],
    ['for another address', { htu: `${appUrl}/api/oidc/userinfo` }, {}],
    ['for another server', { htu: 'https://other.example.org/api/oidc/token' }, {}],
    ['for an address with a user name', { htu: endpoint.replace('//', '//user@') }, {}],
    ['for no address', { htu: 'nowhere' }, {}],
    ['old', { iat: seconds() - 120 }, {}],
    ['from the future', { iat: seconds() + 3600 }, {}],
    ['without a time', { iat: undefined }, {}],
    ['without an id', { jti: undefined }, {}],
    ['with a huge id', { jti: 'x'.repeat(300) }, {}],
    ['expired', { exp: seconds() - 60 }, {}],
    ['another kind of JWT', {}, { typ: 'JWT' }],
    ['without a kind', {}, { typ: undefined }],
    ['without a key', {}, { jwk: undefined }],
    ['with a private key', {}, { jwk: { kty: 'EC', crv: 'P-256', x: 'a', y: 'b', d: 'c' } }],
    ['with a symmetric key', {}, { jwk: { kty: 'oct', k: 'c2VjcmV0' } }],
  ])('one that is %s', async (_what, claims, header) => {
    expect(await check(await proof(claims, header))).toBe('invalid_dpop_proof')
  })

  test('one that is signed by another key, by a password, by nobody, or changed', async () => {
    const other = await makeSigner()
    const claims = { jti: newId(), htm: 'POST', htu: endpoint, iat: seconds() }
    const symmetric: object = { kty: 'oct', k: 'YSBwYXNzd29yZA' }
    const password = new TextEncoder().encode('a password of thirty-two letters!')
    for (const forged of [
      await proof({}, { jwk: other.publicJwk }),
      await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'dpop+jwt', jwk: symmetric }).sign(password),
      new UnsecuredJWT(claims).encode(),
      `${await proof()}x`,
      '',
      'x'.repeat(10_000),
    ])
      expect(await check(forged)).toBe('invalid_dpop_proof')
  })

  test('two in one request', async () => {
    const request = new Request(endpoint, { method: 'POST' })
    request.headers.append('dpop', await proof())
    request.headers.append('dpop', await proof())
    await expect(parts.proofs.thumbprint(request)).rejects.toMatchObject({ code: 'invalid_dpop_proof' })
  })
})

describe('a nonce', () => {
  test('that we made is welcome, any other is answered with a good one', async () => {
    expect(await check(await proof({ nonce: parts.proofs.nonce() }))).toMatch(/^[\w-]{43}$/)
    const request = new Request(endpoint, { method: 'POST', headers: { dpop: await proof({ nonce: 'made up' }) } })
    await expect(parts.proofs.thumbprint(request)).rejects.toMatchObject({
      code: 'use_dpop_nonce',
      headers: { 'dpop-nonce': parts.proofs.nonce() },
    })
  })

  test('can be required', async () => {
    const own = partsOf(strict)
    expect(await check(await proof(), undefined, own)).toBe('use_dpop_nonce')
    expect(await check(await proof({ nonce: parts.proofs.nonce() }), undefined, own)).toBe('use_dpop_nonce')
    expect(await check(await proof({ nonce: own.proofs.nonce() }), undefined, own)).toMatch(/^[\w-]{43}$/)
  })
})
