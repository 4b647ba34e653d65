// Clears away rows that have run out, a slice at a time: others are served, and write, in between.
import { type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { Database } from './client.ts'

/** A slice takes a few milliseconds. */
const rowsAtOnce = 1_000

/** Removes the rows for which `which` is true. For conditions that an index finds: each slice looks for its rows anew. */
export async function clearFound(
  db: Pick<Database, 'write'>,
  table: SQLiteTable,
  key: readonly SQLiteColumn[],
  which: SQL | undefined,
): Promise<void> {
  const keys = sql.join([...key], sql`, `)
  const slice = sql`select ${keys} from ${table} where ${which} limit ${rowsAtOnce}`
  for (let full = true; full; ) {
    const gone = await db.write((tx) => tx.all(sql`delete from ${table} where (${keys}) in (${slice}) returning 1`))
    full = gone.length === rowsAtOnce
  }
}

/**
 * The same where no index finds them, because every sign-in would have to keep it up: goes through the table once, in the order of its
 * key.
 */
export async function clearThrough(
  db: Pick<Database, 'read' | 'write'>,
  table: SQLiteTable,
  key: SQLiteColumn,
  which: SQL | undefined,
): Promise<void> {
  for (let from = ''; ; ) {
    const slice = sql`select ${key} as key from ${table} where ${key} > ${from} order by ${key} limit ${rowsAtOnce}`
    const [end] = await db.read.all<{ readonly key: string | null }>(sql`select max(key) as key from (${slice})`)
    if (!end || end.key === null) return
    const { key: to } = end
    const between = sql`${key} > ${from} and ${key} <= ${to}`
    await db.write((tx) => tx.run(sql`delete from ${table} where ${between} and ${which}`))
    from = to
  }
}
