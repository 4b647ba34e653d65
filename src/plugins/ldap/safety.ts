// Pure: may this plan be carried out? A mistyped filter or base must not lock anybody out.
import { variable } from './check.ts'
import type { Desired } from './desired.ts'
import type { HeldGroup, HeldUser, SyncPlan } from './plan.ts'

export interface Limits {
  readonly maxRemovalPercent: number
  /** An administrator said once that these removals are meant. Empty answers and the last administrator are guarded all the same. */
  readonly removalsAccepted: boolean
}

/** What the plan is measured against. */
export interface Situation {
  readonly desired: Pick<Desired, 'usersRead' | 'groupsRead'>
  readonly users: readonly HeldUser[]
  readonly groups: readonly HeldGroup[]
  /** Enabled administrators that do not come from this directory. */
  readonly otherAdmins: number
}

/** Why the plan is refused, a sentence each. Empty: it may be applied. */
export function refusals(plan: SyncPlan, situation: Situation, limits: Limits): readonly string[] {
  return [
    ...emptyAnswers(situation),
    ...(limits.removalsAccepted ? [] : tooManyGone(plan, situation, limits)),
    ...lastAdmin(plan, situation),
  ]
}

const rightToRead = 'and that the bind account may read there'

function emptyAnswers({ desired, groups }: Situation): readonly string[] {
  const base = variable('ldapBase')
  const users = `The directory answered with no user at all. Check ${base} and ${variable('ldapUserSearchFilter')}, ${rightToRead}.`
  const noGroups = `The directory answered with no group at all, and ${groups.length} are known here. Check ${base} and ${variable('ldapUserGroupSearchFilter')}, ${rightToRead}.`
  return [...(desired.usersRead === 0 ? [users] : []), ...(desired.groupsRead === 0 && groups.length > 0 ? [noGroups] : [])]
}

function tooManyGone(
  { users, groups }: SyncPlan,
  { users: held, groups: heldGroups }: Situation,
  { maxRemovalPercent }: Limits,
): readonly string[] {
  const active = held.filter(({ sourceDisabled }) => !sourceDisabled).length
  const shutOut = users.standing.filter(({ was, isNow }) => isNow.sourceDisabled && !was.sourceDisabled).length
  const removed = users.leaving.filter(({ how }) => how === 'remove').length
  return [
    ...tooMany(shutOut + removed, Math.max(active, users.leaving.length), 'users', maxRemovalPercent),
    ...tooMany(groups.remove.length, heldGroups.length, 'groups', maxRemovalPercent),
  ]
}

/** One row may always go: of a directory of three, one is more than any sensible share. */
function tooMany(gone: number, of: number, what: string, percent: number): readonly string[] {
  if (gone <= 1 || gone * 100 <= of * percent) return []
  const share = Math.round((gone * 100) / of)
  const means = what === 'users' ? 'disable or remove' : 'remove'
  const accept = 'If it is meant, run `ldap sync --accept-removals` once'
  return [
    `The run would ${means} ${gone} of ${of} ${what} (${share} %), more than the ${percent} % that ${variable('ldapMaxRemovalPercent')} allows. Check the base and the filters. ${accept}.`,
  ]
}

function lastAdmin({ users }: SyncPlan, { users: held, otherAdmins }: Situation): readonly string[] {
  const before = held.filter((row) => row.isAdmin && !row.disabled && !row.sourceDisabled)
  const after = new Map(held.map((row) => [row.id, row.isAdmin && !row.disabled && !row.sourceDisabled]))
  const disabledHere = new Set(held.flatMap(({ id, disabled }) => (disabled ? [id] : [])))
  for (const { id, isNow } of users.standing) after.set(id, isNow.isAdmin && !isNow.sourceDisabled && !disabledHere.has(id))
  for (const { id } of users.leaving) after.set(id, false)
  const stay =
    [...after.values()].filter(Boolean).length + users.create.filter((user) => user.isAdmin && !user.sourceDisabled).length
  if (before.length === 0 || stay + otherAdmins > 0) return []
  return [
    `The run would take the last administrator away. Check ${variable('ldapAdminGroupName')} and the members of that group, or make a local administrator first.`,
  ]
}
