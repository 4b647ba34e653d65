// The groups of one user, set from his side. Groups that a directory owns keep their members as they are.
import type { GroupRow, UserActor } from '#core/identity/actor.ts'
import type { Identity } from '#core/identity/identity.ts'

export interface Memberships {
  /** @throws AppError group_not_found when an id is unknown */
  check(groupIds: readonly string[]): Promise<void>
  /** Puts a user into exactly these groups, as far as they may be edited here. @throws AppError group_not_found */
  set(actor: UserActor, userId: string, groupIds: readonly string[]): Promise<void>
}

export function createMemberships({ users, groups, guard }: Identity): Memberships {
  const find = (ids: readonly string[]): Promise<readonly GroupRow[]> => Promise.all([...new Set(ids)].map(groups.get))
  return {
    async check(groupIds) {
      await find(groupIds)
    },
    async set(actor, userId, groupIds) {
      const wanted = await find(groupIds)
      const held = await users.groupsOf(userId)
      const joined = wanted.filter(({ id }) => !held.some((group) => group.id === id))
      const left = held.filter(({ id }) => !wanted.some((group) => group.id === id))
      const open = guard.groupsOpenToEdits(actor, [...joined, ...left])
      if (open.length === 0) return
      const ids = wanted.map(({ id }) => id)
      await groups.setGroupsOf(userId, ids, open, actor.user.id)
    },
  }
}
