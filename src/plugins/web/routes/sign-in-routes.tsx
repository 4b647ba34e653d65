// The way in and out: passkey, one-time code, set-up of the first administrator, sign-out.
import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import { directory } from '#core/directory-ports.ts'
import { Email, plainText, Username } from '#core/http/account-fields.ts'
import { createRateLimiter } from '#core/http/limits.ts'
import { safePath } from '#core/http/safe-path.ts'
import { actorOf, type HostEnv } from '#core/identity/actor.ts'
import { readDeviceToken } from '#core/identity/device-cookie.ts'
import { oneTimeLinks } from '#core/ports.ts'
import { signUps } from '#core/sign-up-port.ts'
import { goTo, page } from '../answer.ts'
import { check, type Faults, faultsOf, noFaults, readForm } from '../forms.ts'
import { fromThisSite } from '../guards.ts'
import { declinePath } from '../pages/app-sign-in.tsx'
import { AddPasskeyPage, CodePage, LoginPage, LogoutPage, SetupPage } from '../pages/sign-in.tsx'
import { viewOf, type WebHost } from '../view.ts'
import { waysIn } from '../ways.ts'
import { addPasskeyPath, goIn, nextOf } from './coming-in.tsx'

const codePath = '/login/alternative/code'

export function signInRoutes(web: WebHost): Hono<HostEnv> {
  return new Hono<HostEnv>().route('/', doors(web)).route('/', codeRoutes(web)).route('/', setupRoutes(web))
}

function doors(web: WebHost): Hono<HostEnv> {
  const { host } = web
  const { users, sessions, requireBrowser } = host.identity
  return new Hono<HostEnv>()
    .get('/', (c) => {
      if (!c.get('actor')) return c.redirect('/login')
      return c.redirect(host.core.homePageUrl === '/' ? '/settings/account' : host.core.homePageUrl)
    })
    .get('/login', async (c) => {
      if (c.get('actor')) return c.redirect(nextOf(c))
      // A directory brings its administrators; without one somebody has to be the first.
      if (!host.seek(directory) && !(await users.adminExists())) return c.redirect('/setup')
      const signUp = host.seek(signUps)?.mode === 'open'
      const next = nextOf(c)
      const asked = { ways: waysIn(host), signUp, next, decline: declinePath(next) }
      return page(c, <LoginPage view={viewOf(web, c)} {...asked} />)
    })
    .get(addPasskeyPath, requireBrowser, (c) => {
      const { user } = actorOf(c)
      return page(
        c,
        <AddPasskeyPage view={viewOf(web, c)} name={user.firstName || user.displayName || user.username} next={nextOf(c)} />,
      )
    })
    .get('/logout', async (c) => {
      const actor = c.get('actor')
      if (!actor) return c.redirect('/login')
      return page(c, <LogoutPage view={viewOf(web, c)} name={actor.user.displayName || actor.user.username} />)
    })
    .post('/logout', async (c) => {
      await sessions.end(c)
      return goTo(c, '/login', 'signedOut')
    })
}

function codeRoutes(web: WebHost): Hono<HostEnv> {
  const { host } = web
  const { users, signIn } = host.identity
  const { limit } = createRateLimiter(host.clock, host.core.disableRateLimiting)
  return new Hono<HostEnv>()
    .get('/lc/:code', (c) => page(c, <CodePage view={viewOf(web, c)} code={c.req.param('code')} next={nextOf(c)} />))
    .get('/lc', (c) => c.redirect(codePath))
    .get(codePath, (c) => page(c, <CodePage view={viewOf(web, c)} next={nextOf(c)} />))
    .post(codePath, fromThisSite, limit({ perSecond: 1 / 10, burst: 5 }), async (c) => {
      const form = await readForm(c)
      const next = safePath(form.text('next'), '/')
      const code = form.text('code').trim()
      const links = host.seek(oneTimeLinks)
      if (!links) return c.notFound()
      try {
        const user = await users.get(await links.redeem(code, readDeviceToken(c, host.core.appUrl)))
        await signIn(c, user, 'one-time-access')
        return await goIn(web, c, user, next)
      } catch (error) {
        const faults = faultsOf(error, '')
        return page(c, <CodePage view={viewOf(web, c)} code={code} next={next} faults={faults} />, 401)
      }
    })
}

const SetupInput = v.object({
  username: Username,
  email: Email,
  firstName: plainText({ least: 1, most: 50 }),
  lastName: plainText({ most: 50 }),
})

function setupRoutes(web: WebHost): Hono<HostEnv> {
  const { host } = web
  const { users, signIn } = host.identity
  const { limit } = createRateLimiter(host.clock, host.core.disableRateLimiting)
  const form = (c: Context<HostEnv>, typed: Readonly<Record<string, string>>, faults: Faults, status?: number) =>
    page(c, <SetupPage view={viewOf(web, c)} typed={typed} faults={faults} emailRequired={host.core.requireUserEmail} />, status)

  return new Hono<HostEnv>()
    .get('/setup', async (c) => ((await users.adminExists()) ? c.redirect('/login') : form(c, {}, noFaults)))
    .post('/setup', fromThisSite, limit({ perSecond: 2 / 60, burst: 10 }), async (c) => {
      const sent = await readForm(c)
      const typed = Object.fromEntries(Object.keys(SetupInput.entries).map((name) => [name, sent.text(name)]))
      const checked = check(SetupInput, typed)
      if (checked.kind === 'bad') return form(c, typed, checked.faults, 400)
      const { email, ...person } = checked.input
      if (host.core.requireUserEmail && email === '') return form(c, typed, { email: 'Must not be empty.' }, 400)
      try {
        const emailVerified = host.core.emailsVerified && email !== ''
        const displayName = [person.firstName, person.lastName].filter(Boolean).join(' ')
        const admin = await users.createFirstAdmin({ ...person, displayName, email: email || null, emailVerified })
        if (!admin) return c.redirect('/login', 303)
        await signIn(c, admin, 'setup')
        return c.redirect(addPasskeyPath, 303)
      } catch (error) {
        return form(c, typed, faultsOf(error, viewOf(web, c).t.faults.taken), 409)
      }
    })
}
