// Rows of passkeys. Every write names the owner, so nobody reaches another account's.
import { and, asc, eq, gt, or, sql } from 'drizzle-orm'
import { newId } from '#core/crypto.ts'
import { uniqueViolation } from '#core/db/violations.ts'
import { alreadyInUse } from '#core/errors.ts'
import type { Host } from '#core/kernel/plugin.ts'
import { authenticatorName } from './authenticator-names.ts'
import type { MadePasskey, ProvenPasskey } from './ceremony.ts'
import { passkeyErrors } from './errors.ts'
import { type PasskeyRow, passkeys } from './tables.ts'

export interface Credentials {
  listFor(userId: string): Promise<readonly PasskeyRow[]>
  /** By the id that the authenticator gave it. */
  find(credentialId: string): Promise<PasskeyRow | undefined>
  /** @throws AppError already_in_use when this very credential is registered */
  add(userId: string, made: MadePasskey): Promise<PasskeyRow>
  /** @throws AppError passkey_not_found unless the user has it */
  rename(userId: string, id: string, name: string): Promise<PasskeyRow>
  /** @throws AppError passkey_not_found unless the user has it */
  remove(userId: string, id: string): Promise<void>
  /**
   * Notes a use; false when another one with this counter or a later one came first: two answers from one gesture, or a
   * cloned key (WebAuthn section 6.1.1).
   */
  noteUse(passkey: PasskeyRow, proven: ProvenPasskey): Promise<boolean>
}

/** As many letters as a name may have that its owner gives. */
const longestName = 50

export function createCredentials({ db, clock, events }: Pick<Host, 'db' | 'clock' | 'events'>): Credentials {
  const owned = (userId: string, id: string) => and(eq(passkeys.id, id), eq(passkeys.userId, userId))
  return {
    listFor: (userId) =>
      db.read.select().from(passkeys).where(eq(passkeys.userId, userId)).orderBy(asc(passkeys.createdAt), asc(passkeys.id)),
    find: async (credentialId) => (await db.read.select().from(passkeys).where(eq(passkeys.credentialId, credentialId)))[0],
    async add(userId, { userVerified: _proven, ...made }) {
      const name = authenticatorName(made.aaguid)?.slice(0, longestName) ?? 'Passkey'
      const row: PasskeyRow = { ...made, id: newId(), userId, name, createdAt: clock.now(), lastUsedAt: null }
      try {
        await db.write((tx) => tx.insert(passkeys).values(row))
      } catch (error) {
        throw uniqueViolation(error) === 'passkeys.credential_id' ? alreadyInUse('passkey') : error
      }
      events.publish('passkey.added', { userId, credentialId: row.id })
      return row
    },
    async rename(userId, id, name) {
      const [renamed] = await db.write((tx) => tx.update(passkeys).set({ name }).where(owned(userId, id)).returning())
      if (!renamed) throw passkeyErrors.refuse('passkey_not_found')
      return renamed
    },
    async remove(userId, id) {
      const removed = await db.write((tx) => tx.delete(passkeys).where(owned(userId, id)).returning({ id: passkeys.id }))
      if (removed.length === 0) throw passkeyErrors.refuse('passkey_not_found')
      events.publish('passkey.removed', { userId, credentialId: id })
    },
    async noteUse({ id }, { counter, backupState }) {
      // Authenticators without a counter always say 0.
      const advances = or(gt(sql`${counter}`, passkeys.counter), and(eq(passkeys.counter, 0), eq(sql`${counter}`, 0)))
      const use = { counter, backupState, lastUsedAt: clock.now() }
      const noted = await db.write((tx) =>
        tx
          .update(passkeys)
          .set(use)
          .where(and(eq(passkeys.id, id), advances))
          .returning({ id: passkeys.id }),
      )
      return noted.length > 0
    },
  }
}
