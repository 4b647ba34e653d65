// Pure: what the directory was last seen to say, kept in memory, so that a few changes can be planned without reading everything again.

import type { LdapSettings } from '../check.ts'
import { findAdmins, type Gathered, type Only, type RawGroup, withMembers } from '../read/conclude.ts'
import type { Desired, DesiredUser } from '../read/desired.ts'
import { type Claimed, type MemberIndex, resolveMembers } from '../read/members.ts'

/** A user entry; of its values only the digest is kept. */
interface Seen extends Omit<DesiredUser, 'profile' | 'choices'> {
  readonly names: readonly string[]
  readonly claimed: Claimed | undefined
}

/** The part of the directory that changes concern, and what of our rows belongs to it. */
export interface Part {
  readonly desired: Desired
  /** External ids of the rows to compare with. A row whose entry is not in `desired` has left the directory. */
  readonly rows: Only
}

export interface Mirror {
  /** All ids that were seen, to find out who is not there any more. */
  ids(entity: 'users' | 'groups'): Iterable<string>
  has(entity: 'users' | 'groups', id: string): boolean
  size(entity: 'users' | 'groups'): number
  /** Ids that a plan could not settle; they are looked at again with every change. */
  readonly unsettled: { users: ReadonlySet<string>; groups: ReadonlySet<string> }
  /**
   * Names under which users or groups are new, and the groups that were seen to list the old names or the new ones. A server that
   * keeps references in order (OpenLDAP's refint) changes groups without a word about it: of somebody who went, and whose name
   * somebody else has now, a group may still be remembered to list the name.
   */
  renamed(asked: Only, found: Gathered): { readonly dns: readonly string[]; readonly groups: readonly string[] }
  /**
   * Takes in what the directory said about the ids that were asked for.
   *
   * @returns what has to be planned; undefined when it cannot be told without reading everything anew
   */
  absorb(asked: Only, found: Gathered): Part | undefined
}

/** @param gathered everything the directory said @param desired what was concluded from it */
export function createMirror(gathered: Gathered, desired: Desired, settings: LdapSettings): Mirror {
  return new Memory(gathered, desired, settings)
}

const nothing: RawGroup = { externalId: '', dn: '', name: '', friendlyName: '', members: [], untouched: true }

class Memory implements Mirror {
  readonly unsettled: Mirror['unsettled'] = { users: new Set(), groups: new Set() }
  readonly #settings: LdapSettings
  readonly #index: MemberIndex
  readonly #users: (Seen | undefined)[]
  readonly #places = new Map<string, number>()
  readonly #groups: RawGroup[]
  readonly #groupPlaces = new Map<string, number>()
  readonly #claimed: Map<number, Claimed>
  #members: (readonly number[])[]
  #admins: ReadonlySet<number>

  constructor(gathered: Gathered, desired: Desired, settings: LdapSettings) {
    this.#settings = settings
    this.#index = gathered.index
    this.#users = gathered.users.map((user, at) => seen(user, at, gathered))
    this.#groups = [...gathered.groups]
    this.#claimed = new Map(gathered.claimed)
    this.#members = desired.groups.map(({ members }) => members)
    this.#admins = desired.admins
    gathered.users.forEach(({ externalId }, at) => void this.#places.set(externalId, at))
    gathered.groups.forEach(({ externalId }, at) => void this.#groupPlaces.set(externalId, at))
  }

  ids(entity: 'users' | 'groups'): Iterable<string> {
    return entity === 'users' ? this.#places.keys() : this.#groupPlaces.keys()
  }

  has(entity: 'users' | 'groups', id: string): boolean {
    return (entity === 'users' ? this.#places : this.#groupPlaces).has(id)
  }

  size(entity: 'users' | 'groups'): number {
    return entity === 'users' ? this.#places.size : this.#groupPlaces.size
  }

  renamed(asked: Only, found: Gathered): { readonly dns: readonly string[]; readonly groups: readonly string[] } {
    const users = found.users.filter(({ externalId, dn }) => this.#user(externalId)?.dn !== dn)
    const groups = found.groups.filter(({ externalId, dn }) => this.#group(externalId)?.dn !== dn)
    const old = new Set(users.flatMap(({ externalId }) => this.#places.get(externalId) ?? []))
    const had = (members: readonly number[]) => old.size > 0 && members.some((at) => old.has(at))
    const dns = [...users, ...groups].map(({ dn }) => dn)
    const names = new Set(dns)
    const lists = (members: readonly string[]) => names.size > 0 && members.some((value) => names.has(value))
    const inside = groups.length > 0 && this.#settings.ldapNestedGroups
    return {
      dns,
      groups: this.#groups.flatMap(({ externalId, untouched, members }, at) =>
        externalId !== '' &&
        !untouched &&
        !asked.groups.includes(externalId) &&
        (inside || had(this.#members[at] ?? []) || lists(members))
          ? [externalId]
          : [],
      ),
    }
  }

  absorb(asked: Only, found: Gathered): Part | undefined {
    const users = new Map(found.users.map((user, at) => [user.externalId, { user, seen: seen(user, at, found) }]))
    const groups = new Map(found.groups.map((group) => [group.externalId, group]))
    // Everybody steps aside before anybody takes a name: two may have changed places.
    const movedUsers = asked.users.filter((id) => differs(this.#user(id), users.get(id)?.seen))
    const movedGroups = asked.groups.filter((id) => this.#group(id)?.dn !== groups.get(id)?.dn)
    if (!movedUsers.every((id) => this.#forgetUser(id)) || !movedGroups.every((id) => this.#forgetGroup(id))) return undefined
    for (const id of asked.users) this.#placeUser(id, users.get(id)?.seen, movedUsers.includes(id))
    for (const id of asked.groups) this.#placeGroup(id, groups.get(id), movedGroups.includes(id))
    const affected = this.#resolve(new Set(asked.groups), movedUsers.length + asked.groups.length > 0)
    return this.#part(asked, users, affected, found)
  }

  #user = (id: string): Seen | undefined => this.#users[this.#places.get(id) ?? -1]
  #group = (id: string): RawGroup | undefined => this.#groups[this.#groupPlaces.get(id) ?? -1]

  #forgetUser(id: string): boolean {
    const at = this.#places.get(id)
    const user = this.#user(id)
    return at === undefined || !user || this.#index.forget(user.dn, user.names, { kind: 'user', index: at })
  }

  #forgetGroup(id: string): boolean {
    const at = this.#groupPlaces.get(id)
    const group = this.#group(id)
    return at === undefined || !group || this.#index.forget(group.dn, [], { kind: 'group', index: at })
  }

  #placeUser(id: string, user: Seen | undefined, moved: boolean): void {
    const at = this.#places.get(id) ?? this.#users.length
    if (!user && at === this.#users.length) return
    this.#users[at] = user
    if (user) this.#places.set(id, at)
    else this.#places.delete(id)
    if (user?.claimed) this.#claimed.set(at, user.claimed)
    else this.#claimed.delete(at)
    if (user && moved) this.#index.addUser(user.dn, user.names, at)
  }

  #placeGroup(id: string, group: RawGroup | undefined, moved: boolean): void {
    const at = this.#groupPlaces.get(id) ?? this.#groups.length
    if (!group && at === this.#groups.length) return
    this.#groups[at] = group ?? nothing
    if (group) this.#groupPlaces.set(id, at)
    else this.#groupPlaces.delete(id)
    if (group && moved) this.#index.addGroup(group.dn, at)
  }

  /** Resolves members anew. @returns the places of the groups that were looked at or whose members differ */
  #resolve(asked: ReadonlySet<string>, anew: boolean): readonly number[] {
    if (!anew) return []
    const before = this.#members
    this.#members = [...resolveMembers(this.#groups, this.#index, this.#settings.ldapNestedGroups, this.#claimed).users]
    return this.#groups.flatMap((group, at) =>
      group !== nothing && (asked.has(group.externalId) || !sameSet(before[at] ?? [], this.#members[at] ?? [])) ? [at] : [],
    )
  }

  #part(
    asked: Only,
    changed: ReadonlyMap<string, { readonly user: DesiredUser }>,
    affected: readonly number[],
    found: Gathered,
  ): Part {
    const all = this.#groups.map((group, at) => withMembers(group, this.#members[at] ?? []))
    const { admins, warnings } = findAdmins(all, this.#settings.ldapAdminGroupName)
    const concerned = new Set(affected.flatMap((at) => this.#members[at] ?? []))
    for (const at of symmetricDifference(this.#admins, admins)) concerned.add(at)
    for (const id of asked.users) {
      const at = this.#places.get(id)
      if (at !== undefined) concerned.add(at)
    }
    this.#admins = admins
    const places = [...concerned].filter((at) => this.#users[at] !== undefined)
    const local = new Map(places.map((at, here) => [at, here]))
    const here = (positions: Iterable<number>) => [...positions].flatMap((at) => local.get(at) ?? [])
    const users = places.flatMap((at): DesiredUser[] => {
      const user = this.#users[at]
      return user ? [changed.get(user.externalId)?.user ?? unchanged(user)] : []
    })
    const groups = affected.flatMap((at) => (all[at] ? [{ ...all[at], members: here(all[at].members) }] : []))
    const counted = (entity: 'users' | 'groups') => ({ ...found.proof[entity], entries: this.size(entity) })
    return {
      desired: {
        users,
        groups,
        admins: new Set(here(admins)),
        skipped: found.skipped,
        warnings,
        usersRead: this.size('users'),
        groupsRead: this.size('groups'),
        outside: 0,
        proof: { users: counted('users'), groups: counted('groups') },
      },
      rows: {
        users: [...new Set([...users.map(({ externalId }) => externalId), ...asked.users])],
        groups: [...new Set([...groups.map(({ externalId }) => externalId), ...asked.groups])],
      },
    }
  }
}

function seen({ profile: _profile, choices: _choices, ...user }: DesiredUser, at: number, { names, claimed }: Gathered): Seen {
  return { ...user, names: names.get(at) ?? [], claimed: claimed.get(at) }
}

const unchanged = ({ names: _names, claimed: _claimed, ...user }: Seen): DesiredUser => ({ ...user, profile: undefined })

/** Whether somebody may have become, or ceased to be, a member of some group. */
const differs = (before: Seen | undefined, now: Seen | undefined): boolean =>
  JSON.stringify(tie(before)) !== JSON.stringify(tie(now))
const tie = (user: Seen | undefined) => user && [user.dn, user.names, user.claimed]

function sameSet(left: readonly number[], right: readonly number[]): boolean {
  if (left.length !== right.length) return false
  const others = new Set(right)
  return left.every((one) => others.has(one))
}

const symmetricDifference = (left: ReadonlySet<number>, right: ReadonlySet<number>): readonly number[] => [
  ...[...left].filter((one) => !right.has(one)),
  ...[...right].filter((one) => !left.has(one)),
]
