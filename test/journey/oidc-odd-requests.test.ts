// Requests in odd dress: signs that mean something elsewhere, in every parameter; addresses beyond ASCII; one thing said in two places.
import { decodeJwt } from 'jose'
import { describe, expect, test } from 'vitest'
import { newId, sha256 } from '#core/crypto.ts'
import { authorizePath, basic, codeFor, type Extra, locationOf, post, redeem, refusal, tokens } from '../support/apps.ts'
import { appUrl } from '../support/instance.ts'
import { makeSigner } from '../support/outsider.ts'
import { app, instance, person, somebody, useProvider } from '../support/provider.ts'

useProvider()

/** Line breaks, a lone surrogate, signs beyond the first plane, marks that turn the text round, names that every object has. */
const odd = ['a\r\nSet-Cookie: x=1', '\ud800', '😀é日本', '\u202egnp.exe', '__proto__', 'constructor', '%00%0d%0a', '"><script>']

describe.each(odd)('%j', (text) => {
  test('as state and nonce comes back as it was', async () => {
    const one = await app()
    const at = locationOf(await somebody.visitor.get(authorizePath(one, { state: text, nonce: text })))
    const sent = text.toWellFormed()
    expect(at.searchParams.get('state')).toBe(sent)
    const set = await tokens(redeem(instance, one, at.searchParams.get('code') ?? ''))
    expect(decodeJwt(set.id_token).nonce).toBe(sent)
  })
})

describe.each(['\0before', 'a\0b', ...odd])('%j', (text) => {
  test('as anything is answered and no fault of ours', async () => {
    const one = await app()
    const names = [
      'client_id',
      'redirect_uri',
      'response_type',
      'response_mode',
      'scope',
      'prompt',
      'max_age',
      'claims',
      'resource',
    ]
    const more = [
      'acr_values',
      'display',
      'ui_locales',
      'login_hint',
      'id_token_hint',
      'request',
      'request_uri',
      'dpop_jkt',
      text,
    ]
    for (const name of [...names, ...more, 'code_challenge', 'code_challenge_method', 'interaction', 'registration'])
      expect([name, (await somebody.visitor.get(authorizePath(one, { [name]: text }))).status]).toEqual([name, 302])
    const statusOf = async (path: string, form: Extra, headers = {}) => (await post(instance, path, form, headers)).status
    const statuses = await Promise.all([
      statusOf('/api/oidc/token', { grant_type: text }, basic(one)),
      statusOf('/api/oidc/token', { grant_type: 'authorization_code', code: text, code_verifier: text }, basic(one)),
      statusOf('/api/oidc/token', { grant_type: 'refresh_token', refresh_token: text, scope: text }, basic(one)),
      statusOf('/api/oidc/token', { grant_type: 'client_credentials', resource: text }, basic(one)),
      statusOf('/api/oidc/token', { client_id: text, client_secret: text }),
      statusOf('/api/oidc/token', { client_id: one.id, client_assertion: text, client_assertion_type: text }),
      statusOf('/api/oidc/introspect', { token: text, token_type_hint: text }, basic(one)),
      statusOf('/api/oidc/revoke', { token: text }, basic(one)),
      statusOf('/api/oidc/userinfo', { access_token: text }),
      statusOf('/api/oidc/device/authorize', { scope: text, nonce: text }, basic(one)),
      statusOf('/api/oidc/par', { redirect_uri: one.callback, response_type: 'code', state: text, [text]: text }, basic(one)),
    ])
    expect(statuses.filter((status) => status >= 500)).toEqual([])
    expect(
      (await instance.fetch(`/api/oidc/end-session?${new URLSearchParams({ id_token_hint: text, state: text })}`)).status,
    ).toBe(302)
    expect((await somebody.visitor.get(`/api/oidc/device/info?${new URLSearchParams({ code: text })}`)).status).toBe(400)
  })
})

test('a text with NUL, which would be shorter when it is read again, is refused wherever it stands', async () => {
  const signer = await makeSigner()
  const one = await app({ jwks: { keys: [signer.publicJwk] } })
  const at = async (extra: Extra) => locationOf(await somebody.visitor.get(authorizePath(one, extra))).searchParams
  expect((await at({ nonce: 'a\0b' })).get('code')).toBe('oidc_request_ambiguous')
  const request = await signer.sign({ aud: appUrl, iss: one.id, nonce: 'a\0b' })
  expect((await at({ request })).get('error')).toBe('invalid_request_object')
  expect(await refusal(post(instance, '/api/oidc/device/authorize', { nonce: 'a\0b' }, basic(one)))).toEqual([
    400,
    'invalid_request',
  ])
})

test('a callback beyond ASCII is answered at the address that browsers make of it', async () => {
  const callback = 'https://app.example.org/zurück/日本?von=größe'
  const one = await app({ callbackUrls: [callback] })
  const header = (await somebody.visitor.get(authorizePath(one))).headers.get('location') ?? ''
  expect(header).toMatch(/^[\x21-\x7e]+$/)
  const at = new URL(header)
  expect(at.href.startsWith(new URL(callback).href)).toBe(true)
  expect(Object.fromEntries(at.searchParams)).toMatchObject({ iss: appUrl, state: 'some state', von: 'größe' })
  expect((await redeem(instance, one, at.searchParams.get('code') ?? '')).status).toBe(200)
})

test('so is one to go to after signing out', async () => {
  const bye = 'https://app.example.org/tschüß'
  const [one, { visitor }] = [await app({ logoutCallbackUrls: [bye] }), await person()]
  const { id_token: hint } = await tokens(redeem(instance, one, await codeFor(visitor, one)))
  const query = { id_token_hint: hint, post_logout_redirect_uri: bye, state: 'ü' }
  const header = (await visitor.get(`/api/oidc/end-session?${new URLSearchParams(query)}`)).headers.get('location')
  expect(header).toBe(`${new URL(bye).href}?state=%C3%BC`)
})

test('a key that the signed request names and one that the DPoP proof shows are one, or none counts', async () => {
  const [signer, key] = [await makeSigner(), await makeSigner()]
  const one = await app({ jwks: { keys: [signer.publicJwk] } })
  const { kid: _kid, alg: _alg, ...jwk } = key.publicJwk
  const claims = { htm: 'POST', htu: `${appUrl}/api/oidc/par`, iat: Math.floor(Date.now() / 1000), jti: newId() }
  const dpop = await key.sign(claims, { typ: 'dpop+jwt', kid: undefined, jwk })
  const asked = { aud: appUrl, iss: one.id, redirect_uri: one.callback, response_type: 'code', scope: 'openid' }
  const request = await signer.sign({ ...asked, dpop_jkt: sha256('another key') })
  const pushed = post(instance, '/api/oidc/par', { request }, { ...basic(one), dpop })
  expect(await refusal(pushed)).toEqual([400, 'invalid_dpop_proof'])
})
