// The plugin's tables as drizzle sees them. What was told is kept by digest, so that only what changed is told again.
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

const instant = (name: string) => integer(name, { mode: 'timestamp_ms' })

/** Apps that are told. `clientId` is no reference: apps are another plugin's, and one that is gone is noticed when it is told. */
export const providers = sqliteTable('scim_providers', {
  id: text('id').primaryKey(),
  clientId: text('client_id').notNull(),
  endpoint: text('endpoint').notNull(),
  sealedToken: text('sealed_token'),
  createdAt: instant('created_at').notNull(),
  lastSyncedAt: instant('last_synced_at'),
  /** Why the last attempt failed, in a sentence; null when it did not. */
  lastFault: text('last_fault'),
  /** Set when something changed that the app has not heard of. */
  wantedAt: instant('wanted_at'),
  /** Until when one process has it to itself. */
  claimedUntil: instant('claimed_until'),
})
export type ProviderRow = typeof providers.$inferSelect

/** What an app was told, and under which id it keeps it. Nothing else of it is ever removed there. */
export const resources = sqliteTable(
  'scim_resources',
  {
    providerId: text('provider_id').notNull(),
    kind: text('kind').$type<'user' | 'group'>().notNull(),
    localId: text('local_id').notNull(),
    remoteId: text('remote_id').notNull(),
    digest: text('digest').notNull(),
  },
  (table) => [primaryKey({ columns: [table.providerId, table.kind, table.localId] })],
)
export type Kind = 'user' | 'group'
