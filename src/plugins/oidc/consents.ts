// What people agreed to, remembered for good.
import { and, eq } from 'drizzle-orm'
import type { Transaction } from '#core/db/client.ts'
import { consentKeys, covers } from './protocol/consent.ts'
import type { OidcHost } from './provider.ts'
import { type ClientRow, consents } from './tables.ts'

export interface Agreement {
  readonly client: ClientRow
  readonly scope: readonly string[]
  readonly resources: readonly string[]
}

const between = (userId: string, client: ClientRow) => and(eq(consents.userId, userId), eq(consents.clientId, client.id))

/** Whether this user agreed to all of it before. */
export async function agreedTo(
  { db }: Pick<OidcHost, 'db'>,
  { client, scope, resources }: Agreement,
  userId: string,
): Promise<boolean> {
  const [row] = await db.read.select().from(consents).where(between(userId, client))
  return covers(row?.scope, consentKeys(scope, resources))
}

/** Adds to what was agreed to. True when this user never used the client before. */
export async function remember(
  { clock }: Pick<OidcHost, 'clock'>,
  tx: Transaction,
  { client, scope, resources }: Agreement,
  userId: string,
): Promise<boolean> {
  const now = clock.now()
  const keys = consentKeys(scope, resources)
  // Nearly always it is the same as the last time.
  const [held] = await tx
    .update(consents)
    .set({ lastUsedAt: now })
    .where(between(userId, client))
    .returning({ scope: consents.scope })
  if (!held) {
    await tx.insert(consents).values({ userId, clientId: client.id, scope: keys, createdAt: now, lastUsedAt: now })
  } else if (!covers(held.scope, keys)) {
    const all = [...new Set([...held.scope, ...keys])]
    await tx.update(consents).set({ scope: all }).where(between(userId, client))
  }
  return !held
}
