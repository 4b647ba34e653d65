// The edit-guard: loads the row, asks who owns it, and hands on what may be written.
import type { Actor, GroupRow, UserRow } from './actor.ts'
import type { Groups } from './groups.ts'
import {
  type AdmittedGroup,
  type AdmittedRemoval,
  type AdmittedUser,
  admit,
  admitRemoval,
  type GroupPatch,
  locked,
  type Ownership,
  type UserPatch,
  type Verdict,
} from './ownership.ts'
import type { Users } from './users.ts'

/** The only door to a write of a user or group. Each call throws the owner's refusal, or user_not_found, group_not_found. */
export interface Guard {
  user(actor: Actor, id: string, patch: UserPatch): Promise<AdmittedUser>
  userRemoval(actor: Actor, id: string): Promise<AdmittedRemoval<UserRow>>
  group(actor: Actor, id: string, patch: GroupPatch): Promise<AdmittedGroup>
  groupRemoval(actor: Actor, id: string): Promise<AdmittedRemoval<GroupRow>>
  /** Of these groups, those whose members may be edited; the others are left out, not refused. */
  groupsOpenToEdits(actor: Actor, rows: readonly GroupRow[]): readonly AdmittedGroup[]
  /** The fields that cannot be edited here and who owns them. */
  locked(
    entity: 'user' | 'group',
    row: UserRow | GroupRow,
  ): { readonly fields: readonly string[]; readonly by: string | undefined }
}

/** @param ownerships asked on every call: the set changes when plugins start and stop */
export function createGuard(users: Users, groups: Groups, ownerships: () => readonly Ownership[]): Guard {
  return {
    user: async (actor, id, patch) => pass(admit('user', ownerships(), actor, await users.get(id), patch)),
    userRemoval: async (actor, id) => pass(admitRemoval('user', ownerships(), actor, await users.get(id))),
    group: async (actor, id, patch) => pass(admit('group', ownerships(), actor, await groups.get(id), patch)),
    groupRemoval: async (actor, id) => pass(admitRemoval('group', ownerships(), actor, await groups.get(id))),
    groupsOpenToEdits: (actor, rows) =>
      rows.flatMap((row) => {
        const verdict = admit('group', ownerships(), actor, row, { members: [] })
        return verdict.kind === 'admitted' && verdict.admitted.patch.members ? [verdict.admitted] : []
      }),
    locked: (entity, row) => locked(entity, ownerships(), row),
  }
}

function pass<A>(verdict: Verdict<A>): A {
  if (verdict.kind === 'refused') throw verdict.error
  return verdict.admitted
}
