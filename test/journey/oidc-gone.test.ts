// What is taken away while a request is under way: the app, its callback, its secret, the person, the group, the right to a way.
import { eq } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { clientGroups, clientSecrets, clients } from '../../src/plugins/oidc/tables.ts'
import {
  type App,
  authorizePath,
  basic,
  bearer,
  codeFor,
  locationOf,
  type Person,
  post,
  redeem,
  refusal,
  through,
  tokens,
} from '../support/apps.ts'
import { app, instance, person, useProvider } from '../support/provider.ts'

useProvider()

const remove = ({ id }: App) => instance.asAdmin(`/api/oidc/clients/${id}`, { method: 'DELETE' })
const refresh = (one: App, token: string) =>
  post(instance, '/api/oidc/token', { grant_type: 'refresh_token', refresh_token: token }, basic(one))
const userinfo = async (token: string) => (await instance.fetch('/api/oidc/userinfo', { headers: bearer(token) })).status

describe('an app that is removed', () => {
  test('takes with it whatever it was given, also when another one gets its id', async () => {
    const [one, { visitor }] = [await app(), await person()]
    const set = await tokens(redeem(instance, one, await codeFor(visitor, one)))
    const waiting = locationOf(await visitor.get(authorizePath(one, { prompt: 'consent' })))
    const code = await codeFor(visitor, one)
    const ask = { redirect_uri: one.callback, response_type: 'code', scope: 'openid' }
    const pushed = (await (await post(instance, '/api/oidc/par', ask, basic(one))).json()) as { request_uri: string }
    const device = (await (await post(instance, '/api/oidc/device/authorize', { scope: 'openid' }, basic(one))).json()) as Device
    expect((await remove(one)).status).toBe(204)
    expect(await refusal(redeem(instance, one, code))).toEqual([401, 'invalid_client'])
    expect(await userinfo(set.access_token)).toBe(401)

    const again = await app({ id: one.id })
    for (const token of [set.refresh_token, set.access_token])
      expect(await (await post(instance, '/api/oidc/introspect', { token }, basic(again))).json()).toEqual({ active: false })
    expect(await userinfo(set.access_token)).toBe(401)
    expect(await refusal(redeem(instance, again, code))).toEqual([400, 'invalid_grant'])
    expect(await refusal(refresh(again, set.refresh_token))).toEqual([400, 'invalid_grant'])
    const poll = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: device.device_code }
    expect(await refusal(post(instance, '/api/oidc/token', poll, basic(again)))).toEqual([400, 'invalid_grant'])
    const query = new URLSearchParams({ client_id: one.id, request_uri: pushed.request_uri })
    for (const path of [`/authorize?${query}`, `/authorize${waiting.search}`])
      expect(locationOf(await visitor.get(path)).pathname).toBe('/interaction/error')
    expect((await visitor.get(`/api/oidc/device/info?code=${device.user_code}`)).status).toBe(400)
  })
})

interface Device {
  readonly device_code: string
  readonly user_code: string
}

describe('an app that changes while somebody is asked', () => {
  const change = (one: App, changes: Partial<typeof clients.$inferInsert>) =>
    instance.ground.db.write((tx) => tx.update(clients).set(changes).where(eq(clients.id, one.id)))
  const waitingFor = async (one: App, { visitor }: Person) =>
    locationOf(await visitor.get(authorizePath(one, { prompt: 'consent' })))

  test.each<[string, Partial<typeof clients.$inferInsert>, string]>([
    ['loses its callback', { callbackUrls: ['https://app.example.org/other'] }, '/interaction/error'],
    ['is closed to all but a group', { isGroupRestricted: true }, '/interaction/error'],
  ])('and %s is not sent a code', async (_what, changes, pathname) => {
    const [one, somebody] = [await app(), await person()]
    const at = await waitingFor(one, somebody)
    await somebody.visitor.post(`/api/oidc/interactions/${at.searchParams.get('interaction')}/complete`, { step: 'consent' })
    await change(one, changes)
    expect(locationOf(await somebody.visitor.get(`/authorize${at.search}`)).pathname).toBe(pathname)
  })

  test('and must push its requests from now on is told so', async () => {
    const [one, somebody] = [await app(), await person()]
    const at = await waitingFor(one, somebody)
    await change(one, { requiresPushedRequests: true })
    expect(locationOf(await somebody.visitor.get(`/authorize${at.search}`)).searchParams.get('error')).toBe('invalid_request')
  })

  test('and is closed to somebody before the code is redeemed gets no tokens for it, then or later', async () => {
    const [one, somebody] = [await app(), await person()]
    const [code, set] = [
      await codeFor(somebody.visitor, one),
      await tokens(redeem(instance, one, await codeFor(somebody.visitor, one))),
    ]
    await change(one, { isGroupRestricted: true })
    expect(await refusal(redeem(instance, one, code))).toEqual([400, 'invalid_grant'])
    expect(await refusal(refresh(one, set.refresh_token))).toEqual([400, 'invalid_grant'])
    expect(await userinfo(set.access_token)).toBe(401)
    await change(one, { isGroupRestricted: false })
    expect(await refusal(refresh(one, set.refresh_token))).toEqual([400, 'invalid_grant'])
  })

  test('and is opened by a group that goes is closed again', async () => {
    const [one, { user, visitor }] = [await app({ isGroupRestricted: true }), await person()]
    const body = { name: `readers-${one.id}`, friendlyName: 'Readers' }
    const group = (await (await instance.asAdmin('/api/user-groups', { method: 'POST', body })).json()) as { id: string }
    await instance.asAdmin(`/api/user-groups/${group.id}/users`, { method: 'PUT', body: { userIds: [user.id] } })
    await instance.ground.db.write((tx) => tx.insert(clientGroups).values({ clientId: one.id, groupId: group.id }))
    const set = await tokens(redeem(instance, one, await codeFor(visitor, one)))
    expect(await userinfo(set.access_token)).toBe(200)
    await instance.asAdmin(`/api/user-groups/${group.id}`, { method: 'DELETE' })
    expect(await userinfo(set.access_token)).toBe(401)
    expect(await refusal(refresh(one, set.refresh_token))).toEqual([400, 'invalid_grant'])
  })
})

describe('a token that an app has for itself', () => {
  const own = async (one: App) =>
    (await tokens(post(instance, '/api/oidc/token', { grant_type: 'client_credentials' }, basic(one)))).access_token
  const isActive = async (one: App, token: string) => {
    const answer = await post(instance, '/api/oidc/introspect', { token }, basic(one))
    return ((await answer.json()) as { active: boolean }).active
  }

  test('is over when the app is removed, also for another app that gets its id', async () => {
    const one = await app()
    const token = await own(one)
    expect(await isActive(one, token)).toBe(true)
    expect((await remove(one)).status).toBe(204)
    const again = await app({ id: one.id })
    expect(await isActive(again, token)).toBe(false)
    expect(await isActive(again, await own(again))).toBe(true)
  })
})

test('a secret that is taken away is worth nothing at the next request', async () => {
  const one = await app()
  const ask = () => post(instance, '/api/oidc/token', { grant_type: 'client_credentials' }, basic(one))
  expect((await ask()).status).toBe(200)
  await instance.ground.db.write((tx) => tx.delete(clientSecrets).where(eq(clientSecrets.clientId, one.id)))
  expect(await refusal(ask())).toEqual([401, 'invalid_client'])
})

test('a person who is removed takes along what apps were given', async () => {
  const [one, { user, visitor }] = [await app(), await person()]
  const set = await tokens(redeem(instance, one, await codeFor(visitor, one)))
  const code = await codeFor(visitor, one)
  const at = locationOf(await visitor.get(authorizePath(one, { prompt: 'consent' })))
  expect((await instance.asAdmin(`/api/users/${user.id}`, { method: 'DELETE' })).status).toBe(204)
  expect(await refusal(redeem(instance, one, code))).toEqual([400, 'invalid_grant'])
  expect(await refusal(refresh(one, set.refresh_token))).toEqual([400, 'invalid_grant'])
  expect(await userinfo(set.access_token)).toBe(401)
  await expect(through(visitor, at)).rejects.toThrow()
})
