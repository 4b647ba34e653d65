// API keys of Pocket ID: it keeps the same hash, so whoever has one goes on.
import { flagOf, momentOf, textOf, textOrNull } from '#core/transfer/fields.ts'
import { inParts, type TakeOver } from '#core/transfer/predecessor.ts'
import { apiKeys } from './tables.ts'

export const takeOver: TakeOver = async (from, { db, clock }) => {
  const rows = from.rows('api_keys').map((row) => ({
    id: textOf(row, 'id'),
    userId: textOf(row, 'user_id'),
    name: textOf(row, 'name'),
    description: textOrNull(row, 'description'),
    keyHash: textOf(row, 'key'),
    expiresAt: momentOf(row, 'expires_at') ?? clock.now(),
    lastUsedAt: momentOf(row, 'last_used_at'),
    createdAt: momentOf(row, 'created_at') ?? clock.now(),
    expirationEmailSent: flagOf(row, 'expiration_email_sent'),
  }))
  await db.write(async (tx) => {
    for (const part of inParts(rows)) await tx.insert(apiKeys).values(part)
  })
  return {}
}
