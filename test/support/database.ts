// A real database file with core's tables, in a folder of its own.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Database, openDatabase } from '#core/db/client.ts'
import { migrate } from '#core/db/migrate.ts'

export const coreMigrations = new URL('../../src/core/db/migrations/', import.meta.url)

export interface TestDatabase {
  readonly db: Database
  readonly path: string
  close(): Promise<void>
}

/** Opens a fresh database; `close` removes it. */
export async function freshDatabase(): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'pocket-id-edge-'))
  const path = join(folder, 'test.db')
  const db = await openDatabase(path)
  await migrate(db, 'core', coreMigrations)
  return {
    db,
    path,
    async close() {
      await db.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
