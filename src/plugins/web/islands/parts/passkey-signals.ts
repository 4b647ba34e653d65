// In the browser: tells whoever keeps passkeys what the server knows (WebAuthn Level 3 section 5.1.10), so that none is offered in vain.
import { sendSignal } from '@simplewebauthn/browser'

/** What stands at the server, as the account page says it. */
interface Standing {
  readonly rpId: string
  readonly userId: string
  readonly allAcceptedCredentialIds: string[]
  readonly name: string
  readonly displayName: string
}

/** A browser that cannot be told goes on as it did. */
const quietly = (signal: Promise<unknown>): Promise<unknown> => signal.catch(() => undefined)

/** The server has no such passkey. */
export const forget = (rpID: string | undefined, credentialID: string): Promise<unknown> =>
  quietly(sendSignal({ signalName: 'unknownCredential', rpID: rpID ?? window.location.hostname, credentialID }))

/** These are left of somebody, and this is the name now. */
export async function tell(text: string): Promise<void> {
  const { rpId: rpID, userId: userID, allAcceptedCredentialIds, name, displayName } = JSON.parse(text) as Standing
  const accepted = { rpID, userID, allAcceptedCredentialIDs: allAcceptedCredentialIds }
  await quietly(sendSignal({ signalName: 'allAcceptedCredentials', ...accepted }))
  await quietly(sendSignal({ signalName: 'currentUserDetails', rpID, userID, userName: name, userDisplayName: displayName }))
}
