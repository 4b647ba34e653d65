// Keeps what a changeset changes, so that it can be taken back: in the same transaction, a statement or two for a whole slice of rows.
import { type SQL, sql } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import type { Transaction } from './client.ts'
import { type Branch, branches, links, readStructure, type Structure } from './structure.ts'

/** The values of a primary key, in the order of its columns. */
export type Key = readonly string[]

/**
 * What a change was. `remove` keeps the rows aside with everything that hangs on them; `delete` is for rows that are all key,
 * such as memberships.
 */
export type ChangeKind = 'insert' | 'update' | 'delete' | 'remove'

/** Every call belongs into the transaction that does the change. The changeset's transactions are its batches. */
export interface Recorder {
  /** @param columns the key's */
  inserted(tx: Transaction, table: string, columns: readonly string[], keys: readonly Key[]): Promise<void>
  /** Says what rows are before and after `write`; rows it leaves as they are count for nothing. */
  updating(tx: Transaction, table: string, columns: readonly string[], ids: readonly string[], write: Work): Promise<void>
  /** Before rows that are all key go. */
  deleting(tx: Transaction, table: string, columns: readonly string[], keys: readonly Key[]): Promise<void>
  /** Before rows go, with every row of whatever table that goes with them. `t0` in the condition is the table. */
  removing(tx: Transaction, table: string, ids: readonly string[], condition?: SQL): Promise<void>
}

type Work = () => Promise<void>

/** @param except tables whose rows are not worth keeping, such as sessions */
export function createRecorder(changeset: string, clock: Clock, except: ReadonlySet<string>): Recorder {
  let structure: Structure | undefined
  let last: Transaction | undefined
  let batch: number | null = null

  async function record(tx: Transaction, kind: ChangeKind, table: string, more: Partial<Lists>): Promise<number> {
    if (tx !== last) {
      last = tx
      batch = null
    }
    const { columns = [], before = [], after = [] } = more
    const [row] = await tx.all<{ id: number; batch: number }>(sql`
      insert into changes (changeset, batch, kind, table_name, columns, before, after, at)
      values (${changeset}, coalesce(${batch}, (select coalesce(max(id), 0) + 1 from changes)), ${kind}, ${table},
        ${JSON.stringify(columns)}, ${JSON.stringify(before)}, ${JSON.stringify(after)}, ${clock.now().getTime()})
      returning id, batch`)
    batch = row?.batch ?? null
    return row?.id ?? 0
  }

  return {
    async inserted(tx, table, columns, keys) {
      if (keys.length > 0) await record(tx, 'insert', table, { columns, after: keys })
    },
    async updating(tx, table, columns, ids, write) {
      const held = await readRows(tx, table, columns, ids)
      await write()
      const now = await readRows(tx, table, columns, ids)
      const changed = [...held].filter(([id, row]) => now.has(id) && JSON.stringify(row) !== JSON.stringify(now.get(id)))
      if (changed.length === 0) return
      const after = changed.map(([id]) => now.get(id) ?? [])
      await record(tx, 'update', table, { columns: ['id', ...columns], before: changed.map(([, row]) => row), after })
    },
    async deleting(tx, table, columns, keys) {
      if (keys.length > 0) await record(tx, 'delete', table, { columns, before: keys })
    },
    async removing(tx, table, ids, condition = sql`1`) {
      if (ids.length === 0) return
      structure ??= await readStructure(tx)
      const id = await record(tx, 'remove', table, {})
      const gone = sql`t0.id in (select value from json_each(${JSON.stringify(ids)})) and ${condition}`
      for (const branch of branches(structure, table, except)) {
        await keep(tx, id, branch, structure.columns.get(branch.table) ?? [], gone)
        for (const link of links(structure, branch))
          await keep(tx, id, link, [...(structure.keys.get(link.table) ?? []), link.column], gone, link.column)
      }
    },
  }
}

/** @param link the column that forgets, where the row itself stays */
async function keep(tx: Transaction, id: number, branch: Branch, columns: readonly string[], gone: SQL, link?: string) {
  await tx.run(sql`
    insert into kept_rows (change_id, root_id, depth, table_name, image, link)
    select ${id}, t0.id, ${branch.depth}, ${branch.table}, ${imageOf(`t${branch.depth}`, columns)}, ${link ?? null}
    from ${branch.from} where ${gone}`)
}

interface Lists {
  readonly columns: readonly string[]
  readonly before: readonly (readonly unknown[])[]
  readonly after: readonly (readonly unknown[])[]
}

export type Image = readonly [id: string, ...values: unknown[]]

/** Rows as lists of values, by id. */
export async function readRows(
  tx: Pick<Transaction, 'all'>,
  table: string,
  columns: readonly string[],
  ids: readonly string[],
): Promise<ReadonlyMap<string, Image>> {
  const named = ['id', ...columns].map((name) => sql.identifier(name))
  const [found] = await tx.all<{ rows: string }>(sql`
    select json_group_array(json_array(${sql.join(named, sql`, `)})) as rows from ${sql.identifier(table)}
    where id in (select value from json_each(${JSON.stringify(ids)}))`)
  return new Map((JSON.parse(found?.rows ?? '[]') as Image[]).map((row) => [row[0], row]))
}

/** A row as a JSON object. JSON knows no bytes: a blob is a list with its hexadecimal text. */
function imageOf(table: string, columns: readonly string[]): SQL {
  const pairs = columns.map((name) => {
    const column = sql`${sql.identifier(table)}.${sql.identifier(name)}`
    return sql`${name}, case typeof(${column}) when 'blob' then json_array(hex(${column})) else ${column} end`
  })
  return sql`json_object(${sql.join(pairs, sql`, `)})`
}
