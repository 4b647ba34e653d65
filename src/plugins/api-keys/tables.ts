// The API keys' table as drizzle sees it.
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

const instant = (name: string) => integer(name, { mode: 'timestamp_ms' })

export const apiKeys = sqliteTable('api_keys', {
  id: text('id').primaryKey(),
  userId: text('user_id').notNull(),
  name: text('name').notNull(),
  description: text('description'),
  keyHash: text('key_hash').notNull(),
  expiresAt: instant('expires_at').notNull(),
  lastUsedAt: instant('last_used_at'),
  createdAt: instant('created_at').notNull(),
  expirationEmailSent: integer('expiration_email_sent', { mode: 'boolean' }).notNull().default(false),
})
