// The tables of invitations as drizzle sees them.
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export const signupTokens = sqliteTable('signup_tokens', {
  id: text('id').primaryKey(),
  tokenHash: text('token_hash').notNull(),
  sealed: text('sealed').notNull(),
  usageLimit: integer('usage_limit').notNull(),
  usageCount: integer('usage_count').notNull().default(0),
  createdAt: integer('created_at', { mode: 'timestamp_ms' }).notNull(),
  expiresAt: integer('expires_at', { mode: 'timestamp_ms' }).notNull(),
})

export const signupTokenGroups = sqliteTable(
  'signup_token_groups',
  {
    tokenId: text('token_id').notNull(),
    groupId: text('group_id').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tokenId, table.groupId] })],
)
