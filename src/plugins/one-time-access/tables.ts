// The one-time tokens' table as drizzle sees it.
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** Tokens that were handed out and not used yet. Using one deletes its row. */
export const oneTimeTokens = sqliteTable('one_time_tokens', {
  tokenHash: text('token_hash').primaryKey(),
  userId: text('user_id').notNull(),
  /** Set when it was asked for by e-mail: only the browser that asked may use it. */
  deviceHash: text('device_hash'),
  createdAt: integer('created_at', { mode: 'timestamp_ms' }).notNull(),
  expiresAt: integer('expires_at', { mode: 'timestamp_ms' }).notNull(),
})
