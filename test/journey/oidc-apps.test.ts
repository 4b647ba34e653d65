// Apps over REST, as administrators keep them, with a real database.
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Page } from '#core/http/listing.ts'
import type { GroupMinimal, User } from '#core/http/user-json.ts'
import type { AppCard, AppDetails, AppListed, AppSecret } from '#core/ports-apps.ts'
import { clientGroups } from '../../src/plugins/oidc/tables.ts'
import { type Outsider, startOutsider } from '../support/outsider.ts'
import { type Rest, startRest } from '../support/rest.ts'
import { sessionOf } from '../support/session.ts'

let rest: Rest
let outsider: Outsider
beforeAll(async () => {
  ;[rest, outsider] = await Promise.all([startRest({ OUTGOING_NETWORKS: '127.0.0.1' }), startOutsider()])
})
afterAll(() => Promise.all([rest.stop(), outsider.stop()]))

const path = '/api/oidc/clients'
const add = async (input: object) => (await rest.ask<AppDetails>('POST', path, input)).body
const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3])
const svg = '<?xml version="1.0"?><!-- a --><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'

describe('an app', () => {
  test('is added with Pocket ID’s defaults, read, changed and removed', async () => {
    const made = await rest.ask<AppDetails>('POST', path, { name: ' Shop ', callbackURLs: ['https://shop.example.org/cb'] })
    expect(made).toMatchObject({
      status: 201,
      body: {
        name: 'Shop',
        description: '',
        hasLogo: false,
        hasDarkLogo: false,
        launchURL: null,
        requiresReauthentication: false,
        clientType: 'standard',
        callbackURLs: ['https://shop.example.org/cb'],
        logoutCallbackURLs: [],
        isPublic: false,
        pkceEnabled: false,
        requiresPushedAuthorizationRequests: false,
        skipConsent: false,
        credentials: { federatedIdentities: [], secrets: [] },
        isGroupRestricted: false,
        accessTokenDurationMinutes: 60,
        refreshTokenDurationMinutes: 43_200,
        allowedUserGroups: [],
        origin: 'admin',
      },
    })
    const one = `${path}/${made.body.id}`
    const change = {
      name: 'Shop 2',
      description: 'Things',
      callbackURLs: ['https://*.example.org/cb', '*'],
      logoutCallbackURLs: ['https://shop.example.org/'],
      launchURL: 'https://shop.example.org/',
      isPublic: true,
      requiresReauthentication: true,
      requiresPushedAuthorizationRequests: true,
      skipConsent: true,
      isGroupRestricted: true,
      accessTokenDurationMinutes: 5,
      refreshTokenDurationMinutes: 10,
      credentials: { federatedIdentities: [{ issuer: 'https://issuer.example.org', subject: 's', replayProtection: true }] },
      backchannelLogoutURL: 'https://shop.example.org/bc',
    }
    const changed = await rest.ask<AppDetails>('PUT', one, change)
    expect(changed).toMatchObject({ status: 200, body: { ...change, pkceEnabled: true, credentials: change.credentials } })
    expect((await rest.ask<AppDetails>('GET', one)).body).toEqual(changed.body)
    expect((await rest.ask('DELETE', one)).status).toBe(204)
    for (const [method, body] of [['GET'], ['PUT', change], ['DELETE'], ['POST']] as const) {
      const gone = await rest.ask(method, method === 'POST' ? `${one}/secrets` : one, body)
      expect(gone).toMatchObject({ status: 404, body: { code: 'not_found' } })
    }
  })

  test('takes Pocket ID’s default for a field of theirs that is absent, and keeps ours', async () => {
    const { id } = await add({
      name: 'Kept',
      skipConsent: true,
      backchannelLogoutURL: 'https://a.example.org/bc',
      jwksURL: 'https://a.example.org/jwks',
    })
    const { body } = await rest.ask<AppDetails>('PUT', `${path}/${id}`, { name: 'Kept' })
    expect(body).toMatchObject({
      skipConsent: false,
      backchannelLogoutURL: 'https://a.example.org/bc',
      jwksURL: 'https://a.example.org/jwks',
    })
    const emptied = await rest.ask<AppDetails>('PUT', `${path}/${id}`, { name: 'Kept', jwksURL: '', backchannelLogoutURL: null })
    expect(emptied.body).toMatchObject({ backchannelLogoutURL: null, jwksURL: null })
  })

  test('may have an id of the administrator’s choice, once', async () => {
    expect((await rest.ask<AppDetails>('POST', path, { id: 'my-app.1', name: 'Mine' })).body.id).toBe('my-app.1')
    const again = await rest.ask('POST', path, { id: 'my-app.1', name: 'Mine' })
    expect(again).toMatchObject({ status: 409, body: { code: 'client_id_already_exists' } })
  })

  test.each([
    ['id', { id: 'a b', name: 'x' }],
    ['id', { id: 'x', name: 'x' }],
    ['name', { name: '' }],
    ['name', { name: 'x'.repeat(51) }],
    ['description', { name: 'x', description: 'x'.repeat(151) }],
    ['callbackURLs.0', { name: 'x', callbackURLs: ['/relative'] }],
    ['callbackURLs.1', { name: 'x', callbackURLs: ['https://fine.example.org', 'javascript:alert(1)'] }],
    ['logoutCallbackURLs.0', { name: 'x', logoutCallbackURLs: ['data:text/html,x'] }],
    ['launchURL', { name: 'x', launchURL: 'javascript:alert(1)' }],
    ['accessTokenDurationMinutes', { name: 'x', accessTokenDurationMinutes: -1 }],
    ['accessTokenDurationMinutes', { name: 'x', accessTokenDurationMinutes: 1.5 }],
    ['refreshTokenDurationMinutes', { name: 'x', refreshTokenDurationMinutes: 10_000_000 }],
    ['credentials.federatedIdentities.0.issuer', { name: 'x', credentials: { federatedIdentities: [{ issuer: 'x' }] } }],
    ['jwks.keys.0', { name: 'x', jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'private' }] } }],
    ['jwks.keys.0.kty', { name: 'x', jwks: { keys: [{ kty: 'oct', k: 'x' }] } }],
    ['jwksURL', { name: 'x', jwksURL: 'file:///etc/passwd' }],
    ['idTokenSigningAlg', { name: 'x', idTokenSigningAlg: 'none' }],
  ])('with a wrong %s is refused by field', async (field, input) => {
    const { status, body } = await rest.ask('POST', path, input)
    expect({ status, fields: body.details?.fields?.map((one) => one.field) }).toEqual({ status: 400, fields: [field] })
  })

  test('shows everybody its card and nothing more', async () => {
    const { id } = await add({ name: 'Card', callbackURLs: ['https://secret.example.org'] })
    const { status, body } = await rest.askAs<Record<string, unknown>>({}, 'GET', `${path}/${id}/meta`)
    expect(status).toBe(200)
    expect(Object.keys(body).sort()).toEqual(
      ['clientType', 'description', 'hasDarkLogo', 'hasLogo', 'id', 'launchURL', 'name', 'requiresReauthentication'].sort(),
    )
    expect((await rest.askAs({}, 'GET', `${path}/nowhere/meta`)).status).toBe(404)
  })
})

describe('the list', () => {
  test('is paged, searched, sorted and filtered, with secrets and numbers of groups', async () => {
    for (const name of ['Listed beta', 'listed alpha', 'Listed gamma']) await add({ name, isPublic: name.includes('gamma') })
    const list = async (query: string) => (await rest.ask<Page<AppListed>>('GET', `${path}?search=listed&${query}`)).body
    const names = ({ data }: Page<AppListed>) => data.map(({ name }) => name)
    expect(names(await list(''))).toEqual(['listed alpha', 'Listed beta', 'Listed gamma'])
    expect(names(await list('sort[column]=createdAt&sort[direction]=desc'))[0]).toBe('Listed gamma')
    expect(names(await list('filters[isPublic][0]=true'))).toEqual(['Listed gamma'])
    const second = await list('pagination[limit]=2&pagination[page]=2')
    expect(second.pagination).toEqual({ totalPages: 2, totalItems: 3, currentPage: 2, itemsPerPage: 2 })
    expect(second.data[0]).toMatchObject({ allowedUserGroupsCount: 0, credentials: { secrets: [] } })
  })
})

describe('secrets', () => {
  test('are shown once, several at a time, and listed without themselves', async () => {
    const { id } = await add({ name: 'Secretive' })
    const secrets = `${path}/${id}/secrets`
    type Made = AppSecret & { readonly secret: string }
    const first = await rest.ask<Made>('POST', secrets)
    expect(first).toMatchObject({ status: 201, body: { prefix: first.body.secret.slice(0, 4), expiresAt: null, isActive: true } })
    expect(first.body.secret).toMatch(/^[\w-]{43}$/)
    const own = { secret: 'a secret of my own', expiresAt: '2020-01-01T00:00:00Z', name: 'Old' }
    const second = await rest.ask<Made>('POST', secrets, own)
    expect(second.body).toMatchObject({ secret: own.secret, expiresAt: '2020-01-01T00:00:00.000Z', isActive: false, name: 'Old' })
    const listed = await rest.ask<AppSecret[]>('GET', secrets)
    expect(listed.body.map((one) => one.id)).toEqual([first.body.id, second.body.id])
    expect(JSON.stringify(listed.body)).not.toContain(first.body.secret)
    expect((await rest.ask<AppDetails>('GET', `${path}/${id}`)).body.credentials.secrets).toEqual(listed.body)
    expect((await rest.ask('DELETE', `${secrets}/${second.body.id}`)).status).toBe(204)
    expect((await rest.ask('DELETE', `${secrets}/${second.body.id}`)).status).toBe(404)
    const replaced = await rest.ask<{ secret: string }>('POST', `${path}/${id}/secret`)
    expect(replaced.body.secret).toMatch(/^[\w-]{43}$/)
    expect((await rest.ask<AppSecret[]>('GET', secrets)).body).toHaveLength(1)
  })

  test.each([
    ['secret', { secret: 'short' }],
    ['secret', { secret: 'not in ASCII: äöüßäöüß' }],
    ['expiresAt', { expiresAt: 'tomorrow' }],
  ])('with a wrong %s are refused', async (field, input) => {
    const { id } = await add({ name: 'Wrong secret' })
    const { body } = await rest.ask('POST', `${path}/${id}/secrets`, input)
    expect(body.details?.fields?.[0]?.field).toBe(field)
  })
})

describe('groups', () => {
  test('are replaced as a whole and named with the app; an unknown one stops it', async () => {
    const { id } = await add({ name: 'Restricted', isGroupRestricted: true })
    const group = (await rest.ask<GroupMinimal>('POST', '/api/user-groups', { name: 'staff', friendlyName: 'Staff' })).body
    const groups = `${path}/${id}/allowed-user-groups`
    const opened = await rest.ask<AppDetails>('PUT', groups, { userGroupIds: [group.id, group.id] })
    expect(opened.body).toMatchObject({ allowedUserGroups: [{ id: group.id, name: 'staff' }], allowedUserGroupsCount: 1 })
    expect((await rest.ask('PUT', groups, { userGroupIds: ['nowhere'] })).status).toBe(404)
    expect((await rest.ask<AppDetails>('GET', `${path}/${id}`)).body.allowedUserGroups).toHaveLength(1)
    const other = await add({ name: 'Another' })
    const apps = { oidcClientIds: [other.id, 'nowhere'] }
    const seen = await rest.ask<{ allowedOidcClients: AppCard[] }>(
      'PUT',
      `/api/user-groups/${group.id}/allowed-oidc-clients`,
      apps,
    )
    expect(seen.body.allowedOidcClients).toMatchObject([{ id: other.id, name: 'Another' }])
    expect((await rest.ask<AppDetails>('GET', `${path}/${id}`)).body.allowedUserGroups).toEqual([])
    await rest.ask('PUT', groups, { userGroupIds: [group.id] })
    await rest.ask('DELETE', `/api/user-groups/${group.id}`)
    const { db } = rest.instance.ground
    expect(await db.read.select().from(clientGroups).where(eq(clientGroups.clientId, id))).toEqual([])
  })
})

describe('a logo', () => {
  const send = async (id: string, bytes: BlobPart, query = '') => {
    const body = new FormData()
    body.set('file', new File([bytes], 'logo.png'))
    return (await rest.instance.asAdmin(`${path}/${id}/logo${query}`, { method: 'POST', body })).status
  }
  const read = (id: string, query = '') => rest.instance.fetch(`${path}/${id}/logo${query}`)

  test('is kept for light and dark pages, read by everybody, and removed', async () => {
    const { id } = await add({ name: 'Logo' })
    expect((await read(id)).status).toBe(404)
    expect(await send(id, png)).toBe(204)
    expect(await send(id, svg, '?light=false')).toBe(204)
    const light = await read(id)
    expect(light.headers.get('content-type')).toBe('image/png')
    expect(new Uint8Array(await light.arrayBuffer())).toEqual(png)
    const etag = light.headers.get('etag') ?? ''
    expect((await rest.instance.fetch(`${path}/${id}/logo`, { headers: { 'if-none-match': etag } })).status).toBe(304)
    const dark = await read(id, '?light=false')
    expect(dark.headers.get('content-type')).toBe('image/svg+xml')
    expect(dark.headers.get('content-security-policy')).toMatch(/^default-src 'none';.*; sandbox$/)
    expect((await rest.ask<AppDetails>('GET', `${path}/${id}`)).body).toMatchObject({ hasLogo: true, hasDarkLogo: true })
    expect((await rest.ask('DELETE', `${path}/${id}/logo?light=false`)).status).toBe(204)
    expect((await rest.ask<AppDetails>('GET', `${path}/${id}`)).body).toMatchObject({ hasLogo: true, hasDarkLogo: false })
  })

  test('must be a picture of at most 2 MB', async () => {
    const { id } = await add({ name: 'No logo' })
    expect(await send(id, '<html><script>alert(1)</script></html>')).toBe(415)
    expect(await send(id, '<!DOCTYPE html><svg>')).toBe(415)
    expect(await send(id, new Uint8Array(2 * 1024 * 1024 + 1))).toBe(413)
    expect(await send('nowhere', png)).toBe(404)
  })

  test('is downloaded from an address, or nothing is changed', async () => {
    outsider.publish('/logo.svg', svg)
    outsider.publish('/page', '<html>')
    const { id, hasLogo } = await add({ name: 'Downloaded', logoUrl: `${outsider.url}/logo.svg` })
    expect(hasLogo).toBe(true)
    expect(await (await read(id)).text()).toBe(svg)
    for (const [logoUrl, code] of [
      [`${outsider.url}/page`, 'logo_type_not_supported'],
      [`${outsider.url}/nowhere`, 'logo_download_failed'],
      ['http://127.0.0.2/logo', 'logo_download_failed'],
    ]) {
      expect(await rest.ask('POST', path, { name: 'Never added', logoUrl })).toMatchObject({ status: 422, body: { code } })
    }
    expect((await rest.ask<Page<AppListed>>('GET', `${path}?search=Never`)).body.data).toEqual([])
  })
})

test('everything but card and logo is for administrators', async () => {
  const { id } = await add({ name: 'Guarded' })
  const user = (await rest.ask<User>('POST', '/api/users', { username: 'plain', email: 'plain@example.org' })).body
  const session = await sessionOf(rest.instance, user.id)
  const requests: [string, string, unknown?][] = [
    ['GET', path],
    ['POST', path, { name: 'x' }],
    ['GET', `${path}/${id}`],
    ['PUT', `${path}/${id}`, { name: 'x' }],
    ['DELETE', `${path}/${id}`],
    ['POST', `${path}/${id}/refresh`],
    ['PUT', `${path}/${id}/allowed-user-groups`, { userGroupIds: [] }],
    ['GET', `${path}/${id}/secrets`],
    ['POST', `${path}/${id}/secrets`],
    ['DELETE', `${path}/${id}/secrets/x`],
    ['POST', `${path}/${id}/secret`],
    ['POST', `${path}/${id}/logo`],
    ['DELETE', `${path}/${id}/logo`],
    ['GET', `${path}/${id}/preview/${user.id}`],
    ['GET', '/api/apis'],
    ['POST', '/api/apis', { name: 'x', resource: 'https://x.example.org' }],
    ['GET', `/api/api-access/${id}`],
    ['GET', `/api/oidc/users/${user.id}/authorized-clients`],
    ['DELETE', `/api/oidc/users/${user.id}/authorized-clients/${id}`],
  ]
  for (const [method, at, body] of requests) {
    expect([at, (await rest.askAs({}, method, at, body)).status]).toEqual([at, 401])
    expect([at, (await rest.askAs(session, method, at, body)).status]).toEqual([at, 403])
  }
})
