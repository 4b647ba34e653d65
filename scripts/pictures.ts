// `npm run pictures`: takes the pictures of README and docs anew, from a real server with the sample directory behind it.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { ldapEnvironment } from '../sample/environment.ts'
import { type OpenLdap, startOpenLdap } from '../sample/openldap.ts'
import { personDn, userName } from '../sample/seed.ts'
import { openPage, startBrowser } from '../test/support/browser.ts'
import { startServer, type TestServer } from '../test/support/server.ts'
import { comeIn } from '../test/support/sign-in-page.ts'
import { buildIslands } from './islands.ts'

const folder = fileURLToPath(new URL('../docs/pictures/', import.meta.url))
const size = { width: 1280, height: 800 }
const runs = 30
const places = ['porto', 'turin', 'ghent', 'graz', 'bergen', 'lund', 'brno']

await buildIslands()
const directory = await startOpenLdap({ users: 1284 })
const environment = { ...ldapEnvironment(directory), UI_CONFIG_DISABLED: 'false', APP_NAME: 'Example' }
const [server, browser] = await Promise.all([startServer(environment), startBrowser()])
try {
  await server.line(/Job run successfully.*name=SyncLdap/)
  const { page } = await openPage(browser, server.url)
  await page.setViewportSize(size)
  await page.goto('/login')
  await take(page, 'login')
  await comeIn(server, page, 'user000000')
  await history(directory, server)
  await change(directory, 9, 'lisbon')
  await page.goto('/settings/admin/directory')
  await page.getByRole('button', { name: 'Preview' }).click()
  await page.locator('.changes').waitFor()
  await take(page, 'directory')
  await page.goto('/settings/admin/users?search=van+der')
  await take(page, 'users')
  await page.locator('tbody a').nth(2).click()
  await page.locator('#origin').waitFor()
  await take(page, 'user')
} finally {
  await browser.close()
  await server.stop()
  await directory.stop()
}

/** Runs of many kinds: a few changes, none at all, and one while the directory was away. */
async function history(ldap: OpenLdap, { asAdmin }: TestServer): Promise<void> {
  const sync = () => asAdmin('/api/application-configuration/sync-ldap', { method: 'POST' })
  for (let run = 0; run < runs; run++) {
    await change(ldap, (run * 7) % 11, places[run % places.length] ?? '')
    if (run === 19) await ldap.halt()
    await sync()
    if (run === 19) await ldap.restart()
  }
}

/** So many people get another name or another address. */
async function change(ldap: OpenLdap, people: number, word: string): Promise<void> {
  const records = Array.from({ length: people }, (_, at) => {
    const uid = userName(at + 10)
    const [attribute, value] =
      at % 3 === 1 ? ['mail', `${uid}@${word}.example.org`] : ['cn', `Robin ${word[0]?.toUpperCase()}${word.slice(1)} ${at}`]
    return `dn: ${personDn(uid)}\nchangetype: modify\nreplace: ${attribute}\n${attribute}: ${value}\n\n`
  })
  if (records.length > 0) await ldap.modify(records.join(''))
}

/** WebP, which Chromium itself writes: a fifth of a PNG where there are gradients. */
async function take(page: Page, name: string): Promise<void> {
  await page.evaluate(() => document.fonts.ready)
  const session = await page.context().newCDPSession(page)
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 88 })
  const bytes = Buffer.from(data, 'base64')
  writeFileSync(`${folder}${name}.webp`, bytes)
  console.log(`docs/pictures/${name}.webp: ${Math.round(bytes.length / 1000)} kB`)
}
