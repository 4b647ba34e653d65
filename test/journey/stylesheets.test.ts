// Pages before sign-in load a stylesheet of their own: nothing that they show may be styled by the other one alone.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signedInPerson } from '../support/apps.ts'
import { type Instance, startInstance } from '../support/instance.ts'
import { type Visitor, visit } from '../support/visitor.ts'

let instance: Instance
beforeAll(async () => {
  const mail = { SMTP_HOST: 'localhost', EMAIL_ONE_TIME_ACCESS_AS_UNAUTHENTICATED_ENABLED: 'true' }
  instance = await startInstance({ DISABLE_RATE_LIMITING: 'true', ALLOW_USER_SIGNUPS: 'open', ...mail })
})
afterAll(() => instance.stop())

/** Everything that a sheet selects by its class. */
const styled = async (page: string, name: string): Promise<ReadonlySet<string>> => {
  const href = new RegExp(`/assets/${name}\\?v=[^"]+`).exec(page)?.[0] ?? ''
  return new Set([...(await (await instance.fetch(href)).text()).matchAll(/\.([a-z][\w-]*)/gi)].map(([, one]) => one ?? ''))
}
const classesOf = (page: string) => [...page.matchAll(/ class="([^"]*)"/g)].flatMap(([, names]) => names?.split(' ') ?? [])

test('what strangers see has its style', async () => {
  const setUp = await (await instance.fetch('/setup')).text()
  const { visitor: person } = await signedInPerson(instance)
  const inside = await (await person.get('/settings/account')).text()
  await instance.kernel.identity.users.create({ username: 'root', email: 'root@example.org', isAdmin: true }, null)
  const [front, all] = [await styled(setUp, 'front.css'), await styled(inside, 'app.css')]
  expect(front.size).toBeGreaterThan(50)
  expect(all.size).toBeGreaterThan(front.size + 50)

  const seen = async (visitor: Visitor, paths: readonly string[]) =>
    Promise.all(
      paths.map(async (path) => [path, await (await visitor.ask(path, { headers: { accept: 'text/html' } })).text()] as const),
    )
  const alternatives = ['', '/code', '/email', '/device'].map((path) => `/login/alternative${path}`)
  const outside = await seen(visit(instance), ['/login?done=signedOut', ...alternatives, '/signup', '/lc/abc', '/nothing-here'])
  const code = /P[A-Z0-9]{3}-[A-Z0-9]{4}/.exec(outside.map(([, page]) => page).join())?.[0]
  const within = await seen(person, ['/device', `/device?code=${code}`, '/device?code=none', '/logout', '/login/add-passkey'])
  const pages = [['/setup', setUp] as const, ...outside, ...within]
  expect(pages.filter(([, page]) => !page.includes('/assets/front.css'))).toEqual([])
  const bare = pages.flatMap(([path, page]) =>
    classesOf(page).flatMap((name) => (all.has(name) && !front.has(name) ? `${path}: ${name}` : [])),
  )
  expect(bare).toEqual([])
})
