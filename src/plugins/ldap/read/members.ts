// Pure: which users are in which group: by what the group lists, by what users say of themselves, and through groups inside groups.
import type { MemberIndex } from './member-index.ts'

/** The groups that users say they are in: by DN (memberOf), or by identifier (the primary group of Active Directory). */
export interface Claimed {
  readonly groupDns: readonly string[]
  readonly groupSid: string | undefined
}

/** What a user entry says of its groups, where the settings let it; by user number. */
export type ClaimedGroups = ReadonlyMap<number, Claimed>

/** A group, as far as its members matter. */
export interface GroupEntry {
  /** What it lists, as the numbers that the index knows. */
  readonly members: Int32Array
  /** What users call it by its identifier. */
  readonly sid?: string | undefined
}

/** The members of every group, as user numbers; `outside` counts values that are nobody here. */
export interface Memberships {
  readonly users: readonly (readonly number[])[]
  readonly outside: number
  /** Of those, how many are groups, whose members do not count because groups inside groups are switched off. */
  readonly groupsInside: number
}

/**
 * Resolves the members of all groups.
 *
 * @param nested members of a group inside a group count as members of both, to any depth; circles do no harm
 */
export function resolveMembers(
  groups: readonly GroupEntry[],
  index: MemberIndex,
  nested: boolean,
  claimed: ClaimedGroups = new Map(),
): Memberships {
  let outside = 0
  let groupsInside = 0
  for (const { members } of groups) {
    for (const number of members) {
      const place = index.place(number)
      if (place !== undefined && (place >= 0 || nested)) continue
      outside++
      if (place !== undefined) groupsInside++
    }
  }
  const membersOf = createResolver({ groups, index, nested, claiming: claimants(groups, index, claimed) })
  return { users: groups.map((_, at) => membersOf(at)), outside, groupsInside }
}

/** Who says of which group, by group number, to be in it. */
export type Claimants = ReadonlyMap<number, Iterable<number>>

/** A group that a user names and that the group filter does not find is no group here. */
export function claimants(groups: readonly GroupEntry[], index: MemberIndex, claimed: ClaimedGroups): Map<number, Set<number>> {
  const found = new Map<number, Set<number>>()
  if (claimed.size === 0) return found
  const groupsOf = createClaimReader(groups, index)
  for (const [user, claim] of claimed) {
    for (const group of groupsOf(claim)) {
      const users = found.get(group)
      if (users) users.add(user)
      else found.set(group, new Set([user]))
    }
  }
  return found
}

/** The groups that a user names. */
export function createClaimReader(groups: readonly GroupEntry[], index: MemberIndex): (claim: Claimed) => readonly number[] {
  const bySid = new Map(groups.flatMap(({ sid }, at) => (sid === undefined ? [] : [[sid, at] as const])))
  return ({ groupDns, groupSid }) => {
    const primary = groupSid === undefined ? undefined : bySid.get(groupSid)
    const named = groupDns.flatMap((dn) => index.findGroup(dn) ?? [])
    return primary === undefined ? named : [...named, primary]
  }
}

/** Gives the members of one group after the other, each user once. @param only users to look for; absent: all */
export function createResolver(ground: MemberGround, only?: Iterable<number>): (at: number) => readonly number[] {
  // Whoever is marked counts no more, or not at all.
  const marked = new Uint8Array(ground.index.users()).fill(only ? 1 : 0)
  for (const user of only ?? []) marked[user] = 0
  return (start) => {
    const users: number[] = []
    eachMember(ground, start, (user) => {
      if (marked[user] === 0) users.push(user)
      marked[user] = 1
    })
    for (const user of users) marked[user] = 0
    return users
  }
}

/** What members are resolved with. */
export interface MemberGround {
  readonly groups: readonly GroupEntry[]
  readonly index: MemberIndex
  readonly nested: boolean
  readonly claiming: Claimants
}

/** Visits the members of a group, some more than once. */
function eachMember({ groups, index, nested, claiming }: MemberGround, start: number, visit: (user: number) => void): void {
  // A set that grows while it is walked: each group is visited once, whatever circles there are.
  const visited = new Set([start])
  for (const at of visited) {
    for (const number of groups[at]?.members ?? []) {
      const place = index.place(number)
      if (place === undefined) continue
      if (place >= 0) visit(place)
      else if (nested) visited.add(-1 - place)
    }
    for (const user of claiming.get(at) ?? []) visit(user)
  }
}

/** Compares lists of users, one pair after the other. @param users every place is below this */
export function createComparison(users: number) {
  const marks = new Uint8Array(users)
  return (before: readonly number[], now: readonly number[]) => {
    for (const at of before) marks[at] = 1
    const joined = now.filter((at) => marks[at] !== 1)
    for (const at of now) marks[at] = 0
    const left = before.filter((at) => marks[at] === 1)
    for (const at of left) marks[at] = 0
    return { joined, left }
  }
}
