// What goes over the wire: credentials as Pocket ID names them, and what browsers send back (WebAuthn section 5.1, JSON forms).
import * as v from 'valibot'
import type { PasskeyRow } from './tables.ts'

/** A registered passkey. `lastUsedAt` is ours. */
export const Credential = v.object({
  id: v.string(),
  name: v.string(),
  credentialID: v.string(),
  attestationType: v.string(),
  transport: v.array(v.string()),
  backupEligible: v.boolean(),
  backupState: v.boolean(),
  createdAt: v.string(),
  lastUsedAt: v.nullable(v.string()),
})

export const credentialJson = (row: PasskeyRow): v.InferOutput<typeof Credential> => ({
  id: row.id,
  name: row.name,
  credentialID: row.credentialId,
  attestationType: row.attestationType,
  transport: [...row.transports],
  backupEligible: row.backupEligible,
  backupState: row.backupState,
  createdAt: row.createdAt.toISOString(),
  lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
})

/** A browser's options object: the standard owns its members, so only the challenge is spelled out. */
export const CeremonyOptions = v.looseObject({ challenge: v.string() })

const bytes = (maxLength: number) =>
  v.pipe(v.string(), v.minLength(1), v.maxLength(maxLength), v.regex(/^[\w-]+$/, 'Must be base64url.'))
// An id may have 1023 bytes (section 4, "Credential ID").
const credentialId = bytes(1364)
const large = bytes(64 * 1024)
const attestedTransports = v.pipe(v.array(v.pipe(v.string(), v.maxLength(32))), v.maxLength(10))

const credentialOf = <R extends v.GenericSchema>(response: R) =>
  v.object({
    id: credentialId,
    rawId: credentialId,
    type: v.literal('public-key'),
    clientExtensionResults: v.optional(v.looseObject({}), {}),
    response,
  })

/** What `navigator.credentials.create()` gave. */
export const Attestation = credentialOf(
  v.object({ clientDataJSON: large, attestationObject: large, transports: v.optional(attestedTransports, []) }),
)
export type Attestation = v.InferOutput<typeof Attestation>

/** What `navigator.credentials.get()` gave. The user handle says whose passkey it is: discoverable credentials always send it. */
export const Assertion = credentialOf(
  v.object({ clientDataJSON: large, authenticatorData: large, signature: bytes(2048), userHandle: bytes(88) }),
)
export type Assertion = v.InferOutput<typeof Assertion>

export const NewName = v.object({
  name: v.pipe(
    v.string(),
    v.normalize('NFC'),
    v.trim(),
    v.minLength(1, 'Must not be empty.'),
    v.maxLength(50, 'Must have at most 50 characters.'),
  ),
})
