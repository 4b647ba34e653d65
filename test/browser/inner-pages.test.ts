// The pages behind the sign-in by keyboard alone, without script, and over a slow line.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openContext, openPage, startBrowser } from '../support/browser.ts'
import { looker, looks } from '../support/looks.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { comeIn } from '../support/sign-in-page.ts'

let browser: Browser
let server: TestServer
let admin: Page
let complaints: readonly string[]

beforeAll(async () => {
  ;[server, browser] = await Promise.all([startServer(), startBrowser()])
  for (const name of ['admin', 'grace']) {
    const user = { username: name, email: `${name}@example.org`, firstName: name, lastName: 'Hopper', isAdmin: name === 'admin' }
    expect((await server.asAdmin('/api/users', { method: 'POST', body: JSON.stringify(user) })).status).toBe(201)
  }
  ;({ page: admin, complaints } = await openPage(browser, server.url))
  await comeIn(server, admin, 'admin')
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

const cookies = () => admin.context().cookies()
const idOf = async (username: string) =>
  ((await (await server.asAdmin(`/api/users?search=${username}`)).json()) as { data: { id: string }[] }).data[0]?.id ?? ''

const everyControl = 'a[href], button, input:not([type=hidden]), select, textarea, summary'

/** Walks through a page by Tab and says what a person at the keyboard would miss. */
async function walk(page: Page): Promise<readonly string[]> {
  const count = await page.evaluate((controls) => {
    const shown = [...document.querySelectorAll<HTMLElement>(controls)].filter(
      (one) => one.checkVisibility() && !one.matches(':disabled'),
    )
    for (const [at, one] of shown.entries()) one.dataset.at = String(at)
    return shown.length
  }, everyControl)
  const met = new Set<string>()
  const faults: string[] = []
  for (let step = 0; step < count + 3; step++) {
    await page.keyboard.press('Tab')
    const seen = await page.evaluate(() => {
      const one = document.activeElement as HTMLElement
      const at = one.dataset.at
      if (at === undefined) return undefined
      // A link in a text may stand on two lines.
      const places = [...one.getClientRects()].flatMap(({ left, right, top, bottom }) => [
        [(left + right) / 2, (top + bottom) / 2] as const,
        [left + 3, top + 3] as const,
        [right - 3, bottom - 3] as const,
      ])
      const isSeen = places.some(([x, y]) => one.contains(document.elementFromPoint(x, y)))
      const { outlineStyle, boxShadow } = getComputedStyle(one)
      return { at, name: one.outerHTML.slice(0, 120), isSeen, isMarked: outlineStyle !== 'none' || boxShadow !== 'none' }
    })
    if (!seen || met.has(seen.at)) continue
    met.add(seen.at)
    if (!seen.isSeen) faults.push(`covered: ${seen.name}`)
    if (!seen.isMarked) faults.push(`not marked: ${seen.name}`)
  }
  const missed = await page.evaluate(
    (found) =>
      [...document.querySelectorAll<HTMLElement>('[data-at]')]
        .filter(({ dataset }) => !found.includes(dataset.at ?? ''))
        .map((one) => `not reached: ${one.outerHTML.slice(0, 120)}`),
    [...met],
  )
  return [...faults, ...missed]
}

test.each(looks.filter(({ theme }) => theme === 'light'))('every control is reached, marked and seen at $width', async (look) => {
  const { page, context } = await looker(browser, server.url, look, await cookies())
  const faults: string[] = []
  for (const path of [
    ...['/settings/account', '/settings/admin/users', `/settings/admin/users/${await idOf('grace')}`],
    ...['/settings/admin/user-groups/new', '/settings/admin/directory', '/settings/admin/application-configuration'],
    ...['/settings/admin/users/signup-tokens', '/settings/admin/oidc-clients/new', '/settings/admin/apis/new'],
    ...['/settings/admin/api-keys', '/settings/audit-log/global', '/device'],
  ]) {
    await page.goto(path)
    faults.push(...(await walk(page)).map((fault) => `${path} ${fault}`))
  }
  await context.close()
  expect(faults).toEqual([])
})

test('an administrator does the daily things without script', async () => {
  const context = await openContext(browser, { baseURL: server.url, javaScriptEnabled: false })
  await context.addCookies(await cookies())
  const page = await context.newPage()
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click()

  await page.goto('/settings/admin/users/new')
  await page.getByLabel('First name', { exact: true }).fill('Hedy')
  await page.getByLabel('User name').fill('hedy')
  await page.getByLabel('E-mail', { exact: false }).first().fill('hedy@example.org')
  await press('Add user')
  await page.getByRole('heading', { name: 'Hedy' }).waitFor()

  await page.goto('/settings/admin/user-groups/new')
  await page.getByLabel('Name*', { exact: true }).fill('Inventors')
  await page.getByLabel('Short name').fill('inventors')
  await press('Add group')
  await page.getByLabel('User name or e-mail').fill('hedy')
  await press('Add member')
  await page.locator('.rows').getByRole('link', { name: 'Hedy' }).click()
  await page.getByRole('link', { name: 'Inventors' }).waitFor()
  await press('Make link')
  expect(await page.locator('.made input').inputValue()).toContain('/lc/')
  await page.getByLabel('1: Name').fill('floor')
  await page.getByLabel('1: Value').fill('3')
  await press('Save claims')
  expect(await page.getByLabel('1: Value').inputValue()).toBe('3')

  await page.goto('/settings/admin/users')
  await page.getByRole('searchbox', { name: 'Search by name' }).fill('ventor')
  await page.keyboard.press('Enter')
  await page.getByText('Nobody', { exact: false }).first().waitFor()
  await page.getByRole('searchbox', { name: 'Search by name' }).fill('edy@ex')
  await page.keyboard.press('Enter')
  await page.locator('tbody').getByRole('link', { name: 'Hedy' }).click()
  await page.locator('summary', { hasText: 'Remove this user' }).click()
  await page.getByLabel('I know what I do').check()
  await page.locator('.remove').getByRole('button').click()
  await page.waitForURL('**/users?done=removed')
  expect(await idOf('hedy')).toBe('')
  await context.close()
})

test('over a slow line a form says that it works, and is sent once', async () => {
  const { page, context } = await looker(browser, server.url, looks[0]!, await cookies())
  let sent = 0
  const said = Promise.withResolvers<void>()
  await page.route('**/settings/admin/user-groups/new', async (route) => {
    if (route.request().method() === 'POST') {
      sent++
      await said.promise
    }
    await route.continue()
  })
  // While an answer is awaited nobody outside can look at the page, so it keeps what it said, and calls.
  page.on('console', (message) => message.text() === 'said' && said.resolve())
  await page.addInitScript(() => {
    new MutationObserver(() => {
      const busy = document.querySelector('button[aria-busy=true]')
      if (!busy) return
      sessionStorage.said = busy.textContent.trim()
      busy.closest('form')?.requestSubmit()
      console.info('said')
    }).observe(document, { subtree: true, attributes: true })
  })
  await page.goto('/settings/admin/user-groups/new')
  await page.getByLabel('Name*', { exact: true }).fill('Slow ones')
  await page.getByLabel('Short name').fill('slow-ones')
  await page.locator('form button.primary').click()
  await page.getByRole('heading', { name: 'Slow ones' }).waitFor()
  expect(await page.evaluate(() => sessionStorage.said)).toMatch(/^Working/)
  expect(sent).toBe(1)
  await context.close()
  expect(complaints).toEqual([])
})
