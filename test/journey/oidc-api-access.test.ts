// Which apps may use which APIs: granted one by one from either side, or open to every app that is described by a document.
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Page } from '#core/http/listing.ts'
import type { Api, ApiClient, ApiClientGrant, ApiGrant, ClientApiGrant } from '#core/ports-apis.ts'
import type { ClientParts } from '../../src/plugins/oidc/client-parts.ts'
import { OAuthError } from '../../src/plugins/oidc/protocol/errors.ts'
import { clients } from '../../src/plugins/oidc/tables.ts'
import { registerApp } from '../support/apps.ts'
import { partsOf } from '../support/oidc-parts.ts'
import { type Rest, startRest } from '../support/rest.ts'

let rest: Rest
let parts: ClientParts
beforeAll(async () => {
  rest = await startRest()
  parts = partsOf(rest.instance)
})
afterAll(() => rest.stop())

let made = 0
const nothing = {
  userDelegatedAccess: false,
  clientAccess: false,
  userDelegatedPermissionIds: [] as readonly string[],
  clientPermissionIds: [] as readonly string[],
}
const notByDocument = { cimdGrantedAccess: false, cimdGrantedPermissionIds: [] }

async function addApi(name: string, ...keys: string[]): Promise<Api> {
  const resource = `https://${name}-${++made}.example.org`
  const { id } = (await rest.ask<Api>('POST', '/api/apis', { name, resource })).body
  const permissions = keys.map((key) => ({ key, name: `May ${key}` }))
  return (await rest.ask<Api>('PUT', `/api/apis/${id}/permissions`, { permissions })).body
}
const idOf = (api: Api, key: string) => api.permissions.find((one) => one.key === key)?.id ?? 'none'
const clientsOf = async (api: Api, search = '') =>
  (await rest.ask<Page<ApiClientGrant>>('GET', `/api/apis/${api.id}/clients${search}`)).body
const grant = (api: Api, client: string, wanted: Partial<ApiGrant>) =>
  rest.ask<ApiGrant>('PUT', `/api/apis/${api.id}/clients/${client}`, wanted)

/** What an app gets when it asks for read and write at an API. */
async function asked(api: Api, clientId: string, subject: 'user' | 'client' = 'user') {
  const [row] = await rest.instance.ground.db.read.select().from(clients).where(eq(clients.id, clientId))
  if (!row) throw new Error('There is no such app.')
  return parts.resources.resolve(row, { scope: ['read', 'write'], resources: [api.resource], subject }).then(
    ({ scope }) => scope,
    (error: unknown) => {
      if (error instanceof OAuthError) return error.code
      throw error
    },
  )
}

let orders: Api
let billing: Api
let shop: string
beforeEach(async () => {
  orders = await addApi('orders', 'read', 'write')
  billing = await addApi('billing', 'read')
  shop = (await registerApp(rest.instance.ground.db, { name: `Shop ${++made}` })).id
})

describe('a grant to one app at one API', () => {
  test('holds permissions of that API alone, each bringing access with it', async () => {
    const { status, body } = await grant(orders, shop, {
      userDelegatedPermissionIds: [idOf(orders, 'read'), idOf(billing, 'read'), 'unknown'],
      clientPermissionIds: [idOf(orders, 'write')],
    })
    const granted = {
      userDelegatedAccess: true,
      clientAccess: true,
      userDelegatedPermissionIds: [idOf(orders, 'read')],
      clientPermissionIds: [idOf(orders, 'write')],
    }
    expect({ status, body }).toEqual({ status: 200, body: granted })
    expect(await asked(orders, shop)).toEqual(['read'])
    expect(await asked(orders, shop, 'client')).toEqual(['write'])
    expect(await asked(billing, shop)).toBe('invalid_target')
    const { data } = await clientsOf(orders)
    expect(data).toEqual([
      { client: expect.objectContaining({ id: shop, clientType: 'standard' }), ...granted, ...notByDocument },
    ])
  })

  test('may be access alone: a token without a scope', async () => {
    expect((await grant(billing, shop, { userDelegatedAccess: true })).body).toEqual({ ...nothing, userDelegatedAccess: true })
    expect(await asked(billing, shop)).toEqual([])
    expect(await asked(billing, shop, 'client')).toBe('invalid_target')
  })

  test('replaces the one before and leaves other APIs alone', async () => {
    await grant(billing, shop, { userDelegatedPermissionIds: [idOf(billing, 'read')] })
    await grant(orders, shop, { userDelegatedAccess: true, clientPermissionIds: [idOf(orders, 'write')] })
    expect((await grant(orders, shop, { userDelegatedPermissionIds: [idOf(orders, 'write')] })).body).toEqual({
      ...nothing,
      userDelegatedAccess: true,
      userDelegatedPermissionIds: [idOf(orders, 'write')],
    })
    const { body } = await rest.ask<ClientApiGrant[]>('GET', `/api/api-access/${shop}/apis`)
    expect(body.map(({ api, userDelegatedPermissionIds }) => [api.id, userDelegatedPermissionIds])).toEqual([
      [billing.id, [idOf(billing, 'read')]],
      [orders.id, [idOf(orders, 'write')]],
    ])
    expect((await rest.ask('DELETE', `/api/apis/${orders.id}/clients/${shop}`)).status).toBe(204)
    expect(await asked(orders, shop)).toBe('invalid_target')
    expect(await asked(billing, shop)).toEqual(['read'])
  })

  test('ends with the permission that brought it, and access that was given by itself stays', async () => {
    await grant(orders, shop, { userDelegatedPermissionIds: [idOf(orders, 'read')], clientAccess: true })
    await rest.ask('PUT', `/api/apis/${orders.id}/permissions`, { permissions: [] })
    expect(await asked(orders, shop)).toBe('invalid_target')
    expect(await asked(orders, shop, 'client')).toEqual([])
  })

  test('is no more when everything that the app may do is replaced', async () => {
    await grant(billing, shop, { userDelegatedAccess: true })
    await rest.ask('PUT', `/api/api-access/${shop}`, { userDelegatedPermissionIds: [idOf(orders, 'read')] })
    expect(await asked(billing, shop)).toBe('invalid_target')
    expect(await asked(orders, shop)).toEqual(['read'])
  })
})

describe('what can still be granted', () => {
  test('leaves out what is granted already, from both sides, by page and search', async () => {
    const other = (await registerApp(rest.instance.ground.db, { name: `Other ${++made}` })).id
    await grant(orders, shop, { clientAccess: true })
    const assignable = async (search: string) =>
      (await rest.ask<Page<ApiClient>>('GET', `/api/apis/${orders.id}/assignable-clients?search=${search}`)).body
    expect((await assignable(shop)).data).toEqual([])
    const found = await assignable(other)
    expect(found.pagination.totalItems).toBe(1)
    expect(found.data).toEqual([
      { id: other, name: expect.any(String), clientType: 'standard', isPublic: false, hasLogo: false, hasDarkLogo: false },
    ])
    const apis = async (id: string) =>
      (await rest.ask<Page<Api>>('GET', `/api/api-access/${id}/assignable-apis?search=${new URL(orders.resource).host}`)).body
        .data
    expect(await apis(shop)).toEqual([])
    expect(await apis(other)).toEqual([orders])
  })
})

describe('an API that is open to apps described by a document', () => {
  let described: string
  beforeEach(async () => {
    const id = `https://app-${++made}.example.org/client.json`
    described = (await registerApp(rest.instance.ground.db, { id, origin: 'metadata-document', isPublic: true })).id
  })
  const open = (enabled: boolean, ...permissionIds: string[]) =>
    rest.ask<Api>('PUT', `/api/apis/${orders.id}/cimd-access`, { enabled, permissionIds })

  test('gives their users the chosen permissions, the apps themselves nothing, and others nothing', async () => {
    expect(await asked(orders, described)).toBe('invalid_target')
    const { body } = await open(true, idOf(orders, 'read'), 'unknown')
    expect(body.allowCimdClients).toBe(true)
    expect(body.permissions.map(({ key, allowedForCimdClients }) => [key, allowedForCimdClients])).toEqual([
      ['read', true],
      ['write', false],
    ])
    expect(await asked(orders, described)).toEqual(['read'])
    expect(await asked(orders, described, 'client')).toBe('invalid_target')
    expect(await asked(orders, shop)).toBe('invalid_target')
  })

  test('shows what comes from that beside what was granted, and offers only what is more', async () => {
    await open(true, idOf(orders, 'read'))
    const byDocument = { cimdGrantedAccess: true, cimdGrantedPermissionIds: [idOf(orders, 'read')] }
    const path = encodeURIComponent(described)
    const reached = (await rest.ask<ClientApiGrant[]>('GET', `/api/api-access/${path}/apis`)).body
    expect(reached.filter(({ api }) => api.id === orders.id)).toEqual([
      { api: expect.objectContaining({ id: orders.id }), ...nothing, ...byDocument },
    ])
    expect((await clientsOf(orders, `?search=${path}`)).data).toEqual([
      { client: expect.objectContaining({ id: described, clientType: 'cimd' }), ...nothing, ...byDocument },
    ])
    const search = new URL(orders.resource).host
    const offered = await rest.ask<Page<Api>>('GET', `/api/api-access/${path}/assignable-apis?search=${search}`)
    expect(offered.body.data).toEqual([])
    await grant(orders, path, { userDelegatedPermissionIds: [idOf(orders, 'write')] })
    expect(await asked(orders, described)).toEqual(['read', 'write'])
  })

  test('keeps the choice while it is closed', async () => {
    await open(true, idOf(orders, 'read'))
    const { body } = await open(false, idOf(orders, 'read'))
    expect(body).toMatchObject({ allowCimdClients: false, permissions: [{ allowedForCimdClients: true }, {}] })
    expect(await asked(orders, described)).toBe('invalid_target')
  })

  test('without a choice gives access without a scope', async () => {
    await open(true)
    expect(await asked(orders, described)).toEqual([])
  })
})

test('what nobody knows is not found, and only administrators look', async () => {
  const wrong: readonly (readonly [string, string, object?])[] = [
    ['GET', '/api/apis/nowhere/clients'],
    ['GET', '/api/apis/nowhere/assignable-clients'],
    ['PUT', '/api/apis/nowhere/cimd-access', { enabled: true }],
    ['PUT', `/api/apis/nowhere/clients/${shop}`, {}],
    ['DELETE', `/api/apis/nowhere/clients/${shop}`],
    ['PUT', `/api/apis/${orders.id}/clients/nobody`, {}],
    ['DELETE', `/api/apis/${orders.id}/clients/nobody`],
    ['GET', '/api/api-access/nobody/apis'],
    ['GET', '/api/api-access/nobody/assignable-apis'],
  ]
  for (const [method, path, body] of wrong) {
    expect([method, path, (await rest.ask(method, path, body)).status]).toEqual([method, path, 404])
    expect([method, path, (await rest.askAs({}, method, path, body)).status]).toEqual([method, path, 401])
  }
})
