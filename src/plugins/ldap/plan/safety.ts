// Pure: may this plan be carried out? A mistyped filter or base must not lock anybody out.
import { variable } from '../check.ts'
import type { SyncPlan } from './plan.ts'

export interface Limits {
  /** Of users, and of groups. Either limit alone holds a plan; one row may always go. */
  readonly maxRemovalPercent: number
  readonly maxRemovalCount: number
  /** Of the members of one group, and of the administrators. */
  readonly maxMemberRemovalPercent: number
  /** Names of the claims that the settings ask for: one that they no longer name may go. */
  readonly claims: readonly string[]
}

/** What the plan is measured against: numbers, and the administrators, who are few. */
export interface Situation {
  readonly read: EntryCounts
  /** The answer was proven complete. One that was not takes nothing away, so that it has fewer entries does not matter. */
  readonly whole: boolean
  /** What the last whole run read that was carried out; undefined before the first. */
  readonly lastRead: EntryCounts | undefined
  /** Users of this directory that are not disabled by it. */
  readonly activeUsers: number
  readonly groups: number
  /** Ids of the users of this directory that may administer now: neither disabled here nor there. */
  readonly admins: ReadonlySet<string>
  /** Ids of those disabled here, so that the directory cannot make them count. */
  readonly disabledHere: ReadonlySet<string>
  /** Enabled administrators that do not come from this directory. */
  readonly otherAdmins: number
}

export interface EntryCounts {
  readonly users: number
  readonly groups: number
}

/** Why a plan is not carried out. */
export interface Objection {
  readonly guard: 'empty' | 'fewer' | 'gone' | 'emptied' | 'members' | 'admins' | 'last-admin'
  /** An administrator may say that it is meant. */
  readonly acceptable: boolean
  readonly why: string
}

/** A group this small may lose any of its members: one person who changes teams is no accident. */
const fewMembers = 10

/** Everything that speaks against the plan. Empty: it may be carried out. */
export function objections(plan: SyncPlan, situation: Situation, limits: Limits): readonly Objection[] {
  const empty = emptyAnswers(situation)
  const gone = tooManyGone(plan, situation, limits)
  return [
    ...empty,
    ...gone,
    ...(empty.length + gone.length > 0 ? [] : farFewer(situation, limits)),
    ...emptied(plan, situation, limits),
    ...lostClaims(plan, situation, limits),
    ...tooManyMembersGone(plan, limits),
    ...adminsGone(plan, situation, limits),
  ]
}

/** What speaks against shutting these out, for whom nothing else of a plan is needed. */
export const objectionsToShutOut = (plan: SyncPlan, situation: Situation, limits: Limits): readonly Objection[] => [
  ...tooManyGone(plan, situation, limits),
  ...adminsGone(plan, situation, limits),
]

const objection = (guard: Objection['guard'], why: string, acceptable = true): Objection => ({ guard, acceptable, why })
const rightToRead = 'and that the bind account may read there'

function emptyAnswers({ read, groups }: Situation): readonly Objection[] {
  const base = variable('ldapBase')
  const noUsers = `The directory answered with no user at all. Check ${base} and ${variable('ldapUserSearchFilter')}, ${rightToRead}.`
  const noGroups = `The directory answered with no group at all, and ${groups} are known here. Check ${base} and ${variable('ldapUserGroupSearchFilter')}, ${rightToRead}.`
  return [
    ...(read.users === 0 ? [objection('empty', noUsers, false)] : []),
    ...(read.groups === 0 && groups > 0 ? [objection('empty', noGroups)] : []),
  ]
}

/** Entries that are not there any more, whether or not we hold active rows for them. */
function farFewer({ read, lastRead, whole }: Situation, { maxRemovalPercent }: Limits): readonly Objection[] {
  if (!lastRead || !whole) return []
  return (['users', 'groups'] as const).flatMap((what) => {
    const missing = lastRead[what] - read[what]
    if (missing <= 1 || missing * 100 <= lastRead[what] * maxRemovalPercent) return []
    const filter = variable(what === 'users' ? 'ldapUserSearchFilter' : 'ldapUserGroupSearchFilter')
    const why = `The directory answered with ${read[what]} ${what}, and with ${lastRead[what]} last time: ${share(missing, lastRead[what])} % fewer. Check ${variable('ldapBase')} and ${filter}, ${rightToRead}.`
    return [objection('fewer', why)]
  })
}

function tooManyGone({ users, groups }: SyncPlan, situation: Situation, limits: Limits): readonly Objection[] {
  const shutOut = users.standing.filter(({ was, isNow }) => isNow.sourceDisabled && !was.sourceDisabled).length
  const removed = users.leaving.filter(({ how }) => how === 'remove').length
  return [
    ...tooMany(shutOut + removed, Math.max(situation.activeUsers, users.leaving.length), 'users', limits),
    ...tooMany(groups.remove.length, situation.groups, 'groups', limits),
  ]
}

/** One row may always go: of a directory of three, one is more than any sensible share. */
function tooMany(gone: number, of: number, what: 'users' | 'groups', limits: Limits): readonly Objection[] {
  if (gone <= 1) return []
  const percent = `the ${limits.maxRemovalPercent} % that ${variable('ldapMaxRemovalPercent')} allows`
  const count = `the ${limits.maxRemovalCount} that ${variable('ldapMaxRemovalCount')} allows`
  const broken = gone * 100 > of * limits.maxRemovalPercent ? percent : gone > limits.maxRemovalCount ? count : undefined
  if (broken === undefined) return []
  const means = what === 'users' ? 'disable or remove' : 'remove'
  const why = `The run would ${means} ${gone} of ${of} ${what} (${share(gone, of)} %), more than ${broken}. Check the base and the filters.`
  return [objection('gone', why)]
}

/** Fields that a directory may leave out, and the setting that says where they come from. */
const optionalFields = [
  ['email', 'e-mail address', 'ldapAttributeUserEmail'],
  ['firstName', 'first name', 'ldapAttributeUserFirstName'],
  ['lastName', 'last name', 'ldapAttributeUserLastName'],
] as const

/** Claims that are still wanted and would go from so many that the directory has hardly dropped them. */
function lostClaims({ users }: SyncPlan, { activeUsers }: Situation, limits: Limits): readonly Objection[] {
  const names = (claims: string | null | undefined) => Object.keys(JSON.parse(claims ?? '{}') as Record<string, string>)
  const lost = users.update.flatMap(({ before, after }) => {
    if (!('claims' in after)) return []
    const left = new Set(names(after.claims))
    return names(before.claims).filter((name) => !left.has(name))
  })
  return limits.claims.flatMap((name) => {
    const count = lost.filter((one) => one === name).length
    if (count <= 1 || count * 100 <= activeUsers * limits.maxRemovalPercent) return []
    const why = `The run would take the claim ${name} from ${count} of ${activeUsers} users (${share(count, activeUsers)} %), more than the ${limits.maxRemovalPercent} % that ${variable('ldapMaxRemovalPercent')} allows. Check ${variable('ldapClaims')}, and that the bind account may read its attribute.`
    return [objection('emptied', why)]
  })
}

/** An attribute that is misspelt, or hidden from the bind account, looks like one that everybody lost. */
function emptied({ users }: SyncPlan, { activeUsers }: Situation, { maxRemovalPercent }: Limits): readonly Objection[] {
  return optionalFields.flatMap(([field, words, key]) => {
    const lost = users.update.filter(({ before, after }) => before[field] && field in after && !after[field]).length
    if (lost <= 1 || lost * 100 <= activeUsers * maxRemovalPercent) return []
    const why = `The run would take the ${words} from ${lost} of ${activeUsers} users (${share(lost, activeUsers)} %), more than the ${maxRemovalPercent} % that ${variable('ldapMaxRemovalPercent')} allows. Check ${variable(key)}, and that the bind account may read it.`
    return [objection('emptied', why)]
  })
}

function tooManyMembersGone({ groups }: SyncPlan, { maxMemberRemovalPercent }: Limits): readonly Objection[] {
  const emptied = groups.removeMembers.filter(
    ({ userIds, of }) => userIds.length > fewMembers && userIds.length * 100 > of * maxMemberRemovalPercent,
  )
  return emptied.slice(0, mostNamed).map(({ groupId, userIds, of }) => {
    const name = groups.names.get(groupId) ?? groupId
    const why = `The group ${name} would lose ${userIds.length} of ${of} members (${share(userIds.length, of)} %), more than the ${maxMemberRemovalPercent} % that ${variable('ldapMaxMemberRemovalPercent')} allows. Check ${variable('ldapAttributeGroupMember')} and ${variable('ldapUserSearchFilter')}.`
    return objection('members', why)
  })
}

const mostNamed = 10

function adminsGone({ users }: SyncPlan, situation: Situation, { maxMemberRemovalPercent }: Limits): readonly Objection[] {
  const { admins, disabledHere, otherAdmins } = situation
  if (admins.size === 0) return []
  const stay = new Set(admins)
  for (const { id, isNow } of users.standing) {
    if (isNow.isAdmin && !isNow.sourceDisabled && !disabledHere.has(id)) stay.add(id)
    else stay.delete(id)
  }
  for (const { id } of users.leaving) stay.delete(id)
  const made = users.create.filter(({ isAdmin, sourceDisabled }) => isAdmin && !sourceDisabled).length
  const check = `Check ${variable('ldapAdminGroupName')} and the members of that group`
  if (stay.size + made + otherAdmins === 0) {
    const why = `The run would take the last administrator away. ${check}, or make a local administrator first.`
    return [objection('last-admin', why, false)]
  }
  const gone = [...admins].filter((id) => !stay.has(id)).length
  if (gone <= 1 || gone * 100 <= admins.size * maxMemberRemovalPercent) return []
  const why = `The run would take ${gone} of ${admins.size} administrators away (${share(gone, admins.size)} %), more than the ${maxMemberRemovalPercent} % that ${variable('ldapMaxMemberRemovalPercent')} allows. ${check}.`
  return [objection('admins', why)]
}

const share = (part: number, of: number): number => (of === 0 ? 100 : Math.round((part * 100) / of))
