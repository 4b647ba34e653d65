// The sign-in page as a stranger gets it: what it weighs, that nothing jumps, and that it works by keyboard, without script, and in words.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addVirtualAuthenticator, openContext, openPage, pressReady, startBrowser } from '../support/browser.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { comeIn } from '../support/sign-in-page.ts'

let browser: Browser
let server: TestServer

beforeAll(async () => {
  ;[server, browser] = await Promise.all([startServer(), startBrowser()])
  // Somebody administers it already, else the first visitor is led to the set-up.
  await somebody({ isAdmin: true })
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

let people = 0
async function somebody(more: object = {}): Promise<string> {
  const username = `person${++people}`
  const person = { username, email: `${username}@example.org`, firstName: 'Ada', lastName: '', displayName: 'Ada', ...more }
  expect((await server.asAdmin('/api/users', { method: 'POST', body: JSON.stringify(person) })).status).toBe(201)
  return username
}

interface Transfer {
  readonly url: string
  readonly bytes: number
  readonly initiator: string
}

/** Everything that loading a page takes over the wire, headers too, in a browser that has nothing of it. */
async function transfersOf(page: Page, path: string): Promise<readonly Transfer[]> {
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  const asked = new Map<string, { url: string; initiator: string }>()
  const transfers: Transfer[] = []
  session.on('Network.requestWillBeSent', ({ requestId, request, initiator }) =>
    asked.set(requestId, { url: request.url, initiator: initiator.url ?? initiator.type }),
  )
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const one = asked.get(requestId)
    if (one) transfers.push({ ...one, bytes: encodedDataLength })
  })
  await page.goto(path)
  await page.waitForLoadState('networkidle')
  await page.evaluate(() => document.fonts.ready)
  await expect.poll(() => transfers.length).toBe(asked.size)
  return transfers
}

const bytesOf = (transfers: readonly Transfer[]) => transfers.reduce((sum, { bytes }) => sum + bytes, 0)

test('weighs at most 60 kB, 15 kB of it script, and comes from this server alone', async () => {
  const { page } = await openPage(browser, server.url)
  const transfers = await transfersOf(page, '/login')
  const scripts = transfers.filter(({ url }) => new URL(url).pathname.endsWith('.js'))
  expect(transfers.length).toBeGreaterThanOrEqual(5)
  expect(scripts.length).toBeGreaterThanOrEqual(2)
  expect(bytesOf(transfers)).toBeLessThanOrEqual(60_000)
  expect(bytesOf(scripts)).toBeLessThanOrEqual(15_000)
  expect(transfers.filter(({ url }) => !url.startsWith(server.url))).toEqual([])
})

test('needs one round trip after the page itself: everything it loads is named in it', async () => {
  const { page } = await openPage(browser, server.url)
  const transfers = await transfersOf(page, '/login')
  const parts = transfers.filter(({ url }) => url !== `${server.url}/login`)
  // The icon is asked for by the browser itself.
  const late = parts.filter(({ initiator }) => initiator !== `${server.url}/login` && initiator !== 'other')
  expect(parts.length).toBeGreaterThanOrEqual(4)
  expect(late).toEqual([])
})

test('does not jump while it loads', async () => {
  const { page } = await openPage(browser, server.url)
  await page.goto('/login')
  await page.waitForLoadState('networkidle')
  const shift = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let sum = 0
        const observer = new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) sum += (entry as unknown as { value: number }).value
        })
        observer.observe({ type: 'layout-shift', buffered: true })
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)))
      }),
  )
  expect(shift).toBeLessThan(0.01)
})

test('is used by keyboard alone, and says what happened when the gesture fails', async () => {
  const { page, complaints } = await openPage(browser, server.url)
  const key = await comeIn(server, page, await somebody())
  await page.getByRole('button', { name: 'Sign out' }).focus()
  await page.keyboard.press('Enter')
  await page.waitForURL('**/login**')
  await page.locator('button:focus', { hasText: 'Continue with passkey' }).waitFor()

  await key.verifies(false)
  await page.keyboard.press('Enter')
  await page.getByRole('alert').getByText('Try again').waitFor()

  await key.verifies(true)
  await page.locator('button:focus', { hasText: 'Continue with passkey' }).waitFor()
  await page.keyboard.press('Enter')
  await page.waitForURL('**/settings/account')
  await page.keyboard.press('Tab')
  await page.locator('a.skip:focus').waitFor()
  await page.keyboard.press('Enter')
  await page.locator('main:focus').waitFor()
  expect(complaints).toEqual([])
})

test('a passkey that is not known any more is refused in words, and the browser forgets it', async () => {
  const { page } = await openPage(browser, server.url)
  const username = await somebody()
  const key = await comeIn(server, page, username)
  const user = (await (await server.asAdmin(`/api/users?search=${username}`)).json()) as { data: [{ id: string }] }
  const path = `/api/users/${user.data[0].id}/webauthn-credentials`
  const [passkey] = (await (await server.asAdmin(path)).json()) as [{ id: string }]
  await page.getByRole('button', { name: 'Sign out' }).click()
  expect((await server.asAdmin(`${path}/${passkey.id}`, { method: 'DELETE' })).status).toBe(204)
  expect(await key.credentials()).toHaveLength(1)
  await pressReady(page, 'Continue with passkey')
  await page.getByRole('alert').getByText('This passkey is not known here').waitFor()
  await expect.poll(() => key.credentials()).toHaveLength(0)
})

test('a passkey that somebody removes is forgotten by the browser too', async () => {
  const { page, complaints } = await openPage(browser, server.url)
  const key = await comeIn(server, page, await somebody())
  expect(await key.credentials()).toHaveLength(1)
  await page.getByRole('button', { name: /^Remove/ }).click()
  await page.getByText('The passkey is removed here').waitFor()
  await expect.poll(() => key.credentials()).toHaveLength(0)
  expect(complaints).toEqual([])
})

test('a passkey carries the name that somebody has now', async () => {
  const { page } = await openPage(browser, server.url)
  const key = await comeIn(server, page, await somebody())
  await page.getByLabel('Display name').fill('Ada King')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Saved.').waitFor()
  await expect.poll(async () => (await key.credentials()).map(({ userDisplayName }) => userDisplayName)).toEqual(['Ada King'])
})

test('a passkey is offered where a code is typed', async () => {
  const { page } = await openPage(browser, server.url)
  const username = await somebody()
  await comeIn(server, page, username)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.waitForURL('**/login**')
  // The virtual authenticator takes every offer at once; a person would choose it from the field's list.
  await page.goto('/login/alternative/code')
  await page.waitForURL('**/settings/account')
  await page.getByText(`${username}@example.org`).first().waitFor()
})

test('lets people in without script by a code, and shows them their account', async () => {
  const context = await openContext(browser, { baseURL: server.url, javaScriptEnabled: false })
  const page = await context.newPage()
  await page.goto('/login')
  await page.getByRole('link', { name: 'One-time code' }).click()
  const { stdout } = await server.pocketId('one-time-access-token', await somebody())
  await page.getByRole('textbox').fill(stdout.trim().split('/').at(-1) ?? '')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL('**/login/add-passkey**')
  await page.getByRole('link', { name: 'Skip for now' }).click()
  await page.waitForURL('**/settings/account')
  await page.getByLabel('Language').selectOption('de')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { name: 'Mein Konto' }).waitFor()
  await page.getByRole('button', { name: 'Abmelden' }).click()
  await page.waitForURL('**/login**')
  await context.close()
})

test('colours and language are chosen before anybody is in, and stay', async () => {
  const { page, complaints } = await openPage(browser, server.url)
  await page.goto('/login')
  await page.getByRole('button', { name: 'Theme: as the device' }).click()
  await page.locator('html[data-theme=dark]').waitFor()
  await page.getByRole('button', { name: 'Theme: dark' }).waitFor()
  await page.locator('summary', { hasText: 'English' }).click()
  await page.getByRole('button', { name: 'Deutsch' }).click()
  await page.getByRole('heading', { name: 'Willkommen' }).waitFor()
  expect(await page.locator('html').getAttribute('data-theme')).toBe('dark')
  expect(await page.locator('html').getAttribute('lang')).toBe('de')
  expect(complaints).toEqual([])
})

test('reads from right to left where a language does', async () => {
  const { page } = await openPage(browser, server.url)
  await addVirtualAuthenticator(page)
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.goto('/login')
  await page.evaluate(() => document.documentElement.setAttribute('dir', 'rtl'))
  const [panel, art] = await Promise.all([page.locator('.front-panel').boundingBox(), page.locator('.front-art').boundingBox()])
  expect(art?.x).toBeLessThan(panel?.x ?? 0)
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(1440)
})
