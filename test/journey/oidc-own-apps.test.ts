// A person's apps: which they may open, which they gave access, what an app is told of them; and taking access away.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Page } from '#core/http/listing.ts'
import type { GroupMinimal } from '#core/http/user-json.ts'
import type { AccessibleApp, AppPreview, AuthorizedApp } from '#core/ports-apps.ts'
import {
  type App,
  basic,
  bearer,
  codeFor,
  type Person,
  post,
  redeem,
  refusal,
  registerApp,
  signedInPerson,
  tokens,
} from '../support/apps.ts'
import { appUrl } from '../support/instance.ts'
import { type Rest, startRest } from '../support/rest.ts'

let rest: Rest
let ada: Person
let eve: Person
let open: App
let closed: App
let group: GroupMinimal
beforeAll(async () => {
  rest = await startRest({ DISABLE_RATE_LIMITING: 'true' })
  const { db } = rest.instance.ground
  ada = await signedInPerson(rest.instance, { username: 'ada', firstName: 'Ada', lastName: 'Lovelace' })
  eve = await signedInPerson(rest.instance, { username: 'eve' })
  open = await registerApp(db, { name: 'Open', launchUrl: 'https://open.example.org/' })
  closed = await registerApp(db, { name: 'Closed', isGroupRestricted: true })
  group = (await rest.ask<GroupMinimal>('POST', '/api/user-groups', { name: 'staff', friendlyName: 'Staff' })).body
  await rest.ask('PUT', `/api/user-groups/${group.id}/users`, { userIds: [ada.user.id] })
  await rest.ask('PUT', `/api/oidc/clients/${closed.id}/allowed-user-groups`, { userGroupIds: [group.id] })
})
afterAll(() => rest.stop())

const own = <T>({ visitor }: Person, path: string) => visitor.json<Page<T>>(`/api/oidc/users/me/${path}`)
const names = ({ data }: Page<{ readonly name: string }>) => data.map(({ name }) => name)

test('a person may open what is open to all and to their groups, those used last first', async () => {
  expect(names(await own<AccessibleApp>(ada, 'clients'))).toEqual(['Closed', 'Open'])
  expect(names(await own<AccessibleApp>(eve, 'clients'))).toEqual(['Open'])
  await codeFor(ada.visitor, open)
  const used = await own<AccessibleApp>(ada, 'clients')
  expect(used.data).toMatchObject([
    { name: 'Open', launchURL: 'https://open.example.org/', lastUsedAt: expect.any(String) },
    { name: 'Closed', lastUsedAt: null },
  ])
  expect(names(await own<AccessibleApp>(ada, 'clients?filters[hasLaunchURL]=true'))).toEqual(['Open'])
  expect(names(await own<AccessibleApp>(ada, 'clients?search=clo'))).toEqual(['Closed'])
  expect(names(await own<AccessibleApp>(ada, 'clients?sort[column]=name&sort[direction]=desc'))).toEqual(['Open', 'Closed'])
})

test('an app that begins sign-ins itself is opened there, and told by whom', async () => {
  const wishes = {
    name: 'Begins',
    initiateLoginUri: 'https://begins.example.org/start?a=b',
    launchUrl: 'https://begins.example.org/home',
  }
  const { id } = await registerApp(rest.instance.ground.db, wishes)
  const { data } = await own<AccessibleApp>(ada, 'clients?search=begins&filters[hasLaunchURL]=true')
  const at = new URL(data[0]?.launchURL ?? 'none:')
  expect([at.origin + at.pathname, Object.fromEntries(at.searchParams)]).toEqual([
    'https://begins.example.org/start',
    { a: 'b', iss: appUrl, target_link_uri: wishes.launchUrl },
  ])
  await rest.ask('DELETE', `/api/oidc/clients/${id}`)
})

test('access that is taken away ends every token of the app, and only of that person', async () => {
  const mine = await tokens(redeem(rest.instance, open, await codeFor(ada.visitor, open)))
  const theirs = await tokens(redeem(rest.instance, open, await codeFor(eve.visitor, open)))
  const listed = await own<AuthorizedApp>(ada, 'authorized-clients')
  expect(listed.data).toMatchObject([{ client: { id: open.id, name: 'Open' }, scope: 'openid profile email groups' }])
  const { body: seen } = await rest.ask<Page<AuthorizedApp>>('GET', `/api/oidc/users/${ada.user.id}/authorized-clients`)
  expect(seen).toEqual(listed)
  const gone = await ada.visitor.ask(`/api/oidc/users/me/authorized-clients/${open.id}`, { method: 'DELETE' })
  expect(gone.status).toBe(204)
  expect((await own<AuthorizedApp>(ada, 'authorized-clients')).data).toEqual([])
  const refresh = (refresh_token: string) =>
    post(rest.instance, '/api/oidc/token', { grant_type: 'refresh_token', refresh_token }, basic(open))
  expect(await refusal(refresh(mine.refresh_token))).toEqual([400, 'invalid_grant'])
  const userinfo = (token: string) => rest.instance.fetch('/api/oidc/userinfo', { headers: bearer(token) })
  expect((await userinfo(mine.access_token)).status).toBe(401)
  expect((await userinfo(theirs.access_token)).status).toBe(200)
  expect((await refresh(theirs.refresh_token)).status).toBe(200)
})

test('an administrator takes access away from anybody', async () => {
  await codeFor(ada.visitor, open)
  const path = `/api/oidc/users/${ada.user.id}/authorized-clients`
  expect((await rest.ask('DELETE', `${path}/${open.id}`)).status).toBe(204)
  expect((await rest.ask<Page<AuthorizedApp>>('GET', path)).body.data).toEqual([])
  expect((await rest.ask('GET', '/api/oidc/users/nobody/authorized-clients')).status).toBe(404)
})

describe('a preview', () => {
  const preview = (app: App, person: Person, scopes: string) =>
    rest.ask<AppPreview>('GET', `/api/oidc/clients/${app.id}/preview/${person.user.id}?scopes=${encodeURIComponent(scopes)}`)

  test('says what the tokens say', async () => {
    const { body } = await preview(open, ada, 'openid profile email groups')
    const real = await tokens(redeem(rest.instance, open, await codeFor(ada.visitor, open)))
    const payload = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    const passing = { iat: 0, exp: 0, auth_time: 0, jti: '', sid: '', amr: [], acr: '', at_hash: '' }
    const lasting = (claims: object) => ({ ...claims, ...passing })
    expect(lasting(body.idToken)).toEqual(lasting(payload(real.id_token)))
    expect(lasting(body.accessToken)).toEqual(lasting(payload(real.access_token)))
    const userinfo = await rest.instance.fetch('/api/oidc/userinfo', { headers: bearer(real.access_token) })
    expect(body.userInfo).toEqual(await userinfo.json())
    expect(body.idToken).toMatchObject({ given_name: 'Ada', groups: ['staff'], email: 'ada@example.org' })
  })

  test('shows the scopes that were asked for and no others', async () => {
    const { body } = await preview(open, ada, 'openid unknown')
    expect(body.userInfo).toEqual({ sub: ada.user.id })
    expect(body.accessToken.scope).toBe('openid')
  })

  test('of somebody the app is not open to says so', async () => {
    expect((await preview(closed, ada, 'openid')).status).toBe(200)
    expect(await preview(closed, eve, 'openid')).toMatchObject({ status: 403, body: { code: 'oidc_access_denied' } })
    expect((await rest.ask('GET', `/api/oidc/clients/nowhere/preview/${ada.user.id}`)).status).toBe(404)
    expect((await rest.ask('GET', `/api/oidc/clients/${open.id}/preview/nobody`)).status).toBe(404)
  })
})
