// What Pocket ID's Terraform provider and Kubernetes operator ask, with the bodies they send and what they make of the answers.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AppDetails } from '#core/ports-apps.ts'
import type { ScimProvider } from '#core/scim-port.ts'
import { type Rest, startRest } from '../support/rest.ts'

interface Made {
  readonly id: string
}
interface List<T> {
  readonly data: readonly T[]
  readonly pagination: { readonly currentPage: number; readonly totalPages: number }
}
type Configuration = readonly { readonly key: string; readonly value: string }[]

let rest: Rest
beforeAll(async () => {
  rest = await startRest()
})
afterAll(() => rest.stop())

const newer = (left: string, right: string) => left.localeCompare(right, 'en', { numeric: true }) >= 0

test('the release they ask for has what they want to use: ids of one’s own and several secrets', async () => {
  const { currentVersion } = (await rest.ask<{ currentVersion: string }>('GET', '/api/version/current')).body
  expect([newer(currentVersion, '2.12.0'), newer(currentVersion, '2.14.0')]).toEqual([true, true])
  const latest = await rest.askAs<{ latestVersion: string }>({}, 'GET', '/api/version/latest')
  expect(latest).toMatchObject({ status: 200, body: { latestVersion: currentVersion } })
})

describe('users and groups', () => {
  test('are made with an id of one’s own, and with empty texts for what is not there', async () => {
    const id = '7d2f0f6e-8c7b-4a5c-9d61-1b0a3a0c1111'
    const names = {
      username: 'from.terraform',
      email: 'terraform@example.org',
      firstName: 'Terra',
      lastName: '',
      displayName: '',
    }
    const body = { id, ...names, locale: '', isAdmin: false, disabled: false }
    const made = await rest.ask<object>('POST', '/api/users', body)
    expect(made).toMatchObject({ status: 201, body: { id, lastName: null, displayName: 'Terra', locale: null } })
    // What the operator takes for "is there already", and adopts.
    expect((await rest.ask('POST', '/api/users', { ...body, id: undefined })).status).toBe(409)
    expect((await rest.ask('GET', '/api/users/7d2f0f6e-8c7b-4a5c-9d61-1b0a3a0c2222')).status).toBe(404)
  })

  test('and a link that signs in is made with a duration and more than is read', async () => {
    const names = { username: 'operator', email: 'operator@example.org', firstName: 'Op', displayName: 'Op' }
    const { id } = (await rest.ask<Made>('POST', '/api/users', { ...names, isAdmin: true, disabled: false })).body
    const link = await rest.ask<{ token: string }>('POST', `/api/users/${id}/one-time-access-token`, { ttl: '15m', userId: id })
    expect(link.status).toBe(201)
    const signedIn = await rest.askAs({}, 'POST', `/api/one-time-access-token/${link.body.token}`)
    const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? ''
    const key = { name: 'pocket-id-operator', description: 'made by the operator', expiresAt: '2036-01-31T00:00:00Z' }
    expect((await rest.askAs({ cookie }, 'POST', '/api/api-keys', key)).status).toBe(201)
  })
})

test('a list is leafed through to its end by page alone, as the Ansible collection does', async () => {
  for (let number = 1; number <= 45; number++)
    await rest.ask('POST', '/api/user-groups', { name: `ansible-${number}`, friendlyName: `Ansible ${number}` })
  const names: string[] = []
  for (let page = 1; page <= 3; page++) {
    const answer = await rest.ask<List<{ name: string }>>('GET', `/api/user-groups?page=${page}`)
    expect(answer.body.pagination).toMatchObject({ currentPage: page, totalPages: 3 })
    names.push(...answer.body.data.map(({ name }) => name))
  }
  expect(new Set(names).size).toBe(45)
})

test('the audit log is filtered by the names that Pocket ID has for it, and by those that others take for them', async () => {
  const body = { username: 'audited', email: 'audited@example.org', firstName: 'Au', displayName: 'Au' }
  const { id } = (await rest.ask<Made>('POST', '/api/users', { ...body, isAdmin: false, disabled: false })).body
  const found = async (query: string) =>
    (await rest.ask<List<{ userID: string; event: string }>>('GET', `/api/audit-logs/all?${query}`)).body.data
  await expect.poll(async () => (await found(`filters[userID]=${id}`)).map(({ event }) => event)).toEqual(['ACCOUNT_CREATED'])
  for (const name of ['userID', 'userId', 'userID][0'])
    expect((await found(`filters[${name}]=${id}`)).map(({ userID }) => userID)).toEqual([id])
  expect(await found('filters[userID]=nobody')).toEqual([])
  expect(await found(`filters[userID]=${id}&filters[location]=internal`)).toEqual([])
  for (const column of ['event', 'ipAddress', 'country', 'city', 'userAgent'])
    expect((await found(`sort[column]=${column}&sort[direction]=desc`)).length).toBeGreaterThan(0)
})

describe('an app', () => {
  const input = { callbackURLs: ['https://app.example.org/callback'], isPublic: false, pkceEnabled: true, credentials: {} }
  const addApp = async (name: string) => (await rest.ask<AppDetails>('POST', '/api/oidc/clients', { name, ...input })).body.id
  const replace = (id: string, body?: object) => rest.ask<{ secret: string }>('POST', `/api/oidc/clients/${id}/secret`, body)
  const add = (id: string, body?: object) => rest.ask<{ secret: string }>('POST', `/api/oidc/clients/${id}/secrets`, body)

  test('is understood in any case of its fields’ names, such as the Terraform provider’s launchUrl', async () => {
    const body = { name: 'Launched', launchUrl: 'https://app.example.org/', ...input }
    const made = await rest.ask<AppDetails>('POST', '/api/oidc/clients', body)
    expect(made).toMatchObject({ status: 201, body: { launchURL: 'https://app.example.org/' } })
    const changed = { ...body, launchUrl: 'https://app.example.org/start' }
    const answer = await rest.ask<AppDetails>('PUT', `/api/oidc/clients/${made.body.id}`, changed)
    expect(answer.body.launchURL).toBe('https://app.example.org/start')
    expect((await rest.ask('POST', '/api/oidc/clients', { ...body, launchUrl: 'javascript:alert(1)' })).status).toBe(400)
    const shouted = { ID: 'shouted', Name: 'Shouted', CallbackUrls: input.callbackURLs, PKCEEnabled: true }
    const heard = await rest.ask<AppDetails>('POST', '/api/oidc/clients', shouted)
    expect(heard.body).toMatchObject({ id: 'shouted', callbackURLs: input.callbackURLs, pkceEnabled: true })
  })

  test('gets the secret that is sent, and one made here where none or an empty one is', async () => {
    const id = await addApp('Secrets')
    const own = 'a secret of my own choice'
    expect([(await replace(id, { secret: own })).body.secret, (await add(id, { secret: `${own}, again` })).body.secret]).toEqual([
      own,
      `${own}, again`,
    ])
    for (const answer of [await replace(id), await replace(id, { secret: '' }), await add(id), await add(id, { secret: '' })])
      expect(answer.body.secret).toMatch(/^[\w-]{43}$/)
    expect((await add(id, { secret: 'short' })).status).toBe(400)
  })

  test('keeps the token of its SCIM server from everybody but whoever sends it', async () => {
    const oidcClientId = await addApp('SCIM')
    const body = { endpoint: 'https://app.example.org/scim', token: 'token-of-the-app', oidcClientId }
    const made = await rest.ask<ScimProvider>('POST', '/api/scim/service-provider', body)
    const changed = await rest.ask<ScimProvider>('PUT', `/api/scim/service-provider/${made.body.id}`, body)
    expect([made.body.token, changed.body.token]).toEqual([body.token, body.token])
    const read = await rest.ask<ScimProvider>('GET', `/api/oidc/clients/${oidcClientId}/scim-service-provider`)
    expect(read.body.token).toBe('XXXXXXXXXX')
  })
})

test('the configuration is sent whole, and the answer has what was sent', async () => {
  const path = '/api/application-configuration'
  const read = async () =>
    Object.fromEntries((await rest.ask<Configuration>('GET', `${path}/all`)).body.map(({ key, value }) => [key, value]))
  const wanted = { ...(await read()), ldapBindPassword: 'the password of the directory', smtpPort: '2525' }
  const answer = await rest.ask<Configuration>('PUT', path, wanted)
  expect(Object.fromEntries(answer.body.map(({ key, value }) => [key, value]))).toEqual(wanted)
  expect((await read()).ldapBindPassword).toBe('XXXXXXXXXX')
  // What it read back it sends back: nothing changes by that.
  expect((await rest.ask('PUT', path, await read())).status).toBe(200)
})
