// Rows of any table as lines of JSON, read and written a page at a time: whose they are makes no difference here.
import { type SQL, sql } from 'drizzle-orm'
import type { Reads, Transaction } from '../db/client.ts'
import { readStructure } from '../db/structure.ts'

/** A table that holds something to be moved. */
export interface MovedTable {
  readonly name: string
  readonly columns: readonly string[]
  /** What its rows are ordered by: their numbers, or the key of a table without any. */
  readonly order: readonly string[]
}

/** Who runs what right now, which migrations there were, files (they move as files), and the index of people, which is made anew. */
const staying = /^(sqlite_.*|libsql_.*|leases|migrations|files|user_search.*)$/

/** The tables as they are now, each after those that its rows hang on. */
export async function movedTables(read: Pick<Reads, 'all'>): Promise<readonly MovedTable[]> {
  const { columns, keys, references } = await readStructure(read)
  const kinds = await read.all<{ name: string; kind: string; keyed: number }>(
    sql`select name, type as kind, wr as keyed from pragma_table_list where schema = 'main'`,
  )
  const names = kinds.filter(({ name, kind }) => kind === 'table' && !staying.test(name)).map(({ name }) => name)
  const ordered: string[] = []
  const visit = (name: string, above: readonly string[]): void => {
    if (ordered.includes(name) || above.includes(name) || !names.includes(name)) return
    for (const { child, parent } of references) if (child === name) visit(parent, [...above, name])
    ordered.push(name)
  }
  for (const name of [...names].sort()) visit(name, [])
  const isKeyed = (name: string) => kinds.some((one) => one.name === name && one.keyed === 1)
  return ordered.map((name) => ({
    name,
    columns: columns.get(name) ?? [],
    order: isKeyed(name) ? (keys.get(name) ?? []) : ['rowid'],
  }))
}

/** Rows that are read or written at once. */
export const pageSize = 500
/** And their length: some rows hold whole documents. */
export const pageCharacters = 2_000_000

/** The rows of a table, each as a JSON array in the order of its columns. JSON knows no bytes: a blob is a list with its hexadecimal text. */
export async function* pagesOf(
  read: Pick<Reads, 'all'>,
  { name, columns, order }: MovedTable,
): AsyncGenerator<readonly string[]> {
  const value = (column: string) =>
    sql`case typeof(${sql.identifier(column)}) when 'blob' then json_array(hex(${sql.identifier(column)})) else ${sql.identifier(column)} end`
  const line = sql`json_array(${list(columns.map(value))})`
  const keys = list(order.map((column) => sql.identifier(column)))
  let last: string | undefined
  let limit = pageSize
  while (true) {
    const parts = order.map((_, at) => sql`${last} ->> ${`$[${at}]`}`)
    const beyond = last === undefined ? sql`1` : sql`(${keys}) > (${list(parts)})`
    const rows = await read.all<{ line: string; place: string }>(
      sql`select ${line} as line, json_array(${keys}) as place from ${sql.identifier(name)} where ${beyond} order by ${keys} limit ${limit}`,
    )
    if (rows.length === 0) return
    yield rows.map((row) => row.line)
    last = rows.at(-1)?.place
    const average = rows.reduce((sum, row) => sum + row.line.length, 0) / rows.length
    limit = Math.max(1, Math.min(pageSize, Math.floor(pageCharacters / average)))
  }
}

/** Writes rows that `pagesOf` read. @param columns their order in each line */
export async function insertRows(
  tx: Transaction,
  table: string,
  columns: readonly string[],
  lines: readonly string[],
): Promise<void> {
  const value = (_: string, at: number) => {
    const path = `$[${at}]`
    return sql`case json_type(row.value, ${path}) when 'array' then unhex(row.value ->> ${`${path}[0]`}) else row.value ->> ${path} end`
  }
  const names = list(columns.map((column) => sql.identifier(column)))
  await tx.run(
    sql`insert into ${sql.identifier(table)} (${names}) select ${list(columns.map(value))} from json_each(${`[${lines.join(',')}]`}) as row`,
  )
}

const list = (parts: readonly SQL[] | readonly ReturnType<typeof sql.identifier>[]): SQL => sql.join([...parts] as SQL[], sql`, `)
