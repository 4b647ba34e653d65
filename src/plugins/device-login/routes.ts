// Signing in by means of another device over HTTP, as Pocket ID's clients know it: the waiting side, and the deciding one.
import { type Context, Hono } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import * as v from 'valibot'
import type { DeviceLogins } from '#core/device-login-port.ts'
import { clientAddress } from '#core/http/client-address.ts'
import { describe, valid } from '#core/http/contract.ts'
import { createRateLimiter } from '#core/http/limits.ts'
import { User, userJson } from '#core/http/user-json.ts'
import { actorOf, type HostEnv } from '#core/identity/actor.ts'
import { cookieName } from '#core/identity/session.ts'
import type { Host } from '#core/kernel/plugin.ts'
import { deviceLoginErrors } from './errors.ts'

const tag = 'Sign-in with another device'
const intervalSeconds = 3
const cookieSeconds = 15 * 60
/** Less than what proxies let a request wait. */
const longestWaitSeconds = 25

const Begun = v.object({
  id: v.string(),
  userCode: v.string(),
  verificationUri: v.string(),
  verificationUriComplete: v.string(),
  expiresAt: v.string(),
  interval: v.number(),
})
const UserCode = v.pipe(v.string(), v.minLength(1, 'Must not be empty.'), v.maxLength(64, 'Is too long.'))
const Verification = v.object({ code: UserCode })
const Decision = v.object({ code: UserCode, decision: v.picklist(['approve', 'deny'], 'Must be one of approve, deny.') })
const Seen = v.object({
  userCode: v.string(),
  device: v.string(),
  ipAddress: v.nullable(v.string()),
  country: v.string(),
  city: v.string(),
  expiresAt: v.string(),
})
const refusals = ['device_login_expired', 'rate_limited']

export function routes(host: Host, logins: DeviceLogins): Hono<HostEnv> {
  return new Hono<HostEnv>().route('/', waitingRoutes(host, logins)).route('/', decidingRoutes(host, logins))
}

function waitingRoutes(host: Host, logins: DeviceLogins): Hono<HostEnv> {
  const { users, signIn } = host.identity
  const { limit } = createRateLimiter(host.clock, host.core.disableRateLimiting)
  const cookie = cookieName(host.core.appUrl, 'device_login_token', '__Secure-')
  const options = { httpOnly: true, sameSite: 'Lax', secure: host.core.appUrl.startsWith('https:') } as const
  return new Hono<HostEnv>()
    .post(
      '/api/device-login/requests',
      describe({
        id: 'createDeviceLogin',
        tag,
        summary: 'Ask to be signed in by somebody on another device',
        answers: { 201: Begun },
        refusals: ['rate_limited'],
      }),
      limit({ perSecond: 1 / 10, burst: 5 }),
      async (c) => {
        const from = { ipAddress: clientAddress(c), userAgent: c.req.header('user-agent') ?? null }
        const { id, secret, userCode, expiresAt } = await logins.begin(from)
        setCookie(c, cookie, secret, { ...options, path: `/api/device-login/requests/${id}`, maxAge: cookieSeconds })
        const verificationUri = `${host.core.appUrl}/device`
        const verificationUriComplete = `${verificationUri}?code=${userCode}`
        const uris = { verificationUri, verificationUriComplete }
        return c.json({ id, userCode, ...uris, expiresAt: expiresAt.toISOString(), interval: intervalSeconds }, 201)
      },
    )
    .post(
      '/api/device-login/requests/:id/exchange',
      describe({
        id: 'exchangeDeviceLogin',
        tag,
        summary: `Sign in when somebody has let this device in. Prefer: wait=20 answers as soon as it is decided (RFC 7240)`,
        answers: { 200: User, 202: null },
        refusals: [...refusals, 'device_login_denied', 'user_disabled'],
      }),
      limit({ perSecond: 1 / 2, burst: 10 }),
      async (c) => {
        const ticket = { id: c.req.param('id'), secret: getCookie(c, cookie) ?? '' }
        const wait = { milliseconds: preferredWait(c), signal: c.req.raw.signal }
        if ((await logins.standing(ticket, wait)) === 'pending') return c.body(null, 202)
        const user = await users.get(await logins.redeem(ticket))
        await signIn(c, user, 'device-login')
        return c.json(await userJson(host, user), 200)
      },
    )
}

function decidingRoutes(host: Host, logins: DeviceLogins): Hono<HostEnv> {
  const { requireBrowser } = host.identity
  const { limit } = createRateLimiter(host.clock, host.core.disableRateLimiting)
  // Codes are short: whoever guesses gets few tries. One bucket for looking and for deciding.
  const fewTries = limit({ perSecond: 1 / 10, burst: 5 })
  const proofCookie = cookieName(host.core.appUrl, 'reauthentication_token', '__Secure-')
  return new Hono<HostEnv>()
    .post(
      '/api/device-login/verification',
      describe({
        id: 'inspectDeviceLogin',
        tag,
        summary: 'Where a device is that wants to be let in',
        answers: { 200: Seen },
        refusals,
      }),
      fewTries,
      requireBrowser,
      valid('json', Verification),
      async (c) => {
        const found = await logins.find(c.req.valid('json').code)
        if (!found) throw deviceLoginErrors.refuse('device_login_expired')
        const { createdAt: _since, expiresAt, ...seen } = found
        return c.json({ ...seen, expiresAt: expiresAt.toISOString() })
      },
    )
    .post(
      '/api/device-login/verification/decision',
      describe({
        id: 'decideDeviceLogin',
        tag,
        summary: 'Let a device in, which takes a passkey touched within a minute, or turn it away',
        answers: { 204: null },
        refusals: [...refusals, 'reauthentication_required'],
      }),
      fewTries,
      requireBrowser,
      valid('json', Decision),
      async (c) => {
        const { code, decision } = c.req.valid('json')
        const proof = { reauthenticationToken: getCookie(c, proofCookie) ?? '' }
        await logins.decide(code, actorOf(c), { approve: decision === 'approve', ...proof })
        return c.body(null, 204)
      },
    )
}

/** How long the client would wait (RFC 7240 section 4.3), in milliseconds. */
function preferredWait(c: Context): number {
  const seconds = Number(/(?:^|[\s,;])wait=(\d{1,5})\b/i.exec(c.req.header('prefer') ?? '')?.[1] ?? 0)
  return Math.min(seconds, longestWaitSeconds) * 1000
}
