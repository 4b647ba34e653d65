// One-time codes over HTTP: an administrator makes one, whoever holds it comes in once.
import { Hono } from 'hono'
import * as v from 'valibot'
import { describe, valid } from '#core/http/contract.ts'
import { Lifetime } from '#core/http/duration.ts'
import { createRateLimiter } from '#core/http/limits.ts'
import { User, userJson } from '#core/http/user-json.ts'
import { type HostEnv, isDisabled } from '#core/identity/actor.ts'
import { readDeviceToken } from '#core/identity/device-cookie.ts'
import { identityErrors } from '#core/identity/errors.ts'
import type { Host } from '#core/kernel/plugin.ts'
import { disabledSentence } from './errors.ts'
import type { OneTimeTokens } from './tokens.ts'

const tag = 'One-time access'
const NewToken = v.object({ ttl: v.optional(Lifetime, '15m') })

export function routes(host: Host, tokens: OneTimeTokens): Hono<HostEnv> {
  const { requireAdmin, users, signIn } = host.identity
  const { limit } = createRateLimiter(host.clock, host.core.disableRateLimiting)
  return new Hono<HostEnv>()
    .post(
      '/api/users/:id/one-time-access-token',
      describe({
        id: 'createOneTimeAccessToken',
        tag,
        summary: 'Make a code that signs a user in once',
        answers: { 201: v.object({ token: v.string() }) },
        refusals: ['user_not_found', 'user_disabled'],
      }),
      requireAdmin,
      valid('json', NewToken),
      async (c) => {
        const user = await users.get(c.req.param('id'))
        if (isDisabled(user)) throw identityErrors.refuse('user_disabled', { message: disabledSentence(user.username) })
        const { token } = await tokens.mint(user.id, c.req.valid('json').ttl)
        return c.json({ token }, 201)
      },
    )
    .post(
      '/api/one-time-access-token/:token',
      describe({
        id: 'redeemOneTimeAccessToken',
        tag,
        summary: 'Sign in with a one-time code',
        answers: { 200: User },
        refusals: ['token_invalid_or_expired', 'device_code_invalid', 'user_disabled', 'rate_limited'],
      }),
      limit({ perSecond: 1 / 10, burst: 5 }),
      async (c) => {
        const user = await users.get(await tokens.redeem(c.req.param('token'), readDeviceToken(c, host.core.appUrl)))
        await signIn(c, user, 'one-time-access')
        return c.json(await userJson(host, user))
      },
    )
}
