// Passkeys that were registered with Pocket ID: the same keys, at the same address, for the same people.
import { bytesOf, flagOf, momentOf, textOf, textOrNull, textsOf } from '#core/transfer/fields.ts'
import { inParts, type TakeOver } from '#core/transfer/predecessor.ts'
import { passkeys } from './tables.ts'

const nobodysModel = '00000000-0000-0000-0000-000000000000'
const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')

export const takeOver: TakeOver = async (from, { db, clock }) => {
  const rows = from.rows('webauthn_credentials').map((row) => ({
    id: textOf(row, 'id'),
    userId: textOf(row, 'user_id'),
    name: textOf(row, 'name'),
    credentialId: base64url(bytesOf(row, 'credential_id')),
    publicKey: base64url(bytesOf(row, 'public_key')),
    // Pocket ID keeps none: the first sign-in says where the counter is.
    counter: 0,
    transports: textsOf(row, 'transport'),
    aaguid: textOrNull(row, 'aaguid') ?? nobodysModel,
    attestationType: textOf(row, 'attestation_type'),
    backupEligible: flagOf(row, 'backup_eligible'),
    backupState: flagOf(row, 'backup_state'),
    createdAt: momentOf(row, 'created_at') ?? clock.now(),
  }))
  await db.write(async (tx) => {
    for (const part of inParts(rows)) await tx.insert(passkeys).values(part)
  })
  return {}
}
