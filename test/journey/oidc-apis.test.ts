// APIs with their permissions, and what apps may have of them.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Page } from '#core/http/listing.ts'
import type { Api, ApiAccess, ApiListed } from '#core/ports-apis.ts'
import type { AppDetails } from '#core/ports-apps.ts'
import type { ClientParts } from '../../src/plugins/oidc/client-parts.ts'
import { OAuthError } from '../../src/plugins/oidc/protocol/errors.ts'
import type { ClientRow } from '../../src/plugins/oidc/tables.ts'
import { appUrl } from '../support/instance.ts'
import { partsOf } from '../support/oidc-parts.ts'
import { type Rest, startRest } from '../support/rest.ts'

let rest: Rest
let parts: ClientParts
beforeAll(async () => {
  rest = await startRest()
  parts = partsOf(rest.instance)
})
afterAll(() => rest.stop())

const addApi = async (name: string) =>
  (await rest.ask<Api>('POST', '/api/apis', { name, resource: `https://${name}.example.org` })).body
const setPermissions = async (id: string, ...keys: string[]) =>
  (await rest.ask<Api>('PUT', `/api/apis/${id}/permissions`, { permissions: keys.map((key) => ({ key, name: `May ${key}` })) }))
    .body
const idOf = (api: Api, key: string) => api.permissions.find((one) => one.key === key)?.id ?? 'none'

describe('an API', () => {
  test('is added, renamed, listed and removed', async () => {
    const { id } = await addApi('orders')
    await setPermissions(id, 'read', 'write')
    expect(
      (await rest.ask<Api>('PUT', `/api/apis/${id}`, { name: 'Orders', resource: 'https://ignored.example.org' })).body,
    ).toMatchObject({
      name: 'Orders',
      resource: 'https://orders.example.org',
      permissions: [{ key: 'read', name: 'May read', description: '' }, { key: 'write' }],
    })
    const { data } = (await rest.ask<Page<ApiListed>>('GET', '/api/apis?search=orders')).body
    expect(data).toMatchObject([{ id, permissionCount: 2 }])
    expect((await rest.ask('DELETE', `/api/apis/${id}`)).status).toBe(204)
    for (const method of ['GET', 'DELETE']) expect((await rest.ask(method, `/api/apis/${id}`)).status).toBe(404)
  })

  test('has an address of its own', async () => {
    const { resource } = await addApi('taken')
    expect(await rest.ask('POST', '/api/apis', { name: 'Other', resource })).toMatchObject({
      status: 409,
      body: { code: 'already_in_use', details: { property: 'resource' } },
    })
    for (const wrong of [
      appUrl,
      `${appUrl}/api/oidc/userinfo`,
      'nothing',
      'https://a.example.org#x',
      'javascript:alert(1)',
      'https://a b',
    ])
      expect([wrong, (await rest.ask('POST', '/api/apis', { name: 'Wrong', resource: wrong })).status]).toEqual([wrong, 400])
    expect((await rest.ask('POST', '/api/apis', { name: 'Urn', resource: 'urn:example:api' })).status).toBe(201)
  })

  test('keeps the ids of permissions whose key stays', async () => {
    const { id } = await addApi('kept')
    const before = await setPermissions(id, 'read', 'write')
    const after = await setPermissions(id, 'delete', 'read')
    expect(idOf(after, 'read')).toBe(idOf(before, 'read'))
    expect(after.permissions.map(({ key }) => key)).toEqual(['delete', 'read'])
  })

  test.each(['openid', 'Profile', 'offline_access', 'a b', 'a"b', 'a\\b', 'ä'])('cannot have a permission %s', async (key) => {
    const { id } = await addApi(`wrong${Math.random().toString(36).slice(2)}`)
    const { status, body } = await rest.ask('PUT', `/api/apis/${id}/permissions`, { permissions: [{ key, name: 'x' }] })
    expect({ status, field: body.details?.fields?.[0]?.field }).toEqual({ status: 400, field: 'permissions.0.key' })
  })

  test('cannot have one twice', async () => {
    const { id } = await addApi('twice')
    const same = { key: 'read', name: 'x' }
    expect((await rest.ask('PUT', `/api/apis/${id}/permissions`, { permissions: [same, same] })).status).toBe(400)
  })
})

describe('an app', () => {
  let client: ClientRow
  let orders: Api
  beforeAll(async () => {
    const { id } = (await rest.ask<AppDetails>('POST', '/api/oidc/clients', { name: 'Shop' })).body
    client = (await parts.clients.find(id)) ?? (Promise.reject(new Error('no app')) as never)
    orders = await setPermissions((await addApi('shop')).id, 'read', 'write')
    await setPermissions((await addApi('closed')).id, 'read')
    const access = { userDelegatedPermissionIds: [idOf(orders, 'read'), 'unknown'], clientPermissionIds: [idOf(orders, 'write')] }
    const set = await rest.ask<ApiAccess>('PUT', `/api/api-access/${id}`, access)
    expect(set.body).toEqual({ ...access, userDelegatedPermissionIds: [idOf(orders, 'read')] })
    expect((await rest.ask<ApiAccess>('GET', `/api/api-access/${id}`)).body).toEqual(set.body)
  })
  const resolve = (subject: 'user' | 'client', scope: string, ...resources: string[]) =>
    parts.resources.resolve(client, { scope: scope.split(' '), resources, subject }).catch((error: unknown) => {
      if (error instanceof OAuthError) return error.code
      throw error
    })
  const shop = 'https://shop.example.org'

  test('gets identity scopes freely and permissions as far as they were granted, for users and for itself apart', async () => {
    expect(await resolve('user', 'openid email read')).toEqual({ scope: ['openid', 'email'], resources: [] })
    expect(await resolve('user', 'openid read write', shop)).toEqual({ scope: ['openid', 'read'], resources: [shop] })
    expect(await resolve('client', 'openid read write', shop)).toEqual({ scope: ['write'], resources: [shop] })
    expect(await resolve('client', 'openid')).toEqual({ scope: [], resources: [] })
    expect(await resolve('user', 'openid', shop, shop)).toEqual({ scope: ['openid'], resources: [shop] })
  })

  test.each([
    ['without a grant', 'https://closed.example.org'],
    ['that nobody knows', 'https://unknown.example.org'],
    ['that is no address', 'shop'],
    ['with a fragment', `${shop}#x`],
    ['written otherwise', 'https://SHOP.example.org'],
  ])('gets nothing of a resource %s', async (_what, resource) => {
    expect(await resolve('user', 'read', resource)).toBe('invalid_target')
    expect(await resolve('user', 'read', shop, resource)).toBe('invalid_target')
  })

  test('loses what goes with a permission', async () => {
    await setPermissions(orders.id, 'write')
    expect(await resolve('user', 'read', shop)).toBe('invalid_target')
    expect((await rest.ask<ApiAccess>('GET', `/api/api-access/${client.id}`)).body.userDelegatedPermissionIds).toEqual([])
  })

  test('that nobody knows has no access', async () => {
    expect((await rest.ask('GET', '/api/api-access/nowhere')).status).toBe(404)
    expect((await rest.ask('PUT', '/api/api-access/nowhere', {})).status).toBe(404)
  })

  test('is told what permissions mean to people', async () => {
    expect(await parts.resources.describe([shop], ['write', 'unknown'])).toEqual([
      { key: 'write', name: 'May write', description: '' },
    ])
  })
})
