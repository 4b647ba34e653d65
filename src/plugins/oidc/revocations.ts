// Access tokens that were revoked one by one, until they run out anyway.
import { and, eq, sql } from 'drizzle-orm'
import { sha256 } from '#core/crypto.ts'
import type { OidcHost } from './provider.ts'
import { spentIds } from './tables.ts'

export interface Revocations {
  has(tokenId: string): Promise<boolean>
  add(tokenId: string, expiresAt: Date): Promise<void>
}

const purpose = 'access-token'

export function createRevocations({ db }: Pick<OidcHost, 'db'>): Revocations {
  const held = db.read
    .select({ purpose: spentIds.purpose })
    .from(spentIds)
    .where(and(eq(spentIds.purpose, purpose), eq(spentIds.idHash, sql.placeholder('idHash'))))
    .prepare()
  return {
    has: db.remember(async (tokenId) => (await held.execute({ idHash: sha256(tokenId) })).length > 0),
    async add(tokenId, expiresAt) {
      const row = { purpose, idHash: sha256(tokenId), expiresAt }
      await db.write((tx) => tx.insert(spentIds).values(row).onConflictDoNothing())
    },
  }
}
