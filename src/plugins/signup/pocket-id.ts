// Invitations of Pocket ID, which keeps their tokens in the clear: here they are hashed, and sealed for the administrators' list.
import { sha256 } from '#core/crypto.ts'
import { momentOf, numberOf, textOf } from '#core/transfer/fields.ts'
import { inParts, type TakeOver } from '#core/transfer/predecessor.ts'
import { purpose } from './sealed.ts'
import { signupTokenGroups, signupTokens } from './tables.ts'

export const takeOver: TakeOver = async (from, { db, vault, clock }) => {
  const rows = from.rows('signup_tokens').map((row) => {
    const token = textOf(row, 'token')
    const usageLimit = Math.max(1, numberOf(row, 'usage_limit', 1))
    return {
      id: textOf(row, 'id'),
      tokenHash: sha256(token),
      sealed: vault.seal(purpose, token),
      usageLimit,
      usageCount: Math.min(usageLimit, numberOf(row, 'usage_count', 0)),
      createdAt: momentOf(row, 'created_at') ?? clock.now(),
      expiresAt: momentOf(row, 'expires_at') ?? clock.now(),
    }
  })
  const groups = from
    .rows('signup_tokens_user_groups')
    .map((row) => ({ tokenId: textOf(row, 'signup_token_id'), groupId: textOf(row, 'user_group_id') }))
  await db.write(async (tx) => {
    for (const part of inParts(rows)) await tx.insert(signupTokens).values(part)
    for (const part of inParts(groups)) await tx.insert(signupTokenGroups).values(part)
  })
  return {}
}
