// Letters and sign-up on the pages, with a real mail server: each journey by hand in one browser, each page looked at in all four looks.
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addVirtualAuthenticator, openPage, pressReady, startBrowser } from '../support/browser.ts'
import { arrived, codeIn } from '../support/letters.ts'
import { looker, looks } from '../support/looks.ts'
import { type MailServer, startMailServer } from '../support/mail-server.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { comeIn } from '../support/sign-in-page.ts'

let browser: Browser
let server: TestServer
let post: MailServer
let adminCookies: Awaited<ReturnType<BrowserContext['cookies']>>
let adaId: string

beforeAll(async () => {
  post = await startMailServer()
  const environment = {
    SMTP_HOST: '127.0.0.1',
    SMTP_PORT: String(post.port),
    SMTP_FROM: 'login@example.org',
    EMAIL_ONE_TIME_ACCESS_AS_UNAUTHENTICATED_ENABLED: 'true',
    EMAIL_ONE_TIME_ACCESS_AS_ADMIN_ENABLED: 'true',
    EMAIL_VERIFICATION_ENABLED: 'true',
  }
  ;[server, browser] = await Promise.all([startServer(environment), startBrowser()])
  await make({ username: 'root', email: 'root@example.org', displayName: 'Root', isAdmin: true })
  adaId = await make({ username: 'ada', email: 'ada@example.org', displayName: 'Ada Lovelace' })
  await change({ allowUserSignups: 'withToken' })
  const { page } = await openPage(browser, server.url)
  await comeIn(server, page, 'root')
  adminCookies = await page.context().cookies()
  await page.context().close()
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  await post?.stop()
})

async function make(person: object): Promise<string> {
  const body = JSON.stringify({ firstName: 'Ada', lastName: '', ...person })
  const response = await server.asAdmin('/api/users', { method: 'POST', body })
  expect(response.status).toBe(201)
  return ((await response.json()) as { id: string }).id
}
async function change(values: object): Promise<void> {
  const body = JSON.stringify(values)
  expect((await server.asAdmin('/api/application-configuration', { method: 'PUT', body })).status).toBe(200)
}
/** The next letter after so many. */
const next = async (before: number) => {
  const letter = (await arrived(post, before + 1)).at(-1)
  if (!letter) throw new Error('No letter came.')
  return letter
}
const asAdmin = async (): Promise<{ readonly page: Page; readonly complaints: readonly string[] }> => {
  const opened = await openPage(browser, server.url)
  await opened.page.context().addCookies(adminCookies)
  return opened
}

test('somebody without his passkey asks for a link by e-mail and comes in where he asked', async () => {
  const before = post.letters.length
  const { page, complaints } = await openPage(browser, server.url)
  await page.goto('/login?next=/settings/audit-log')
  await page.getByRole('link', { name: 'E-mail' }).click()
  await page.getByLabel('E-mail address').fill('ada@example.org')
  await page.getByRole('button', { name: 'Send me a link' }).click()
  await page.getByRole('heading', { name: 'Look into your mailbox' }).waitFor()
  const letter = await next(before)
  const link = /http\S+\/lc\/\S+/.exec(letter.mail.text ?? '')?.[0] ?? ''

  const { page: elsewhere } = await openPage(browser, server.url)
  await elsewhere.goto(new URL(link).pathname)
  await elsewhere.getByText('Open this code in the browser that asked for it.').waitFor()

  await page.goto(new URL(link).pathname + new URL(link).search)
  await page.getByRole('heading', { name: 'Add your passkey' }).waitFor()
  await page.getByRole('link', { name: 'Skip for now' }).click()
  await page.waitForURL('**/settings/audit-log')
  expect(complaints).toEqual([])
})

test('the code of the letter can be typed; an address that nobody has looks the same', async () => {
  const before = post.letters.length
  const { page } = await openPage(browser, server.url)
  const ask = async (address: string) => {
    await page.goto('/login/alternative/email')
    await page.getByLabel('E-mail address').fill(address)
    await page.getByRole('button', { name: 'Send me a link' }).click()
    return ((await page.locator('main').textContent()) ?? '').replace(address, '…')
  }
  const known = await ask('ada@example.org')
  const letter = await next(before)
  await page.getByRole('link', { name: 'Type the code' }).click()
  await page.getByLabel('Code').fill(codeIn(letter))
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Add your passkey' }).waitFor()
  await page.context().clearCookies()
  expect(await ask('nobody@example.org')).toBe(known)
})

test('an address is proven by a link, which waits for its owner to sign in', async () => {
  const { page } = await openPage(browser, server.url)
  await comeIn(server, page, 'ada')
  await page.getByText('ada@example.org is not verified yet').waitFor()
  const before = post.letters.length
  await page.getByRole('button', { name: 'Send me a link' }).click()
  await page.getByText('A letter is on its way.').waitFor()
  const letter = await next(before)
  const link = new URL(/http\S+\/verify-email\S+/.exec(letter.mail.text ?? '')?.[0] ?? '')
  const { page: stranger } = await openPage(browser, server.url)
  await stranger.goto(link.pathname + link.search)
  await stranger.waitForURL('**/login?next=*verify-email*')
  await page.goto(link.pathname + link.search)
  await page.getByText('The e-mail address is verified.').waitFor()
  expect(await page.getByText('is not verified yet').count()).toBe(0)
  await page.goto(link.pathname + link.search)
  await page.getByText('This link is not valid, was already used').waitFor()
})

test('an administrator sends somebody a link', async () => {
  const before = post.letters.length
  const { page } = await asAdmin()
  await page.goto(`/settings/admin/users/${adaId}`)
  await page.getByLabel('Valid for').selectOption('86400')
  await page.getByRole('button', { name: 'Send by e-mail' }).click()
  await page.getByText('The letter with the link is on its way.').waitFor()
  const letter = await next(before)
  expect(letter.to).toEqual(['ada@example.org'])
  expect(letter.mail.text).toContain('within 1 day')
})

test('the mail server is tried from its settings: a letter, or why there is none', async () => {
  const before = post.letters.length
  const { page } = await asAdmin()
  const tryIt = async () => {
    await page.goto('/settings/admin/application-configuration')
    await page.locator('#mail-test').getByRole('button', { name: 'Send test letter' }).click()
  }
  await tryIt()
  await page.getByText('The mail server took the test letter.').waitFor()
  expect((await next(before)).mail.subject).toBe('Test letter from Pocket ID Edge')
  await post.stop()
  await tryIt()
  await page.getByRole('alert').getByText(`Nothing answers at "127.0.0.1:${post.port}". Check SMTP_HOST and SMTP_PORT.`).waitFor()
  post = await startMailServer({ port: post.port })
})

describe('signing up', () => {
  test('somebody with an invitation makes his account and a passkey, and signs in with it', async () => {
    const { page: admin } = await asAdmin()
    await admin.goto('/settings/admin/users')
    await admin.getByRole('link', { name: 'Invitations' }).click()
    await admin.getByRole('spinbutton', { name: 'People' }).fill('2')
    await admin.getByRole('button', { name: 'Make an invitation' }).click()
    const link = new URL(await admin.locator('#made input').inputValue())

    const { page, complaints } = await openPage(browser, server.url)
    await addVirtualAuthenticator(page)
    await page.goto(link.pathname)
    await page.getByLabel('First name').fill('Grace')
    await page.getByLabel('User name').fill('ada')
    await page.getByLabel('E-mail').fill('grace@example.org')
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByText('Somebody else has this already.').waitFor()
    await page.getByLabel('User name').fill('grace')
    await page.getByRole('button', { name: 'Continue' }).click()
    await pressReady(page, 'Add passkey')
    await page.waitForURL('**/settings/account**')
    await page.getByText('grace@example.org is not verified yet').waitFor()
    await page.goto('/logout')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await pressReady(page, 'Continue with passkey')
    await page.waitForURL('**/settings/account')
    expect(complaints.filter((one) => !/40[09]/.test(one))).toEqual([])

    await admin.reload()
    await admin.getByText('1 of 2 used').waitFor()
    await admin.getByRole('button', { name: 'Take back' }).click()
    await admin.getByText('No invitations').waitFor()
    const { page: late } = await openPage(browser, server.url)
    await late.goto(link.pathname)
    await late.getByText('This invitation is not valid, is used up, or has run out.').waitFor()
  })

  test('without an invitation nobody is let near the form, and with open doors the sign-in page shows the way', async () => {
    const { page } = await openPage(browser, server.url)
    await page.goto('/signup')
    await page.getByText('An invitation is needed to sign up here.').waitFor()
    await page.goto('/login')
    expect(await page.getByRole('link', { name: 'Sign up' }).count()).toBe(0)
    const { page: admin } = await asAdmin()
    await admin.goto('/settings/admin/application-configuration')
    const card = admin.locator('#signup')
    await card.getByLabel('Who may sign up').selectOption('open')
    await card.getByLabel('Claim 1: Name').fill('plan')
    await card.getByLabel('Claim 1: Value').fill('basic')
    await card.getByRole('button', { name: 'Save' }).click()
    await admin.getByText('Saved.', { exact: true }).waitFor()
    expect(await card.getByLabel('Claim 1: Value').inputValue()).toBe('basic')
    await page.goto('/login')
    await page.getByRole('link', { name: 'Sign up' }).click()
    await page.getByRole('heading', { name: 'Create your account' }).waitFor()
    await change({ allowUserSignups: 'withToken', signupDefaultCustomClaims: '' })
  })
})

test.each(looks)('each page looks right: $theme, $width px', async (look) => {
  const group = await server.asAdmin('/api/user-groups', {
    method: 'POST',
    body: JSON.stringify({ name: `staff-${look.theme}-${look.width}`, friendlyName: 'Staff and friends' }),
  })
  const { id } = (await group.json()) as { id: string }
  for (const usageLimit of [1, 20]) {
    const body = JSON.stringify({ ttl: '24h', usageLimit, userGroupIds: [id] })
    const made = await server.asAdmin('/api/signup-tokens', { method: 'POST', body })
    expect(made.status).toBe(201)
  }
  await change({ allowUserSignups: 'open' })
  const guest = await looker(browser, server.url, look)
  const faults = [
    ...(await guest.look('mail-login', '/login')),
    ...(await guest.look('mail-way', '/login/alternative/email')),
    ...(await guest.look('sign-up', '/signup')),
    ...(await guest.look('sign-up-closed', '/signup?token=unknown')),
  ]
  await guest.page.goto('/login/alternative/email')
  await guest.page.getByLabel('E-mail address').fill('somebody@example.org')
  await guest.page.getByRole('button', { name: 'Send me a link' }).click()
  await guest.page.getByRole('heading', { name: 'Look into your mailbox' }).waitFor()
  faults.push(...(await guest.lookHere('mail-sent')))
  await guest.context.close()

  const admin = await looker(browser, server.url, look, adminCookies)
  faults.push(
    ...(await admin.look('invitations', '/settings/admin/users/signup-tokens')),
    ...(await admin.look('mail-settings', '/settings/admin/application-configuration')),
    ...(await admin.look('mail-account', '/settings/account')),
    ...(await admin.look('mail-user', `/settings/admin/users/${adaId}`)),
  )
  await admin.page.goto('/settings/admin/users/signup-tokens')
  await admin.page.getByRole('button', { name: 'Make an invitation' }).click()
  faults.push(...(await admin.lookHere('invitation-made')))
  await admin.page.goto('/verify-email')
  await admin.page.getByText('This link is not valid').waitFor()
  faults.push(...(await admin.lookHere('mail-verify-failed')))
  await admin.context.close()
  await change({ allowUserSignups: 'withToken' })
  expect(faults).toEqual([])
})
