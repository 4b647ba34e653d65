// The passkey plugin's tables as drizzle sees them.
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

const flag = (name: string) => integer(name, { mode: 'boolean' }).notNull()
const instant = (name: string) => integer(name, { mode: 'timestamp_ms' })

/** Registered passkeys. Public keys are COSE bytes in base64url; nothing here lets anybody sign in. */
export const passkeys = sqliteTable('passkeys', {
  id: text('id').primaryKey(),
  userId: text('user_id').notNull(),
  name: text('name').notNull(),
  credentialId: text('credential_id').notNull(),
  publicKey: text('public_key').notNull(),
  counter: integer('counter').notNull(),
  transports: text('transports', { mode: 'json' }).$type<readonly string[]>().notNull(),
  aaguid: text('aaguid').notNull(),
  attestationType: text('attestation_type').notNull(),
  backupEligible: flag('backup_eligible'),
  backupState: flag('backup_state'),
  createdAt: instant('created_at').notNull(),
  lastUsedAt: instant('last_used_at'),
})

/** Ceremonies that were finished, kept until their cookie would have run out, so that none is finished twice. */
export const spentCeremonies = sqliteTable('passkey_spent_ceremonies', {
  id: text('id').primaryKey(),
  expiresAt: instant('expires_at').notNull(),
})

/** Proofs of a gesture made a moment ago, bound to the session that made it. */
export const reauthentications = sqliteTable('passkey_reauthentications', {
  tokenHash: text('token_hash').primaryKey(),
  sessionId: text('session_id').notNull(),
  expiresAt: instant('expires_at').notNull(),
})

export type PasskeyRow = typeof passkeys.$inferSelect
