// The shapes of Pocket ID's answers, held against ours: every field that its clients read is there, of the same type.
import { readFileSync } from 'node:fs'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type App,
  basic,
  bearer,
  codeFor,
  type Person,
  post,
  redeem,
  registerApp,
  signedInPerson,
  startProvider,
  type TokenJson,
  tokens,
} from '../support/apps.ts'
import { appUrl, type Instance } from '../support/instance.ts'

type Shape = string | boolean | null | readonly Shape[] | { readonly [name: string]: Shape }
const recorded = JSON.parse(readFileSync(new URL('oidc.json', import.meta.url), 'utf8')) as Record<string, Shape>

/**
 * Where an answer is not as recorded. A word is a type, `=word` a value, a list of types says what each item is, and a list of other
 * words is what must be among the items. More fields and more items are fine: nobody who reads the old ones minds.
 */
function faults(shape: Shape, value: unknown, at: string): readonly string[] {
  if (shape === null || typeof shape === 'boolean') return value === shape ? [] : [`${at} is ${String(value)}`]
  if (typeof shape === 'string') {
    const [isRight, wanted] = shape.startsWith('=')
      ? [String(value) === shape.slice(1).replace('APP_URL', appUrl), shape]
      : [typeof value === shape, shape]
    return isRight ? [] : [`${at} is ${String(value)}, not ${wanted}`]
  }
  if (Array.isArray(shape)) return listFaults(shape, value, at)
  if (typeof value !== 'object' || value === null) return [`${at} is no object`]
  return Object.entries(shape).flatMap(([name, one]) => faults(one, (value as Record<string, unknown>)[name], `${at}.${name}`))
}

const types = ['string', 'number', 'boolean']
function listFaults(shape: readonly Shape[], value: unknown, at: string): readonly string[] {
  if (!Array.isArray(value)) return [`${at} is no list`]
  const [first] = shape
  if (first === undefined) return value.length === 0 ? [] : [`${at} is not empty`]
  if (typeof first === 'object' || types.includes(String(first)))
    return value.length === 0 ? [`${at} is empty`] : value.flatMap((item, index) => faults(first, item, `${at}[${index}]`))
  return shape.filter((one) => !value.includes(one)).map((one) => `${at} lacks ${String(one)}`)
}

let instance: Instance
let app: App
let ada: Person
let code: string
let set: TokenJson
let api: { id: string }

beforeAll(async () => {
  instance = await startProvider()
  app = await registerApp(instance.ground.db)
  ada = await signedInPerson(instance, { username: 'ada', firstName: 'Ada', lastName: 'Lovelace' })
  const make = { method: 'POST', body: { name: 'staff', friendlyName: 'Staff' } }
  const group = (await (await instance.asAdmin('/api/user-groups', make)).json()) as { id: string }
  await instance.asAdmin(`/api/user-groups/${group.id}/users`, { method: 'PUT', body: { userIds: [ada.user.id] } })
  code = await codeFor(ada.visitor, app)
  set = await tokens(redeem(instance, app, code))
  const resource = 'https://orders.example.org'
  api = (await ask('POST', '/api/apis', { name: 'Orders', resource })) as typeof api
  const permissions = [{ key: 'read', name: 'May read', description: 'Reads orders' }]
  const made = (await ask('PUT', `/api/apis/${api.id}/permissions`, { permissions })) as { permissions: { id: string }[] }
  const ids = made.permissions.map(({ id }) => id)
  const wanted = { userDelegatedAccess: true, clientAccess: true, userDelegatedPermissionIds: ids, clientPermissionIds: ids }
  await ask('PUT', `/api/apis/${api.id}/clients/${app.id}`, wanted)
  const target = { endpoint: 'https://app.example.org/scim', token: 'token-of-the-app', oidcClientId: app.id }
  await ask('POST', '/api/scim/service-provider', target)
})
afterAll(() => instance.stop())

const json = async (answer: Response | Promise<Response>): Promise<unknown> => (await answer).json()
const ask = (method: string, path: string, body: object) => json(instance.asAdmin(path, { method, body }))
const get = (path: string) => json(instance.asAdmin(path))
const token = (form: Record<string, string>, headers = basic(app)) => json(post(instance, '/api/oidc/token', form, headers))

const answers: Readonly<Record<string, () => Promise<unknown>>> = {
  'GET /.well-known/openid-configuration': () => get('/.well-known/openid-configuration'),
  'GET /.well-known/jwks.json': () => get('/.well-known/jwks.json'),
  'POST /api/oidc/token': async () => set,
  'ID token': async () => decodeJwt(set.id_token),
  'access token': async () => decodeJwt(set.access_token),
  'GET /api/oidc/userinfo': () => json(instance.fetch('/api/oidc/userinfo', { headers: bearer(set.access_token) })),
  'POST /api/oidc/introspect': async () => {
    const fresh = await tokens(redeem(instance, app, await codeFor(ada.visitor, app)))
    return json(post(instance, '/api/oidc/introspect', { token: fresh.access_token }, basic(app)))
  },
  'POST /api/oidc/introspect, of nothing': () => json(post(instance, '/api/oidc/introspect', { token: 'nothing' }, basic(app))),
  'POST /api/oidc/par': () => {
    const form = { response_type: 'code', redirect_uri: app.callback, scope: 'openid' }
    return json(post(instance, '/api/oidc/par', form, basic(app)))
  },
  'POST /api/oidc/device/authorize': () => json(post(instance, '/api/oidc/device/authorize', { scope: 'openid' }, basic(app))),
  'POST /api/oidc/token, a used code': async () => {
    const once = await codeFor(ada.visitor, app)
    await redeem(instance, app, once)
    return json(redeem(instance, app, once))
  },
  'POST /api/oidc/token, a wrong secret': () => token({ grant_type: 'client_credentials' }, basic({ ...app, secret: 'wrong' })),
  'POST /api/oidc/token, another grant': () => token({ grant_type: 'password' }),
  'POST /api/oidc/token, nothing': () => token({}),
  'GET /api/oidc/clients': () => get('/api/oidc/clients'),
  'POST /api/oidc/clients/:id/secrets': () => json(instance.asAdmin(`/api/oidc/clients/${app.id}/secrets`, { method: 'POST' })),
  'GET /api/oidc/users/me/clients': () => ada.visitor.json('/api/oidc/users/me/clients'),
  'GET /api/oidc/users/me/authorized-clients': () => ada.visitor.json('/api/oidc/users/me/authorized-clients'),
  'GET /api/apis': () => get('/api/apis'),
  'GET /api/apis/:id': () => get(`/api/apis/${api.id}`),
  'GET /api/apis/:id/clients': () => get(`/api/apis/${api.id}/clients`),
  'GET /api/api-access/:clientId/apis': () => get(`/api/api-access/${app.id}/apis`),
  'GET /api/oidc/clients/:id/scim-service-provider': () => get(`/api/oidc/clients/${app.id}/scim-service-provider`),
  'GET /api/oidc/clients/nowhere': () => get('/api/oidc/clients/nowhere'),
}

test.each(Object.keys(recorded))('%s', async (name) => {
  const answer = answers[name]
  if (!answer) throw new Error(`Nobody asks for ${name}.`)
  expect(faults(recorded[name] ?? null, await answer(), 'answer')).toEqual([])
})

test('everything that is asked for was recorded', () => {
  expect(Object.keys(answers).filter((name) => !(name in recorded))).toEqual([])
})
