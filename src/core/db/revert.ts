// Takes recorded changes back, each by what is the opposite of its kind. What goes back is recorded too, so it can itself be undone.
import { type SQL, sql } from 'drizzle-orm'
import type { Reads, Transaction } from './client.ts'
import type { ChangeKind, Image, Key, Recorder } from './recorder.ts'
import { readStructure, type Structure } from './structure.ts'

/** A recorded change. The rows begin with their key. */
export interface Change {
  readonly id: number
  readonly batch: number
  readonly kind: ChangeKind
  readonly table: string
  readonly columns: readonly string[]
  readonly before: readonly Image[]
  readonly after: readonly Image[]
}

const columns = sql`id, batch, kind, table_name, columns, before, after`
interface Row {
  readonly id: number
  readonly batch: number
  readonly kind: ChangeKind
  readonly table_name: string
  readonly columns: string
  readonly before: string
  readonly after: string
}

const changeOf = (row: Row): Change => ({
  id: row.id,
  batch: row.batch,
  kind: row.kind,
  table: row.table_name,
  columns: JSON.parse(row.columns) as string[],
  before: JSON.parse(row.before) as Image[],
  after: JSON.parse(row.after) as Image[],
})

/** The changes of a changeset, the latest first, one by one: a big one is nothing to hold whole. */
export async function* changesOf(db: Pick<Reads, 'all'>, changeset: string): AsyncGenerator<Change> {
  for (let below = Number.MAX_SAFE_INTEGER; ; ) {
    const [row] = await db.all<Row>(
      sql`select ${columns} from changes where changeset = ${changeset} and id < ${below} order by id desc limit 1`,
    )
    if (!row) return
    yield changeOf(row)
    below = row.id
  }
}

export async function countChanges(db: Pick<Reads, 'all'>, changeset: string): Promise<number> {
  const [found] = await db.all<{ n: number }>(sql`select count(*) as n from changes where changeset = ${changeset}`)
  return found?.n ?? 0
}

/** The changes of the changeset's latest transaction, the latest first; empty when all is taken back. */
export async function latestBatch(tx: Pick<Reads, 'all'>, changeset: string): Promise<readonly Change[]> {
  const rows = await tx.all<Row>(sql`
    select ${columns} from changes where changeset = ${changeset} and id >= (
      select batch from changes where changeset = ${changeset} order by id desc limit 1) order by id desc`)
  return rows.map(changeOf)
}

/** Takes one change back and forgets it. @returns the first part of each row's key: for memberships, the groups */
export async function revert(tx: Transaction, change: Change, recorder: Recorder): Promise<readonly string[]> {
  const ids = await opposites[change.kind](tx, change, recorder)
  await tx.run(sql`delete from changes where id = ${change.id}`)
  return ids
}

type Opposite = (tx: Transaction, change: Change, recorder: Recorder) => Promise<readonly string[]>
const firsts = (keys: readonly Image[]): readonly string[] => keys.map(([id]) => id)

const opposites: Readonly<Record<ChangeKind, Opposite>> = {
  async insert(tx, { table, columns, after }, recorder) {
    const keys = after as readonly Key[]
    await (columns.length === 1 ? recorder.removing(tx, table, firsts(after)) : recorder.deleting(tx, table, columns, keys))
    await tx.run(sql`delete from ${sql.identifier(table)} where (${names(columns)}) in (${values(columns, keys)})`)
    return firsts(after)
  },
  async update(tx, { table, columns, before }, recorder) {
    const [, ...fields] = columns
    const set = fields.map((name, at) => sql`${sql.identifier(name)} = given.value ->> ${sql.raw(String(at + 1))}`)
    await recorder.updating(tx, table, fields, firsts(before), async () => {
      await tx.run(sql`
        update ${sql.identifier(table)} set ${sql.join(set, sql`, `)}
        from json_each(${JSON.stringify(before)}) as given where ${sql.identifier(table)}.id = given.value ->> 0`)
    })
    return firsts(before)
  },
  async delete(tx, { table, columns, before }, recorder) {
    const keys = before as readonly Key[]
    const { references } = await readStructure(tx)
    const given = sql`(select ${sql.join(
      columns.map((name, at) => sql`value ->> ${sql.raw(String(at))} as ${sql.identifier(name)}`),
      sql`, `,
    )} from json_each(${JSON.stringify(keys)})) as given`
    const whole = parentsThere(references, table, (name) => sql`given.${sql.identifier(name)}`)
    await tx.run(
      sql`insert or ignore into ${sql.identifier(table)} (${names(columns)}) select ${names(columns)} from ${given} where ${whole}`,
    )
    await recorder.inserted(tx, table, columns, keys)
    return firsts(before)
  },
  async remove(tx, { id, table }, recorder) {
    const roots = await putBack(tx, sql`k.change_id = ${id}`)
    const keys = roots.map((root) => [root])
    await recorder.inserted(tx, table, ['id'], keys)
    return roots
  },
}

/**
 * Puts rows back that were kept aside, parents first, and what hung on them as far as its other parents are still there.
 *
 * @param which a condition on `k`, the table of kept rows
 * @param instead values for columns of the roots, in place of what was kept
 * @returns the ids of the roots
 */
export async function putBack(
  tx: Transaction,
  which: SQL,
  instead: Readonly<Record<string, SQL>> = {},
): Promise<readonly string[]> {
  const structure = await readStructure(tx)
  const kept = await tx.all<{ table: string; depth: number; image: string; roots: string }>(sql`
    select k.table_name as "table", k.depth as depth, k.image as image, json_group_array(distinct k.root_id) as roots
    from kept_rows k where ${which} and k.link is null group by k.table_name, k.depth order by k.depth`)
  for (const { table, depth, image } of kept)
    await insertKept(tx, structure, { table, depth, columns: Object.keys(JSON.parse(image)) }, which, depth === 0 ? instead : {})
  await nameAgain(tx, structure, which)
  return kept.filter(({ depth }) => depth === 0).flatMap(({ roots }) => JSON.parse(roots) as string[])
}

/** Rows that stayed and forgot what they named name it again, unless they name something else by now. */
async function nameAgain(tx: Transaction, { keys }: Structure, which: SQL): Promise<void> {
  const forgot = await tx.all<{ table: string; link: string }>(
    sql`select distinct k.table_name as "table", k.link as link from kept_rows k where ${which} and k.link is not null`,
  )
  for (const { table, link } of forgot) {
    const [named, column] = [sql.identifier(table), sql.identifier(link)]
    const same = (keys.get(table) ?? []).map((key) => sql`${named}.${sql.identifier(key)} = k.image ->> ${`$.${key}`}`)
    await tx.run(sql`
      update ${named} set ${column} = k.image ->> ${`$.${link}`} from kept_rows k
      where ${which} and k.table_name = ${table} and k.link = ${link} and ${named}.${column} is null and ${sql.join(same, sql` and `)}`)
  }
}

async function insertKept(
  tx: Transaction,
  { columns: tables, references }: Structure,
  { table, depth, columns: kept }: { readonly table: string; readonly depth: number; readonly columns: readonly string[] },
  which: SQL,
  instead: Readonly<Record<string, SQL>>,
): Promise<void> {
  // A column that a newer version dropped has nowhere to go; one that it added takes its default.
  const known = new Set(tables.get(table))
  const fields = kept.filter((name) => known.has(name))
  if (fields.length === 0) return
  const value = (name: string) => sql`k.image ->> ${`$.${name}`}`
  const restored = fields.map(
    (name) =>
      instead[name] ??
      sql`case json_type(k.image, ${`$.${name}`}) when 'array' then unhex(k.image ->> ${`$.${name}[0]`}) else ${value(name)} end`,
  )
  // A root that cannot be had is an error; of what hung on it, what was made anew meanwhile stays as it is now.
  const insert = depth === 0 ? sql`insert` : sql`insert or ignore`
  await tx.run(sql`
    ${insert} into ${sql.identifier(table)} (${names(fields)}) select ${sql.join(restored, sql`, `)} from kept_rows k
    where ${which} and k.link is null and k.table_name = ${table} and k.depth = ${depth} and ${parentsThere(references, table, value, true)}`)
}

function parentsThere(references: Structure['references'], table: string, value: (column: string) => SQL, kept = false): SQL {
  const conditions = references
    .filter(({ child }) => child === table)
    .map(({ parent, columns }) => {
      const absent = columns.map(({ from }) => sql`${value(from)} is null`)
      const same = columns.map(({ from, to }) => sql`p.${sql.identifier(to)} = ${value(from)}`)
      const found = sql`exists (select 1 from ${sql.identifier(parent)} as p where ${sql.join(same, sql` and `)})`
      // A row may hang on one of its own table, which comes back in the same statement.
      const beside = parent === table && kept ? [besideIt(table, columns, value)] : []
      return sql`(${sql.join([...absent, found, ...beside], sql` or `)})`
    })
  return conditions.length === 0 ? sql`1` : sql.join(conditions, sql` and `)
}

function besideIt(table: string, columns: Structure['references'][number]['columns'], value: (column: string) => SQL): SQL {
  const same = columns.map(({ from, to }) => sql`b.image ->> ${`$.${to}`} = ${value(from)}`)
  return sql`exists (select 1 from kept_rows b where b.change_id = k.change_id and b.table_name = ${table} and ${sql.join(same, sql` and `)})`
}

const names = (columns: readonly string[]): SQL =>
  sql.join(
    columns.map((name) => sql.identifier(name)),
    sql`, `,
  )

function values(columns: readonly string[], keys: readonly Key[]): SQL {
  const each = columns.map((_, at) => sql`value ->> ${sql.raw(String(at))}`)
  return sql`select ${sql.join(each, sql`, `)} from json_each(${JSON.stringify(keys)})`
}
