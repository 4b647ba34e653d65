// Reads the rows this source owns, in slices: each statement is short, because the native client blocks the process while it works.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '#core/db/client.ts'
import { Texts } from '../read/texts.ts'
import { HeldRows, type HeldUsers } from './held-rows.ts'
import { foldName, type NameOwner } from './names.ts'
import type { HeldGroup, HeldUser, UserFields } from './plan.ts'

export interface Snapshot {
  readonly users: HeldUsers
  readonly groups: ReadonlyMap<string, HeldGroup>
  /** Of all rows of the source, also where only some were read. */
  readonly totals: Totals
}

export interface Totals {
  /** Users that the source has not disabled. */
  readonly activeUsers: number
  readonly groups: number
  /** Ids of those who may administer now: neither disabled here nor there. */
  readonly admins: ReadonlySet<string>
  /** Enabled administrators from elsewhere. */
  readonly otherAdmins: number
}

const sliceRows = 2_000

/**
 * Every user and group of the source, without their values: the digest tells whether those are needed.
 *
 * @param places of external ids that are numbered already, so that the same ones need not be there twice
 */
export async function readSnapshot(db: Database, source: string, places?: Texts): Promise<Snapshot> {
  const users = await readUsers(db, source, undefined, places)
  const groups = await readGroups(db, source)
  let activeUsers = 0
  for (const { sourceDisabled } of users.values()) if (!sourceDisabled) activeUsers++
  return { users, groups, totals: { activeUsers, groups: groups.size, ...(await readAdmins(db, source)) } }
}

/** @param only external ids, where only some rows matter */
export async function readUsers(
  db: Database,
  source: string,
  only?: readonly string[],
  places = new Texts(),
): Promise<HeldUsers> {
  const users = new HeldRows(places)
  const columns = sql`external_id, id, source_digest, is_admin, disabled, source_disabled`
  type Line = [string, string, string | null, number, number, number]
  for await (const row of rowsOf<Line>(db, sql`users`, columns, source, only)) {
    const [externalId, id, digest, isAdmin, disabled, sourceDisabled] = row
    users.add({
      id,
      externalId,
      digest,
      isAdmin: isAdmin === 1,
      disabled: disabled === 1,
      sourceDisabled: sourceDisabled === 1,
    })
  }
  return users
}

/** @param only external ids, where only some rows matter */
export async function readGroups(db: Database, source: string, only?: readonly string[]): Promise<Snapshot['groups']> {
  const groups = new Map<string, HeldGroup>()
  const columns = sql`external_id, id, source_digest, source_entry, name, friendly_name`
  type Line = [string, string, string | null, string | null, string, string]
  for await (const row of rowsOf<Line>(db, sql`groups`, columns, source, only)) {
    const [externalId, id, digest, dn, name, friendlyName] = row
    groups.set(externalId, { id, externalId, digest, dn, name, friendlyName })
  }
  return groups
}

/**
 * Walks a table in the order it lies in, where an index would lead from page to page and back, or picks some rows. A slice comes as
 * one JSON text: reading row by row takes ten times as long.
 */
async function* rowsOf<Row extends readonly [string, ...unknown[]]>(
  db: Database,
  table: SQL,
  columns: SQL,
  source: string,
  only: readonly string[] | undefined,
): AsyncGenerator<Row> {
  const read = (inner: SQL) => jsonRows<Row>(db, sql`select json_group_array(json_array(${columns})) as rows from (${inner})`)
  const ours = sql`select ${columns} from ${table} where source = ${source}`
  if (only) {
    for (const some of cut(only, sliceRows)) {
      yield* await read(sql`${ours} and external_id in (select value from json_each(${JSON.stringify(some)}))`)
      await nextTurn()
    }
    return
  }
  for (let last = 0; ; await nextTurn()) {
    const inner = sql`select ${columns}, rowid as place from ${table} not indexed where rowid > ${last} and source = ${source}
      order by rowid limit ${sliceRows}`
    const [found] = await db.read.all<{ rows: string; last: number | null }>(
      sql`select json_group_array(json_array(${columns})) as rows, max(place) as last from (${inner})`,
    )
    const rows = JSON.parse(found?.rows ?? '[]') as readonly Row[]
    yield* rows
    if (rows.length < sliceRows) return
    last = Number(found?.last)
  }
}

async function jsonRows<Row>(db: Database, query: SQL): Promise<readonly Row[]> {
  const [found] = await db.read.all<{ rows: string }>(query)
  return JSON.parse(found?.rows ?? '[]') as readonly Row[]
}

/** Who may administer now. */
export async function readAdmins(db: Database, source: string): Promise<Pick<Totals, 'admins' | 'otherAdmins'>> {
  const admins = await db.read.all<{ id: string; ours: number }>(
    sql`select id, source is ${source} as ours from users where is_admin = 1 and disabled = 0 and source_disabled = 0`,
  )
  return {
    admins: new Set(admins.flatMap(({ id, ours }) => (ours ? [id] : []))),
    otherAdmins: admins.filter(({ ours }) => !ours).length,
  }
}

/** The values of these rows, by id. */
export async function readFields(db: Database, ids: readonly string[]): Promise<ReadonlyMap<string, UserFields>> {
  const fields = new Map<string, UserFields>()
  const columns = sql`id, username, email, first_name, last_name, display_name, email_verified, source_claims`
  for (const some of cut(ids)) {
    const inner = sql`select ${columns} from users where id in (select value from json_each(${JSON.stringify(some)}))`
    type Row = [string, string, string | null, string, string, string, number, string | null]
    for (const row of await jsonRows<Row>(db, sql`select json_group_array(json_array(${columns})) as rows from (${inner})`)) {
      const [id, username, email, firstName, lastName, displayName, emailVerified, claims] = row
      fields.set(id, { username, email, firstName, lastName, displayName, emailVerified: emailVerified === 1, claims })
    }
    await nextTurn()
  }
  return fields
}

/** Who has these names, by folded name, whatever the source. @param ours rows of other sources than this one say so */
export async function readOwners(
  db: Database,
  what: 'username' | 'email' | 'group',
  names: Iterable<string>,
  ours: string,
): Promise<ReadonlyMap<string, NameOwner>> {
  const owners = new Map<string, NameOwner>()
  const [table, column, shown, left, proven] = {
    username: [sql`users`, sql`username`, sql`username`, sql`source_disabled`, sql`email_verified`],
    email: [sql`users`, sql`email`, sql`username`, sql`source_disabled`, sql`email_verified`],
    group: [sql`groups`, sql`name`, sql`name`, sql`0`, sql`0`],
  }[what]
  for (const some of cut(names)) {
    const inner = sql`select ${column} as wanted, id, ${shown} as shown, source, ${left} as gone, ${proven} as proven from ${table} where ${column} in (select value from json_each(${JSON.stringify(some)}))`
    const query = sql`select json_group_array(json_array(wanted, id, shown, source, gone, proven)) as rows from (${inner})`
    for (const [wanted, rowId, username, owner, gone, proven] of await jsonRows<
      [string, string, string, string | null, number, number]
    >(db, query))
      owners.set(foldName(wanted), {
        ...{ rowId, username, source: owner, left: gone === 1 && owner !== null, verified: proven === 1 },
        elsewhere: owner === null || owner === ours ? undefined : owner,
      })
    await nextTurn()
  }
  return owners
}

export async function readUsernames(db: Database, ids: readonly string[]): Promise<readonly (readonly [string, string])[]> {
  const among = sql`(select value from json_each(${JSON.stringify(ids)}))`
  return jsonRows(db, sql`select json_group_array(json_array(id, username)) as rows from users where id in ${among}`)
}

/** What these rows may do, whatever their source, by id. */
export async function readStandings(
  db: Database,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Pick<HeldUser, 'isAdmin' | 'disabled' | 'sourceDisabled'>>> {
  const rows = await db.read.all<{ id: string; isAdmin: number; disabled: number; sourceDisabled: number }>(sql`
    select id, is_admin as isAdmin, disabled, source_disabled as sourceDisabled from users
    where id in (select value from json_each(${JSON.stringify(ids)}))`)
  return new Map(
    rows.map(({ id, isAdmin, disabled, sourceDisabled }) => [
      id,
      { isAdmin: isAdmin === 1, disabled: disabled === 1, sourceDisabled: sourceDisabled === 1 },
    ]),
  )
}

/** The members of these groups, by group id. */
export async function readMembers(db: Database, groupIds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const members = new Map<string, readonly string[]>()
  for (const some of cut(groupIds, 100)) {
    const rows = await db.read.all<{ id: string; members: string }>(
      sql`select group_id as id, json_group_array(user_id) as members from group_members
        where group_id in (select value from json_each(${JSON.stringify(some)})) group by group_id`,
    )
    for (const row of rows) members.set(row.id, JSON.parse(row.members) as readonly string[])
    await nextTurn()
  }
  return members
}

/** Slices of a list. */
export function* cut<T>(list: Iterable<T>, size = 1_000): Generator<readonly T[]> {
  let slice: T[] = []
  for (const one of list) {
    if (slice.push(one) < size) continue
    yield slice
    slice = []
  }
  if (slice.length > 0) yield slice
}
