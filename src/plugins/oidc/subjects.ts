// People as apps get to know them: rows of core's tables -> what claims are made of.
import { desc, eq, sql } from 'drizzle-orm'
import { customClaims, groupMembers, groups } from '#core/db/tables.ts'
import type { UserRow } from '#core/identity/actor.ts'
import { effectiveClaims } from '#core/identity/custom-claims.ts'
import type { Host } from '#core/kernel/plugin.ts'
import type { Subject } from './protocol/claims.ts'

export interface Subjects {
  /** Reads only what these scopes and single claims can show. */
  of(user: UserRow, scope: readonly string[], requested?: readonly string[]): Promise<Subject>
}

export function createSubjects({ db, core }: Pick<Host, 'db' | 'core'>): Subjects {
  const userId = sql.placeholder('userId')
  const groupsOf = db.read
    .select({ name: groups.name })
    .from(groupMembers)
    .innerJoin(groups, eq(groups.id, groupMembers.groupId))
    .where(eq(groupMembers.userId, userId))
    .orderBy(groups.name)
    .prepare()
  const { key, value } = customClaims
  const ownClaims = db.read.select({ key, value }).from(customClaims).where(eq(customClaims.userId, userId)).prepare()
  const groupClaims = db.read
    .select({ key, value })
    .from(customClaims)
    .innerJoin(groupMembers, eq(groupMembers.groupId, customClaims.groupId))
    .innerJoin(groups, eq(groups.id, customClaims.groupId))
    .where(eq(groupMembers.userId, userId))
    // Of two groups with one name the first in the alphabet counts: it comes last.
    .orderBy(desc(groups.name))
    .prepare()

  /** The person's own come last and win. */
  const customOf = async (user: UserRow) => {
    const asked = { userId: user.id }
    return [...(await groupClaims.execute(asked)), ...effectiveClaims(user, await ownClaims.execute(asked))]
  }

  return {
    async of(user, scope, requested = []) {
      const wantsProfile = scope.includes('profile') || requested.length > 0
      const wantsGroups = scope.includes('groups') || requested.includes('groups')
      return {
        user,
        groups: wantsGroups ? (await groupsOf.execute({ userId: user.id })).map(({ name }) => name) : [],
        custom: wantsProfile ? await customOf(user) : [],
        issuer: core.appUrl,
      }
    },
  }
}
