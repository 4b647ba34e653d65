// People as apps get to know them: rows of core's tables -> what claims are made of.
import { type SQL, sql } from 'drizzle-orm'
import { customClaims, groupMembers, groups } from '#core/db/tables.ts'
import type { UserRow } from '#core/identity/actor.ts'
import { effectiveClaims } from '#core/identity/custom-claims.ts'
import type { Host } from '#core/kernel/plugin.ts'
import type { Subject } from './protocol/claims.ts'

export interface Subjects {
  /** Reads only what these scopes and single claims can show. */
  of(user: UserRow, scope: readonly string[], requested?: readonly string[]): Promise<Subject>
}

type ClaimJson = readonly { readonly key: string; readonly value: string }[]

/** Everything about one person in one row: a query costs more than what it reads. */
export function createSubjects({ db, core }: Pick<Host, 'db' | 'core'>): Subjects {
  const userId = sql.placeholder('userId')
  const names = sql`select g.name from ${groupMembers} m join ${groups} g on g.id = m.group_id where m.user_id = ${userId} order by g.name`
  const own = sql`select c.key, c.value from ${customClaims} c where c.user_id = ${userId}`
  // Of two groups with one name the first in the alphabet counts: it comes last.
  const ofGroups = sql`select c.key, c.value from ${customClaims} c join ${groupMembers} m on m.group_id = c.group_id
    join ${groups} g on g.id = c.group_id where m.user_id = ${userId} order by g.name desc`
  const list = <T>(of: SQL, query: SQL) =>
    sql<T>`(select json_group_array(${of}) from (${query}))`.mapWith((text) => JSON.parse(text) as T)
  const claim = sql`json_object('key', key, 'value', value)`
  const everything = db.read
    .select({
      groups: list<readonly string[]>(sql`name`, names),
      ofGroups: list<ClaimJson>(claim, ofGroups),
      own: list<ClaimJson>(claim, own),
    })
    .from(sql`(select 1)`)
    .prepare()
  const aboutUser = db.remember(async (id) => (await everything.execute({ userId: id }))[0])

  return {
    async of(user, scope, requested = []) {
      const wantsProfile = scope.includes('profile') || requested.length > 0
      const wantsGroups = scope.includes('groups') || requested.includes('groups')
      const issuer = core.appUrl
      if (!wantsProfile && !wantsGroups) return { user, groups: [], custom: [], issuer }
      const found = await aboutUser(user.id)
      // The person's own come last and win.
      const custom = wantsProfile && found ? [...found.ofGroups, ...effectiveClaims(user, found.own)] : []
      return { user, groups: found?.groups ?? [], custom, issuer }
    },
  }
}
