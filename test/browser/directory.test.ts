// The directory's page over a directory's life: what it is, values tried before they are saved, a run that is held, let through and taken back.
import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ldapEnvironment } from '../../sample/environment.ts'
import { type OpenLdap, startOpenLdap } from '../../sample/openldap.ts'
import { personDn, userName } from '../../sample/seed.ts'
import { openPage, startBrowser } from '../support/browser.ts'
import { looker, looks } from '../support/looks.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { comeIn } from '../support/sign-in-page.ts'

let browser: Browser
let directory: OpenLdap
let server: TestServer
let page: Page
let complaints: readonly string[]

beforeAll(async () => {
  directory = await startOpenLdap({ users: 20 })
  const environment = { ...ldapEnvironment(directory), UI_CONFIG_DISABLED: 'false' }
  ;[server, browser] = await Promise.all([startServer(environment), startBrowser()])
  await server.line(/Job run successfully.*name=SyncLdap/)
  ;({ page, complaints } = await openPage(browser, server.url))
  await comeIn(server, page, userName(0))
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  await directory?.stop()
})

const press = (name: string) => page.getByRole('button', { name, exact: true }).first().click()
const open = () => page.goto('/settings/admin/directory')
const people = async () =>
  ((await (await server.asAdmin('/api/users?filters[disabled]=false')).json()) as { pagination: { totalItems: number } })
    .pagination.totalItems

test('says what the directory is, and tries values before they are saved', async () => {
  await open()
  await press('Find out what it is')
  await page.getByRole('heading', { name: /This is OpenLDAP/ }).waitFor()
  await page.locator('.pairs dt', { hasText: 'User first name attribute' }).waitFor()

  await open()
  await page.getByLabel('User group search filter').fill('(objectClass=noSuchClass)')
  await press('Test what is typed')
  // Steps come into the page one by one; nothing is reloaded.
  await page.locator('#live-steps [data-lead]', { hasNotText: 'Working' }).waitFor()
  expect(await page.locator('#live-steps li').count()).toBeGreaterThanOrEqual(4)
  expect(new URL(page.url()).pathname).toBe('/settings/admin/directory')
  expect(await page.getByLabel('User group search filter').inputValue()).toBe('(objectClass=noSuchClass)')
  await open()
  expect(await page.getByLabel('User group search filter').inputValue()).toBe('(objectClass=groupOfNames)')
})

test('a run that would take many away is held, let through once by an administrator, and taken back', async () => {
  expect(await people()).toBe(20)
  await directory.modify(
    Array.from({ length: 8 }, (_, at) => `dn: ${personDn(userName(at + 10))}\nchangetype: delete\n`).join('\n'),
  )
  await open()
  await press('Sync now')
  await page.getByText('Held back').first().waitFor()
  expect(await people()).toBe(20)
  await page.getByText('What it would have changed').click()
  await page.locator('.changes').getByText(userName(10), { exact: true }).waitFor()

  await page.getByLabel('I have looked at it').check()
  await press('Apply anyway')
  await page.getByText('The sync is done.').waitFor()
  expect(await people()).toBe(12)

  await page.locator('#history summary', { hasText: 'Undo' }).first().click()
  await press('Take it back')
  await page.getByText('The run is taken back.').waitFor()
  expect(await people()).toBe(20)
})

test('what was left out can be taken along as CSV', async () => {
  await directory.modify(`dn: uid==cmd,ou=people,${directory.base}\nobjectClass: inetOrgPerson\nsn: Odd\ncn: Odd\n`)
  await open()
  await press('Sync now')
  await page.getByText('Entries left out').first().waitFor()
  const downloading = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Download as CSV' }).click()
  const file = await downloading
  expect(file.suggestedFilename()).toMatch(/problems.*\.csv$/)
  const text = readFileSync(await file.path(), 'utf8')
  expect(text.split('\r\n')[0]).toBe('kind,entity,dn,attribute,other,reason')
  expect(text).toContain('the user name ""=cmd""')

  const changes = page.waitForEvent('download')
  await page.locator('#history').getByRole('link', { name: 'All changes as CSV' }).last().click()
  expect(readFileSync(await (await changes).path(), 'utf8').split('\r\n')[0]).toBe('action,entity,name,dn,field,before,after')
})

test.each(looks)('a held run in $theme at $width', async (look) => {
  await server.asAdmin('/api/application-configuration/sync-ldap', { method: 'POST' })
  const seen = await looker(browser, server.url, look, await page.context().cookies())
  const held = await seen.look('directory-held', '/settings/admin/directory')
  await seen.page.getByRole('button', { name: 'Find out what it is' }).click()
  await seen.page.getByRole('heading', { name: /This is/ }).waitFor()
  const detected = await seen.lookHere('directory-detected')
  expect([...held, ...detected, ...complaints]).toEqual([])
})
