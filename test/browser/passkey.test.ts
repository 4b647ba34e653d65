// Passkeys in a real browser, against the API alone: what Chromium makes and proves is what the server accepts.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addVirtualAuthenticator, openPage, startBrowser, type VirtualAuthenticator } from '../support/browser.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { ask, proveAt, registerPasskey } from '../support/webauthn-page.ts'

let server: TestServer
let browser: Browser

beforeAll(async () => {
  ;[server, browser] = await Promise.all([startServer(), startBrowser()])
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

const prove = (page: Page, path = '/api/webauthn/login/finish') => proveAt(page, path)

let people = 0
async function somebody(): Promise<{ page: Page; key: VirtualAuthenticator; username: string }> {
  const username = `person${++people}`
  const created = await server.asAdmin('/api/users', {
    method: 'POST',
    body: JSON.stringify({ username, email: `${username}@example.org`, firstName: 'Ada', lastName: '', displayName: 'Ada' }),
  })
  expect(created.status).toBe(201)
  const { stdout } = await server.pocketId('one-time-access-token', username)
  const token = stdout.trim().split('/').at(-1)
  const { page } = await openPage(browser, server.url)
  await page.goto('/api/openapi.json')
  const key = await addVirtualAuthenticator(page)
  expect(await ask(page, 'POST', `/api/one-time-access-token/${token}`)).toMatchObject({ status: 200, body: { username } })
  return { page, key, username }
}

test('Chromium registers a passkey that it keeps itself, and signs in by it alone', async () => {
  const { page, key, username } = await somebody()
  expect(await registerPasskey(page)).toMatchObject({ status: 200, body: { transport: ['internal'], attestationType: 'none' } })
  expect(await key.credentials()).toMatchObject([{ isResidentCredential: true }])
  expect((await ask(page, 'POST', '/api/webauthn/logout')).status).toBe(204)
  expect((await ask(page, 'GET', '/api/webauthn/credentials')).status).toBe(401)

  expect(await prove(page)).toMatchObject({ status: 200, body: { username } })
  expect(await ask(page, 'GET', '/api/webauthn/credentials')).toMatchObject({
    status: 200,
    body: [{ lastUsedAt: expect.any(String) }],
  })
  expect((await prove(page, '/api/webauthn/reauthenticate')).status).toBe(204)
})

test('Chromium does not make a second passkey where it has one', async () => {
  const { page } = await somebody()
  await registerPasskey(page)
  await expect(registerPasskey(page)).rejects.toThrow(/InvalidStateError/)
})

test('a passkey of another account cannot re-authenticate this one', async () => {
  const [ada, eve] = [await somebody(), await somebody()]
  await registerPasskey(ada.page)
  await registerPasskey(eve.page)
  const cookies = await ada.page.context().cookies()
  await eve.page.context().addCookies(cookies)
  expect(await prove(eve.page, '/api/webauthn/reauthenticate')).toMatchObject({
    status: 401,
    body: { code: 'webauthn_authentication_failed' },
  })
})

test('a copied key whose counter went back is refused', async () => {
  const { page, key } = await somebody()
  await registerPasskey(page)
  expect((await prove(page)).status).toBe(200)
  await key.setCounter(0)
  expect(await prove(page)).toMatchObject({ status: 401, body: { code: 'webauthn_authentication_failed' } })
})

test('nothing of the server’s page is readable by the page: its cookies are HttpOnly and stay on this site', async () => {
  const { page } = await somebody()
  await ask(page, 'GET', '/api/webauthn/login/start')
  expect(await page.evaluate(() => document.cookie)).toBe('')
  const cookies = await page.context().cookies()
  expect(cookies.map(({ name, httpOnly, sameSite }) => ({ name, httpOnly, sameSite }))).toEqual(
    expect.arrayContaining([
      { name: 'access_token', httpOnly: true, sameSite: 'Lax' },
      { name: 'session', httpOnly: true, sameSite: 'Lax' },
    ]),
  )
})
