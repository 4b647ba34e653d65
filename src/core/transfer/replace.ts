// One instance's data takes the place of another's: in one transaction, files included, or not at all.
import { sql } from 'drizzle-orm'
import type { Database, Transaction } from '../db/client.ts'
import { createFileStore, type FilePlace, type FileStore } from '../files/store.ts'
import { forgetIndex } from '../identity/user-search.ts'
import { insertRows, type MovedTable, movedTables, pagesOf } from './rows.ts'

export interface Replacement {
  readonly from: { readonly db: Database; readonly files: FileStore }
  readonly to: { readonly db: Database; readonly place: FilePlace }
  /** Asked within the transaction, before anything is written. */
  check(tx: Transaction): Promise<void>
}

/** @returns how many rows there are now. @throws what `check` threw, or a fault of the database; then everything is as it was */
export async function replaceAll({ from, to, check }: Replacement): Promise<number> {
  const tables = await movedTables(from.db.read)
  const undo: (() => Promise<void>)[] = []
  const names = await from.files.names()
  let stale: readonly string[] = []
  try {
    const rows = await to.db.write(async (tx, turn) => {
      await check(tx)
      const count = await moveRows(from.db, tx, tables)
      const files = createFileStore({ read: tx, write: (work) => work(tx, turn) }, to.place)
      stale = (await files.names()).filter((name) => !names.includes(name))
      for (const name of names) await moveFile(from.files, files, name, undo)
      return count
    })
    const files = createFileStore(to.db, to.place)
    for (const name of stale) await files.remove(name)
    return rows
  } catch (error) {
    // Rows of files went back with the transaction; what lies elsewhere is put back by hand.
    if (to.place.fileBackend !== 'database') for (const step of undo.reverse()) await step()
    throw error
  }
}

async function moveRows(from: Database, tx: Transaction, tables: readonly MovedTable[]): Promise<number> {
  let count = 0
  for (const { name } of [...tables].reverse()) await tx.run(sql`delete from ${sql.identifier(name)}`)
  await forgetIndex(tx)
  for (const table of tables) {
    for await (const page of pagesOf(from.read, table)) {
      await insertRows(tx, table.name, table.columns, page)
      count += page.length
    }
  }
  return count
}

async function moveFile(from: FileStore, to: FileStore, name: string, undo: (() => Promise<void>)[]): Promise<void> {
  const [bytes, held] = await Promise.all([from.read(name), to.read(name)])
  if (!bytes || (held && Buffer.compare(bytes, held) === 0)) return
  undo.push(() => (held ? to.write(name, held) : to.remove(name)))
  await to.write(name, bytes)
}
