// APIs in the pages: an administrator adds one, says what may be done there, and lets apps in; then an app gets a token for it.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AppDetails } from '#core/ports-apps.ts'
import { openPage, startBrowser } from '../support/browser.ts'
import { looker, looks } from '../support/looks.ts'
import { startScimServer } from '../support/scim-server.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { comeIn } from '../support/sign-in-page.ts'

let browser: Browser
let server: TestServer
let app: string

beforeAll(async () => {
  ;[server, browser] = await Promise.all([startServer({ OUTGOING_NETWORKS: '127.0.0.0/8' }), startBrowser()])
  const names = { firstName: 'Ada', lastName: '', displayName: 'Ada' }
  for (const username of ['admin', 'person'])
    await post('/api/users', { username, email: `${username}@example.org`, ...names, isAdmin: username === 'admin' })
  app = (await post<AppDetails>('/api/oidc/clients', { name: 'Photo Library', callbackURLs: ['https://photos.example.org/cb'] }))
    .id
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

async function post<T>(path: string, body: object): Promise<T> {
  const answer = await server.asAdmin(path, { method: 'POST', body: JSON.stringify(body) })
  expect(answer.status).toBe(201)
  return (await answer.json()) as T
}

/** What the app gets for itself when it asks for everything there. */
async function tokenFor(resource: string, scope: string): Promise<{ readonly scope?: string; readonly error?: string }> {
  const { secret } = await post<{ readonly secret: string }>(`/api/oidc/clients/${app}/secrets`, {})
  const answer = await fetch(`${server.url}/api/oidc/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${app}:${secret}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', resource, scope }),
  })
  return (await answer.json()) as { readonly scope?: string; readonly error?: string }
}

test('an administrator adds an API and lets an app in', async () => {
  const { page, complaints } = await openPage(browser, server.url)
  await comeIn(server, page, 'admin')
  await page.getByRole('link', { name: 'APIs', exact: true }).click()
  await page.getByText('No APIs yet').waitFor()
  await page.getByRole('link', { name: 'Add API' }).click()
  await page.getByLabel('Name*').fill('Orders')
  await page.getByLabel('Resource*').fill('no address')
  await page.getByRole('button', { name: 'Add API' }).click()
  await page.locator('#f-resource-fault').waitFor()
  expect(await page.getByLabel('Name*').inputValue()).toBe('Orders')
  const resource = 'https://orders.example.org'
  await page.getByLabel('Resource*').fill(resource)
  await page.getByRole('button', { name: 'Add API' }).click()
  await page.getByText('Created.').waitFor()
  await page.getByText('No app may use it yet.').waitFor()

  await page.getByLabel('Line 1: Key').fill('openid')
  await page.getByRole('button', { name: 'Save permissions' }).click()
  await page.locator('#permissions').getByRole('alert').getByText('openid').waitFor()
  await page.getByLabel('Line 1: Key').fill('orders:read')
  await page.getByLabel('Line 1: Name').fill('Read orders')
  await page.getByLabel('Line 2: Key').fill('orders:write')
  await page.getByRole('button', { name: 'Save permissions' }).click()
  await page.getByText('Saved.').waitFor()
  expect(await page.getByLabel('Line 2: Name').inputValue()).toBe('orders:write')

  expect((await tokenFor(resource, 'orders:read')).error).toBe('invalid_target')
  await page.getByLabel('Choose an app').selectOption({ label: 'Photo Library' })
  await page.getByRole('button', { name: 'Let it use the API' }).click()
  await page.getByRole('switch', { name: 'May use the API with nobody signed in' }).check()
  await page.getByRole('checkbox', { name: 'Read orders' }).last().check()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('for itself', { exact: true }).waitFor()
  await page.getByText('for people', { exact: true }).waitFor()
  expect((await tokenFor(resource, 'orders:read orders:write')).scope).toBe('orders:read')

  await page.getByRole('switch', { name: 'Open to all of them' }).check()
  await page.getByRole('checkbox', { name: 'orders:write' }).check()
  await page.locator('#documents').getByRole('button', { name: 'Save' }).click()
  await page.getByText('Saved.').waitFor()
  expect(await page.getByRole('switch', { name: 'Open to all of them' }).isChecked()).toBe(true)
  expect(await page.getByRole('checkbox', { name: 'orders:write' }).isChecked()).toBe(true)

  await page.getByRole('link', { name: 'Photo Library' }).click()
  await page.getByRole('link', { name: 'Open the app' }).click()
  await page.locator('#apis').getByRole('link', { name: 'Orders' }).click()
  await page.getByRole('button', { name: 'Take the API away' }).click()
  await page.getByText('No app may use it yet.').waitFor()
  expect((await tokenFor(resource, 'orders:read')).error).toBe('invalid_target')

  await page.locator('summary', { hasText: 'Remove this API' }).click()
  await page.getByLabel('I know what I do').check()
  await page.getByRole('button', { name: 'Remove', exact: true }).click()
  await page.getByText('No APIs yet').waitFor()
  expect(complaints.filter((line) => !/status of 400/.test(line))).toEqual([])
})

test('an app is told of people, and what went wrong is said', async () => {
  const scim = await startScimServer()
  const { page, complaints } = await openPage(browser, server.url)
  await comeIn(server, page, 'admin')
  await page.goto(`/settings/admin/oidc-clients/${app}`)
  const card = page.locator('#scim')
  await page.getByLabel('Address of its SCIM server').fill('no address')
  await card.getByRole('button', { name: 'Save' }).click()
  await page.locator('#f-scimEndpoint-fault').waitFor()
  await page.getByLabel('Address of its SCIM server').fill(scim.url)
  await card.getByLabel('Token', { exact: true }).fill('wrong')
  await card.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Saved.').waitFor()
  await page.getByRole('button', { name: 'Tell everything now' }).click()
  await card.getByRole('alert').getByText('status 401').waitFor()
  await card.getByLabel('Token', { exact: true }).fill(scim.token)
  await card.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Saved.').waitFor()
  await page.getByRole('button', { name: 'Tell everything now' }).click()
  await page.getByText('The sync is done.').waitFor()
  expect([...scim.users.values()].map(({ userName }) => userName).sort()).toEqual(['admin', 'person'])
  expect(await page.content()).not.toContain(scim.token)
  await page.getByRole('button', { name: 'Tell nothing more' }).click()
  await page.getByText('Removed.').waitFor()
  expect(await page.getByRole('button', { name: 'Tell everything now' }).count()).toBe(0)
  expect(complaints.filter((line) => !/status of 400/.test(line))).toEqual([])
  await scim.stop()
})

test('nobody else sees them', async () => {
  const { page } = await openPage(browser, server.url)
  await comeIn(server, page, 'person')
  expect(await page.getByRole('link', { name: 'APIs', exact: true }).count()).toBe(0)
  expect((await page.goto('/settings/admin/apis'))?.status()).toBe(403)
})

test('every look of the pages is sound', async () => {
  const { page } = await openPage(browser, server.url)
  await comeIn(server, page, 'admin')
  const resource = `https://orders-of-a-department-with-a-very-long-name.example.org/v1`
  const { id } = await post<{ readonly id: string }>('/api/apis', { name: 'Orders of the department for long names', resource })
  const permissions = ['orders:read', 'orders:write', 'orders:administration:everything:there:is'].map((key) => ({
    ...{ key, name: `May use ${key}`, description: 'What people read when they are asked.' },
  }))
  await server.asAdmin(`/api/apis/${id}/permissions`, { method: 'PUT', body: JSON.stringify({ permissions }) })
  const grant = { userDelegatedAccess: true, clientAccess: true }
  await server.asAdmin(`/api/apis/${id}/clients/${app}`, { method: 'PUT', body: JSON.stringify(grant) })
  for (const look of looks) {
    const seen = await looker(browser, server.url, look, await page.context().cookies())
    const faults = [
      ...(await seen.look('apis', '/settings/admin/apis')),
      ...(await seen.look('api-new', '/settings/admin/apis/new')),
      ...(await seen.look('api', `/settings/admin/apis/${id}`)),
      ...(await seen.look('api-grant', `/settings/admin/apis/${id}/clients/${app}`)),
      ...(await seen.look('client-apis', `/settings/admin/oidc-clients/${app}`)),
    ]
    await seen.context.close()
    expect(faults).toEqual([])
  }
})
