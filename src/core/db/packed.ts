// A row as one column: for the few queries that are asked all the time.
import { getTableColumns, type SQL, sql } from 'drizzle-orm'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'

/**
 * All columns of a table as one, for `select({ user: packed(users) })`. Drizzle and the native side take their time for every column of
 * an answer, whatever is in it; a JSON array is one column, and its parts become what the columns say. Not for blobs.
 */
export function packed<T extends SQLiteTable>(table: T): SQL<T['$inferSelect']> {
  const columns = Object.entries(getTableColumns(table))
  const parts = sql.join(
    columns.map(([, column]) => sql`${column}`),
    sql`, `,
  )
  const unpack = (text: unknown): T['$inferSelect'] => {
    const values = JSON.parse(String(text)) as readonly unknown[]
    const row = columns.map(([name, column], index) => {
      const value = values[index]
      return [name, value === null || value === undefined ? null : column.mapFromDriverValue(value)]
    })
    return Object.fromEntries(row) as T['$inferSelect']
  }
  return sql<T['$inferSelect']>`json_array(${parts})`.mapWith(unpack)
}
