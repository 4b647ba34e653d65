// Token exchange (RFC 8693): off unless switched on; then a token of one's own for one at an API, and never more than was granted.
import { decodeJwt } from 'jose'
import { beforeAll, expect, test } from 'vitest'
import type { Api } from '#core/ports-apis.ts'
import { type App, basic, bearer, codeFor, post, redeem, refusal, registerApp, startProvider, tokens } from '../support/apps.ts'
import { somebody as ada, app, instance, useProvider } from '../support/provider.ts'

const exchange = 'urn:ietf:params:oauth:grant-type:token-exchange'
const accessToken = 'urn:ietf:params:oauth:token-type:access_token'
const orders = 'https://orders.example.org'

useProvider({ OIDC_TOKEN_EXCHANGE_ENABLED: 'true' })

let gateway: App
let stranger: App
/** Has to ask people. */
let asking: App
beforeAll(async () => {
  ;[gateway, stranger, asking] = [await app(), await app(), await app({ skipConsent: false })]
  const send = async (method: string, path: string, body: object) =>
    (await (await instance.asAdmin(path, { method, body })).json()) as Api
  const api = await send('POST', '/api/apis', { name: 'Orders', resource: orders })
  const permissions = [
    { key: 'read', name: 'Read' },
    { key: 'write', name: 'Write' },
  ]
  const made = await send('PUT', `/api/apis/${api.id}/permissions`, { permissions })
  const id = (key: string) => made.permissions.find((one) => one.key === key)?.id ?? ''
  for (const { id: appId } of [gateway, stranger, asking]) {
    const access = { userDelegatedPermissionIds: [id('read')], clientPermissionIds: [id('write')] }
    await send('PUT', `/api/api-access/${appId}`, access)
  }
})

const ask = (token: string, extra: Record<string, string> = {}, app = gateway) => {
  const form = { grant_type: exchange, subject_token: token, subject_token_type: accessToken, resource: orders, scope: 'read' }
  return post(instance, '/api/oidc/token', { ...form, ...extra }, basic(app))
}
const tokenOf = async (app = gateway) => tokens(redeem(instance, app, await codeFor(ada.visitor, app)))

test('a token of one’s own becomes one for an API, for the same user, with what was granted there', async () => {
  const own = await tokenOf()
  const answer = await ask(own.access_token, { scope: 'openid email read write unknown' })
  const made = (await answer.json()) as Record<string, string>
  expect(made).toMatchObject({ issued_token_type: accessToken, token_type: 'Bearer', scope: 'read' })
  expect(made.refresh_token).toBeUndefined()
  const claims = decodeJwt(made.access_token ?? '')
  expect(claims).toMatchObject({ sub: ada.user.id, aud: orders, client_id: gateway.id, scope: 'read' })
  expect(claims.exp).toBeLessThanOrEqual(decodeJwt(own.access_token).exp ?? 0)
  expect((await instance.fetch('/api/oidc/userinfo', { headers: bearer(made.access_token ?? '') })).status).toBe(403)
})

test('a token holds nothing that its user was never asked about', async () => {
  const own = await tokenOf(asking)
  expect(await refusal(ask(own.access_token, {}, asking))).toEqual([400, 'invalid_scope'])
  await codeFor(ada.visitor, asking, { scope: 'openid read', resource: orders })
  expect((await tokens(ask(own.access_token, {}, asking))).scope).toBe('read')
})

test('what ends the old token ends the new one', async () => {
  const own = await tokenOf()
  const made = await tokens(ask(own.access_token))
  const active = async () =>
    (
      (await (await post(instance, '/api/oidc/introspect', { token: made.access_token }, basic(gateway))).json()) as {
        active: boolean
      }
    ).active
  expect(await active()).toBe(true)
  await post(instance, '/api/oidc/revoke', { token: own.refresh_token }, basic(gateway))
  expect(await active()).toBe(false)
  expect(await refusal(ask(own.access_token))).toEqual([400, 'invalid_request'])
})

test('a client that acts for itself gets what it may do itself', async () => {
  const own = await tokens(post(instance, '/api/oidc/token', { grant_type: 'client_credentials' }, basic(gateway)))
  const made = await tokens(ask(own.access_token, { scope: 'read write' }))
  expect(decodeJwt(made.access_token)).toMatchObject({ sub: `client-${gateway.id}`, scope: 'write' })
  const told = await post(instance, '/api/oidc/introspect', { token: made.access_token }, basic(gateway))
  expect(await told.json()).toMatchObject({ active: true, scope: 'write' })
})

test('nothing else is exchanged', async () => {
  const own = await tokenOf()
  const [theirs, revoked] = [await tokenOf(stranger), await tokenOf()]
  await post(instance, '/api/oidc/revoke', { token: revoked.access_token }, basic(gateway))
  for (const token of [theirs.access_token, revoked.access_token, own.id_token, own.refresh_token, 'nonsense'])
    expect(await refusal(ask(token))).toEqual([400, 'invalid_request'])
  const cases: [Record<string, string>, string][] = [
    [{ subject_token_type: 'urn:ietf:params:oauth:token-type:id_token' }, 'invalid_request'],
    [{ requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' }, 'invalid_request'],
    [{ actor_token: own.access_token }, 'invalid_request'],
    [{ resource: '' }, 'invalid_target'],
    [{ resource: 'https://unknown.example.org' }, 'invalid_target'],
    [{ resource: '', audience: 'orders' }, 'invalid_target'],
    [{ scope: 'write' }, 'invalid_scope'],
    [{ scope: '' }, 'invalid_scope'],
  ]
  for (const [extra, error] of cases) expect([extra, await refusal(ask(own.access_token, extra))]).toEqual([extra, [400, error]])
  const spa = await app({ isPublic: true })
  const form = { grant_type: exchange, subject_token: own.access_token, subject_token_type: accessToken, client_id: spa.id }
  expect(await refusal(post(instance, '/api/oidc/token', form))).toEqual([400, 'unauthorized_client'])
})

test('it is off unless switched on', async () => {
  const other = await startProvider()
  const app = await registerApp(other.ground.db)
  const form = { grant_type: exchange, subject_token: 'x', subject_token_type: accessToken }
  expect(await refusal(post(other, '/api/oidc/token', form, basic(app)))).toEqual([400, 'unsupported_grant_type'])
  await other.stop()
})
