// The two ceremonies of WebAuthn: making a passkey and proving one. The only file that speaks WebAuthn.
import type {
  AuthenticatorSelectionCriteria,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server'
import type { UserRow } from '#core/identity/actor.ts'
import type { PasskeyRow } from './tables.ts'
import type { Assertion, Attestation } from './wire.ts'

/** Who we are to an authenticator: its passkeys are bound to the host name, and answers to the whole origin. */
export interface RelyingParty {
  readonly origin: string
  readonly name: string
}

export interface CeremonyPolicy {
  readonly userVerification: 'required' | 'preferred'
  readonly attachment: 'any' | 'platform' | 'cross-platform'
}

/** What an authenticator told about a passkey it has made. */
export type MadePasskey = Pick<
  PasskeyRow,
  'credentialId' | 'publicKey' | 'counter' | 'transports' | 'aaguid' | 'attestationType' | 'backupEligible' | 'backupState'
> & { readonly userVerified: boolean }

/** What an authenticator told when it proved a passkey. */
export interface ProvenPasskey {
  readonly counter: number
  readonly userVerified: boolean
  readonly backupEligible: boolean
  readonly backupState: boolean
}

type IsChallenge = (challenge: string) => boolean

// ES256, EdDSA, RS256. Left to itself the library also offers ML-DSA, which no authenticator has and Node calls experimental.
const algorithms = [-7, -8, -257]
const timeoutMilliseconds = 60_000
// We ask for no attestation. These two need no certificate chain, so checking them never makes this server fetch a revocation list.
const attestationFormats: readonly string[] = ['none', 'packed']

// Costs some 70 ms, so the start does not wait for it.
const webauthn = () => import('@simplewebauthn/server')

/** Loads what a ceremony needs, so that the first one does not keep everybody waiting. */
export const warmUp = async (): Promise<void> => void (await webauthn())

const hostOf = ({ origin }: RelyingParty): string => new URL(origin).hostname

/** Options for `navigator.credentials.create()`; `held` are the person's passkeys, which must not be made twice (section 5.4). */
export async function creationOptions(
  rp: RelyingParty,
  policy: CeremonyPolicy,
  user: UserRow,
  held: readonly PasskeyRow[],
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { generateRegistrationOptions } = await webauthn()
  const authenticatorSelection: AuthenticatorSelectionCriteria = {
    residentKey: 'required',
    requireResidentKey: true,
    userVerification: policy.userVerification,
    ...(policy.attachment === 'any' ? {} : { authenticatorAttachment: policy.attachment }),
  }
  return generateRegistrationOptions({
    rpID: hostOf(rp),
    rpName: rp.name,
    userID: new TextEncoder().encode(user.id),
    userName: user.username,
    userDisplayName: user.displayName || user.username,
    attestationType: 'none',
    supportedAlgorithmIDs: algorithms,
    timeout: timeoutMilliseconds,
    excludeCredentials: held.map(({ credentialId, transports }) => ({ id: credentialId, transports: [...transports] })),
    authenticatorSelection,
  })
}

/** Checks what `create()` gave (section 7.1). @throws Error saying what did not fit; for the log, not for the caller */
export async function verifyCreation(rp: RelyingParty, answer: Attestation, isChallenge: IsChallenge): Promise<MadePasskey> {
  const { verifyRegistrationResponse } = await webauthn()
  await refuseForeignFormats(answer)
  const { verified, registrationInfo: made } = await verifyRegistrationResponse({
    response: answer,
    expectedChallenge: isChallenge,
    expectedOrigin: rp.origin,
    expectedRPID: hostOf(rp),
    // Asked of the result below, where it has an error code of its own.
    requireUserVerification: false,
    supportedAlgorithmIDs: algorithms,
  })
  if (!verified) throw new Error('the attestation does not verify')
  if (made.credential.id !== answer.id) throw new Error('the attested credential has another id')
  return {
    credentialId: made.credential.id,
    publicKey: Buffer.from(made.credential.publicKey).toString('base64url'),
    counter: made.credential.counter,
    transports: answer.response.transports,
    aaguid: made.aaguid,
    attestationType: made.fmt,
    backupEligible: made.credentialDeviceType === 'multiDevice',
    backupState: made.credentialBackedUp,
    userVerified: made.userVerified,
  }
}

async function refuseForeignFormats(answer: Attestation): Promise<void> {
  const { decodeAttestationObject } = await import('@simplewebauthn/server/helpers')
  const format = decodeAttestationObject(new Uint8Array(Buffer.from(answer.response.attestationObject, 'base64url'))).get('fmt')
  if (!attestationFormats.includes(format))
    throw new Error(`an attestation of the format ${format} came although none was asked for`)
}

/** Options for `navigator.credentials.get()`: no list of credentials, so nobody learns from them who has an account. */
export async function requestOptions(rp: RelyingParty, policy: CeremonyPolicy): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const { generateAuthenticationOptions } = await webauthn()
  return generateAuthenticationOptions({
    rpID: hostOf(rp),
    userVerification: policy.userVerification,
    timeout: timeoutMilliseconds,
  })
}

/** Checks what `get()` gave against the passkey it names (section 7.2). @throws Error saying what did not fit; for the log */
export async function verifyAssertion(
  rp: RelyingParty,
  answer: Assertion,
  passkey: PasskeyRow,
  isChallenge: IsChallenge,
): Promise<ProvenPasskey> {
  const { verifyAuthenticationResponse } = await webauthn()
  const owner = Buffer.from(answer.response.userHandle, 'base64url').toString('utf8')
  if (owner !== passkey.userId) throw new Error('the user handle is not of the passkey’s owner')
  const { verified, authenticationInfo: proven } = await verifyAuthenticationResponse({
    response: answer,
    expectedChallenge: isChallenge,
    expectedOrigin: rp.origin,
    expectedRPID: hostOf(rp),
    requireUserVerification: false,
    credential: {
      id: passkey.credentialId,
      publicKey: new Uint8Array(Buffer.from(passkey.publicKey, 'base64url')),
      counter: passkey.counter,
    },
  })
  if (!verified) throw new Error('the signature does not verify')
  return {
    counter: proven.newCounter,
    userVerified: proven.userVerified,
    backupEligible: proven.credentialDeviceType === 'multiDevice',
    backupState: proven.credentialBackedUp,
  }
}
