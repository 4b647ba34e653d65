// People as apps get to know them: rows of core's tables -> what claims are made of.
import { eq, sql } from 'drizzle-orm'
import { customClaims, groupMembers, groups } from '#core/db/tables.ts'
import type { UserRow } from '#core/identity/actor.ts'
import type { Host } from '#core/kernel/plugin.ts'
import type { Subject } from './protocol/claims.ts'

export interface Subjects {
  /** Reads only what these scopes and single claims can show. */
  of(user: UserRow, scope: readonly string[], requested?: readonly string[]): Promise<Subject>
}

export function createSubjects({ db, core }: Pick<Host, 'db' | 'core'>): Subjects {
  const groupsOf = async (userId: string): Promise<readonly string[]> => {
    const rows = await db.read
      .select({ name: groups.name })
      .from(groupMembers)
      .innerJoin(groups, eq(groups.id, groupMembers.groupId))
      .where(eq(groupMembers.userId, userId))
      .orderBy(groups.name)
    return rows.map(({ name }) => name)
  }

  /** Those of the groups first, so that the user's own come last and win. */
  const customOf = (userId: string) =>
    db.read
      .select({ key: customClaims.key, value: customClaims.value })
      .from(customClaims)
      .leftJoin(groups, eq(groups.id, customClaims.groupId))
      .where(
        sql`${customClaims.userId} = ${userId} or ${customClaims.groupId} in
          (select ${groupMembers.groupId} from ${groupMembers} where ${groupMembers.userId} = ${userId})`,
      )
      .orderBy(sql`${customClaims.userId} is not null`, sql`${groups.name} desc`)

  return {
    async of(user, scope, requested = []) {
      const wantsProfile = scope.includes('profile') || requested.length > 0
      const wantsGroups = scope.includes('groups') || requested.includes('groups')
      return {
        user,
        groups: wantsGroups ? await groupsOf(user.id) : [],
        custom: wantsProfile ? await customOf(user.id) : [],
        issuer: core.appUrl,
      }
    },
  }
}
