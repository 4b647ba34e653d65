// The look of an instance: its own pictures, colour and stillness, put up through the pages and seen by strangers.
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openContext, openPage, startBrowser } from '../support/browser.ts'
import { looker, looks } from '../support/looks.ts'
import { pictureFile } from '../support/picture-files.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { comeIn } from '../support/sign-in-page.ts'

let browser: Browser
let server: TestServer
let cookies: Awaited<ReturnType<BrowserContext['cookies']>>

beforeAll(async () => {
  ;[server, browser] = await Promise.all([startServer({ APP_NAME: 'Nordwind' }), startBrowser()])
  const ada = {
    username: 'ada',
    email: 'ada@example.org',
    firstName: 'Ada',
    lastName: '',
    displayName: 'Ada Lovelace',
    isAdmin: true,
  }
  expect((await server.asAdmin('/api/users', { method: 'POST', body: JSON.stringify(ada) })).status).toBe(201)
  const { page } = await openPage(browser, server.url)
  await comeIn(server, page, 'ada')
  cookies = await page.context().cookies()
  await page.context().close()
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

const wordmark = (colour: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="320" height="80" viewBox="0 0 320 80"><g fill="none" stroke="${colour}" stroke-width="7" stroke-linecap="round"><path d="M10 30q15-18 30 0t30 0"/><path d="M10 52q15-18 30 0t30 0"/></g><text x="88" y="54" font-family="sans-serif" font-size="40" font-weight="600" fill="${colour}">nordwind</text></svg>`
const hills = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1600 1200" preserveAspectRatio="xMidYMid slice"><defs><linearGradient id="s" x2="0" y2="1"><stop stop-color="#0c2f4e"/><stop offset=".6" stop-color="#e2885b"/><stop offset="1" stop-color="#f8d49a"/></linearGradient></defs><path fill="url(#s)" d="M0 0h1600v1200H0z"/><circle cx="1080" cy="640" r="120" fill="#fff3d6"/><path fill="#5b5674" d="M0 820q300-220 620-60t560-80 420 60v460H0z"/><path fill="#343a57" d="M0 960q360-180 760-40t840-80v360H0z"/><path fill="#171d33" d="M0 1100q420-140 900-20t700-60v180H0z"/></svg>`
const icon = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="15" fill="#0c2f4e"/></svg>'

const drawing = (text: string) => ({ name: 'drawing.svg', mimeType: 'image/svg+xml', buffer: Buffer.from(text) })
const configuration = '/settings/admin/application-configuration'

async function putUp(page: Page, title: string, file: { name: string; mimeType: string; buffer: Buffer }): Promise<void> {
  await Promise.all([page.waitForEvent('load'), page.getByLabel(`File for: ${title}`, { exact: true }).setInputFiles(file)])
}
const admin = async () => {
  const opened = await openPage(browser, server.url)
  await opened.page.context().addCookies(cookies)
  await opened.page.goto(configuration)
  return opened
}
const isLoaded = (page: Page, selector: string) =>
  page.locator(selector).evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth > 0))

test('pictures are put up in the configuration and seen by strangers; refused ones say why', async () => {
  const { page, complaints } = await admin()
  await putUp(page, 'Logo', drawing(wordmark('#12304d')))
  await page.getByText('Saved.').waitFor()
  await putUp(page, 'Logo on dark pages', drawing(wordmark('#d7e6f5')))
  await putUp(page, 'Background', drawing(hills))
  await putUp(page, 'Icon', drawing(icon))
  await putUp(page, 'Default picture', { name: 'p.jpg', mimeType: 'image/jpeg', buffer: await pictureFile('large.jpg') })
  expect(complaints).toEqual([])
  await putUp(page, 'Logo in letters', drawing(icon))
  await page.getByText('This kind of file is not supported here. Use a PNG, JPEG or WebP picture.').waitFor()

  const stranger = await openPage(browser, server.url)
  await stranger.page.emulateMedia({ colorScheme: 'light' })
  await stranger.page.goto('/login')
  await stranger.page.getByText('Sign in to Nordwind').waitFor()
  expect(await isLoaded(stranger.page, '.front-mark .on-light')).toBe(true)
  expect(await isLoaded(stranger.page, '.front-art > img')).toBe(true)
  expect(await stranger.page.locator('.front-mark .on-dark').isVisible()).toBe(false)
  // System, dark, light: by the button, without loading the page again.
  await stranger.page.getByRole('button', { name: 'Theme: as the device' }).click()
  await stranger.page.locator('html[data-theme=dark]').waitFor()
  await stranger.page.locator('.front-mark .on-dark').waitFor()
  expect(await stranger.page.locator('.front-mark .on-light').isVisible()).toBe(false)
  expect(await stranger.page.locator('link[rel=icon]').getAttribute('href')).toMatch(/^\/api\/application-images\/favicon\?v=/)
  expect(stranger.complaints).toEqual([])

  await page.goto('/settings/account')
  expect(await isLoaded(page, '.brand .on-light')).toBe(true)
  expect(await isLoaded(page, 'main .avatar.large >> nth=0')).toBe(true)
})

test.each(looks)('in $theme at $width', async (look) => {
  const stranger = await looker(browser, server.url, look)
  const person = await looker(browser, server.url, look, cookies)
  const faults = [
    ...(await stranger.look('login-own-look', '/login')),
    ...(await person.look('configuration-pictures', configuration)),
  ]
  await stranger.context.close()
  await person.context.close()
  expect(faults).toEqual([])
})

test('what was put up is taken down again, and the server looks as it did', async () => {
  const { page } = await admin()
  for (const title of ['Logo', 'Logo on dark pages', 'Background', 'Icon', 'Default picture']) {
    await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: `Take down: ${title}`, exact: true }).click()])
    await page.getByText('Removed.').waitFor()
  }
  await page.goto('/settings/account')
  await page.locator('.brand .mark').waitFor()
})

test('the colour of the instance is everywhere, whatever it is, and nothing moves where that is wished', async () => {
  const { page } = await admin()
  const set = async (colour: string) => {
    const body = JSON.stringify({ accentColor: colour, disableAnimations: 'true' })
    return server.asAdmin('/api/application-configuration', { method: 'PUT', body })
  }
  const button = page.locator('button.primary').first()
  const colour = () => button.evaluate((one) => getComputedStyle(one).backgroundColor)
  const usual = await colour()
  expect((await set('#c2410c')).status).toBe(200)
  await page.reload()
  expect(await colour()).not.toBe(usual)
  // A word, but no colour: the browser keeps the usual one.
  expect((await set('bluish')).status).toBe(200)
  await page.reload()
  expect(await colour()).toBe(usual)
  expect((await set('red;}body{display:none')).status).toBe(400)

  const moving = await openContext(browser, { baseURL: server.url, reducedMotion: 'no-preference' })
  const still = await moving.newPage()
  await still.goto('/login/alternative/device')
  expect(await still.evaluate(() => document.getAnimations().length)).toBe(0)
  await server.asAdmin('/api/application-configuration', { method: 'PUT', body: JSON.stringify({ disableAnimations: 'false' }) })
  await still.reload()
  expect(await still.evaluate(() => document.getAnimations().length)).toBeGreaterThan(0)
  await moving.close()
})

test('a colour is chosen as one sees it, or typed', async () => {
  const { page, complaints } = await admin()
  const field = page.getByLabel('Accent colour')
  const swatch = page.getByLabel('Choose a colour')
  await field.fill('oklch(.7 .15 150)')
  expect(await swatch.inputValue()).toMatch(/^#[0-9a-f]{6}$/)
  await field.fill('#0f766e')
  expect(await swatch.inputValue()).toBe('#0f766e')
  await swatch.fill('#be185d')
  expect(await field.inputValue()).toBe('#be185d')
  await page.getByRole('button', { name: 'Save' }).first().click()
  await page.getByText('Saved.').waitFor()
  expect(await swatch.inputValue()).toBe('#be185d')
  expect(complaints).toEqual([])
})

test.each(['#fde047', '#000', 'white', 'oklch(.9 .3 140)'])('words can be read on %s', async (accentColor) => {
  await server.asAdmin('/api/application-configuration', { method: 'PUT', body: JSON.stringify({ accentColor }) })
  for (const look of looks.filter(({ width }) => width === 390)) {
    const stranger = await looker(browser, server.url, look)
    expect(await stranger.look(`login-accent-${accentColor.replace(/\W+/g, '-')}`, '/login')).toEqual([])
    await stranger.context.close()
  }
})
