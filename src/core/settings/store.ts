// Stored rows of the application configuration; secrets are sealed before they are written.
import { inArray, sql } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import type { Vault } from '../crypto.ts'
import type { Database } from '../db/client.ts'
import { settings } from '../db/tables.ts'

export interface SettingsStore {
  /** Every stored value, unsealed. A secret that cannot be opened is left out and named in `unreadable`. */
  load(): Promise<{ readonly stored: Readonly<Record<string, string>>; readonly unreadable: readonly string[] }>
  /** Writes values; `undefined` removes a row, so that the default counts again. */
  save(changes: Readonly<Record<string, string | undefined>>): Promise<void>
}

const purpose = (key: string) => `setting:${key}`

export function createSettingsStore(db: Database, vault: Vault, clock: Clock, isSecret: (key: string) => boolean): SettingsStore {
  return {
    async load() {
      const rows = await db.read.select().from(settings)
      const stored: Record<string, string> = {}
      const unreadable: string[] = []
      for (const { key, value } of rows) {
        try {
          stored[key] = isSecret(key) ? vault.open(purpose(key), value) : value
        } catch {
          unreadable.push(key)
        }
      }
      return { stored, unreadable }
    },
    async save(changes) {
      const entries = Object.entries(changes)
      const gone = entries.flatMap(([key, value]) => (value === undefined ? [key] : []))
      const kept = entries.flatMap(([key, value]) => (value === undefined ? [] : [{ key, value }]))
      await db.write(async (tx) => {
        if (gone.length > 0) await tx.delete(settings).where(inArray(settings.key, gone))
        if (kept.length === 0) return
        const rows = kept.map(({ key, value }) => ({
          key,
          value: isSecret(key) ? vault.seal(purpose(key), value) : value,
          updatedAt: clock.now(),
        }))
        await tx
          .insert(settings)
          .values(rows)
          .onConflictDoUpdate({ target: settings.key, set: { value: sql`excluded.value`, updatedAt: sql`excluded.updated_at` } })
      })
    },
  }
}
