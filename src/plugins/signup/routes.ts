// The initial set-up: while nobody administers this instance, whoever comes first does.
import { Hono } from 'hono'
import { invalidFields } from '#core/errors.ts'
import { describe, valid } from '#core/http/contract.ts'
import { createRateLimiter } from '#core/http/limits.ts'
import { User, userJson } from '#core/http/user-json.ts'
import type { HostEnv } from '#core/identity/actor.ts'
import type { Host } from '#core/kernel/plugin.ts'
import { signupErrors } from './errors.ts'
import { accountOf, SignUp } from './input.ts'

const tag = 'Sign-up'

export function routes(host: Host): Hono<HostEnv> {
  const { users, signIn } = host.identity
  const { limit } = createRateLimiter(host.clock, host.core.disableRateLimiting)
  return new Hono<HostEnv>()
    .get(
      '/api/signup/setup',
      describe({
        id: 'setupAvailable',
        tag,
        summary: 'Whether the instance waits for its first administrator',
        answers: { 204: null },
        refusals: ['setup_not_available'],
      }),
      async (c) => {
        if (await users.adminExists()) throw signupErrors.refuse('setup_not_available')
        return c.body(null, 204)
      },
    )
    .post(
      '/api/signup/setup',
      describe({
        id: 'setup',
        tag,
        summary: 'Make the first administrator and sign in',
        answers: { 200: User },
        refusals: ['setup_already_completed', 'already_in_use', 'rate_limited'],
      }),
      limit({ perSecond: 2 / 60, burst: 10 }),
      valid('json', SignUp),
      async (c) => {
        const input = c.req.valid('json')
        const { requireUserEmail, emailsVerified } = host.core
        if (requireUserEmail && !input.email) {
          throw invalidFields([{ field: 'email', code: 'required', message: 'An e-mail address is required here.' }])
        }
        const admin = await users.createFirstAdmin(accountOf(input, emailsVerified))
        if (!admin) throw signupErrors.refuse('setup_already_completed')
        await signIn(c, admin, 'setup')
        return c.json(await userJson(host, admin))
      },
    )
}
