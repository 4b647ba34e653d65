// Pure: what has to change, as data. What a dry run shows, what safety judges, what apply writes.
import type { Profile, Skipped } from '../read/map.ts'

/** The fields of an account that the directory decides, and the two that follow from it. */
export type UserFields = Profile & { readonly emailVerified: boolean }
export type UserChanges = Partial<UserFields>

/** A row this source owns, as it is now. */
export interface HeldUser {
  readonly id: string
  readonly externalId: string
  readonly digest: string | null
  readonly isAdmin: boolean
  /** An administrator's decision; the directory does not touch it. */
  readonly disabled: boolean
  readonly sourceDisabled: boolean
}

export interface HeldGroup {
  readonly id: string
  readonly externalId: string
  readonly digest: string | null
  /** The DN it had when it was read last. */
  readonly dn: string | null
  readonly name: string
  readonly friendlyName: string
}

export interface UserCreation {
  readonly id: string
  readonly externalId: string
  readonly dn: string
  /** Alone: all fields are made of what was read each time that they are asked for. */
  readonly username: string
  readonly fields: UserFields
  readonly isAdmin: boolean
  readonly sourceDisabled: boolean
  readonly digest: string
  /** The account is kept aside: it comes back with its passkeys. */
  readonly returns: boolean
}

/** An account that is here already and that an entry takes over. */
export interface Adoption {
  readonly id: string
  readonly externalId: string
  readonly dn: string
  readonly username: string
  /** `local`, or the external id of the entry that is gone. */
  readonly was: string
}

export interface UserUpdate {
  readonly id: string
  readonly dn: string
  readonly username: string
  /** All fields as they shall be; the changed ones are listed with what they were. */
  readonly fields: UserFields
  readonly before: UserChanges
  readonly after: UserChanges
  /** Null when something could not be had (a conflict), so that the next run looks again. */
  readonly digest: string | null
}

export interface AdoptedUser extends Adoption {
  /** Whether the account could administer before. */
  readonly wasAdmin: boolean
}

/** A change of what somebody may do. */
export interface StandingChange {
  readonly id: string
  readonly username: string | undefined
  readonly was: Standing
  readonly isNow: Standing
}

export interface Standing {
  readonly isAdmin: boolean
  readonly sourceDisabled: boolean
}

export interface GroupWrite {
  readonly id: string
  readonly externalId: string
  readonly dn: string
  readonly name: string
  readonly friendlyName: string
  readonly before: Partial<Pick<HeldGroup, 'name' | 'friendlyName'>>
  /** The group is kept aside and comes back. */
  readonly returns: boolean
}

/** Ids of rows. There may be very many, each made when it is asked for. */
export interface Ids extends Iterable<string> {
  readonly length: number
  slice(from: number, to: number): readonly string[]
}

export interface Membership {
  readonly groupId: string
  readonly userIds: Ids
}

/** Members that leave a group, and how many it has before. */
export interface MemberRemoval extends Membership {
  readonly of: number
}

/** A name or address that somebody else has: both sides, and what to do. */
export interface Conflict {
  readonly entity: 'user' | 'group'
  readonly dn: string
  readonly field: 'username' | 'email' | 'name'
  readonly value: string
  /** Who has it: the DN of another entry, or the account or group that is here. */
  readonly other: string
  readonly why: string
}

/** Row ids by position. */
export interface RowIds {
  readonly length: number
  at(position: number): string | undefined
}

export interface UserPlan {
  readonly adopt: readonly AdoptedUser[]
  readonly create: readonly UserCreation[]
  readonly update: readonly UserUpdate[]
  readonly standing: readonly StandingChange[]
  /** Users of the directory that left it: disabled or removed, as the settings say. */
  readonly leaving: readonly { readonly id: string; readonly username: string | undefined; readonly how: 'disable' | 'remove' }[]
  /** Rows whose name another row takes over in this run: they step aside first. */
  readonly park: readonly string[]
  readonly conflicts: readonly Conflict[]
  /** Row id of each desired user, by position; undefined for those that get none. */
  readonly rowIds: RowIds
}

export interface GroupPlan {
  /** Names of the groups mentioned, by id; for the report. */
  readonly names: ReadonlyMap<string, string>
  readonly create: readonly GroupWrite[]
  readonly update: readonly GroupWrite[]
  readonly remove: readonly { readonly id: string; readonly name: string }[]
  readonly park: readonly string[]
  readonly addMembers: readonly Membership[]
  readonly removeMembers: readonly MemberRemoval[]
  readonly digests: readonly { readonly id: string; readonly digest: string | null }[]
  /** Groups whose entry has another DN now. */
  readonly moved: readonly { readonly id: string; readonly entry: string }[]
  readonly conflicts: readonly Conflict[]
}

export interface SyncPlan {
  readonly users: UserPlan
  readonly groups: GroupPlan
  readonly skipped: readonly Skipped[]
}

type Changes = Pick<SyncPlan, 'users' | 'groups'>

/** What a plan writes a row each for. */
const rowsOf = ({ users, groups }: Changes): readonly (readonly unknown[])[] => [
  users.adopt,
  users.create,
  users.update,
  users.standing,
  users.leaving,
  groups.create,
  groups.update,
  groups.remove,
  groups.digests,
  groups.moved,
]

/** Whether a plan writes nothing at all. */
export const isEmpty = (plan: Changes): boolean =>
  [...rowsOf(plan), plan.groups.addMembers, plan.groups.removeMembers].every((list) => list.length === 0)

/** How many rows a plan writes. */
export function weight(plan: Changes): number {
  const { addMembers, removeMembers } = plan.groups
  const members = [...addMembers, ...removeMembers].reduce((sum, { userIds }) => sum + userIds.length, 0)
  return rowsOf(plan).reduce((sum, list) => sum + list.length, members)
}
