// Pages at their edges: before anybody is there, with a hundred passkeys, from right to left, with no directory.
import { join } from 'node:path'
import { createClient } from '@libsql/client'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addVirtualAuthenticator, openPage, startBrowser } from '../support/browser.ts'
import { type Looker, looker, looks } from '../support/looks.ts'
import { startServer, type TestServer } from '../support/server.ts'

let browser: Browser
let server: TestServer
/** Somebody who administers it, once the first test has made them. */
let ada: Page

beforeAll(async () => {
  ;[server, browser] = await Promise.all([startServer(), startBrowser()])
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

const asAda = async (look: (typeof looks)[number]): Promise<Looker> =>
  looker(browser, server.url, look, await ada.context().cookies())

test('the set-up of a new instance, with its faults, in every look', async () => {
  const faults: string[] = []
  for (const look of looks) {
    const seen = await looker(browser, server.url, look)
    faults.push(...(await seen.look('setup', '/setup')))
    // What the browser itself would refuse is sent all the same, as somebody without script or with an old browser does.
    await seen.page.locator('.front-form').evaluate((form: HTMLFormElement) => form.setAttribute('novalidate', ''))
    await seen.page.getByLabel('User name*').fill('not a user name')
    await seen.page.getByRole('button', { name: 'Continue' }).click()
    await seen.page.locator('.fault').first().waitFor()
    faults.push(...(await seen.lookHere('setup-faults')))
    await seen.context.close()
  }
  expect(faults).toEqual([])
})

test('the first passkey is offered at once, in every look', async () => {
  ada = (await openPage(browser, server.url)).page
  await addVirtualAuthenticator(ada)
  await ada.goto('/setup')
  for (const [label, value] of [
    ['First name*', 'Ada'],
    ['User name*', 'ada'],
    ['E-mail*', 'ada@example.org'],
  ] as const)
    await ada.getByLabel(label).fill(value)
  await ada.getByRole('button', { name: 'Continue' }).click()
  await ada.waitForURL('**/login/add-passkey**')
  const faults: string[] = []
  for (const look of looks) {
    const seen = await asAda(look)
    faults.push(...(await seen.look('add-passkey', '/login/add-passkey')))
    faults.push(...(await seen.look('directory-off', '/settings/admin/directory')))
    faults.push(...(await seen.look('account-no-passkey', '/settings/account')))
    await seen.context.close()
  }
  expect(faults).toEqual([])
})

/** Of makers whose sign is known, of one that has none of its own, and of nobody that is known. */
const makes = [
  ...['ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4', 'fbfc3007-154e-4ecc-8c0b-6e020557d7bd', '08987058-cadc-4b81-b6e1-30de50dcbe96'],
  ...['bada5566-a7aa-401f-bd96-45619a55120d', 'd548826e-79b4-db40-a3d8-11116f7e8349', 'fa2b99dc-9e39-4257-8f92-4a30d23c4118'],
  ...['50726f74-6f6e-5061-7373-50726f746f6e', 'fdb141b2-5d84-443e-8a35-4698c205a502', '6e8d1eae-8d40-4c25-bcf8-4633959afc71', ''],
]

test('a hundred passkeys with long names are a list that can be read', async () => {
  const database = createClient({ url: `file:${join(server.folder, 'pocket-id.db')}` })
  await database.execute(`insert into passkeys
    (id, user_id, name, credential_id, public_key, counter, transports, aaguid, attestation_type, backup_eligible, backup_state, created_at)
    select 'p' || value, (select id from users), 'A passkey with a name as long as it may be No. ' || value, 'c' || value, '', 0,
      '["internal","hybrid"]', json_extract('${JSON.stringify(makes)}', '$[' || (value % ${makes.length}) || ']'), 'none', 1, value % 2, 1700000000000
    from json_each('${JSON.stringify([...Array(100).keys()])}')`)
  database.close()
  const faults: string[] = []
  for (const look of looks.filter(({ theme }) => theme === 'light')) {
    const seen = await asAda(look)
    faults.push(...(await seen.look('account-hundred-passkeys', '/settings/account')))
    expect(await seen.page.locator('.rows > li').count()).toBe(100)
    const signs = await seen.page.locator('.rows .maker').allTextContents()
    expect([...new Set(signs)].sort()).toEqual(['1P', 'A', 'B', 'G', 'KX', 'P', 'V', 'W', 'Y'])
    expect(signs).toHaveLength(90)
    expect(await seen.page.getByText('YubiKey 5 Series with NFC · Added').count()).toBe(10)
    await seen.context.close()
  }
  expect(faults).toEqual([])
})

test('everything turns round where people read from right to left', async () => {
  const faults: string[] = []
  for (const look of looks) {
    const seen = await asAda(look)
    for (const [name, path] of [
      ['account', '/settings/account'],
      ['users', '/settings/admin/users'],
      ['directory', '/settings/admin/directory'],
      ['configuration', '/settings/admin/application-configuration'],
    ] as const) {
      await seen.page.goto(path)
      await seen.page.evaluate(() => document.documentElement.setAttribute('dir', 'rtl'))
      faults.push(...(await seen.lookHere(`${name}-rtl`)))
    }
    if (look.width > 900) {
      const rail = await seen.page.locator('.rail').boundingBox()
      expect((rail?.x ?? 0) + (rail?.width ?? 0)).toBe(look.width)
    }
    await seen.context.close()
  }
  expect(faults).toEqual([])
})
