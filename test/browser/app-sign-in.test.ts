// How an app on another host signs somebody in through the pages: consent, account, confirmation, refusal, device.
import { createServer, type Server } from 'node:http'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../../sample/free-port.ts'
import { openPage, pressReady, startBrowser } from '../support/browser.ts'
import { looker, looks } from '../support/looks.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { comeIn } from '../support/sign-in-page.ts'

let browser: Browser
let server: TestServer
/** The app: another origin than ours, as in life. */
let app: Server
let callback: string

beforeAll(async () => {
  ;[server, browser] = await Promise.all([startServer(), startBrowser()])
  const port = await freePort()
  app = createServer((_, answer) => answer.setHeader('content-type', 'text/html').end('<h1>The app</h1>')).listen(
    port,
    '127.0.0.1',
  )
  callback = `http://127.0.0.1:${port}/callback`
  await made('/api/users', { ...person('admin'), isAdmin: true })
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  app?.close()
})

const person = (username: string) => ({
  username,
  email: `${username}@example.org`,
  firstName: 'Ada',
  lastName: 'Lovelace',
  displayName: `Ada ${username}`,
})

async function made<T = { id: string }>(path: string, body: object): Promise<T> {
  const response = await server.asAdmin(path, { method: 'POST', body: JSON.stringify(body) })
  const answer = await response.json()
  expect([response.status, answer]).toEqual([201, expect.anything()])
  return answer as T
}

let people = 0
async function somebody(): Promise<string> {
  const username = `person${++people}`
  await made('/api/users', person(username))
  return username
}

const register = async (wishes: object = {}) =>
  (await made('/api/oidc/clients', { name: 'Photo Library', callbackURLs: [callback], isPublic: true, ...wishes })).id

const request = (clientId: string, more: Readonly<Record<string, string>> = {}) =>
  `/authorize?${new URLSearchParams({
    client_id: clientId,
    redirect_uri: callback,
    response_type: 'code',
    scope: 'openid profile email groups',
    state: 'some-state',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    ...more,
  })}`

const arrived = async (page: Page) => {
  await page.getByRole('heading', { name: 'The app' }).waitFor()
  return new URL(page.url()).searchParams
}

test('an app that opens the sign-in in a window of its own hears of its end from there', async () => {
  const { page } = await openPage(browser, server.url)
  const id = await register()
  await comeIn(server, page, await somebody())
  await page.goto(callback)
  const opened = page.waitForEvent('popup')
  await page.evaluate((address) => void window.open(address), `${server.url}${request(id, { prompt: 'consent' })}`)
  const popup = await opened
  await popup.getByRole('button', { name: 'Allow' }).click()
  expect((await arrived(popup)).get('code')).toEqual(expect.any(String))
  expect(await popup.evaluate(() => window.opener !== null)).toBe(true)
})

test('somebody signs in by passkey, allows what the app asks for, and lands there with a code', async () => {
  const { page, complaints } = await openPage(browser, server.url)
  const id = await register()
  await comeIn(server, page, await somebody())
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.waitForURL('**/login**')

  await page.goto(request(id))
  await pressReady(page, 'Continue with passkey')
  await page.getByRole('heading', { name: 'Sign in to Photo Library' }).waitFor()
  await page.getByText('See your e-mail address').waitFor()
  await page.getByRole('button', { name: 'Allow' }).click()
  const answer = await arrived(page)
  expect([answer.get('state'), answer.get('error'), answer.get('code')]).toEqual([
    'some-state',
    null,
    expect.stringMatching(/.{20}/),
  ])

  // The second time nothing is asked.
  await page.goto(new URL(request(id), server.url).href)
  expect((await arrived(page)).get('code')).not.toBeNull()
  expect(complaints).toEqual([])
})

test('somebody comes by a one-time code, and a no is told to the app', async () => {
  const { page, complaints } = await openPage(browser, server.url)
  const id = await register()
  const { stdout } = await server.pocketId('one-time-access-token', await somebody())
  await page.goto(request(id))
  await page.getByRole('link', { name: 'One-time code' }).click()
  await page.getByRole('textbox').fill(stdout.trim().split('/').at(-1) ?? '')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('link', { name: 'Skip for now' }).click()
  await page.getByRole('button', { name: 'Cancel' }).click()
  expect((await arrived(page)).get('error')).toBe('access_denied')
  expect(complaints).toEqual([])
})

test('an app that asks twice gets a fresh gesture, and one that asks which account is told', async () => {
  const { page, complaints } = await openPage(browser, server.url)
  const id = await register({ skipConsent: true })
  await comeIn(server, page, await somebody())
  await page.goto(request(id, { prompt: 'select_account' }))
  await page.getByRole('button', { name: /Continue as Ada/ }).click()
  expect((await arrived(page)).get('code')).not.toBeNull()

  await page.goto(new URL(request(id, { prompt: 'login' }), server.url).href)
  await pressReady(page, 'Confirm with passkey')
  expect((await arrived(page)).get('code')).not.toBeNull()

  await page.goto(new URL(request(id, { prompt: 'select_account' }), server.url).href)
  await page.getByRole('button', { name: 'Use another account' }).click()
  await page.getByRole('button', { name: 'Continue with passkey' }).waitFor()
  expect(complaints).toEqual([])
})

test('a wrong callback tells a stranger nothing, and an administrator what was sent and what is allowed', async () => {
  const { page } = await openPage(browser, server.url)
  const id = await register()
  const wrong = request(id, { redirect_uri: 'https://elsewhere.example.org/cb' })
  await page.goto(wrong)
  await page.getByRole('heading', { name: 'This app cannot sign you in' }).waitFor()
  expect(await page.content()).not.toContain(callback)

  await comeIn(server, page, 'admin')
  await page.goto(wrong)
  await page.getByText('Only administrators see this').waitFor()
  const text = await page.locator('main').textContent()
  expect(text).toContain(callback)
  expect(text).toContain('https://elsewhere.example.org/cb')
})

test('a device is let in by its code', async () => {
  const { page, complaints } = await openPage(browser, server.url)
  const id = await register()
  const form = new URLSearchParams({ client_id: id, scope: 'openid profile' })
  const asked = await fetch(`${server.url}/api/oidc/device/authorize`, { method: 'POST', body: form })
  const { user_code: code } = (await asked.json()) as { user_code: string }
  await comeIn(server, page, await somebody())
  await page.goto('/device')
  await page.getByRole('textbox').fill('WRONG')
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.locator('.fault').waitFor()
  await page.getByRole('textbox').fill(code)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByText('A device wants to use Photo Library as you').waitFor()
  await page.getByRole('button', { name: 'Let the device in' }).click()
  await page.getByRole('heading', { name: 'The device is signed in' }).waitFor()
  expect(complaints.filter((line) => !/status of 400/.test(line))).toEqual([])
})

test.each(looks)('consent, refusal and device in $theme at $width', async (look) => {
  const { page } = await openPage(browser, server.url)
  await comeIn(server, page, 'admin')
  const seen = await looker(browser, server.url, look, await page.context().cookies())
  const id = await register({ name: 'A photo library with a name as long as it may be' })
  const pages = {
    'app-consent': request(id, { scope: 'openid profile email groups offline_access' }),
    'app-account': request(id, { prompt: 'select_account' }),
    'app-confirm': request(id, { prompt: 'login' }),
    'app-refused': request(id, { redirect_uri: 'https://elsewhere.example.org/cb' }),
    device: '/device',
  }
  const faults: string[] = []
  for (const [name, path] of Object.entries(pages)) faults.push(...(await seen.look(name, path)))
  expect(faults).toEqual([])
})
