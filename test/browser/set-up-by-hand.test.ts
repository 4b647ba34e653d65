// The documented set-up by hand: the first administrator, then the directory's page from off to synced people, all in one browser.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenLdap, startOpenLdap } from '../../sample/openldap.ts'
import { personDn } from '../../sample/seed.ts'
import { addVirtualAuthenticator, openPage, pressReady as press, startBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { startServer, type TestServer } from '../support/server.ts'

let browser: Browser
let directory: OpenLdap
let server: TestServer

beforeAll(async () => {
  ;[directory, server, browser] = await Promise.all([
    startOpenLdap({ users: 12 }),
    // Else a change is here before the preview can show it.
    startServer({ LDAP_LIVE: 'false' }),
    startBrowser(),
  ])
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  await directory?.stop()
})

const fill = async (page: Page, fields: Readonly<Record<string, string>>) => {
  for (const [label, value] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(value)
}
/** The fields that are marked as wrong, each with its words tied to it. */
const wrongFields = (page: Page) =>
  page
    .locator('[aria-invalid=true]')
    .evaluateAll((inputs) =>
      inputs.flatMap((input) =>
        (input.getAttribute('aria-describedby') ?? '').includes('-fault') ? [input.getAttribute('name')] : [],
      ),
    )

test('from nothing to a synced directory', async () => {
  const { page, complaints } = await openPage(browser, server.url)
  await addVirtualAuthenticator(page)

  await page.goto('/')
  await page.waitForURL('**/setup')
  await fill(page, { 'First name*': 'Ada', 'Last name': 'Lovelace', 'User name*': 'ada', 'E-mail*': 'ada@example.org' })
  await press(page, 'Continue')
  await press(page, 'Add passkey')
  await page.waitForURL('**/settings/account**')
  await page.getByText('Only one passkey').waitFor()

  await page.getByRole('link', { name: 'Directory' }).click()
  await page.getByText('Off', { exact: true }).waitFor()

  // Bad values are refused beside their fields, and what was typed stays.
  await page.getByRole('switch', { name: 'LDAP', exact: true }).check()
  await fill(page, { 'LDAP URL': 'http://wrong', 'User search filter': '(uid=*' })
  await press(page, 'Save')
  await page.getByText('Must be an address such as').waitFor()
  expect(await wrongFields(page)).toEqual(['ldapUrl'])
  expect(await page.getByLabel('LDAP URL').inputValue()).toBe('http://wrong')
  await fill(page, { 'LDAP URL': directory.url })
  await press(page, 'Save')
  await page.getByText('Is missing: set where to search').waitFor()
  expect(await wrongFields(page)).toEqual(
    expect.arrayContaining(['ldapBase', 'ldapUserSearchFilter', 'ldapAttributeUserUsername']),
  )
  expect(await (await server.asAdmin('/api/application-configuration')).text()).toMatch(
    /"ldapEnabled","type":"bool\w*","value":"false"/,
  )

  await fill(page, {
    'LDAP URL': directory.url,
    'Bind DN': directory.bindDn,
    'Bind password': directory.bindPassword,
    'Search base': directory.base,
    'User search filter': '(objectClass=inetOrgPerson)',
    'User group search filter': '(objectClass=groupOfNames)',
    'User unique identifier attribute': 'entryUUID',
    'Username attribute': 'uid',
    'User mail attribute': 'mail',
    'User first name attribute': 'givenName',
    'User last name attribute': 'sn',
    'Group members attribute': 'member',
    'Group unique identifier attribute': 'entryUUID',
    'Group name attribute': 'cn',
    'Admin group name': '_pocket_id_admins',
  })
  await press(page, 'Save')
  await page.getByText('Saved.').waitFor()

  await press(page, 'Test connection')
  // The last step; with a word on what to look at, for the sample has people who lack something.
  await page.locator('.steps:visible li', { hasText: 'Members' }).waitFor()
  expect(await page.locator('.steps:visible li.bad').count()).toBe(0)

  await press(page, 'Sync now')
  await page.getByText('12 users', { exact: false }).first().waitFor()
  await page.getByRole('link', { name: 'Users' }).click()
  await page.getByText('13 people').waitFor()

  // A synced person's fields are grey and say why; the language is not.
  await page.getByRole('link', { name: 'user000002', exact: false }).click()
  await page.getByText('This account comes from LDAP').waitFor()
  for (const label of ['First name', 'Last name', 'User name', 'E-mail']) {
    expect(await page.getByLabel(label, { exact: true }).isDisabled(), label).toBe(true)
  }
  expect(await page.getByLabel('Language', { exact: true }).isDisabled()).toBe(false)

  let mail = 'user000003@example.org'
  // Every minute changes come in by themselves; then there is another one to see before it is here.
  await eventually(async () => {
    const before = mail
    mail = `new.${before}`
    await directory.modify(`dn: ${personDn('user000003')}\nchangetype: modify\nreplace: mail\nmail: ${mail}\n`)
    await page.goto('/settings/admin/directory')
    await press(page, 'Preview sync')
    await page.waitForURL('**/directory/preview')
    const shown = ['.changes del', '.changes ins'].map((side) => page.locator(side).allTextContents())
    expect(await Promise.all(shown)).toEqual([[before], [mail]])
  })

  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByText('You are signed out').waitFor()
  await press(page, 'Continue with passkey')
  await page.waitForURL('**/settings/account')
  expect(complaints.filter((line) => !/status of 400/.test(line))).toEqual([])
})
