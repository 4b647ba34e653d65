// What the database says of itself: the columns of each table, and which rows hang on which by foreign key.
import { type SQL, sql } from 'drizzle-orm'
import type { Reads } from './client.ts'

type Asks = Pick<Reads, 'all'>

/** Rows of `child` hang on rows of `parent`; the columns pair up. */
export interface Reference {
  readonly child: string
  readonly parent: string
  readonly columns: readonly { readonly from: string; readonly to: string }[]
  /** What happens to a row when its parent goes: it goes too, it forgets it, or it does not let it go. */
  readonly onDelete: 'cascade' | 'set null' | 'other'
}

export interface Structure {
  readonly columns: ReadonlyMap<string, readonly string[]>
  /** The columns of the primary key. */
  readonly keys: ReadonlyMap<string, readonly string[]>
  readonly references: readonly Reference[]
}

/** Reads the structure as it is now: a plugin that came yesterday is part of it without anybody naming it. */
export async function readStructure(db: Asks): Promise<Structure> {
  const all = await db.all<{ table: string; name: string; pk: number }>(
    sql`select m.name as "table", c.name as name, c.pk as pk from sqlite_master m join pragma_table_info(m.name) c where m.type = 'table' order by m.name, c.cid`,
  )
  const columns = new Map<string, string[]>()
  const keys = new Map<string, string[]>()
  for (const { table, name, pk } of all) {
    columns.set(table, [...(columns.get(table) ?? []), name])
    if (pk > 0) keys.set(table, [...(keys.get(table) ?? []), name])
  }
  return { columns, keys, references: await readReferences(db) }
}

const effects: Readonly<Record<string, Reference['onDelete']>> = { CASCADE: 'cascade', 'SET NULL': 'set null' }

async function readReferences(db: Asks): Promise<readonly Reference[]> {
  const rows = await db.all<{ child: string; id: number; parent: string; from: string; to: string | null; gone: string }>(
    sql`select m.name as child, f.id as id, f."table" as parent, f."from" as "from", f."to" as "to", f.on_delete as gone
      from sqlite_master m join pragma_foreign_key_list(m.name) f where m.type = 'table' order by m.name, f.id, f.seq`,
  )
  const references = new Map<string, Reference>()
  for (const { child, id, parent, from, to, gone } of rows) {
    const key = `${child} ${id}`
    const columns = [...(references.get(key)?.columns ?? []), { from, to: to ?? 'id' }]
    references.set(key, { child, parent, columns, onDelete: effects[gone] ?? 'other' })
  }
  return [...references.values()]
}

/** A table that loses rows with the root, and the join that finds them. The root is `t0`, the table itself `t<depth>`. */
export interface Branch {
  readonly table: string
  readonly depth: number
  readonly from: SQL
}

/**
 * Everything that goes with a row of `root`, the root first, each after what it hangs on.
 *
 * @param except tables whose rows, with all that hangs on them, are not meant
 */
export function branches({ references }: Structure, root: string, except: ReadonlySet<string>): readonly Branch[] {
  const grow = (branch: Branch, above: readonly string[]): readonly Branch[] => [
    branch,
    ...references
      .filter(({ parent, child }) => parent === branch.table && !except.has(child) && !above.includes(child))
      .filter(({ onDelete }) => onDelete === 'cascade')
      .flatMap((reference) => grow(joined(branch, reference), [...above, reference.child])),
  ]
  return grow({ table: root, depth: 0, from: sql`${sql.identifier(root)} as t0` }, [root])
}

/** A table whose rows stay and forget which row they named, in a column of its own. */
export interface Link extends Branch {
  readonly column: string
}

/** The tables that name rows of a branch and forget them. */
export const links = ({ references }: Structure, branch: Branch): readonly Link[] =>
  references.flatMap((reference) => {
    const [pair, ...more] = reference.columns
    if (reference.parent !== branch.table || reference.onDelete !== 'set null' || !pair || more.length > 0) return []
    return [{ ...joined(branch, reference), column: pair.from }]
  })

function joined({ from, depth }: Branch, { child, columns }: Reference): Branch {
  const [above, below] = [sql.identifier(`t${depth}`), sql.identifier(`t${depth + 1}`)]
  const on = columns.map((pair) => sql`${below}.${sql.identifier(pair.from)} = ${above}.${sql.identifier(pair.to)}`)
  return {
    table: child,
    depth: depth + 1,
    from: sql`${from} join ${sql.identifier(child)} as ${below} on ${sql.join(on, sql` and `)}`,
  }
}
