// Ids that count once: client assertions and DPoP proofs are refused when they come again (RFC 7523 section 3, RFC 9449 section 11.1).
import { lte } from 'drizzle-orm'
import type { Clock } from '#core/clock.ts'
import { sha256 } from '#core/crypto.ts'
import { clearFound } from '#core/db/clear.ts'
import type { Database } from '#core/db/client.ts'
import { spentIds } from './tables.ts'

export interface SpentIds {
  /** True for the first who comes with this id, false for everybody after, in whatever process. */
  spend(purpose: string, id: string, expiresAt: Date): Promise<boolean>
  /** Forgets ids whose bearer would be refused for its age alone. */
  sweep(): Promise<void>
}

export const createSpentIds = (db: Database, clock: Clock): SpentIds => ({
  async spend(purpose, id, expiresAt) {
    const row = { purpose, idHash: sha256(id), expiresAt }
    const taken = await db.writeTogether((tx) => tx.insert(spentIds).values(row).onConflictDoNothing().returning())
    return taken.length === 1
  },
  async sweep() {
    await clearFound(db, spentIds, [spentIds.purpose, spentIds.idHash], lte(spentIds.expiresAt, clock.now()))
  },
})
