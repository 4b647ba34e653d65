// Getting in and out by passkey: the sign-in ceremony, sign-out, and a fresh proof for somebody who is in already.
import { type Context, Hono } from 'hono'
import { inSeconds } from '#core/clock.ts'
import { commonErrors } from '#core/errors.ts'
import { describe, parse, valid } from '#core/http/contract.ts'
import { createRateLimiter } from '#core/http/limits.ts'
import { User, userJson } from '#core/http/user-json.ts'
import type { HostEnv, UserActor } from '#core/identity/actor.ts'
import { requestOptions } from './ceremony.ts'
import { passkeyErrors } from './errors.ts'
import { type PasskeyDeps, prove, relyingParty } from './proof.ts'
import type { Reauthentications } from './reauthentication.ts'
import { Assertion, CeremonyOptions } from './wire.ts'

const tag = 'Passkeys'
const proofRefusals = [
  'missing_session_id',
  'invalid_webauthn_session',
  'webauthn_authentication_failed',
  'passkey_user_verification_required',
]
/** How young a session must be to stand for a fresh gesture. */
const freshSeconds = 60

export function signInRoutes(deps: PasskeyDeps, reauthentications: Reauthentications): Hono<HostEnv> {
  const { host, ceremonies } = deps
  const { identity } = host
  const { limit } = createRateLimiter(host.clock, host.core.disableRateLimiting)
  return new Hono<HostEnv>()
    .get(
      '/api/webauthn/login/start',
      describe({ id: 'startPasskeySignIn', tag, summary: 'Options to prove a passkey', answers: { 200: CeremonyOptions } }),
      async (c) => {
        const policy = { userVerification: host.settings.webauthnUserVerification, attachment: 'any' } as const
        const options = await requestOptions(relyingParty(host), policy)
        ceremonies.begin(c, 'sign-in', options.challenge, null)
        return c.json(options)
      },
    )
    .post(
      '/api/webauthn/login/finish',
      describe({
        id: 'finishPasskeySignIn',
        tag,
        summary: 'Sign in with a proven passkey',
        answers: { 200: User },
        refusals: [...proofRefusals, 'user_disabled', 'rate_limited'],
      }),
      limit({ perSecond: 1 / 5, burst: 10 }),
      valid('json', Assertion),
      async (c) => {
        const passkey = await prove(deps, c, c.req.valid('json'))
        const user = await identity.users.get(passkey.userId)
        await identity.signIn(c, user, 'passkey')
        return c.json(await userJson(host, user))
      },
    )
    .post(
      '/api/webauthn/logout',
      describe({ id: 'signOut', tag, summary: 'End this session', answers: { 204: null }, refusals: ['not_signed_in'] }),
      identity.requireUser,
      async (c) => {
        await identity.sessions.end(c)
        return c.body(null, 204)
      },
    )
    .post(
      '/api/webauthn/reauthenticate',
      describe({
        id: 'reauthenticate',
        tag,
        summary: 'Prove a passkey once more, or that the sign-in was a moment ago',
        answers: { 204: null },
        refusals: [...proofRefusals, 'reauthentication_required', 'api_key_auth_not_allowed', 'rate_limited'],
      }),
      limit({ perSecond: 1 / 10, burst: 5 }),
      identity.requireBrowser,
      async (c) => {
        const actor = c.get('actor')
        if (!actor?.session) throw commonErrors.refuse('not_signed_in')
        await requireFreshProof(deps, c, actor)
        await reauthentications.issue(c, actor.session.id)
        return c.body(null, 204)
      },
    )
}

async function requireFreshProof(deps: PasskeyDeps, c: Context<HostEnv>, { user, session }: UserActor): Promise<void> {
  const body = await c.req.text()
  if (body !== '') {
    const passkey = await prove(deps, c, parse(Assertion, parseJson(body)))
    if (passkey.userId !== user.id) throw passkeyErrors.refuse('webauthn_authentication_failed')
    return
  }
  // A session that began with a one-time code is young too, but no passkey was touched for it.
  const fresh = session && session.createdAt > inSeconds(deps.host.clock, -freshSeconds) && session.amr.includes('hwk')
  if (!fresh) throw passkeyErrors.refuse('reauthentication_required')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw commonErrors.refuse('invalid_request_body', { cause })
  }
}
