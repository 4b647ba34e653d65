// Servers of apps that Pocket ID told of its people. What each of them was told is found out by the first run.
import { momentOf, textOf, textOrNull } from '#core/transfer/fields.ts'
import { inParts, type TakeOver } from '#core/transfer/predecessor.ts'
import { purpose } from './sealed.ts'
import { providers } from './tables.ts'

export const takeOver: TakeOver = async (from, { db, vault, clock }) => {
  const locked: string[] = []
  const rows = from.rows('scim_service_providers').map((row) => {
    const endpoint = textOf(row, 'endpoint')
    const sealed = textOrNull(row, 'token')
    const token = sealed === null ? undefined : from.open(sealed)
    if (sealed !== null && token === undefined) locked.push(endpoint)
    return {
      id: textOf(row, 'id'),
      clientId: textOf(row, 'oidc_client_id'),
      endpoint,
      sealedToken: token === undefined ? null : vault.seal(purpose, token),
      createdAt: momentOf(row, 'created_at') ?? clock.now(),
    }
  })
  await db.write(async (tx) => {
    for (const part of inParts(rows)) await tx.insert(providers).values(part)
  })
  if (locked.length === 0) return {}
  return { notes: [`Tokens for ${locked.join(', ')} were sealed with another ENCRYPTION_KEY; set them again.`] }
}
