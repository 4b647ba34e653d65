// The audit log's table as drizzle sees it.
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export const auditEntries = sqliteTable('audit_log', {
  id: text('id').primaryKey(),
  createdAt: integer('created_at', { mode: 'timestamp_ms' }).notNull(),
  event: text('event').notNull(),
  ipAddress: text('ip_address'),
  country: text('country').notNull().default(''),
  city: text('city').notNull().default(''),
  device: text('device').notNull().default(''),
  userId: text('user_id').notNull(),
  username: text('username').notNull(),
  actorUsername: text('actor_username'),
  clientName: text('client_name'),
  data: text('data', { mode: 'json' }).$type<Readonly<Record<string, string>>>().notNull(),
})
