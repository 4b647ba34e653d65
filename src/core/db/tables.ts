// Core's own tables as drizzle sees them. The SQL that makes them is in migrations/; a test compares the two.
import { blob, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

const flag = (name: string) => integer(name, { mode: 'boolean' }).notNull().default(false)
const instant = (name: string) => integer(name, { mode: 'timestamp_ms' })

/**
 * People. `source` and `externalId` name the directory a row belongs to (null: edited here).
 *
 * `disabled` is an administrator's decision, `sourceDisabled` the directory's: two facts, so that coming back to the
 * directory undoes only the second. `sourceDigest` is a digest of the values the source last wrote; any other writer sets it to null.
 */
export const users = sqliteTable('users', {
  id: text('id').primaryKey(),
  username: text('username').notNull(),
  email: text('email'),
  emailVerified: flag('email_verified'),
  firstName: text('first_name').notNull().default(''),
  lastName: text('last_name').notNull().default(''),
  displayName: text('display_name').notNull().default(''),
  isAdmin: flag('is_admin'),
  locale: text('locale'),
  disabled: flag('disabled'),
  sourceDisabled: flag('source_disabled'),
  source: text('source'),
  externalId: text('external_id'),
  /** What the source calls the row now: for a directory the entry's DN. It may change; the external id does not. */
  sourceEntry: text('source_entry'),
  sourceDigest: text('source_digest'),
  /** Claims that the source decides, as a JSON object of texts; null for none. */
  sourceClaims: text('source_claims'),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
})

/** Groups. A group with a `source` takes its name and all its members from there. */
export const groups = sqliteTable('groups', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  friendlyName: text('friendly_name').notNull(),
  source: text('source'),
  externalId: text('external_id'),
  sourceEntry: text('source_entry'),
  sourceDigest: text('source_digest'),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
})

export const groupMembers = sqliteTable(
  'group_members',
  {
    groupId: text('group_id').notNull(),
    userId: text('user_id').notNull(),
  },
  (table) => [primaryKey({ columns: [table.groupId, table.userId] })],
)

/** Extra claims of a user or of a group; exactly one of the two owners is set. */
export const customClaims = sqliteTable('custom_claims', {
  id: text('id').primaryKey(),
  userId: text('user_id'),
  groupId: text('group_id'),
  key: text('key').notNull(),
  value: text('value').notNull(),
})

/** Signed-in browsers. The id is the jti of the access token; deleting the row ends the session at once. */
export const sessions = sqliteTable('sessions', {
  id: text('id').primaryKey(),
  userId: text('user_id').notNull(),
  amr: text('amr', { mode: 'json' }).$type<readonly string[]>().notNull(),
  ipAddress: text('ip_address'),
  userAgent: text('user_agent'),
  createdAt: instant('created_at').notNull(),
  expiresAt: instant('expires_at').notNull(),
})

/** Application configuration as the administrator stored it; secrets are sealed (crypto.ts). */
export const settings = sqliteTable('settings', {
  key: text('key').primaryKey(),
  value: text('value').notNull(),
  updatedAt: instant('updated_at').notNull(),
})

/** A word sealed with the encryption key, so that another key is noticed (kernel/key-check.ts). */
export const keyCheck = sqliteTable('key_check', {
  id: integer('id').primaryKey(),
  sealed: text('sealed').notNull(),
})

/** Who runs a job right now. A lease that was not renewed falls to the next process that asks. */
export const leases = sqliteTable('leases', {
  name: text('name').primaryKey(),
  holder: text('holder').notNull(),
  expiresAt: instant('expires_at').notNull(),
})

/** Uploaded files, where FILE_BACKEND is `database`. */
export const files = sqliteTable('files', {
  name: text('name').primaryKey(),
  bytes: blob('bytes', { mode: 'buffer' }).notNull(),
  updatedAt: instant('updated_at').notNull(),
})

/** Pictures of people: what somebody put here (`own`) and what the source of the row brought. The own one is shown. */
export const profilePictures = sqliteTable(
  'profile_pictures',
  {
    userId: text('user_id').notNull(),
    origin: text('origin', { enum: ['own', 'source'] }).notNull(),
    file: text('file').notNull(),
    type: text('type').notNull(),
    digest: text('digest').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.origin] })],
)
