// Pure: what the directory was last seen to say, kept in memory, so that a few changes can be planned without reading everything again.

import type { LdapSettings } from '../check.ts'
import { isSum } from '../plan/member-sum.ts'
import type { HeldGroup } from '../plan/plan.ts'
import { adminGroup, type Gathered, type Only, type RawGroup, withMembers } from '../read/conclude.ts'
import type { Desired, DesiredGroup, DesiredUser } from '../read/desired.ts'
import type { MemberIndex } from '../read/member-index.ts'
import { type Claimants, type Claimed, claimants, createClaimReader, createComparison, createResolver } from '../read/members.ts'
import type { People } from '../read/people.ts'
import { differs, type Seen } from '../read/seen.ts'

/** The part of the directory that changes concern, and what of our rows belongs to it. */
export interface Part {
  readonly desired: Desired
  /** External ids of the rows to compare with. A row whose entry is not in `desired` has left the directory. */
  readonly rows: Only
}

export interface Mirror {
  /** Who is meant by what groups list. */
  readonly index: MemberIndex
  /** All ids that were seen, to find out who is not there any more. */
  ids(entity: 'users' | 'groups'): Iterable<string>
  has(entity: 'users' | 'groups', id: string): boolean
  user(id: string): Seen | undefined
  /** The name under which it was seen. */
  dn(entity: 'users' | 'groups', id: string): string | undefined
  size(entity: 'users' | 'groups'): number
  /** How many users the directory does not shut out. */
  active(): number
  /** Users whom the clock alone has shut out or let in by now: no server says so. */
  due(now: Date): readonly string[]
  /** Ids that a plan could not settle; they are looked at again with every change. */
  readonly unsettled: { users: ReadonlySet<string>; groups: ReadonlySet<string> }
  /** The digest of its members that the row of each group has, as far as we know, by external id. */
  readonly digests: Map<string, string | null>
  /**
   * Names under which users or groups are new, and the groups that were seen to list the old names or the new ones. A server that
   * keeps references in order (OpenLDAP's refint) changes groups without a word about it: of somebody who went, and whose name
   * somebody else has now, a group may still be remembered to list the name.
   */
  renamed(asked: Only, found: Gathered): { readonly dns: readonly string[]; readonly groups: readonly string[] }
  /**
   * Takes in what the directory said about the ids that were asked for.
   *
   * @param rowless users who were asked for and have no row here: where they are members, they are new
   * @returns undefined when what has to be planned cannot be told without reading everything anew
   */
  absorb(asked: Only, found: Gathered, rowless: ReadonlySet<string>): Absorbed | undefined
}

/** What was taken in. */
export interface Absorbed {
  /** The groups that were asked for, and those whose members differ. */
  readonly groups: readonly string[]
  /** @param held our rows of these groups: who joined and left is enough for one that has the members we think it has */
  part(held: ReadonlyMap<string, HeldGroup>): Part
}

/** @param gathered everything the directory said @param desired what was concluded from it */
export function createMirror(gathered: Gathered, desired: Desired, settings: LdapSettings): Mirror {
  return new Memory(gathered, desired, settings)
}

const nothing: RawGroup = { externalId: '', dn: '', name: '', friendlyName: '', members: new Int32Array(), untouched: true }

/** A group that was looked at. */
interface Difference {
  readonly id: string
  readonly joined: readonly number[]
  /** External ids. */
  readonly left: readonly string[]
}

class Memory implements Mirror {
  readonly unsettled: Mirror['unsettled'] = { users: new Set(), groups: new Set() }
  readonly digests = new Map<string, string | null>()
  readonly #settings: LdapSettings
  readonly index: MemberIndex
  readonly #people: People
  readonly #groups: RawGroup[]
  readonly #groupPlaces: Map<string, number>
  readonly #claimed: Map<number, Claimed>
  readonly #turns: Map<string, number>
  /** Of this moment. */
  #claimants: Claimants | undefined
  #admins: ReadonlySet<number>
  /** Entries that were read and are not known by an id of their own. */
  readonly #others: Record<'users' | 'groups', number>

  constructor(gathered: Gathered, desired: Desired, settings: LdapSettings) {
    this.#settings = settings
    this.index = gathered.index
    this.#people = gathered.people
    this.#groupPlaces = gathered.places
    this.#groups = [...gathered.groups]
    this.#claimed = new Map(gathered.claimed)
    this.#turns = new Map(gathered.turns)
    this.#admins = desired.admins
    const othersOf = (entity: 'users' | 'groups') => gathered.proof[entity].entries - this.size(entity)
    this.#others = { users: othersOf('users'), groups: othersOf('groups') }
  }

  ids: Mirror['ids'] = (entity) => (entity === 'users' ? this.#people.present() : this.#groupPlaces.keys())
  has: Mirror['has'] = (entity, id) => (entity === 'users' ? this.#people.placeOf(id) !== undefined : this.#groupPlaces.has(id))
  size: Mirror['size'] = (entity) => (entity === 'users' ? this.#people.count : this.#groupPlaces.size)
  dn: Mirror['dn'] = (entity, id) => (entity === 'users' ? this.user(id) : this.#group(id))?.dn
  active = (): number => this.#people.active
  due = (now: Date): readonly string[] => [...this.#turns.entries().flatMap(([id, at]) => (at <= now.getTime() ? [id] : []))]

  renamed(asked: Only, found: Gathered): { readonly dns: readonly string[]; readonly groups: readonly string[] } {
    const users = [...found.users.entries()].flatMap(([, user]) => (this.user(user.externalId)?.dn === user.dn ? [] : user))
    const groups = found.groups.filter(({ externalId, dn }) => this.#group(externalId)?.dn !== dn)
    const dns = [...users, ...groups].map(({ dn }) => dn)
    const before = [...users.map(({ externalId }) => this.user(externalId)), ...groups.map((one) => this.#group(one.externalId))]
    const known = new Set(asked.groups)
    return { dns, groups: this.#listing([...dns, ...before.flatMap((one) => one?.dn ?? [])], []).filter((id) => !known.has(id)) }
  }

  absorb(asked: Only, found: Gathered, rowless: ReadonlySet<string>): Absorbed | undefined {
    const users = new Map(
      [...found.users.entries()].map(([at, user]) => [user.externalId, { user, seen: found.people.at(at) }] as const),
    )
    const groups = new Map(found.groups.map((group) => [group.externalId, group]))
    const movedUsers = new Set(asked.users.filter((id) => differs(this.user(id), users.get(id)?.seen)))
    const movedGroups = new Set(asked.groups.filter((id) => this.#group(id)?.dn !== groups.get(id)?.dn))

    const looked = [...new Set([...movedUsers, ...rowless])]
    const entries = looked.flatMap((id) => [this.user(id) ?? [], users.get(id)?.seen ?? []].flat())
    const touched = this.#touched(entries, asked.groups, found.groups)
    // Groups that were not asked for can have changed in these users alone, unless one inside was.
    const askedFor = new Set(this.#settings.ldapNestedGroups && asked.groups.length > 0 ? touched : asked.groups)
    const look = () => this.#members(touched, askedFor, looked.flatMap(this.#placeOf))
    const before = look()
    const fresh = new Set([...rowless].flatMap(this.#placeOf))
    for (const id of asked.users) this.#turns.delete(id)
    for (const [id, at] of found.turns) this.#turns.set(id, at)
    // Everybody steps aside before anybody takes a name: two may have changed places.
    const stepped = [...[...movedUsers].map((id) => this.#forgetUser(id)), ...[...movedGroups].map((id) => this.#forgetGroup(id))]
    const placed = [
      ...asked.users.map((id) => this.#placeUser(id, users.get(id)?.seen, movedUsers.has(id))),
      ...asked.groups.map((id) => this.#placeGroup(id, groups.get(id), movedGroups.has(id))),
    ]
    if ([...stepped, ...placed].includes(false)) return undefined
    if (movedUsers.size + asked.groups.length > 0) this.#claimants = undefined

    const after = look()
    const compare = createComparison(this.#people.length)
    const idAt = (at: number) => this.#people.ids.at(at)
    const wanted = new Set(asked.groups)
    const differences = [...touched].flatMap((id): Difference[] => {
      const had = before.get(id) ?? []
      const { joined, left } = compare(fresh.size > 0 ? had.filter((at) => !fresh.has(at)) : had, after.get(id) ?? [])
      return joined.length + left.length > 0 || wanted.has(id) ? [{ id, joined, left: left.map(idAt) }] : []
    })
    return {
      groups: differences.map(({ id }) => id),
      part: (held) => this.#part(asked, users, differences, found, held),
    }
  }

  user = (id: string): Seen | undefined => this.#people.get(id)
  #group = (id: string): RawGroup | undefined => this.#groups[this.#groupPlaces.get(id) ?? -1]
  #placeOf = (id: string): readonly number[] => [this.#people.placeOf(id) ?? []].flat()
  #groupPlaceOf = (id: string): readonly number[] => [this.#groupPlaces.get(id) ?? []].flat()

  /** Groups that list one of these names. */
  #listing(dns: readonly string[], usernames: readonly string[]): readonly string[] {
    if (dns.length + usernames.length === 0) return []
    const isListed = this.index.among(dns, usernames)
    return this.#groups.flatMap(({ externalId, members }) => (members.some(isListed) ? [externalId] : []))
  }

  /** Groups whose members may differ because of these users, as they were and as they are, and of the groups that were asked for. */
  #touched(users: readonly Seen[], asked: readonly string[], found: readonly RawGroup[]): ReadonlySet<string> {
    const touched = new Set(asked)
    const claims = users.flatMap(({ claimed }) => claimed ?? [])
    if (claims.length > 0) {
      const groupsOf = createClaimReader(this.#groups, this.index)
      for (const at of claims.flatMap(groupsOf)) touched.add(this.#groups[at]?.externalId ?? '')
    }
    const nested = this.#settings.ldapNestedGroups
    const dnsOf = (ids: Iterable<string>) => [...ids].flatMap((id) => this.#group(id)?.dn ?? [])
    let dns = [...users.map(({ dn }) => dn), ...(nested ? [...dnsOf(touched), ...found.map(({ dn }) => dn)] : [])]
    let usernames = users.flatMap(({ names }) => names)
    while (dns.length > 0) {
      const outer = this.#listing(dns, usernames).filter((id) => !touched.has(id))
      for (const id of outer) touched.add(id)
      dns = nested ? dnsOf(outer) : []
      usernames = []
    }
    return touched
  }

  /** The members of these groups: all of them, or those of some users. */
  #members(ids: Iterable<string>, whole: ReadonlySet<string>, some: readonly number[]): ReadonlyMap<string, readonly number[]> {
    const [all, only] = [this.#resolver(), this.#resolver(some)]
    return new Map([...ids].map((id) => [id, this.#groupPlaceOf(id).flatMap((at) => (whole.has(id) ? all(at) : only(at)))]))
  }

  #resolver(only?: readonly number[]) {
    this.#claimants ??= claimants(this.#groups, this.index, this.#claimed)
    const { ldapNestedGroups: nested } = this.#settings
    return createResolver({ groups: this.#groups, index: this.index, nested, claiming: this.#claimants }, only)
  }

  #forgetUser(id: string): boolean {
    const at = this.#people.placeOf(id)
    const user = this.user(id)
    return at === undefined || !user || this.index.forget(user.dn, user.names, { kind: 'user', index: at })
  }

  #forgetGroup(id: string): boolean {
    const at = this.#groupPlaces.get(id)
    const group = this.#group(id)
    return at === undefined || !group || this.index.forget(group.dn, [], { kind: 'group', index: at })
  }

  #placeUser(id: string, user: Seen | undefined, moved: boolean): boolean {
    const before = this.#people.placeOf(id)
    if (!user) {
      this.#people.drop(id)
      if (before !== undefined) this.#claimed.delete(before)
      return true
    }
    const at = this.#people.enter(user)
    if (user.claimed) this.#claimed.set(at, user.claimed)
    else this.#claimed.delete(at)
    return !moved || this.index.addUser(user.dn, user.names, at)
  }

  #placeGroup(id: string, group: RawGroup | undefined, moved: boolean): boolean {
    const at = this.#groupPlaces.get(id) ?? this.#groups.length
    if (!group && at === this.#groups.length) return true
    this.#groups[at] = group ?? nothing
    if (group) this.#groupPlaces.set(id, at)
    else this.#groupPlaces.delete(id)
    return !group || !moved || this.index.addGroup(group.dn, at)
  }

  #part(
    asked: Only,
    changed: ReadonlyMap<string, { readonly user: DesiredUser }>,
    differences: readonly Difference[],
    found: Gathered,
    held: ReadonlyMap<string, HeldGroup>,
  ): Part {
    const { group, warnings } = adminGroup(this.#groups, this.#settings.ldapAdminGroupName)
    const membersOf = this.#resolver()
    const allOf = (id: string) => this.#groupPlaceOf(id).flatMap((at) => membersOf(at))
    const admins = new Set(group && allOf(group.externalId))
    const planned = differences.map(({ id, joined, left }) => {
      const digest = this.#digestOf(held.get(id), id)
      if (digest === undefined) return { id, members: allOf(id) }
      // How many there were matters only to what is taken away.
      const count = left.length === 0 ? 0 : allOf(id).length - joined.length + left.length
      return { id, members: joined, since: { digest, left, count } }
    })
    const concerned = new Set([...asked.users, ...differences.flatMap(({ left }) => left)].flatMap((id) => this.#placeOf(id)))
    for (const { members } of planned) for (const at of members) concerned.add(at)
    for (const at of this.#admins.symmetricDifference(admins)) concerned.add(at)
    this.#admins = admins
    const places = [...concerned].filter((at) => this.#people.at(at) !== undefined)
    const local = new Map(places.map((at, here) => [at, here]))
    const here = (positions: Iterable<number>) => [...positions].flatMap((at) => local.get(at) ?? [])
    const users = places.flatMap((at): DesiredUser[] => {
      const user = this.#people.at(at)
      return user ? [changed.get(user.externalId)?.user ?? user] : []
    })
    const groups = planned.flatMap(({ id, members, ...since }): DesiredGroup[] => {
      const one = this.#group(id)
      return one ? [{ ...withMembers(one, here(members)), ...since }] : []
    })
    const read = (entity: 'users' | 'groups') => this.size(entity) + this.#others[entity]
    const counted = (entity: 'users' | 'groups') => ({ ...found.proof[entity], entries: read(entity) })
    return {
      desired: {
        users,
        groups,
        admins: new Set(here(admins)),
        skipped: found.skipped,
        warnings,
        usersRead: read('users'),
        groupsRead: read('groups'),
        outside: 0,
        proof: { users: counted('users'), groups: counted('groups') },
      },
      rows: {
        users: [...new Set([...users.map(({ externalId }) => externalId), ...asked.users])],
        groups: differences.map(({ id }) => id),
      },
    }
  }

  /** The digest of a row that is as we left it: somebody else may have written it since. */
  #digestOf(row: HeldGroup | undefined, id: string): string | undefined {
    return row && this.digests.get(id) === row.digest && isSum(row.digest) ? row.digest : undefined
  }
}
