// Two directories on one page: each with its own address, its own clocks, a run that is followed; and where a person's values come from.
import { setTimeout as pause } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ldapEnvironment } from '../../sample/environment.ts'
import { type OpenLdap, startOpenLdap } from '../../sample/openldap.ts'
import { group, person, personDn } from '../../sample/seed.ts'
import { openPage, startBrowser } from '../support/browser.ts'
import { looker, looks } from '../support/looks.ts'
import { pictureFile } from '../support/picture-files.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { comeIn } from '../support/sign-in-page.ts'

let browser: Browser
let first: OpenLdap
let second: OpenLdap
let server: TestServer
let page: Page
let complaints: readonly string[]

const partners = Array.from({ length: 2_000 }, (_, at) => person({ uid: `partner${at}`, givenName: 'Partner', sn: String(at) }))
const numbered = (environment: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      name.startsWith('LDAP_') ? [[name.replace('LDAP_', 'LDAP_2_'), value] as const] : [],
    ),
  )

beforeAll(async () => {
  ;[first, second] = await Promise.all([
    startOpenLdap({
      ldif: [
        person({ uid: 'ada', givenName: 'Ada', sn: 'Lovelace', jpegPhoto: await pictureFile('plain.jpg') }),
        person({ uid: 'grace', givenName: 'Grace', sn: 'Hopper' }),
        group('_pocket_id_admins', ['ada']),
      ],
    }),
    startOpenLdap({ ldif: [...partners, group('partners', ['partner0'])] }),
  ])
  const environment = {
    ...ldapEnvironment(first),
    ...{ LDAP_LIVE: 'true', LDAP_ATTRIBUTE_USER_PROFILE_PICTURE: 'jpegPhoto', LDAP_CLAIMS: 'mail=mail' },
    ...numbered(ldapEnvironment(second)),
    // Many small pages, so that there is time to look.
    ...{ LDAP_2_ADMIN_GROUP_NAME: '', LDAP_2_PAGE_SIZE: '10', UI_CONFIG_DISABLED: 'false' },
  }
  ;[server, browser] = await Promise.all([startServer(environment), startBrowser()])
  await server.line(/Job run successfully.*name=SyncLdap /)
  await server.line(/Job run successfully.*name=SyncLdap-2/)
  ;({ page, complaints } = await openPage(browser, server.url))
  await comeIn(server, page, 'ada')
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  await first?.stop()
  await second?.stop()
})

const directoryPath = '/settings/admin/directory'
const fact = (name: string) => page.locator('.fact', { has: page.getByText(name, { exact: true }) })
const idOf = async (username: string) => {
  const answer = await server.asAdmin(`/api/users?filters[username]=${username}`)
  return ((await answer.json()) as { data: { id: string }[] }).data[0]?.id
}

test('a run is followed by whoever looks, stage by stage, and its result shows by itself', async () => {
  const watched = await looker(browser, server.url, looks[0]!, await page.context().cookies())
  await watched.page.addInitScript(() => {
    const seen = JSON.parse(sessionStorage.seen ?? '[]') as unknown[]
    new MutationObserver(() => {
      const bar = document.querySelector<HTMLProgressElement>('#live-run:not([hidden]) progress')
      const stage = document.querySelector<HTMLElement>('#live-run [aria-current=step]')?.dataset.stage
      if (!bar || !stage) return
      seen.push([stage, bar.value])
      sessionStorage.seen = JSON.stringify(seen)
    }).observe(document, { subtree: true, childList: true, attributes: true })
  })
  await watched.page.goto(`${directoryPath}?source=ldap-2`)
  const before = await watched.page.locator('#history .runs > li').count()
  await page.goto(`${directoryPath}?source=ldap-2`)
  // A directory that takes its time: the run stands still for as long as we look.
  process.kill(second.pid() ?? 0, 'SIGSTOP')
  const run = page.getByRole('button', { name: 'Sync now' }).click()
  await watched.page.locator('#live-run:not([hidden])').waitFor()
  const faults = await watched.lookHere('directory-running')
  process.kill(second.pid() ?? 0, 'SIGCONT')
  await run
  await page.getByText('The sync is done.').waitFor()
  await watched.page.waitForFunction(() => document.querySelector('#live-run[hidden]'))
  const seen = JSON.parse(await watched.page.evaluate(() => sessionStorage.seen as string)) as [string, number][]
  expect(seen.map(([stage]) => stage)).toContain('users')
  const percents = seen.map(([, percent]) => percent)
  expect(percents).toEqual([...percents].sort((a, b) => a - b))
  expect(await watched.page.locator('#history .runs > li').count()).toBeGreaterThanOrEqual(before)
  expect(faults).toEqual([])
  await watched.context.close()
})

test('a person’s page says where each value comes from', async () => {
  await page.goto(`/settings/admin/users/${await idOf('ada')}`)
  const origin = page.locator('#origin')
  expect(await origin.getByLabel('Distinguished name').inputValue()).toBe(personDn('ada'))
  const rows = await origin
    .locator('dl > div')
    .evaluateAll((divs) => divs.map((div) => [div.querySelector('dt')?.textContent, div.querySelector('code')?.textContent]))
  expect(rows).toEqual(
    expect.arrayContaining([
      ['First name', 'givenName'],
      ['Last name', 'sn'],
      ['User name', 'uid'],
      ['Picture', 'jpegPhoto'],
    ]),
  )
  await page.locator('.lock', { hasText: 'From LDAP, attribute givenName' }).waitFor()
  await page.getByRole('link', { name: '_pocket_id_admins' }).click()
  expect(await page.locator('#origin').getByLabel('Distinguished name').inputValue()).toContain('cn=_pocket_id_admins')
  await page.locator('#origin dt', { hasText: 'Members' }).waitFor()

  await page.goto(`/settings/admin/users/${await idOf('partner0')}`)
  expect(await page.locator('#origin').getByText('LDAP 2').count()).toBe(1)
  expect(await page.locator('#origin').getByText('LDAP_2_ATTRIBUTE_USER_EMAIL').count()).toBe(1)
})

test('a picture that somebody puts up covers the directory’s, and gives it back', async () => {
  await page.goto('/settings/account')
  const shown = () => page.locator('#picture img').getAttribute('src')
  await page.locator('#picture').getByText('From your directory').waitFor()
  const theirs = await shown()
  expect(await page.locator('#picture').locator('button').allInnerTexts()).toEqual(['Put up'])
  await page
    .getByLabel('File with the picture')
    .setInputFiles({ name: 'mine.png', mimeType: 'image/png', buffer: await pictureFile('plain.png') })
  await page.getByRole('button', { name: 'Put up' }).click()
  await page.locator('#picture').getByText('Put up here').waitFor()
  expect(await shown()).not.toBe(theirs)
  await page.goto('/settings/admin/users?search=ada')
  expect(await page.locator('.table img.avatar').getAttribute('src')).not.toBe(theirs)
  await page.goto('/settings/account')
  await page.getByRole('button', { name: 'Show the directory’s again' }).click()
  await page.locator('#picture').getByText('From your directory').waitFor()
  expect(await shown()).toBe(theirs)
  expect(complaints).toEqual([])
})

test('each directory has its address, its numbers and its clocks', async () => {
  await page.goto(directoryPath)
  expect(await page.locator('.chip[aria-current=true]').textContent()).toBe('ldap')
  expect(await fact('Users').locator('.fact-value').textContent()).toBe('2')
  // Both clocks: of the last whole reading, and of what changed since.
  await fact('Last sync').getByText('all of it read').locator('time').waitFor()
  await fact('Last sync').getByText('changes arrive at once').waitFor()

  await page.getByRole('link', { name: 'ldap-2', exact: true }).click()
  await page.waitForURL('**?source=ldap-2')
  expect(await fact('Users').locator('.fact-value').textContent()).toBe('2,000')
  // Where nobody listens it is asked every minute.
  while ((await fact('Last sync').getByText('changes as of').count()) === 0) {
    await pause(1_000)
    await page.reload()
  }
  await fact('Last sync').getByText('all of it read').locator('time').waitFor()
  expect(await page.getByLabel('LDAP URL').inputValue()).toBe(second.url)

  await page.getByRole('button', { name: 'Test connection' }).click()
  await page.locator('#live-steps [data-lead]', { hasNotText: 'Working' }).waitFor()
  expect(await page.locator('#live-steps').getByText(String(second.port)).count()).toBeGreaterThan(0)
  expect(new URL(page.url()).searchParams.get('source')).toBe('ldap-2')
})

test.each(looks)('in $theme at $width', async (look) => {
  const seen = await looker(browser, server.url, look, await page.context().cookies())
  const faults = [
    ...(await seen.look('directory-second', `${directoryPath}?source=ldap-2`)),
    ...(await seen.look('user-origin', `/settings/admin/users/${await idOf('ada')}`)),
  ]
  await seen.context.close()
  expect(faults).toEqual([])
})
