// Who is in a group: by page, or everybody. Both stay quick for a group of everyone and for a small group among very many people.
import { setImmediate as pause } from 'node:timers/promises'
import { and, count, eq, gt, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { groupMembers, users } from '../db/tables.ts'
import { type ListColumns, type ListQuery, listParts, type Page, pageFrom } from '../http/listing.ts'
import type { UserRow } from './actor.ts'
import type { UserSearch } from './user-search.ts'

const columns: ListColumns = {
  sortable: { username: users.username, email: users.email, displayName: users.displayName },
  filterable: {},
  byDefault: users.displayName,
  tie: users.id,
}

/** From this size on it is quicker to walk everybody in order and ask who is a member than to sort all members. */
const largeGroup = 2_000
/** Few enough rows to read in one go without holding up other requests. */
const sliceSize = 1_000

/** The members of a group, by page. */
export async function listMembers(db: Database, search: UserSearch, groupId: string, query: ListQuery): Promise<Page<UserRow>> {
  const parts = listParts(columns, query)
  const where = (await search.find(query.search))?.where
  const size = (await db.read.select({ size: count() }).from(groupMembers).where(eq(groupMembers.groupId, groupId)))[0]?.size ?? 0
  const found = and(where, isMember(groupId, size > largeGroup))
  const total = where ? await db.read.$count(users, found) : size
  const at = pageFrom(parts, query, total)
  const rows = db.read.select().from(users).where(found)
  const data = await rows
    .orderBy(...at.orderBy)
    .limit(at.limit)
    .offset(at.offset)
  return { data: at.inOrder(data), pagination: at.pagination }
}

/** Everybody in a group, by display name; read in slices. */
export async function allMembers(db: Database, groupId: string): Promise<readonly UserRow[]> {
  const all: UserRow[] = []
  for (let last = ''; ; await pause()) {
    const slice = await db.read
      .select({ user: users })
      .from(groupMembers)
      .innerJoin(users, eq(users.id, groupMembers.userId))
      .where(and(eq(groupMembers.groupId, groupId), gt(groupMembers.userId, last)))
      .orderBy(groupMembers.userId)
      .limit(sliceSize)
    for (const { user } of slice) all.push(user)
    last = slice.at(-1)?.user.id ?? ''
    if (slice.length < sliceSize) return all.sort(byName)
  }
}

const byName = (left: UserRow, right: UserRow): number =>
  left.displayName < right.displayName ? -1 : left.displayName > right.displayName ? 1 : 0

function isMember(groupId: string, large: boolean): SQL {
  if (!large) return sql`${users.id} in (select user_id from group_members where group_id = ${groupId})`
  return sql`exists (select 1 from group_members where group_id = ${groupId} and user_id = ${users.id})`
}
