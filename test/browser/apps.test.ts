// Apps in the pages: an administrator adds one, gives it a secret, groups and a logo; people open it. And people's own pictures.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPage, startBrowser } from '../support/browser.ts'
import { looker, looks } from '../support/looks.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { comeIn } from '../support/sign-in-page.ts'

let browser: Browser
let server: TestServer

beforeAll(async () => {
  ;[server, browser] = await Promise.all([startServer(), startBrowser()])
  for (const username of ['admin', 'person']) {
    const body = { username, email: `${username}@example.org`, firstName: 'Ada', lastName: '', displayName: `Ada ${username}` }
    await post('/api/users', { ...body, isAdmin: username === 'admin' })
  }
  await post('/api/user-groups', { name: 'photographers', friendlyName: 'Photographers' })
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

async function post(path: string, body: object): Promise<void> {
  expect((await server.asAdmin(path, { method: 'POST', body: JSON.stringify(body) })).status).toBe(201)
}

const logo = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFElEQVR4nGNkYPjPAANMcBYqBwAiVAEF4rQvNQAAAABJRU5ErkJggg==',
  'base64',
)

async function addApp(page: Page, name: string): Promise<void> {
  await page.goto('/settings/admin/oidc-clients')
  await page.getByRole('link', { name: 'Add app' }).click()
  await page.getByLabel('Name*').fill(name)
  await page
    .getByLabel('Callback addresses', { exact: true })
    .fill('https://photos.example.org/callback\nhttps://photos.example.org/other')
  await page.getByLabel('Launch address').fill('https://photos.example.org/')
  await page.getByRole('button', { name: 'Add app' }).click()
  await page.getByText('Created.').waitFor()
}

test('an administrator adds an app, and everything about it', async () => {
  const { page, complaints } = await openPage(browser, server.url)
  await comeIn(server, page, 'admin')
  await page.getByRole('link', { name: 'Apps', exact: true }).click()
  await page.getByText('No apps yet').waitFor()
  await addApp(page, 'Photo Library')

  await page.getByLabel('Name of the new secret').fill('first')
  await page.getByRole('button', { name: 'Make a secret' }).click()
  const secret = await page.locator('#secrets .copyable input').inputValue()
  expect(secret.length).toBeGreaterThanOrEqual(32)
  await page.reload()
  expect(await page.content()).not.toContain(secret)

  await page.getByRole('switch', { name: 'Only for some groups' }).check()
  const save = page.getByRole('region', { name: 'App', exact: true }).getByRole('button', { name: 'Save' })
  await save.click()
  await page.getByText('No group yet').waitFor()
  await page.getByLabel('Choose a group').selectOption({ label: 'Photographers' })
  await page.getByRole('button', { name: 'Add group' }).click()
  await page.getByRole('link', { name: 'Photographers' }).waitFor()

  await page.getByLabel('Picture').setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: logo })
  await page.getByRole('button', { name: 'Upload' }).click()
  await page.locator('#logo img').waitFor()
  await page.getByLabel('Picture').setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: Buffer.from('no picture') })
  await page.getByRole('button', { name: 'Upload' }).click()
  await page.locator('#logo .fault').waitFor()

  await page.getByLabel('User name or e-mail').fill('person')
  await page.getByRole('button', { name: 'Show' }).click()
  await page.getByText('person is in none of the groups').waitFor()
  await page.getByRole('switch', { name: 'Only for some groups' }).uncheck()
  await save.click()
  await page.getByText('Saved.').waitFor()
  await page.getByLabel('User name or e-mail').fill('person')
  await page.getByRole('button', { name: 'Show' }).click()
  await page.getByText('"preferred_username": "person"').first().waitFor()

  await page.getByLabel('Callback addresses', { exact: true }).fill('not an address')
  await save.click()
  await page.locator('#f-callbackURLs-fault').waitFor()
  expect(await page.getByLabel('Callback addresses', { exact: true }).inputValue()).toBe('not an address')

  await page.locator('summary', { hasText: 'Remove this app' }).click()
  await page.getByLabel('I know what I do').check()
  await page.getByRole('button', { name: 'Remove', exact: true }).click()
  await page.getByText('No apps yet').waitFor()
  expect(complaints.filter((line) => !/status of 400/.test(line))).toEqual([])
})

test('people find the apps that are open to them', async () => {
  const admin = await openPage(browser, server.url)
  await comeIn(server, admin.page, 'admin')
  await addApp(admin.page, 'Wiki')
  const { page, complaints } = await openPage(browser, server.url)
  await comeIn(server, page, 'person')
  await page.getByRole('link', { name: 'My apps' }).click()
  expect(await page.getByRole('link', { name: 'Wiki' }).getAttribute('href')).toBe('https://photos.example.org/')
  expect(await page.getByRole('link', { name: 'Apps', exact: true }).count()).toBe(0)
  expect((await page.goto('/settings/admin/oidc-clients'))?.status()).toBe(403)
  expect(complaints.filter((line) => !/status of 403/.test(line))).toEqual([])
})

test.each(looks)('in $theme at $width', async (look) => {
  const { page } = await openPage(browser, server.url)
  await comeIn(server, page, 'admin')
  await addApp(page, `Wiki of the department for very long names`)
  await page.getByRole('button', { name: 'Make a secret' }).click()
  const seen = await looker(browser, server.url, look, await page.context().cookies())
  const id = new URL(page.url()).pathname.split('/')[4]
  const faults = [
    ...(await seen.look('apps', '/settings/apps')),
    ...(await seen.look('clients', '/settings/admin/oidc-clients')),
    ...(await seen.look('client-new', '/settings/admin/oidc-clients/new')),
    ...(await seen.look('client', `/settings/admin/oidc-clients/${id}`)),
  ]
  await seen.page.getByLabel('User name or e-mail').fill('person')
  await seen.page.getByRole('button', { name: 'Show' }).click()
  await seen.page.getByText('preferred_username').first().waitFor()
  faults.push(...(await seen.lookHere('client-preview')))
  expect(faults).toEqual([])
})

test('somebody puts up a picture and takes it down; what is no picture is refused in words', async () => {
  const { page, complaints } = await openPage(browser, server.url)
  await comeIn(server, page, 'person')
  const choose = (buffer: Buffer) =>
    page.getByLabel('File with the picture').setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer })
  await choose(Buffer.from('no picture at all'))
  await page.getByRole('button', { name: 'Put up' }).click()
  await page.locator('#picture .fault').waitFor()
  await choose(logo)
  await page.getByRole('button', { name: 'Put up' }).click()
  await page.getByText('Saved.').waitFor()
  expect(
    await page.locator('#picture img').evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth)),
  ).toBe(2)
  await page.getByRole('button', { name: 'Take down' }).click()
  await page.getByText('Removed.').waitFor()
  expect(await page.locator('#picture img').count()).toBe(0)
  expect(complaints.filter((line) => !/status of 400/.test(line))).toEqual([])
})

test('an administrator makes an API key that works, and finds it in the audit log; others see their own activity', async () => {
  const { page, complaints } = await openPage(browser, server.url)
  await comeIn(server, page, 'admin')
  await page.getByRole('link', { name: 'API keys' }).click()
  await page.getByLabel('Name*').fill('backup script')
  await page.getByRole('button', { name: 'Make a key' }).click()
  const token = await page.locator('.copyable input').inputValue()
  expect((await fetch(`${server.url}/api/users`, { headers: { 'x-api-key': token } })).status).toBe(200)
  await page.getByRole('button', { name: 'Remove the key backup script' }).click()
  await page.getByText('Removed.').waitFor()
  expect((await fetch(`${server.url}/api/users`, { headers: { 'x-api-key': token } })).status).toBe(401)

  await page.getByRole('link', { name: 'Audit log' }).click()
  await page.getByRole('cell', { name: 'Passkey added' }).first().waitFor()
  await page.getByLabel('Event').selectOption({ label: 'Signed in by a one-time code' })
  await page.getByRole('button', { name: 'Filter' }).click()
  await page.getByRole('cell', { name: 'Signed in by a one-time code' }).first().waitFor()
  await expect.poll(() => page.getByRole('cell', { name: 'Passkey added' }).count()).toBe(0)

  for (const look of looks) {
    const seen = await looker(browser, server.url, look, await page.context().cookies())
    const faults = [
      ...(await seen.look('api-keys', '/settings/admin/api-keys')),
      ...(await seen.look('audit-log', '/settings/audit-log/global')),
      ...(await seen.look('activity', '/settings/audit-log')),
    ]
    await seen.context.close()
    expect(faults).toEqual([])
  }
  expect(complaints).toEqual([])
})
