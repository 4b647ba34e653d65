// Access tokens that were revoked one by one, until they run out anyway.
import { and, eq } from 'drizzle-orm'
import { sha256 } from '#core/crypto.ts'
import type { OidcHost } from './provider.ts'
import { spentIds } from './tables.ts'

const purpose = 'access-token'

export const spentAccessTokens = ({ db }: Pick<OidcHost, 'db'>) => ({
  async has(id: string): Promise<boolean> {
    const [row] = await db.read
      .select({ purpose: spentIds.purpose })
      .from(spentIds)
      .where(and(eq(spentIds.purpose, purpose), eq(spentIds.idHash, sha256(id))))
    return row !== undefined
  },
  async add(id: string, expiresAt: Date): Promise<void> {
    await db.write((tx) =>
      tx
        .insert(spentIds)
        .values({ purpose, idHash: sha256(id), expiresAt })
        .onConflictDoNothing(),
    )
  },
})
