// Rights at several APIs: a permission at one is none at another that has one of the same name, and what is taken away is gone at the next token.
import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Api } from '#core/ports-apis.ts'
import {
  type App,
  authorizePath,
  basic,
  codeFor,
  locationOf,
  post,
  redeem,
  refusal,
  registerApp,
  through,
} from '../support/apps.ts'
import { somebody as ada, instance, useProvider } from '../support/provider.ts'

const orders = 'https://orders.example.org/'
const stock = 'https://stock.example.org/'
const both = `${orders} ${stock}`

useProvider({ OIDC_TOKEN_EXCHANGE_ENABLED: 'true' })

let apis: Readonly<Record<'orders' | 'stock', Api>>
beforeAll(async () => {
  apis = {
    orders: await addApi('Orders', orders, ['read', 'write', 'cancel']),
    stock: await addApi('Stock', stock, ['read', 'write']),
  }
})

const send = async <T>(method: string, path: string, body: object): Promise<T> =>
  (await (await instance.asAdmin(path, { method, body })).json()) as T

async function addApi(name: string, resource: string, keys: readonly string[]): Promise<Api> {
  const { id } = await send<Api>('POST', '/api/apis', { name, resource })
  return send('PUT', `/api/apis/${id}/permissions`, { permissions: keys.map((key) => ({ key, name: key })) })
}
const idsOf = (api: Api, keys: readonly string[]) => api.permissions.filter(({ key }) => keys.includes(key)).map(({ id }) => id)

/** Lets an app do this much at each of the two, for people and for itself. */
const allow = (app: App, at: { readonly orders: readonly string[]; readonly stock: readonly string[] }) => {
  const ids = [...idsOf(apis.orders, at.orders), ...idsOf(apis.stock, at.stock)]
  return send('PUT', `/api/api-access/${app.id}`, { userDelegatedPermissionIds: ids, clientPermissionIds: ids })
}
const appAllowed = async (at: Parameters<typeof allow>[1]) => {
  const app = await registerApp(instance.ground.db)
  await allow(app, at)
  return app
}

interface Set {
  readonly access_token: string
  readonly refresh_token: string
  readonly scope: string
}
const grant = async (app: App, form: Readonly<Record<string, string>>): Promise<Set> =>
  (await (await post(instance, '/api/oidc/token', form, basic(app))).json()) as Set
const signIn = async (app: App, resource: string, scope = 'openid read write cancel'): Promise<Set> =>
  (await (await redeem(instance, app, await codeFor(ada.visitor, app, { scope, resource }))).json()) as Set
const refresh = (app: App, { refresh_token }: Set, extra = {}) =>
  grant(app, { grant_type: 'refresh_token', refresh_token, ...extra })

describe('a token for two APIs', () => {
  test('holds what the app may do at each that knows the word', async () => {
    const app = await appAllowed({ orders: ['read', 'write', 'cancel'], stock: ['read'] })
    const set = await signIn(app, both)
    expect([set.scope, decodeJwt(set.access_token).aud]).toEqual(['openid read cancel', expect.arrayContaining([orders, stock])])
    expect((await signIn(app, orders)).scope).toBe('openid read write cancel')
    const own = { grant_type: 'client_credentials', resource: both, scope: 'read write cancel' }
    expect((await grant(app, own)).scope).toBe('read cancel')
  })

  test('made into one for the second holds nothing of the first', async () => {
    const app = await appAllowed({ orders: ['read', 'write', 'cancel'], stock: ['read'] })
    const set = await refresh(app, await signIn(app, both), { resource: stock })
    expect([set.scope, decodeJwt(set.access_token).aud]).toEqual(['openid read', expect.arrayContaining([stock])])
    expect(decodeJwt(set.access_token).aud).not.toContain(orders)
  })

  test('traded for one holds what the app may do at each as well', async () => {
    const app = await appAllowed({ orders: ['read', 'write'], stock: ['read'] })
    const { access_token: token } = await signIn(app, orders, 'openid')
    const type = 'urn:ietf:params:oauth:token-type:access_token'
    const form = { grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange', subject_token: token, subject_token_type: type }
    expect((await grant(app, { ...form, resource: both, scope: 'read write' })).scope).toBe('read')
  })
})

describe('what an administrator takes away', () => {
  test('is not in the next token, and does not come back of itself with a narrower one', async () => {
    const app = await appAllowed({ orders: ['read', 'write'], stock: [] })
    const set = await signIn(app, orders)
    expect(set.scope).toBe('openid read write')
    await allow(app, { orders: ['read'], stock: [] })
    const next = await refresh(app, set)
    expect(next.scope).toBe('openid read')
    expect(decodeJwt(next.access_token).scope).toBe('openid read')
  })

  test('is not in the token of a code that was asked for before', async () => {
    const app = await appAllowed({ orders: ['read', 'write'], stock: [] })
    const code = await codeFor(ada.visitor, app, { scope: 'openid read write', resource: orders })
    await allow(app, { orders: ['read'], stock: [] })
    expect(((await (await redeem(instance, app, code)).json()) as Set).scope).toBe('openid read')
  })

  test('is the API itself, when nothing is left; the app keeps its token, for what it still may and for better times', async () => {
    const app = await appAllowed({ orders: ['read'], stock: ['read'] })
    const set = await signIn(app, both)
    const ask = () =>
      post(instance, '/api/oidc/token', { grant_type: 'refresh_token', refresh_token: set.refresh_token }, basic(app))
    await allow(app, { orders: [], stock: ['read'] })
    for (const _again of [1, 2]) expect(await refusal(ask())).toEqual([400, 'invalid_target'])
    const next = await refresh(app, set, { resource: stock })
    expect(next.scope).toBe('openid read')
    await allow(app, { orders: ['read'], stock: ['read'] })
    expect((await refresh(app, next)).scope).toBe('openid read')
  })
})

describe('somebody who is asked', () => {
  const scope = 'openid read write'
  const waiting = async () => {
    const app = await registerApp(instance.ground.db, { skipConsent: false })
    await allow(app, { orders: ['read'], stock: [] })
    const at = locationOf(await ada.visitor.get(authorizePath(app, { scope, resource: orders })))
    return { app, at, path: `/api/oidc/interactions/${at.searchParams.get('interaction')}` }
  }
  interface Shown {
    readonly scopes: readonly string[]
    readonly agreement: string
    readonly currentStep?: string
  }
  const shown = (path: string) => ada.visitor.json<Shown>(path)
  const agree = async (path: string, agreement?: string) =>
    (await (await ada.visitor.post(`${path}/complete`, { step: 'consent', agreement })).json()) as {
      readonly interaction?: Shown
      readonly redirectUrl?: string
    }

  test('is asked again when the app may do more by the time its answer is sent', async () => {
    const { app, at, path } = await waiting()
    expect((await shown(path)).scopes).toEqual(['openid', 'read'])
    expect((await agree(path)).redirectUrl).toBeDefined()
    await allow(app, { orders: ['read', 'write'], stock: [] })
    expect(locationOf(await ada.visitor.get(`/authorize${at.search}`)).pathname).toBe('/interaction')
    expect(await shown(path)).toMatchObject({ scopes: ['openid', 'read', 'write'], currentStep: 'consent' })
    const code = (await through(ada.visitor, at)).searchParams.get('code') ?? ''
    expect(await (await redeem(instance, app, code)).json()).toMatchObject({ scope })
  })

  test('says yes to what the page showed, and to nothing that came after it', async () => {
    const { app, path } = await waiting()
    const { agreement } = await shown(path)
    await allow(app, { orders: ['read', 'write'], stock: [] })
    expect(await agree(path, agreement)).toMatchObject({ interaction: { scopes: ['openid', 'read', 'write'] } })
    expect((await agree(path, (await shown(path)).agreement)).redirectUrl).toBeDefined()
  })

  test('is not asked again when the app may do less, and the app gets that', async () => {
    const { app, at, path } = await waiting()
    await allow(app, { orders: ['read', 'write'], stock: [] })
    await agree(path)
    await allow(app, { orders: ['read'], stock: [] })
    const code = locationOf(await ada.visitor.get(`/authorize${at.search}`)).searchParams.get('code') ?? ''
    expect(await (await redeem(instance, app, code)).json()).toMatchObject({ scope: 'openid read' })
  })
})
