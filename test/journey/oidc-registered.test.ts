// What a registration says is what its app gets, no less and no more (RFC 7591, OpenID Connect Dynamic Client Registration 1.0).
import { decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type App, authorizePath, basic, codeFor, locationOf, post, redeem, refusal, signedInPerson } from '../support/apps.ts'
import { type Ask, type Instance, startInstance } from '../support/instance.ts'
import { type SecureOutsider, startSecureOutsider } from '../support/secure-outsider.ts'

const initialToken = 'an-initial-token-for-tests'
const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'
const callback = 'https://self.example.org/cb'

let instance: Instance
let outsider: SecureOutsider
beforeAll(async () => {
  outsider = await startSecureOutsider()
  instance = await startInstance({
    OIDC_REGISTRATION_ENABLED: 'true',
    OIDC_REGISTRATION_TOKEN: initialToken,
    OUTGOING_NETWORKS: '127.0.0.0/8,::1',
    DISABLE_RATE_LIMITING: 'true',
  })
})
afterAll(async () => {
  await instance.stop()
  outsider.stop()
})

type Body = Readonly<Record<string, unknown>>
const ask = async (path: string, token: string, rest: Ask = {}): Promise<Body> => {
  const answer = await instance.fetch(path, { ...rest, headers: { authorization: `Bearer ${token}` } })
  return (await answer.json()) as Body
}
const register = (metadata: object = {}): Promise<Body> =>
  ask('/api/oidc/register', initialToken, { method: 'POST', body: { redirect_uris: [callback], ...metadata } })
const appOf = (body: Body): App => ({ id: String(body.client_id), secret: String(body.client_secret), callback })

describe('an app that says nothing but its callback', () => {
  test('signs people in with a code and its secret, and needs no PKCE', async () => {
    const one = appOf(await register())
    const { visitor } = await signedInPerson(instance)
    expect((await redeem(instance, one, await codeFor(visitor, one))).status).toBe(200)
  })

  test('gets ID tokens signed with RS256, and is told so (OpenID Connect Registration section 2)', async () => {
    const body = await register()
    expect(body.id_token_signed_response_alg).toBe('RS256')
    const one = appOf(body)
    const { visitor } = await signedInPerson(instance)
    const set = (await (await redeem(instance, one, await codeFor(visitor, one))).json()) as { id_token: string }
    expect(decodeProtectedHeader(set.id_token)).toMatchObject({ alg: 'RS256', kid: expect.any(String) })
  })
})

test('an app that keeps no secret must use PKCE', async () => {
  const one = appOf(await register({ token_endpoint_auth_method: 'none' }))
  const { visitor } = await signedInPerson(instance)
  expect(locationOf(await visitor.get(authorizePath(one))).searchParams.get('error')).toBe('invalid_request')
})

test('a refresh token goes to apps that are registered for it, and to no others', async () => {
  const { visitor } = await signedInPerson(instance)
  const tokensOf = async (metadata: object) => {
    const one = appOf(await register(metadata))
    return { one, set: (await (await redeem(instance, one, await codeFor(visitor, one))).json()) as Body }
  }
  expect((await tokensOf({})).set).not.toHaveProperty('refresh_token')
  const { one, set } = await tokensOf({ grant_types: ['authorization_code', 'refresh_token'] })
  const form = { grant_type: 'refresh_token', refresh_token: String(set.refresh_token) }
  expect((await post(instance, '/api/oidc/token', form, basic(one))).status).toBe(200)
})

describe('an app that is registered for one way to a token', () => {
  test('is sent back from the others', async () => {
    const one = appOf(await register({ grant_types: ['client_credentials'] }))
    const { visitor } = await signedInPerson(instance)
    const at = locationOf(await visitor.get(authorizePath(one)))
    expect([at.origin + at.pathname, at.searchParams.get('error')]).toEqual([callback, 'unauthorized_client'])
    const request = { redirect_uri: callback, response_type: 'code', scope: 'openid' }
    expect(await refusal(post(instance, '/api/oidc/par', request, basic(one)))).toEqual([400, 'unauthorized_client'])
    const device = post(instance, '/api/oidc/device/authorize', { scope: 'openid' }, basic(one))
    expect(await refusal(device)).toEqual([400, 'unauthorized_client'])
  })

  test('may be a device', async () => {
    const one = appOf(await register({ grant_types: [deviceGrant], redirect_uris: [] }))
    expect((await post(instance, '/api/oidc/device/authorize', { scope: 'openid' }, basic(one))).status).toBe(200)
  })
})

test('an app on a network that is allowed hears of the sign-out that it asks for', async () => {
  const ways = { backchannel_logout_uri: `${outsider.base}/backchannel_logout`, backchannel_logout_session_required: true }
  const one = appOf(await register({ ...ways, post_logout_redirect_uris: ['https://self.example.org/bye'] }))
  const { visitor } = await signedInPerson(instance)
  const set = (await (await redeem(instance, one, await codeFor(visitor, one))).json()) as { id_token: string }
  const query = { id_token_hint: set.id_token, post_logout_redirect_uri: 'https://self.example.org/bye', state: 's' }
  const at = locationOf(await visitor.get(`/api/oidc/end-session?${new URLSearchParams(query)}`))
  expect(at.href).toBe('https://self.example.org/bye?state=s')
  await expect.poll(() => outsider.asked).toEqual(['/backchannel_logout'])
  const silent = locationOf(await visitor.get(authorizePath(one, { prompt: 'none' })))
  expect(silent.searchParams.get('error')).toBe('login_required')
})

test('a registration is read and changed with the token that its answer names (RFC 7592 section 3)', async () => {
  const { client_id: id, registration_access_token: token } = await register({ client_name: 'Self' })
  const path = `/api/oidc/register/${id}`
  const held = { client_id: id, registration_access_token: token, registration_client_uri: expect.stringContaining(path) }
  expect(await ask(path, String(token))).toMatchObject({ ...held, client_name: 'Self' })
  const change = { client_id: id, redirect_uris: [callback], client_name: 'Renamed' }
  expect(await ask(path, String(token), { method: 'PUT', body: change })).toMatchObject({ ...held, client_name: 'Renamed' })
})
