// From a browser's answer to "this passkey was proven", with every refusal on the way. Sign-in and re-authentication share it.
import type { Context } from 'hono'
import type { ErrorDetails } from '#core/errors.ts'
import type { HostEnv, UserRow } from '#core/identity/actor.ts'
import type { Host } from '#core/kernel/plugin.ts'
import { errorText } from '#core/log.ts'
import { type MadePasskey, type ProvenPasskey, type RelyingParty, verifyAssertion, verifyCreation } from './ceremony.ts'
import type { CeremonySessions } from './ceremony-session.ts'
import type { Credentials } from './credentials.ts'
import { passkeyErrors } from './errors.ts'
import type { settings } from './settings.ts'
import type { PasskeyRow } from './tables.ts'
import type { Assertion, Attestation } from './wire.ts'

export type PasskeyHost = Host<typeof settings>

/** What the routes work with. */
export interface PasskeyDeps {
  readonly host: PasskeyHost
  readonly credentials: Credentials
  readonly ceremonies: CeremonySessions
}

/** Asked each time: an administrator may rename the instance while it runs. */
export const relyingParty = ({ core }: Pick<Host, 'core'>): RelyingParty => ({ origin: core.appUrl, name: core.appName })

/**
 * Finishes a sign-in ceremony.
 *
 * @throws AppError missing_session_id, invalid_webauthn_session, webauthn_authentication_failed, passkey_user_verification_required
 */
export async function prove(
  { host, credentials, ceremonies }: PasskeyDeps,
  c: Context<HostEnv>,
  answer: Assertion,
): Promise<PasskeyRow> {
  const isChallenge = await ceremonies.spend(c, 'sign-in', null)
  const passkey = await credentials.find(answer.id)
  // The browser may forget a passkey that we do not know (WebAuthn Level 3, signalUnknownCredential). It names one that is not here.
  if (!passkey) throw refused(host, 'it is not registered here', undefined, { unknownCredential: true })
  const proven = await verifyAssertion(relyingParty(host), answer, passkey, isChallenge).catch((error: unknown) => {
    throw refused(host, errorText(error), passkey)
  })
  requireVerification(host, proven)
  // Whether a passkey can be copied is settled when it is made (section 7.2, step on BE).
  if (proven.backupEligible !== passkey.backupEligible) throw refused(host, 'its backup eligibility has changed', passkey)
  if (!(await credentials.noteUse(passkey, proven))) throw refused(host, 'its counter does not advance', passkey)
  return passkey
}

/**
 * Finishes a registration.
 *
 * @throws AppError missing_session_id, invalid_webauthn_session, invalid_webauthn_response, passkey_user_verification_required,
 *   synced_passkey_not_allowed, already_in_use
 */
export async function register(
  { host, credentials, ceremonies }: PasskeyDeps,
  c: Context<HostEnv>,
  user: UserRow,
  answer: Attestation,
): Promise<PasskeyRow> {
  const isChallenge = await ceremonies.spend(c, 'register', user.id)
  const made: MadePasskey = await verifyCreation(relyingParty(host), answer, isChallenge).catch((cause: unknown) => {
    host.log.warn('A new passkey was refused', { user: user.id, reason: errorText(cause) })
    throw passkeyErrors.refuse('invalid_webauthn_response', { cause })
  })
  requireVerification(host, made)
  if (made.backupEligible && !host.settings.webauthnAllowSyncedPasskeys) throw passkeyErrors.refuse('synced_passkey_not_allowed')
  return credentials.add(user.id, made)
}

function requireVerification({ settings }: PasskeyHost, { userVerified }: Pick<ProvenPasskey, 'userVerified'>): void {
  if (settings.webauthnUserVerification === 'required' && !userVerified) {
    throw passkeyErrors.refuse('passkey_user_verification_required')
  }
}

/** One answer for every reason, which only the log tells: a wrong APP_URL shows there as another origin. */
function refused(host: PasskeyHost, reason: string, passkey?: PasskeyRow, details?: ErrorDetails) {
  host.log.warn('A passkey was refused', { reason, user: passkey?.userId })
  return passkeyErrors.refuse('webauthn_authentication_failed', details ? { details } : {})
}
