// Letters on the pages: a sign-in link for oneself or somebody else, proving an address, trying the mail server.
import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import { Email } from '#core/http/account-fields.ts'
import { createRateLimiter } from '#core/http/limits.ts'
import { safePath } from '#core/http/safe-path.ts'
import { actorOf, type HostEnv } from '#core/identity/actor.ts'
import { writeDeviceToken } from '#core/identity/device-cookie.ts'
import { mail as port } from '#core/mail-port.ts'
import { goTo, page } from '../answer.ts'
import { check, faultsOf, readForm } from '../forms.ts'
import { adminsOnly, fromThisSite } from '../guards.ts'
import { offered } from '../offered.ts'
import { accountPath } from '../pages/account.tsx'
import { EmailSentPage, EmailWayPage, VerifyPage } from '../pages/mail.tsx'
import { emailWayPath, sendVerificationPath, verifyPath } from '../pages/paths.ts'
import { usersPath } from '../pages/users.tsx'
import { viewOf, type WebHost } from '../view.ts'
import { nextOf } from './coming-in.tsx'

const Address = v.pipe(Email, v.minLength(1, 'Must not be empty.'))
const lifetimes = new Set(['900', '3600', '86400', '604800'])
/** As rarely as over REST. */
const linkLimit = { perSecond: 2 / 600, burst: 5 }
const verificationLimit = { perSecond: 2 / 600, burst: 3 }

export function mailRoutes(web: WebHost): Hono<HostEnv> {
  return new Hono<HostEnv>().route('/', wayRoutes(web)).route('/', verificationRoutes(web)).route('/', adminRoutes(web))
}

/** What a letter needs to know of the request: the page's language counts, the person reads it now. */
const wishesOf = (web: WebHost, c: Context<HostEnv>) => ({ accepted: viewOf(web, c).language })

function wayRoutes(web: WebHost): Hono<HostEnv> {
  const { host } = web
  const { limit } = createRateLimiter(host.clock, host.core.disableRateLimiting)
  return new Hono<HostEnv>()
    .get(emailWayPath, async (c) => {
      if (!offered(web, port).offers.linksForStrangers) return c.redirect('/login')
      return page(c, <EmailWayPage view={viewOf(web, c)} next={nextOf(c)} />)
    })
    .post(emailWayPath, fromThisSite, limit(linkLimit), async (c) => {
      const form = await readForm(c)
      const next = safePath(form.text('next'), '/')
      const typed = form.text('email')
      const view = viewOf(web, c)
      const checked = check(Address, typed)
      if (checked.kind === 'bad') {
        const faults = { email: checked.faults[''] ?? '' }
        return page(c, <EmailWayPage view={view} next={next} email={typed} faults={faults} />, 400)
      }
      writeDeviceToken(c, host.core.appUrl, offered(web, port).requestLink(checked.input, next, wishesOf(web, c)))
      return page(c, <EmailSentPage view={view} next={next} email={checked.input} />)
    })
}

function verificationRoutes(web: WebHost): Hono<HostEnv> {
  const { host } = web
  const { requireBrowser } = host.identity
  const { limit } = createRateLimiter(host.clock, host.core.disableRateLimiting)
  return new Hono<HostEnv>()
    .get(verifyPath, requireBrowser, (c) =>
      page(c, <VerifyPage view={viewOf(web, c)} token={c.req.query('token')?.slice(0, 200) ?? ''} />),
    )
    .post(verifyPath, requireBrowser, async (c) => {
      const token = (await readForm(c)).text('token').slice(0, 200)
      try {
        await offered(web, port).verify(actorOf(c).user.id, token)
        return goTo(c, accountPath, 'verified')
      } catch (error) {
        const fault = faultsOf(error, '')[''] ?? ''
        return page(c, <VerifyPage view={viewOf(web, c)} token="" fault={fault} />, 400)
      }
    })
    .post(sendVerificationPath, requireBrowser, limit(verificationLimit), async (c) => {
      await offered(web, port).sendVerification(actorOf(c).user, wishesOf(web, c))
      return goTo(c, accountPath, 'verificationSent')
    })
}

function adminRoutes(web: WebHost): Hono<HostEnv> {
  const admins = adminsOnly(web)
  return new Hono<HostEnv>().post(`${usersPath}/:id/link-email`, admins, async (c) => {
    const lifetime = (await readForm(c)).text('lifetime')
    const seconds = lifetimes.has(lifetime) ? Number(lifetime) : 3600
    await offered(web, port).sendLink(c.req.param('id'), seconds, wishesOf(web, c))
    return goTo(c, `${usersPath}/${c.req.param('id')}`, 'linkSent')
  })
}
