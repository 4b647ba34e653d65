// What people agreed to, remembered for good.
import { and, eq, sql } from 'drizzle-orm'
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

async function agreedBy({ db }: Pick<OidcHost, 'db'>, client: ClientRow, userId: string) {
  const [row] = await db.read.select().from(consents).where(between(userId, client))
  return row?.scope
}

/** Whether this user agreed to all of it before. */
export const agreedTo = async (
  host: Pick<OidcHost, 'db'>,
  { client, scope, resources }: Agreement,
  userId: string,
): Promise<boolean> => covers(await agreedBy(host, client, userId), consentKeys(scope, resources))

/** Those of the scopes that this user agreed to before at each of the resources; all where an app need not ask. */
export async function agreedOf(
  host: Pick<OidcHost, 'db'>,
  { client, scope, resources }: Agreement,
  userId: string,
): Promise<readonly string[]> {
  if (client.skipConsent) return scope
  const agreed = await agreedBy(host, client, userId)
  return scope.filter((one) => covers(agreed, consentKeys([one], resources)))
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
  // Nearly always it is the same as the last time; by hand, because it runs with every sign-in (see grant-statements.ts).
  const [held] = await tx.all<{ scope: string }>(sql`update oidc_consents set last_used_at = ${now.getTime()}
    where user_id = ${userId} and client_id = ${client.id} returning scope`)
  const agreed = held === undefined ? [] : (JSON.parse(held.scope) as readonly string[])
  if (!held) {
    await tx.insert(consents).values({ userId, clientId: client.id, scope: keys, createdAt: now, lastUsedAt: now })
  } else if (!covers(agreed, keys)) {
    const all = [...new Set([...agreed, ...keys])]
    await tx.update(consents).set({ scope: all }).where(between(userId, client))
  }
  return !held
}
