// Groups and who is in them: reads, and writes that take what the edit-guard admitted.
import { and, count, eq, getTableColumns, inArray, sql } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import { newId } from '../crypto.ts'
import type { Database, Transaction } from '../db/client.ts'
import { groupMembers, groups } from '../db/tables.ts'
import { uniqueViolation } from '../db/violations.ts'
import { alreadyInUse } from '../errors.ts'
import type { Events } from '../events.ts'
import { type ListColumns, type ListQuery, listParts, type Page, pagination } from '../http/listing.ts'
import type { GroupRow, UserRow } from './actor.ts'
import { changesOf } from './changes.ts'
import { identityErrors } from './errors.ts'
import { allMembers, listMembers } from './members.ts'
import type { AdmittedGroup, AdmittedRemoval } from './ownership.ts'
import type { UserSearch } from './user-search.ts'

export type NewGroup = Pick<GroupRow, 'name' | 'friendlyName'>
export type CountedGroup = GroupRow & { readonly userCount: number }

export interface Groups {
  find(id: string): Promise<GroupRow | undefined>
  /** @throws AppError group_not_found */
  get(id: string): Promise<GroupRow>
  list(query: ListQuery): Promise<Page<CountedGroup>>
  /** The members of a group, by page; a group of 100,000 is nothing to load whole. */
  members(groupId: string, query: ListQuery): Promise<Page<UserRow>>
  allMembers(groupId: string): Promise<readonly UserRow[]>
  create(group: NewGroup, actorId: string | null): Promise<GroupRow>
  /** Writes what was admitted; `members` replaces the whole list. @throws AppError group_not_found, user_not_found, already_in_use */
  update(group: AdmittedGroup, actorId: string | null): Promise<GroupRow>
  /** Puts a user into exactly these groups, as far as they were admitted; groups that were not stay as they are. */
  setGroupsOf(
    userId: string,
    wanted: readonly string[],
    admitted: readonly AdmittedGroup[],
    actorId: string | null,
  ): Promise<void>
  remove(group: AdmittedRemoval<GroupRow>, actorId: string | null): Promise<void>
}

const userCount = sql<number>`(select count(*) from group_members where group_members.group_id = ${groups.id})`
const columns: ListColumns = {
  sortable: { name: groups.name, friendlyName: groups.friendlyName, createdAt: groups.createdAt, userCount },
  filterable: { name: groups.name, friendlyName: groups.friendlyName },
  searched: [groups.name, groups.friendlyName],
  byDefault: groups.friendlyName,
  tie: groups.id,
}

export function createGroups(db: Database, events: Events, clock: Clock, search: UserSearch): Groups {
  const find = async (id: string) => (await db.read.select().from(groups).where(eq(groups.id, id)))[0]
  return {
    find,
    async get(id) {
      const group = await find(id)
      if (!group) throw identityErrors.refuse('group_not_found')
      return group
    },
    async list(query) {
      const { where, orderBy } = listParts(columns, query)
      const total = (await db.read.select({ total: count() }).from(groups).where(where))[0]?.total ?? 0
      const at = pagination(query, total)
      const rows = db.read.select({ ...getTableColumns(groups), userCount }).from(groups)
      const data = await rows
        .where(where)
        .orderBy(...orderBy)
        .limit(query.limit)
        .offset(at.offset)
      return { data, pagination: at.pagination }
    },
    members: (groupId, query) => listMembers(db, search, groupId, query),
    allMembers: (groupId) => allMembers(db, groupId),
    async create(group, actorId) {
      const now = clock.now()
      const row = { ...group, id: newId(), createdAt: now, updatedAt: now }
      const created = await uniqueName(() => db.write(async (tx) => (await tx.insert(groups).values(row).returning())[0]))
      if (!created) throw identityErrors.refuse('group_not_found')
      events.publish('group.created', { groupId: created.id, actorId })
      return created
    },
    async update({ row, patch }, actorId) {
      const { members, ...fields } = patch
      const updated = await uniqueName(() =>
        db.write(async (tx) => {
          const same = and(eq(groups.id, row.id), sql`${groups.source} is ${row.source}`)
          const changes = { ...fields, sourceDigest: null, updatedAt: clock.now() }
          const [written] = await tx.update(groups).set(changes).where(same).returning()
          if (written && members) await replaceMembers(tx, row.id, members)
          return written
        }),
      )
      if (!updated) throw identityErrors.refuse('group_not_found')
      events.publish('group.updated', { groupId: updated.id, actorId, changes: changesOf(row, updated) })
      return updated
    },
    async setGroupsOf(userId, wanted, admitted, actorId) {
      const editable = admitted.map((group) => group.row.id)
      await db.write(async (tx) => {
        const mine = and(eq(groupMembers.userId, userId), inArray(groupMembers.groupId, editable))
        await tx.delete(groupMembers).where(mine)
        const rows = editable.filter((groupId) => wanted.includes(groupId)).map((groupId) => ({ groupId, userId }))
        if (rows.length > 0) await tx.insert(groupMembers).values(rows)
        await tx.update(groups).set({ sourceDigest: null }).where(inArray(groups.id, editable))
      })
      for (const groupId of editable) events.publish('group.updated', { groupId, actorId })
    },
    async remove({ row }, actorId) {
      await db.write((tx) => tx.delete(groups).where(and(eq(groups.id, row.id), sql`${groups.source} is ${row.source}`)))
      events.publish('group.removed', { groupId: row.id, name: row.name, actorId })
    },
  }
}

/** Set-based, so a list of 100,000 is one statement and no limit on bound values is met. */
async function replaceMembers(tx: Transaction, groupId: string, members: readonly string[]): Promise<void> {
  const ids = JSON.stringify([...new Set(members)])
  const unknown = await tx.all<{ id: string }>(
    sql`select value as id from json_each(${ids}) where value not in (select id from users) limit 1`,
  )
  if (unknown[0]) throw identityErrors.refuse('user_not_found', { message: `There is no user with the id ${unknown[0].id}.` })
  await tx.run(
    sql`delete from group_members where group_id = ${groupId} and user_id not in (select value from json_each(${ids}))`,
  )
  await tx.run(sql`insert or ignore into group_members (group_id, user_id) select ${groupId}, value from json_each(${ids})`)
}

async function uniqueName<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    throw uniqueViolation(error) === 'groups.name' ? alreadyInUse('name') : error
  }
}
