// Apps that people run, protecting a page end to end: Apache with mod_auth_openidc and oauth2-proxy, in Chromium, by passkey.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../../sample/free-port.ts'
import { type ProtectedSite, startApache } from '../support/apache.ts'
import { openPage, pressReady, startBrowser } from '../support/browser.ts'
import { startOauth2Proxy } from '../support/oauth2-proxy.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { comeIn } from '../support/sign-in-page.ts'
import { ask } from '../support/webauthn-page.ts'

let server: TestServer
let browser: Browser
const ids: Record<string, string> = {}

const send = async <T>(method: string, path: string, body?: object): Promise<T> => {
  const answer = await server.asAdmin(path, { method, ...(body ? { body: JSON.stringify(body) } : {}) })
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`)
  return (answer.status === 204 ? undefined : await answer.json()) as T
}

/** Registers an app as an administrator would, and starts it with its secret. */
async function install(
  wishes: object,
  start: (how: { issuer: string; clientId: string; clientSecret: string; port: number }) => Promise<ProtectedSite>,
  callback: string,
): Promise<ProtectedSite & { readonly id: string }> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const input = {
    name: 'Protected',
    callbackURLs: [url + callback],
    logoutCallbackURLs: [`${url}/*`],
    pkceEnabled: true,
    ...wishes,
  }
  const { id } = await send<{ id: string }>('POST', '/api/oidc/clients', input)
  const { secret } = await send<{ secret: string }>('POST', `/api/oidc/clients/${id}/secrets`)
  const site = await start({ issuer: server.url, clientId: id, clientSecret: secret, port })
  return { ...site, id }
}

/** Somebody with a passkey who is signed in nowhere. */
async function somebody(username: string, isAdmin = false): Promise<Page> {
  const user = { isAdmin, username, email: `${username}@example.org`, firstName: 'Ada', lastName: '', displayName: 'Ada' }
  ids[username] = (await send<{ id: string }>('POST', '/api/users', user)).id
  const { page } = await openPage(browser, server.url)
  await comeIn(server, page, username)
  await page.context().clearCookies()
  return page
}

const byPasskey = async (page: Page) => {
  await page.waitForURL(`${server.url}/login**`)
  await pressReady(page, 'Continue with passkey')
}

beforeAll(async () => {
  ;[server, browser] = await Promise.all([startServer({ OUTGOING_NETWORKS: '127.0.0.1' }), startBrowser()])
  await somebody('grace', true)
  const staff = await send<{ id: string }>('POST', '/api/user-groups', { name: 'staff', friendlyName: 'Staff' })
  ids.staff = staff.id
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

describe('Apache with mod_auth_openidc', () => {
  let site: ProtectedSite & { readonly id: string }
  let page: Page
  const protectedPage = () => `${site.url}/private/`
  beforeAll(async () => {
    site = await install({ name: 'Apache' }, startApache, '/private/callback')
    page = await somebody('ada')
    await send('PUT', `/api/user-groups/${ids.staff}/users`, { userIds: [ids.ada] })
  })
  afterAll(() => site?.stop())

  test('shows its page to whoever comes in by passkey and agrees, with name and groups', async () => {
    await page.goto(protectedPage())
    await byPasskey(page)
    await page.getByText('Apache asks for this:').waitFor()
    await page.getByRole('button', { name: 'Allow' }).click()
    await page.waitForURL(protectedPage())
    expect(await page.locator('#who').textContent()).toBe('ada')
    expect(await page.locator('#groups').textContent()).toBe('staff')
  })

  test('asks nobody twice', async () => {
    await page.context().clearCookies({ domain: '127.0.0.1' })
    await page.goto(protectedPage())
    await page.waitForURL(protectedPage())
    expect(await page.locator('#who').textContent()).toBe('ada')
  })

  test('signs out here and there', async () => {
    await page.goto(`${site.url}/private/callback?logout=${encodeURIComponent(`${site.url}/bye.html`)}`)
    await page.waitForURL(`${site.url}/bye.html**`)
    await page.goto(protectedPage())
    await page.waitForURL(`${server.url}/login**`)
  })

  test('lets nobody in whom its groups leave out', async () => {
    const input = { name: 'Apache', isGroupRestricted: true, callbackURLs: [`${site.url}/private/callback`], skipConsent: true }
    await send('PUT', `/api/oidc/clients/${site.id}`, input)
    await send('PUT', `/api/oidc/clients/${site.id}/allowed-user-groups`, { userGroupIds: [] })
    await page.goto(protectedPage())
    await byPasskey(page)
    await page.getByText('not allowed').first().waitFor()
    await send('PUT', `/api/oidc/clients/${site.id}/allowed-user-groups`, { userGroupIds: [ids.staff] })
    await page.goto(protectedPage())
    await page.waitForURL(protectedPage())
    expect(await page.locator('#who').textContent()).toBe('ada')
  })

  test('is told when somebody signs out here, and shows them nothing more', async () => {
    const backchannelLogoutURL = `${site.url}/private/callback?logout=backchannel`
    const input = { name: 'Apache', callbackURLs: [`${site.url}/private/callback`], skipConsent: true, backchannelLogoutURL }
    await send('PUT', `/api/oidc/clients/${site.id}`, input)
    await page.context().clearCookies()
    await page.goto(protectedPage())
    await byPasskey(page)
    await page.waitForURL(protectedPage())
    await page.goto(`${server.url}/settings/account`)
    expect((await ask(page, 'POST', '/api/webauthn/logout')).status).toBe(204)
    const shown = async () => {
      await page.goto(protectedPage())
      return new URL(page.url()).origin
    }
    // The notice goes out after the sign-out was answered.
    await expect.poll(shown).toBe(server.url)
  })
})

describe('oauth2-proxy', () => {
  let site: ProtectedSite & { readonly id: string }
  let page: Page
  beforeAll(async () => {
    site = await install({ name: 'Proxy', skipConsent: true }, startOauth2Proxy, '/oauth2/callback')
    page = await somebody('hedy')
    await send('PUT', `/api/user-groups/${ids.staff}/users`, { userIds: [ids.ada, ids.hedy] })
  })
  afterAll(() => site?.stop())

  test('lets whoever comes in by passkey through, with address and groups', async () => {
    await page.goto(`${site.url}/anything`)
    await byPasskey(page)
    await page.waitForURL(`${site.url}/anything`)
    expect(await page.locator('body').textContent()).toContain('Authenticated')
    await page.goto(`${site.url}/oauth2/userinfo`)
    expect(JSON.parse((await page.locator('body').textContent()) ?? '{}')).toMatchObject({
      user: ids.hedy,
      email: 'hedy@example.org',
      groups: ['staff'],
      preferredUsername: 'hedy',
    })
  })
})
