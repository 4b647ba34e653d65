// What stands in the way of taking a changeset back: rows that somebody changed since, and names that somebody else has by now.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import type { Reads } from '../db/client.ts'
import { type Image, readRows } from '../db/recorder.ts'
import { type Change, changesOf } from '../db/revert.ts'

export type UndoObstacle =
  /** A row is not any more as the changeset left it. */
  | { readonly kind: 'changed'; readonly entity: 'user' | 'group'; readonly name: string }
  | { readonly kind: 'gone'; readonly entity: 'user' | 'group'; readonly name: string }
  /** A name that somebody would get back is taken by now. */
  | {
      readonly kind: 'taken'
      readonly entity: 'user' | 'group'
      readonly name: string
      readonly field: 'username' | 'email' | 'name' | 'id'
    }
  | { readonly kind: 'last-admin' }

type Db = Pick<Reads, 'all'>
type Table = 'users' | 'groups'
type Fields = Readonly<Record<string, unknown>>

/** A changeset in short: how it found each row, how it left it, which it made and which it removed. */
interface Digest {
  readonly first: Map<string, Fields>
  readonly last: Map<string, { readonly columns: readonly string[]; readonly row: Image }>
  readonly made: Set<string>
  readonly removed: number[]
}

const sliceRows = 1_000

/** @returns an empty list when nothing stands in the way; else the first of them, some hundred at most */
export async function undoObstacles(db: Db, changeset: string): Promise<readonly UndoObstacle[]> {
  const digests = { users: newDigest(), groups: newDigest() }
  for await (const change of changesOf(db, changeset)) {
    const digest = digests[change.table as Table]
    if (digest) take(digest, change)
    await nextTurn()
  }
  const obstacles: UndoObstacle[] = []
  for (const table of ['users', 'groups'] as const) {
    obstacles.push(...(await changedSince(db, table, digests[table])))
    obstacles.push(...(await takenSince(db, table, digests[table])))
  }
  return [...obstacles.slice(0, mostNamed), ...(await lastAdmin(db, digests.users))]
}

const mostNamed = 100
const newDigest = (): Digest => ({ first: new Map(), last: new Map(), made: new Set(), removed: [] })

/** Changes come latest first. */
function take({ first, last, made, removed }: Digest, { id, kind, columns, before, after }: Change): void {
  if (kind === 'insert') for (const [key] of after) made.add(key)
  if (kind === 'remove') removed.push(id)
  if (kind !== 'update') return
  for (const row of before)
    first.set(row[0], { ...first.get(row[0]), ...Object.fromEntries(columns.map((name, at) => [name, row[at]])) })
  for (const row of after) if (!last.has(row[0])) last.set(row[0], { columns, row })
}

const entities = { users: 'user', groups: 'group' } as const
const nameOf = (table: Table, columns: readonly string[], row: Image): string =>
  String(row[columns.indexOf(table === 'users' ? 'username' : 'name')])

async function changedSince(db: Db, table: Table, { last, made }: Digest): Promise<readonly UndoObstacle[]> {
  const all = [...last].filter(([id]) => !made.has(id))
  const obstacles: UndoObstacle[] = []
  for (let at = 0; at < all.length; at += sliceRows) {
    const some = all.slice(at, at + sliceRows)
    const columns = some[0]?.[1].columns ?? []
    const [, ...fields] = columns
    const now = await readRows(
      db,
      table,
      fields,
      some.map(([id]) => id),
    )
    for (const [id, { row }] of some) {
      const held = now.get(id)
      const name = nameOf(table, columns, held ?? row)
      if (!held) obstacles.push({ kind: 'gone', entity: entities[table], name })
      else if (JSON.stringify(held) !== JSON.stringify(row)) obstacles.push({ kind: 'changed', entity: entities[table], name })
    }
    await nextTurn()
  }
  return obstacles
}

/** Names that rows had before, or that removed rows come back with, and that now belong to a row the changeset did not touch. */
async function takenSince(db: Db, table: Table, digest: Digest): Promise<readonly UndoObstacle[]> {
  const fields = table === 'users' ? (['username', 'email'] as const) : (['name'] as const)
  const touched = (id: string) => digest.made.has(id) || digest.last.has(id)
  const obstacles: UndoObstacle[] = []
  for (const field of fields) {
    const wanted = [...digest.first.values()].flatMap((row) => (typeof row[field] === 'string' ? [row[field]] : []))
    for (let at = 0; at < wanted.length; at += sliceRows) {
      const owners = await db.all<{ id: string; value: string }>(sql`
        select id, ${sql.identifier(field)} as value from ${sql.identifier(table)}
        where ${sql.identifier(field)} in (select value from json_each(${JSON.stringify(wanted.slice(at, at + sliceRows))}))`)
      for (const { id, value } of owners)
        if (!touched(id)) obstacles.push({ kind: 'taken', entity: entities[table], name: value, field })
      await nextTurn()
    }
    for (const change of digest.removed) {
      const owners = await db.all<{ id: string; root: string; value: string }>(sql`
        select t.id as id, k.root_id as root, k.image ->> ${`$.${field}`} as value from kept_rows k join ${sql.identifier(table)} t
        on t.${sql.identifier(field)} = k.image ->> ${`$.${field}`} where k.change_id = ${change} and k.depth = 0`)
      for (const { id, root, value } of owners)
        if (id !== root && !touched(id)) obstacles.push({ kind: 'taken', entity: entities[table], name: value, field })
      await nextTurn()
    }
  }
  for (const change of digest.removed) {
    const named = sql.identifier(table === 'users' ? 'username' : 'name')
    const back = await db.all<{ name: string }>(sql`
      select t.${named} as name from kept_rows k join ${sql.identifier(table)} t on t.id = k.root_id
      where k.change_id = ${change} and k.depth = 0`)
    for (const { name } of back) obstacles.push({ kind: 'taken', entity: entities[table], name, field: 'id' })
  }
  return obstacles
}

/** Whether somebody may administer now and nobody could afterwards. */
async function lastAdmin(db: Db, { first, made, removed }: Digest): Promise<readonly UndoObstacle[]> {
  const admins = await db.all<{ id: string; disabled: number; able: number }>(
    sql`select id, disabled, disabled = 0 and source_disabled = 0 as able from users where is_admin = 1`,
  )
  if (!admins.some(({ able }) => able === 1)) return []
  if (admins.some(({ id, able }) => able === 1 && !made.has(id) && !first.has(id))) return []
  const restored = [...first].filter(([, row]) => row.is_admin === 1 && row.source_disabled === 0).map(([id]) => id)
  const [back] = await db.all<{ n: number }>(sql`
    select count(*) as n from users where disabled = 0 and id in (select value from json_each(${JSON.stringify(restored)}))`)
  const [kept] = await db.all<{ n: number }>(sql`
    select count(*) as n from kept_rows where depth = 0 and change_id in (select value from json_each(${JSON.stringify(removed)}))
    and image ->> 'is_admin' = 1 and image ->> 'disabled' = 0 and image ->> 'source_disabled' = 0`)
  return Number(back?.n ?? 0) + Number(kept?.n ?? 0) > 0 ? [] : [{ kind: 'last-admin' }]
}
