// Every page, looked at in light and dark, on a desk and on a phone: nothing for axe, the policy, the console or a ruler to find.
import type { Browser, BrowserContext } from 'playwright-core'
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
let cookies: Awaited<ReturnType<BrowserContext['cookies']>>
const ids: Record<string, string> = {}

const longName = 'Wolfeschlegelsteinhausenbergerdorff von und zu der Verwaltungsgemeinschaft'

beforeAll(async () => {
  directory = await startOpenLdap({ users: 60 })
  const environment = { ...ldapEnvironment(directory), UI_CONFIG_DISABLED: 'false' }
  ;[server, browser] = await Promise.all([startServer(environment), startBrowser()])
  await server.line(/Job run successfully.*name=SyncLdap/)
  await history()
  const { page } = await openPage(browser, server.url)
  await comeIn(server, page, 'user000000')
  cookies = await page.context().cookies()
  await page.context().close()
  ids.long = await made('/api/users', {
    username: 'a-user-name-as-long-as-is-allowed-here-in-all',
    email: `${'long.address.'.repeat(4)}of.ada@subdomain.of.some.department.example.org`,
    firstName: longName.slice(0, 50),
    lastName: 'X',
    displayName: longName,
  })
  ids.synced = (await first('/api/users?search=user000001')).id
  ids.group = (await first('/api/user-groups')).id
  ids.local = await made('/api/user-groups', { name: 'local-group', friendlyName: longName.slice(0, 50) })
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  await directory?.stop()
})

/** Runs with changes, one that could not reach the directory, one that left entries out, and something for a preview to find. */
async function history(): Promise<void> {
  const sync = () => server.asAdmin('/api/application-configuration/sync-ldap', { method: 'POST' })
  const rename = (people: number, word: string) =>
    directory.modify(
      Array.from(
        { length: people },
        (_, at) => `dn: ${personDn(userName(at + 10))}\nchangetype: modify\nreplace: cn\ncn: ${word} ${at}\n`,
      ).join('\n'),
    )
  for (const people of [3, 1, 12, 7]) {
    await rename(people, `Name ${people}`)
    await sync()
  }
  await directory.halt()
  await sync()
  await directory.restart()
  await directory.modify(
    Array.from({ length: 7 }, (_, at) =>
      [`dn: uid=odd name ${at},ou=people,${directory.base}`, 'objectClass: inetOrgPerson', 'sn: Odd', 'cn: Odd', ''].join('\n'),
    ).join('\n'),
  )
  await sync()
  await rename(5, longName)
}

async function made(path: string, body: object): Promise<string> {
  const response = await server.asAdmin(path, { method: 'POST', body: JSON.stringify(body) })
  expect(response.status).toBe(201)
  return ((await response.json()) as { id: string }).id
}

async function first(path: string): Promise<{ readonly id: string }> {
  const { data } = (await (await server.asAdmin(path)).json()) as { data: readonly { id: string }[] }
  return data[0]!
}

const inside = (): readonly (readonly [name: string, path: string])[] => [
  ['account', '/settings/account'],
  ['users', '/settings/admin/users'],
  ['users-empty', '/settings/admin/users?search=nobody-at-all'],
  ['user-new', '/settings/admin/users/new'],
  ['user-synced', `/settings/admin/users/${ids.synced}`],
  ['user-long', `/settings/admin/users/${ids.long}`],
  ['groups', '/settings/admin/user-groups'],
  ['group-new', '/settings/admin/user-groups/new'],
  ['group-synced', `/settings/admin/user-groups/${ids.group}`],
  ['group-local', `/settings/admin/user-groups/${ids.local}`],
  ['directory', '/settings/admin/directory'],
  ['configuration', '/settings/admin/application-configuration'],
  ['logout', '/logout'],
  ['not-there', '/settings/admin/users/00000000-0000-0000-0000-000000000000'],
]

const outside = [
  ['login', '/login'],
  ['code', '/login/alternative/code'],
  ['nothing-here', '/nothing-here'],
] as const

test.each(looks)('every page in $theme at $width', async (look) => {
  const stranger = await looker(browser, server.url, look)
  const faults: string[] = []
  for (const [name, path] of outside) faults.push(...(await stranger.look(name, path)))
  await stranger.page.goto('/login/alternative/code')
  await stranger.page.getByRole('textbox').fill('wrong')
  await stranger.page.getByRole('button', { name: 'Sign in' }).click()
  await stranger.page.locator('.fault').waitFor()
  faults.push(...(await stranger.lookHere('code-wrong')))
  await stranger.context.close()

  const admin = await looker(browser, server.url, look, cookies)
  for (const [name, path] of inside()) faults.push(...(await admin.look(name, path)))
  await admin.page.goto('/settings/admin/directory')
  await admin.page.getByRole('button', { name: 'Test connection' }).click()
  await admin.page.locator('#live-steps [data-lead]', { hasNotText: 'Working' }).waitFor()
  faults.push(...(await admin.lookHere('directory-test')))
  await admin.page.goto('/settings/admin/directory')
  await admin.page.getByRole('button', { name: 'Preview sync' }).click()
  await admin.page.waitForURL('**/directory/preview')
  faults.push(...(await admin.lookHere('directory-preview')))
  await admin.context.close()
  expect(faults).toEqual([])
})
