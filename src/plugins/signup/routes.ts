// The ways to make an account for oneself: the initial set-up while nobody administers this instance, and signing up.
import { Hono } from 'hono'
import { clientAddress } from '#core/http/client-address.ts'
import { describe, valid } from '#core/http/contract.ts'
import { createRateLimiter } from '#core/http/limits.ts'
import { User, userJson } from '#core/http/user-json.ts'
import type { HostEnv } from '#core/identity/actor.ts'
import type { Host } from '#core/kernel/plugin.ts'
import type { SignUps } from '#core/sign-up-port.ts'
import { signupErrors } from './errors.ts'
import { accountOf, personOf, SignUp, SignUpWithToken } from './input.ts'
import { emailMissing } from './sign-ups.ts'

const tag = 'Sign-up'

export function routes(host: Host, signUps: SignUps): Hono<HostEnv> {
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
        if (requireUserEmail && !input.email) throw emailMissing()
        const admin = await users.createFirstAdmin(accountOf(personOf(input), emailsVerified))
        if (!admin) throw signupErrors.refuse('setup_already_completed')
        await signIn(c, admin, 'setup')
        return c.json(await userJson(host, admin))
      },
    )
    .post(
      '/api/signup',
      describe({
        id: 'signUp',
        tag,
        summary: 'Make an account for oneself and sign in',
        answers: { 201: User },
        refusals: ['open_signup_disabled', 'token_invalid_or_expired', 'already_in_use', 'rate_limited'],
      }),
      limit({ perSecond: 2 / 60, burst: 10 }),
      valid('json', SignUpWithToken),
      async (c) => {
        const { token, ...input } = c.req.valid('json')
        const said = (name: string) => c.req.header(name) ?? null
        const origin = { ipAddress: clientAddress(c), userAgent: said('user-agent'), language: said('accept-language') }
        const user = await signUps.signUp(personOf(input), token ?? '', origin)
        await signIn(c, user, 'sign-up')
        return c.json(await userJson(host, user), 201)
      },
    )
}
