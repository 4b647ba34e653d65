// The documented journeys, whole: a directory becomes passkey sign-in; and a first administrator without a directory.
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { ldapEnvironment } from '../../sample/environment.ts'
import { type OpenLdap, startOpenLdap } from '../../sample/openldap.ts'
import { addVirtualAuthenticator, openPage, startBrowser } from '../support/browser.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { ask, proveAt, registerPasskey } from '../support/webauthn-page.ts'

let browser: Browser
let directory: OpenLdap | undefined
let server: TestServer | undefined

beforeAll(async () => {
  browser = await startBrowser()
})
afterEach(async () => {
  await server?.stop()
  await directory?.stop()
  server = directory = undefined
})
afterAll(() => browser?.close())

test('a directory’s administrator comes in by the command line’s link, and from then on by passkey alone', async () => {
  directory = await startOpenLdap({ users: 12 })
  server = await startServer(ldapEnvironment(directory))
  expect(await server.line(/Job run successfully.*name=SyncLdap/)).toContain('INFO')

  const { stdout } = await server.pocketId('one-time-access-token', 'user000000')
  const link = stdout.trim().split('\n').at(-1) ?? ''
  expect(link).toMatch(new RegExp(`^${server.url}/lc/\\w{12}$`))

  const { page } = await openPage(browser, server.url)
  await page.goto('/api/openapi.json')
  await addVirtualAuthenticator(page)
  expect(await ask(page, 'POST', `/api/one-time-access-token/${link.split('/').at(-1)}`)).toMatchObject({
    status: 200,
    body: { username: 'user000000', isAdmin: true, ldapId: expect.any(String) },
  })
  expect((await registerPasskey(page)).status).toBe(200)
  expect((await ask(page, 'POST', '/api/webauthn/logout')).status).toBe(204)
  expect((await ask(page, 'GET', '/api/users')).status).toBe(401)
  expect(await proveAt(page, '/api/webauthn/login/finish')).toMatchObject({ status: 200, body: { username: 'user000000' } })
  expect((await ask(page, 'GET', '/api/users')).body).toMatchObject({ pagination: { totalItems: 12 } })
  expect(await server.stop()).toBe(0)
})

test('without a directory the first visitor sets the instance up and registers a passkey at once', async () => {
  server = await startServer()
  const { page } = await openPage(browser, server.url)
  await page.goto('/api/openapi.json')
  await addVirtualAuthenticator(page)
  const ada = { username: 'ada', email: 'ada@example.org', firstName: 'Ada', lastName: 'Lovelace' }
  expect(await ask(page, 'POST', '/api/signup/setup', ada)).toMatchObject({ status: 200, body: { isAdmin: true } })
  expect((await registerPasskey(page)).status).toBe(200)
  expect((await ask(page, 'GET', '/api/signup/setup')).status).toBe(404)
})
