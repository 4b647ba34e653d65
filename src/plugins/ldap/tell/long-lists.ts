// A report lists the first thousand changes and problems; what comes after them is kept in parts, so that nothing holds all at once.
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '#core/db/client.ts'
import { cut } from '../plan/snapshot.ts'
import type { Rest } from './report.ts'

/** What a list belongs to. */
export type ListOwner = { readonly run: number } | { readonly source: string; readonly plan: string }

export type ListKind = keyof Rest
/** What a list holds. */
type Lists = { readonly [K in ListKind]: Rest[K] extends Iterable<infer T> ? T : never }

const partItems = 1_000
const partsAtOnce = 20
/** The quickest: lists are all alike, and become a tenth even so. */
const level = 1

/** Keeps what comes after the report's own lists. Of a plan that is kept again it replaces what was there. */
export async function keepRest(db: Database, owner: ListOwner, rest: Rest): Promise<void> {
  if ('plan' in owner) await db.write((tx) => tx.run(sql`delete from ldap_lists where ${belongsTo(owner)}`))
  for (const rows of cut(parts(owner, rest), partsAtOnce)) {
    await db.write(async (tx) => {
      for (const values of rows)
        await tx.run(sql`insert into ldap_lists (run, plan_source, plan_hash, kind, items, content) values (${values})`)
    })
  }
}

function* parts(owner: ListOwner, rest: Rest): Generator<SQL> {
  const packed = createPacking()
  for (const kind of ['changes', 'problems'] as const)
    for (const items of cut<unknown>(rest[kind], partItems)) yield row(owner, kind, items.length, packed(items))
}

/** Each part is written into the same room: that of a thousand parts would wait for the garbage collector. */
function createPacking() {
  let room = Buffer.alloc(0)
  return (items: readonly unknown[]): Uint8Array => {
    const text = JSON.stringify(items)
    if (text.length * 3 > room.length) room = Buffer.alloc(text.length * 4)
    return deflateRawSync(room.subarray(0, room.write(text)), { level })
  }
}

function row(owner: ListOwner, kind: ListKind, items: number, content: Uint8Array): SQL {
  const [run, source, hash] = 'run' in owner ? [owner.run, null, null] : [null, owner.source, owner.plan]
  return sql`${run}, ${source}, ${hash}, ${kind}, ${items}, ${content}`
}

const belongsTo = (owner: ListOwner): SQL =>
  'run' in owner ? sql`run = ${owner.run}` : sql`plan_source = ${owner.source} and plan_hash = ${owner.plan}`

/** A whole list, a part at a time: first the report's own. */
export async function* wholeList<K extends ListKind>(
  db: Database,
  owner: ListOwner,
  kind: K,
  first: readonly Lists[K][],
): AsyncGenerator<readonly Lists[K][]> {
  yield first
  for (const { id } of await partsOf(db, owner, kind)) yield await readPart<K>(db, id)
}

/** Some of a list. */
export interface Some<T> {
  readonly items: readonly T[]
  /** How many there are, or fit. */
  readonly total: number
}

/** A page of a list: only the parts it lies in are read. */
export async function someOf<K extends ListKind>(
  db: Database,
  owner: ListOwner,
  kind: K,
  first: readonly Lists[K][],
  { offset, limit }: { readonly offset: number; readonly limit: number },
): Promise<Some<Lists[K]>> {
  const parts = await partsOf(db, owner, kind)
  const items = first.slice(offset, offset + limit)
  let start = first.length
  for (const part of parts) {
    const [from, to] = [offset - start, offset + limit - start]
    if (from < part.items && to > 0) items.push(...(await readPart<K>(db, part.id)).slice(Math.max(0, from), to))
    start += part.items
  }
  return { items, total: start }
}

/** A page of what fits; everything is read, a part at a time. */
export async function someThatFit<T>(
  parts: AsyncIterable<readonly T[]>,
  fits: (item: T) => boolean,
  { offset, limit }: { readonly offset: number; readonly limit: number },
): Promise<Some<T>> {
  const items: T[] = []
  let total = 0
  for await (const part of parts)
    for (const item of part) {
      if (!fits(item)) continue
      if (total >= offset && items.length < limit) items.push(item)
      total++
    }
  return { items, total }
}

const partsOf = (db: Database, owner: ListOwner, kind: ListKind) =>
  db.read.all<{ id: number; items: number }>(
    sql`select id, items from ldap_lists where ${belongsTo(owner)} and kind = ${kind} order by id`,
  )

async function readPart<K extends ListKind>(db: Database, id: number): Promise<readonly Lists[K][]> {
  const [found] = await db.read.all<{ content: Uint8Array }>(sql`select content from ldap_lists where id = ${id}`)
  return found ? (JSON.parse(inflateRawSync(found.content).toString('utf8')) as Lists[K][]) : []
}
