// The ways in beside the passkey, and the browser that waits until somebody lets it in from another device.
import { type Context, Hono } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { type DeviceLogins, type DeviceTicket, deviceLogins } from '#core/device-login-port.ts'
import { AppError } from '#core/errors.ts'
import { clientAddress } from '#core/http/client-address.ts'
import { createRateLimiter } from '#core/http/limits.ts'
import type { HostEnv } from '#core/identity/actor.ts'
import { cookieName } from '#core/identity/session.ts'
import { page } from '../answer.ts'
import { EndedPage, WaitingPage, WaysPage, waitingPath, waysPath } from '../pages/device-login.tsx'
import { viewOf, type WebHost } from '../view.ts'
import { waysIn } from '../ways.ts'
import { goIn, nextOf } from './coming-in.tsx'

/** Less than what proxies let a request wait. */
const longestWaitMilliseconds = 20_000
const cookieSeconds = 15 * 60

export function deviceLoginRoutes(web: WebHost): Hono<HostEnv> {
  const { host } = web
  const { users, signIn } = host.identity
  const { limit } = createRateLimiter(host.clock, host.core.disableRateLimiting)
  const ticketOf = ticketCookie(web)

  /** With the code that this browser showed before, as long as somebody can use it. */
  const wait = async (c: Context<HostEnv>, logins: DeviceLogins, ticket: DeviceTicket, userCode: string) => {
    const found = await logins.find(userCode)
    if (found) return page(c, <WaitingPage view={viewOf(web, c)} next={nextOf(c)} {...found} />)
    const user = await users.get(await logins.redeem(ticket))
    await signIn(c, user, 'device-login')
    ticketOf.forget(c)
    return goIn(web, c, user, nextOf(c))
  }

  return new Hono<HostEnv>()
    .get(waysPath, async (c) => {
      const ways = waysIn(host)
      const [only] = ways
      if (only && ways.length === 1) return c.redirect(only.href)
      return page(c, <WaysPage view={viewOf(web, c)} ways={ways} next={nextOf(c)} />)
    })
    .get(waitingPath, limit({ perSecond: 1 / 2, burst: 10 }), async (c) => {
      const logins = host.seek(deviceLogins)
      if (!logins) return c.notFound()
      if (c.get('actor')) return c.redirect(nextOf(c))
      const kept = ticketOf.read(c)
      try {
        if (kept) return await wait(c, logins, kept, kept.userCode)
      } catch (error) {
        const how = endOf(error)
        ticketOf.forget(c)
        return page(c, <EndedPage view={viewOf(web, c)} next={nextOf(c)} how={how} />, 403)
      }
      const begun = await logins.begin({ ipAddress: clientAddress(c), userAgent: c.req.header('user-agent') ?? null })
      ticketOf.keep(c, begun)
      return page(c, <WaitingPage view={viewOf(web, c)} next={nextOf(c)} {...begun} />)
    })
    .get(`${waitingPath}/wait`, limit({ perSecond: 1 / 2, burst: 10 }), async (c) => {
      const logins = host.seek(deviceLogins)
      const ticket = ticketOf.read(c)
      if (!logins || !ticket) return c.body(null, 204)
      const patience = { milliseconds: longestWaitMilliseconds, signal: c.req.raw.signal }
      const standing = await logins.standing(ticket, patience).catch(endOf)
      return c.body(null, standing === 'pending' ? 202 : 204)
    })
}

/** @throws what it was given, when that is no end of a request */
function endOf(error: unknown): 'expired' | 'denied' {
  if (!(error instanceof AppError) || error.status >= 500) throw error
  return error.code === 'device_login_denied' ? 'denied' : 'expired'
}

/** What this browser holds: the ticket, and the code that it shows, so that loading the page again shows the same. */
function ticketCookie({ host }: WebHost) {
  const { appUrl } = host.core
  const name = cookieName(appUrl, 'device_login', '__Secure-')
  const options = { httpOnly: true, sameSite: 'Lax', secure: appUrl.startsWith('https:'), path: waitingPath } as const
  return {
    read(c: Context<HostEnv>): (DeviceTicket & { readonly userCode: string }) | undefined {
      const [id, secret, userCode] = getCookie(c, name)?.split('.') ?? []
      return id && secret && userCode ? { id, secret, userCode } : undefined
    },
    keep(c: Context<HostEnv>, { id, secret, userCode }: DeviceTicket & { readonly userCode: string }): void {
      setCookie(c, name, [id, secret, userCode].join('.'), { ...options, maxAge: cookieSeconds })
    },
    forget(c: Context<HostEnv>): void {
      deleteCookie(c, name, options)
    },
  }
}
