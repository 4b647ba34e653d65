// The table of waiting devices as drizzle sees it.
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** Requests of a few minutes. Collecting an approved one deletes its row. */
export const deviceLoginRows = sqliteTable('device_logins', {
  id: text('id').primaryKey(),
  secretHash: text('secret_hash').notNull(),
  userCodeHash: text('user_code_hash').notNull(),
  state: text('state', { enum: ['pending', 'approved', 'denied'] })
    .notNull()
    .default('pending'),
  /** Who let it in. */
  userId: text('user_id'),
  ipAddress: text('ip_address'),
  userAgent: text('user_agent'),
  createdAt: integer('created_at', { mode: 'timestamp_ms' }).notNull(),
  expiresAt: integer('expires_at', { mode: 'timestamp_ms' }).notNull(),
})
