// Signing in by means of another device, with two real browsers: the one that waits, and the one with the passkey.
import jsQR from 'jsqr'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openContext, openPage, pressReady, startBrowser, type VirtualAuthenticator } from '../support/browser.ts'
import { captured, looker, looks } from '../support/looks.ts'
import { pixelsOf } from '../support/picture-files.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { comeIn } from '../support/sign-in-page.ts'

let browser: Browser
let server: TestServer
let phone: { readonly page: Page; readonly complaints: readonly string[]; readonly key: VirtualAuthenticator }

beforeAll(async () => {
  ;[server, browser] = await Promise.all([startServer({ TRUST_PROXY: 'true' }), startBrowser()])
  const ada = { username: 'ada', email: 'ada@example.org', firstName: 'Ada', lastName: 'Lovelace', displayName: 'Ada Lovelace' }
  const made = await server.asAdmin('/api/users', { method: 'POST', body: JSON.stringify({ ...ada, isAdmin: true }) })
  expect(made.status).toBe(201)
  const opened = await openPage(browser, server.url)
  phone = { ...opened, key: await comeIn(server, opened.page, 'ada') }
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

/** What somebody would scan. */
const codeOn = async (page: Page) => (await page.locator('output.code').textContent()) ?? ''

/** What a camera sees. */
async function scanned(page: Page): Promise<string | undefined> {
  const { data, width, height } = await pixelsOf(await captured(() => page.locator('svg.qr').screenshot()))
  return jsQR.default(Uint8ClampedArray.from(data), width, height)?.data
}

async function waiting() {
  const desk = await openPage(browser, server.url)
  await desk.page.goto('/login?next=/settings/audit-log')
  await desk.page.getByRole('link', { name: 'Another device' }).click()
  await desk.page.getByRole('img', { name: 'QR code for the other device' }).waitFor()
  return { ...desk, code: await codeOn(desk.page) }
}

test('a device that waits is in as soon as the other one approves with its passkey, and goes where it wanted', async () => {
  const { page, code, complaints } = await waiting()
  expect(code).toMatch(/^P[A-Z0-9]{3}-[A-Z0-9]{4}$/)
  await page.reload()
  expect(await codeOn(page)).toBe(code)

  await phone.page.goto('/device')
  await phone.page.getByRole('textbox').fill(code.toLowerCase())
  await phone.page.getByRole('button', { name: 'Continue' }).click()
  await phone.page.getByRole('heading', { name: 'Is this you?' }).waitFor()
  await phone.page.getByText(code).waitFor()
  await phone.page.getByText(/Chrome.* on Linux/).waitFor()
  await pressReady(phone.page, 'Approve')
  await phone.page.getByRole('heading', { name: 'The device is signed in' }).waitFor()

  await page.waitForURL('**/settings/audit-log')
  await page.getByText('Ada Lovelace').first().waitFor()
  // The log is written right after the sign-in, and the page may be quicker.
  const noted = page.locator('main strong, main td, main li').getByText('Signed in with another device')
  while ((await noted.count()) === 0) await page.reload()
  expect(complaints).toEqual([])
  expect(phone.complaints).toEqual([])
  await page.context().close()
})

test.each(['light', 'dark'] as const)('a camera reads the code in %s', async (colorScheme) => {
  const { page, code } = await waiting()
  await page.emulateMedia({ colorScheme })
  expect(await scanned(page)).toBe(`${server.url}/device?code=${code.replace('-', '')}`)
  await page.context().close()
})

test('without the passkey nobody is let in, and the person hears why', async () => {
  const { page, code } = await waiting()
  await phone.key.verifies(false)
  await phone.page.goto(`/device?code=${code}`)
  await pressReady(phone.page, 'Approve')
  await phone.page.getByRole('alert').getByText('Try again').waitFor()
  await phone.key.verifies(true)
  // As where there is no script: the form goes without a touch of the passkey.
  await phone.page.evaluate(() => document.querySelector<HTMLFormElement>('.pair form:last-child')?.submit())
  await phone.page.getByText('Confirm with your passkey to let the device in.').waitFor()
  await page.getByText('Waiting for the other device').waitFor()
  await page.context().close()
})

test('a device that is turned away says so, and gets a new code', async () => {
  const { page, code } = await waiting()
  await phone.page.goto(`/device?code=${code}`)
  await phone.page.getByRole('button', { name: 'Turn away' }).click()
  await phone.page.getByRole('heading', { name: 'Turned away' }).waitFor()
  await page.getByRole('heading', { name: 'Turned away' }).waitFor()
  await page.getByRole('link', { name: 'New code' }).click()
  expect(await codeOn(page)).not.toBe(code)
  await page.context().close()
})

test('somebody who scans it without being signed in signs in first, and approves with that', async () => {
  const { page, code } = await waiting()
  await phone.page.getByRole('link', { name: 'My account' }).click()
  await phone.page.getByRole('button', { name: 'Sign out' }).click()
  await phone.page.waitForURL('**/login**')
  await phone.page.goto(`/device?code=${code}`)
  await pressReady(phone.page, 'Continue with passkey')
  await phone.page.getByRole('heading', { name: 'Is this you?' }).waitFor()
  await phone.key.verifies(false)
  await pressReady(phone.page, 'Approve')
  await phone.page.getByRole('heading', { name: 'The device is signed in' }).waitFor()
  await phone.key.verifies(true)
  await page.waitForURL('**/settings/audit-log')
  await page.context().close()
})

test('a new phone scans the link that somebody makes on the account page, and is in', async () => {
  await phone.page.goto('/settings/account')
  await phone.page.getByRole('button', { name: 'Make a code' }).click()
  await phone.page.getByRole('img', { name: 'QR code of the link' }).waitFor()
  const { page } = await openPage(browser, server.url)
  await page.goto((await scanned(phone.page)) ?? '')
  await page.waitForURL('**/settings/account')
  await page.getByText('Ada Lovelace').first().waitFor()
  await page.context().close()
})

test('a device that cannot reach the server for a while is in when it can again', async () => {
  const desk = await openPage(browser, server.url)
  await desk.page.route('**/device/wait', (route) => route.abort())
  await desk.page.goto('/login/alternative/device')
  const code = await codeOn(desk.page)
  await phone.page.goto(`/device?code=${code}`)
  await pressReady(phone.page, 'Approve')
  await phone.page.getByRole('heading', { name: 'The device is signed in' }).waitFor()
  await desk.page.getByText('Waiting for the other device').waitFor()
  await desk.page.unroute('**/device/wait')
  await desk.page.waitForURL('**/settings/account')
  await desk.page.context().close()
})

test('without script the page looks again by itself', async () => {
  const context = await openContext(browser, { baseURL: server.url, javaScriptEnabled: false })
  const page = await context.newPage()
  await page.goto('/login/alternative')
  await page.getByRole('link', { name: /Another device/ }).click()
  const code = await codeOn(page)
  await phone.page.goto(`/device?code=${code}`)
  await pressReady(phone.page, 'Approve')
  await phone.page.getByRole('heading', { name: 'The device is signed in' }).waitFor()
  await page.waitForURL('**/settings/account')
  await context.close()
})

test.each(looks)('in $theme at $width', async (look) => {
  const cookies = await phone.page.context().cookies()
  const stranger = await looker(browser, server.url, look)
  const person = await looker(browser, server.url, look, cookies)
  // Whoever looks in the dark is asked by somebody far away: that has a look of its own.
  if (look.theme === 'dark') await stranger.context.setExtraHTTPHeaders({ 'x-forwarded-for': '9.9.9.9' })
  const faults = [
    ...(await stranger.look('ways', '/login/alternative')),
    ...(await stranger.look('device-waiting', '/login/alternative/device')),
  ]
  const code = await codeOn(stranger.page)
  faults.push(...(await person.look('device-ask', `/device?code=${code}`)))
  expect(await person.page.getByText('Another network than yours').count()).toBe(look.theme === 'dark' ? 1 : 0)
  await person.page.getByRole('button', { name: 'Turn away' }).click()
  await person.page.getByRole('heading', { name: 'Turned away' }).waitFor()
  faults.push(...(await person.lookHere('device-turned-away')))
  await stranger.page.getByRole('heading', { name: 'Turned away' }).waitFor()
  faults.push(...(await stranger.lookHere('device-denied')))
  await person.page.goto('/settings/account')
  await person.page.getByRole('button', { name: 'Make a code' }).click()
  await person.page.locator('.qr').waitFor()
  faults.push(...(await person.lookHere('account-code')))
  await stranger.context.close()
  await person.context.close()
  expect(faults).toEqual([])
})
