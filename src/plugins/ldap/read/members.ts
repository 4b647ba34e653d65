// Pure: which users are in which group. DNs meet DNs by RFC 4514 rules; a name is never read out of a DN.
import { dnKey } from '../wire/dn.ts'

/** Finds people and groups by their DN, and people by user name where the member attribute holds names. */
export interface MemberIndex {
  /** @param usernames every name the entry has; none where it is no account here */
  addUser(dn: string, usernames: readonly string[], user: number): void
  addGroup(dn: string, group: number): void
  /** Takes back what was added. False: a name of it was not its own alone, so that who has it now cannot be told. */
  forget(dn: string, usernames: readonly string[], found: Found): boolean
  /** Resolves one member value; undefined: somebody outside the filter. */
  find(value: string): Found | undefined
  /** Resolves one DN of a group. */
  findGroup(dn: string): number | undefined
}

export type Found = { readonly kind: 'user' | 'group'; readonly index: number }

const nobody = Number.NEGATIVE_INFINITY

/** @param byName the member attribute holds user names (memberUid), so its values are never taken for DNs */
export function createMemberIndex(byName: boolean): MemberIndex {
  // Users count up from 0, groups down from -1: one map of plain numbers for 100,000 entries.
  const places = new Map<string, number>()
  const byUsername = new Map<string, number>()
  const ambiguous = new Set<string>()
  const add = (dn: string, place: number) => {
    // The text itself is a key too: lldap sends DNs unescaped, so that only the very same text is sure.
    places.set(dn, place)
    const key = dnKey(dn)
    if (key === undefined || key === dn) return
    const other = places.get(key)
    if (other !== undefined && other !== place) ambiguous.add(key)
    else places.set(key, place)
  }
  return {
    addUser(dn, usernames, user) {
      add(dn, user)
      for (const name of usernames.map((one) => one.toLowerCase())) {
        const other = byUsername.get(name)
        // A name that two have is nobody's: otherwise whoever may add an entry could take somebody's place in a group.
        byUsername.set(name, other === undefined || other === user ? user : nobody)
      }
    },
    addGroup: (dn, group) => add(dn, -1 - group),
    forget(dn, usernames, found) {
      const place = found.kind === 'user' ? found.index : -1 - found.index
      const key = dnKey(dn) ?? dn
      if (ambiguous.has(key) || places.get(dn) !== place) return false
      places.delete(dn)
      places.delete(key)
      for (const name of usernames.map((one) => one.toLowerCase())) {
        if (byUsername.get(name) === nobody) return false
        if (byUsername.get(name) === place) byUsername.delete(name)
      }
      return true
    },
    find(value) {
      const place =
        byName || !value.includes('=') ? byUsername.get(value.trim().toLowerCase()) : placeOf(value, places, ambiguous)
      if (place === undefined || place === nobody) return undefined
      return place >= 0 ? { kind: 'user', index: place } : { kind: 'group', index: -1 - place }
    },
    findGroup(dn) {
      const place = placeOf(dn, places, ambiguous)
      return place !== undefined && place < 0 ? -1 - place : undefined
    },
  }
}

function placeOf(value: string, places: ReadonlyMap<string, number>, ambiguous: ReadonlySet<string>): number | undefined {
  const exact = places.get(value)
  if (exact !== undefined) return exact
  // uniqueMember may carry an optional bit string behind the name (RFC 4517 section 3.3.21).
  const key = dnKey(value.replace(/#'[01]*'B$/, ''))
  return key === undefined || ambiguous.has(key) ? undefined : places.get(key)
}

/** The groups that users say they are in: by DN (memberOf), or by identifier (the primary group of Active Directory). */
export interface Claimed {
  readonly groupDns: readonly string[]
  readonly groupSid: string | undefined
}

/** What a user entry says of its groups, where the settings let it; by user number. */
export type ClaimedGroups = ReadonlyMap<number, Claimed>

/** The members of every group, as user numbers; `outside` counts values that are nobody here. */
export interface Memberships {
  readonly users: readonly (readonly number[])[]
  readonly outside: number
  /** Of those, how many are groups, whose members do not count because groups inside groups are switched off. */
  readonly groupsInside: number
}

interface GroupEntry {
  readonly members: readonly string[]
  readonly sid?: string | undefined
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
  const direct = groups.map(({ members }) => {
    const users = new Set<number>()
    const inner: number[] = []
    for (const value of members) {
      const found = index.find(value)
      if (found?.kind === 'user') users.add(found.index)
      else if (found && nested) inner.push(found.index)
      else {
        outside++
        if (found) groupsInside++
      }
    }
    return { users, inner }
  })
  addClaimed(direct, groups, index, claimed)
  return {
    users: direct.map((group, at) => [...(group.inner.length === 0 ? group.users : reach(direct, at))]),
    outside,
    groupsInside,
  }
}

type Direct = { readonly users: Set<number>; readonly inner: readonly number[] }

/** A group that a user names and that the group filter does not find is no group here. */
function addClaimed(direct: readonly Direct[], groups: readonly GroupEntry[], index: MemberIndex, claimed: ClaimedGroups): void {
  const bySid = new Map(groups.flatMap(({ sid }, at) => (sid === undefined ? [] : [[sid, at] as const])))
  for (const [user, { groupDns, groupSid }] of claimed) {
    for (const dn of groupDns) {
      const group = index.findGroup(dn)
      if (group !== undefined) direct[group]?.users.add(user)
    }
    const primary = groupSid === undefined ? undefined : bySid.get(groupSid)
    if (primary !== undefined) direct[primary]?.users.add(user)
  }
}

function reach(direct: readonly Direct[], start: number): ReadonlySet<number> {
  const users = new Set<number>()
  const seen = new Set([start])
  // A set that grows while it is walked: each group is visited once, whatever circles there are.
  for (const at of seen) {
    for (const user of direct[at]?.users ?? []) users.add(user)
    for (const inner of direct[at]?.inner ?? []) seen.add(inner)
  }
  return users
}
