// People as apps get to know them: rows of core's tables -> what claims are made of.
import { desc, eq } from 'drizzle-orm'
import { customClaims, groupMembers, groups } from '#core/db/tables.ts'
import type { UserRow } from '#core/identity/actor.ts'
import { claimsOfUser } from '#core/identity/custom-claims.ts'
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

  const claimsOfGroups = (userId: string) =>
    db.read
      .select({ key: customClaims.key, value: customClaims.value })
      .from(customClaims)
      .innerJoin(groupMembers, eq(groupMembers.groupId, customClaims.groupId))
      .innerJoin(groups, eq(groups.id, customClaims.groupId))
      .where(eq(groupMembers.userId, userId))
      // Of two groups with one name the first in the alphabet counts: it comes last.
      .orderBy(desc(groups.name))

  return {
    async of(user, scope, requested = []) {
      const wantsProfile = scope.includes('profile') || requested.length > 0
      const wantsGroups = scope.includes('groups') || requested.includes('groups')
      return {
        user,
        groups: wantsGroups ? await groupsOf(user.id) : [],
        // The person's own come last and win.
        custom: wantsProfile ? [...(await claimsOfGroups(user.id)), ...(await claimsOfUser(db.read, user))] : [],
        issuer: core.appUrl,
      }
    },
  }
}
