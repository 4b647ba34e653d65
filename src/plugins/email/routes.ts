// Letters over REST: a test for administrators, sign-in codes, and proving an address.
import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import { Email } from '#core/http/account-fields.ts'
import { describe, valid } from '#core/http/contract.ts'
import { Lifetime } from '#core/http/duration.ts'
import { createRateLimiter } from '#core/http/limits.ts'
import { safePath } from '#core/http/safe-path.ts'
import { actorOf, type HostEnv } from '#core/identity/actor.ts'
import { writeDeviceToken } from '#core/identity/device-cookie.ts'
import type { Host } from '#core/kernel/plugin.ts'
import type { Mail } from '#core/mail-port.ts'

const tag = 'E-mail'
const LinkRequest = v.object({
  email: v.pipe(Email, v.minLength(1, 'Must not be empty.')),
  redirectPath: v.nullish(v.pipe(v.string(), v.maxLength(2000)), ''),
})
const LinkForUser = v.object({ ttl: v.optional(Lifetime, '15m') })
const Proof = v.object({ token: v.pipe(v.string(), v.maxLength(200)) })

/** As rarely as Pocket ID lets them be asked for. */
const linkLimit = { perSecond: 2 / 600, burst: 5 }
const verificationLimit = { perSecond: 2 / 600, burst: 1 }

const wishesOf = (c: Context<HostEnv>) => ({ accepted: c.req.header('accept-language') })

export function routes(host: Host, mail: Mail): Hono<HostEnv> {
  const { requireAdmin, requireUser } = host.identity
  const { limit } = createRateLimiter(host.clock, host.core.disableRateLimiting)
  return new Hono<HostEnv>()
    .post(
      '/api/application-configuration/test-email',
      describe({
        id: 'sendTestEmail',
        tag,
        summary: 'Send yourself a letter, to try the mail server',
        answers: { 204: null },
        refusals: ['user_email_not_set', 'email_not_sent'],
      }),
      requireAdmin,
      async (c) => {
        await mail.sendTest(actorOf(c).user, wishesOf(c))
        return c.body(null, 204)
      },
    )
    .post(
      '/api/one-time-access-email',
      describe({
        id: 'requestOneTimeAccessEmail',
        tag,
        summary:
          'Ask for a sign-in code by e-mail; the answer is the same for every address. The code works in this browser alone',
        answers: { 204: null },
        refusals: ['one_time_access_disabled', 'rate_limited'],
      }),
      limit(linkLimit),
      valid('json', LinkRequest),
      (c) => {
        const { email, redirectPath } = c.req.valid('json')
        writeDeviceToken(c, host.core.appUrl, mail.requestLink(email, safePath(redirectPath, '/'), wishesOf(c)))
        return c.body(null, 204)
      },
    )
    .post(
      '/api/users/:id/one-time-access-email',
      describe({
        id: 'sendOneTimeAccessEmail',
        tag,
        summary: 'Send somebody a sign-in code by e-mail',
        answers: { 204: null },
        refusals: ['one_time_access_disabled', 'user_not_found', 'user_disabled', 'user_email_not_set'],
      }),
      requireAdmin,
      valid('json', LinkForUser),
      async (c) => {
        await mail.sendLink(c.req.param('id'), c.req.valid('json').ttl, wishesOf(c))
        return c.body(null, 204)
      },
    )
    .post(
      '/api/users/me/send-email-verification',
      describe({
        id: 'sendEmailVerification',
        tag,
        summary: 'Have a link sent that proves your address',
        answers: { 204: null },
        refusals: ['email_verification_disabled', 'user_email_not_set', 'rate_limited'],
      }),
      requireUser,
      limit(verificationLimit),
      async (c) => {
        await mail.sendVerification(actorOf(c).user, wishesOf(c))
        return c.body(null, 204)
      },
    )
    .post(
      '/api/users/me/verify-email',
      describe({
        id: 'verifyEmail',
        tag,
        summary: 'Prove your address with the token of the link',
        answers: { 204: null },
        refusals: ['invalid_email_verification_token'],
      }),
      requireUser,
      valid('json', Proof),
      async (c) => {
        await mail.verify(actorOf(c).user.id, c.req.valid('json').token)
        return c.body(null, 204)
      },
    )
}
