// The one door: whoever proved who they are, by whatever method, comes in here.
import type { Context } from 'hono'
import type { Events, SignInMethod } from '../events.ts'
import { clientAddress } from '../http/client-address.ts'
import { type HostEnv, isDisabled, type UserRow } from './actor.ts'
import { identityErrors } from './errors.ts'
import type { Sessions } from './session.ts'

/** How each method appears in `amr` (RFC 8176). */
const amr: Record<SignInMethod, readonly string[]> = {
  passkey: ['hwk', 'user', 'mfa'],
  'one-time-access': ['otp'],
  setup: ['otp'],
  // Nothing was proven yet: the account is as new as the session.
  'sign-up': [],
  'device-login': ['otp'],
}

/** Starts a session for a proven user. @throws AppError user_disabled */
export type SignIn = (c: Context<HostEnv>, user: UserRow, method: SignInMethod) => Promise<void>

export const createSignIn =
  (sessions: Sessions, events: Events): SignIn =>
  async (c, user, method) => {
    if (isDisabled(user)) throw identityErrors.refuse('user_disabled')
    // A session that this browser already had ends here, so a planted one cannot live on (session fixation).
    await sessions.revokeCurrent(c)
    await sessions.issue(c, user, amr[method])
    const userAgent = c.req.header('user-agent') ?? null
    const language = c.req.header('accept-language') ?? null
    events.publish('user.signed-in', { userId: user.id, method, ipAddress: clientAddress(c), userAgent, language })
  }
