// Whom an app is told of: the groups that may use it and their members, or everybody; read in slices, so that many hold up nobody.
import { setImmediate as pause } from 'node:timers/promises'
import { and, asc, gt, type SQL, sql } from 'drizzle-orm'
import type { Database } from '#core/db/client.ts'
import { groups, users } from '#core/db/tables.ts'
import type { GroupRow, UserRow } from '#core/identity/actor.ts'
import type { AppDetails } from '#core/ports-apps.ts'
import type { Kind } from './tables.ts'

export interface Scope {
  users(): AsyncGenerator<readonly UserRow[]>
  groups(): AsyncGenerator<readonly GroupRow[]>
  /** The members of a group by the ids under which this app keeps them. */
  members(groupId: string): Promise<readonly string[]>
  /** What the app was told of and is no longer in it, some at a time. */
  leavers(kind: Kind, after: string): Promise<readonly { readonly localId: string; readonly remoteId: string }[]>
  isEmpty(): Promise<boolean>
}

const sliceSize = 500

export function scopeOf(
  { read }: Pick<Database, 'read'>,
  providerId: string,
  app: Pick<AppDetails, 'isGroupRestricted' | 'allowedUserGroups'>,
): Scope {
  const allowed = JSON.stringify(app.allowedUserGroups.map(({ id }) => id))
  const among = (column: SQL): SQL | undefined =>
    app.isGroupRestricted ? sql`${column} in (select value from json_each(${allowed}))` : undefined
  const ofUsers = app.isGroupRestricted
    ? sql`${users.id} in (select user_id from group_members where ${among(sql`group_id`)})`
    : undefined
  const ofGroups = among(sql`${groups.id}`)

  return {
    users: () =>
      slices((last) =>
        read
          .select()
          .from(users)
          .where(and(gt(users.id, last), ofUsers))
          .orderBy(asc(users.id))
          .limit(sliceSize),
      ),
    groups: () =>
      slices((last) =>
        read
          .select()
          .from(groups)
          .where(and(gt(groups.id, last), ofGroups))
          .orderBy(asc(groups.id))
          .limit(sliceSize),
      ),
    async members(groupId) {
      // One row of JSON: a column of a hundred thousand rows would hold up everybody.
      const [row] = await read.all<{ readonly all: string }>(sql`
        select json_group_array(remote_id order by remote_id) as "all" from group_members
        join scim_resources on scim_resources.provider_id = ${providerId} and kind = 'user' and local_id = group_members.user_id
        where group_members.group_id = ${groupId}`)
      return JSON.parse(row?.all ?? '[]') as readonly string[]
    },
    leavers: (kind, after) =>
      read.all(sql`
        select local_id as "localId", remote_id as "remoteId" from scim_resources
        where provider_id = ${providerId} and kind = ${kind} and local_id > ${after} and local_id not in (
          select id from ${kind === 'user' ? users : groups} where ${(kind === 'user' ? ofUsers : ofGroups) ?? sql`true`}
        ) order by local_id limit ${sliceSize}`),
    async isEmpty() {
      const [one] = await read.select({ id: users.id }).from(users).where(ofUsers).limit(1)
      return one === undefined
    },
  }
}

async function* slices<T extends { readonly id: string }>(
  next: (last: string) => Promise<readonly T[]>,
): AsyncGenerator<readonly T[]> {
  for (let last = ''; ; await pause()) {
    const slice = await next(last)
    if (slice.length > 0) yield slice
    last = slice.at(-1)?.id ?? ''
    if (slice.length < sliceSize) return
  }
}
