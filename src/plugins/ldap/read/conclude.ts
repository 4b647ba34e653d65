// Pure: what the entries say -> what is wanted here: members resolved, administrators found.
import type { LdapSettings } from '../check.ts'
import type { Desired, DesiredGroup, DesiredUsers } from './desired.ts'
import type { Skipped } from './map.ts'
import type { MemberIndex } from './member-index.ts'
import { type Claimed, type GroupEntry, resolveMembers } from './members.ts'
import type { People } from './people.ts'

/** A group before its members are resolved. */
export type RawGroup = Omit<DesiredGroup, 'members' | 'since'> & GroupEntry

/** Everything the entries say, before members are resolved. A place in `users` or `groups` is the number the index knows. */
export interface Gathered {
  readonly users: DesiredUsers
  readonly groups: readonly RawGroup[]
  readonly claimed: ReadonlyMap<number, Claimed>
  /** The same users, as far as they are to be remembered. */
  readonly people: People
  /** When the clock alone will shut somebody out or let somebody in, by external id. */
  readonly turns: ReadonlyMap<string, number>
  /** Of groups, by external id. */
  readonly places: Map<string, number>
  readonly index: MemberIndex
  readonly skipped: readonly Skipped[]
  /** What is odd, and no reason to stop. */
  readonly warnings: readonly string[]
  readonly proof: Desired['proof']
}

/** The ids to look at, where only some may have changed. */
export interface Only {
  readonly users: readonly string[]
  readonly groups: readonly string[]
}

/** Resolves members and finds the administrators. */
export function conclude(
  { users, groups, index, claimed, skipped, warnings: odd, proof }: Gathered,
  settings: LdapSettings,
): Desired {
  const resolved = resolveMembers(groups, index, settings.ldapNestedGroups, claimed)
  const desired = groups.map((group, at): DesiredGroup => withMembers(group, resolved.users[at] ?? []))
  const { group, warnings } = adminGroup(desired, settings.ldapAdminGroupName)
  return {
    users,
    groups: desired,
    admins: new Set(group?.members),
    skipped,
    warnings: [...odd, ...warnings],
    usersRead: proof.users.entries,
    groupsRead: proof.groups.entries,
    outside: resolved.outside,
    groupsInside: resolved.groupsInside,
    proof,
  }
}

/** A group whose members are resolved. */
export const withMembers = ({ members: _values, sid: _sid, ...group }: RawGroup, members: readonly number[]): DesiredGroup => ({
  ...group,
  members,
})

/** The group that makes administrators. Of several with that name none is believed: whoever may create a group would be an admin. */
export function adminGroup<Group extends Pick<RawGroup, 'name' | 'dn'>>(
  groups: readonly Group[],
  name: string,
): { readonly group?: Group; readonly warnings: readonly string[] } {
  if (name === '') return { warnings: [] }
  const named = groups.filter((group) => group.name.toLowerCase() === name.toLowerCase())
  const [group] = named
  if (group && named.length === 1) return { group, warnings: [] }
  const what =
    named.length === 0
      ? `no group is called ${name}`
      : `${named.length} groups are called ${name}: ${named.map(({ dn }) => dn).join(' and ')}`
  return { warnings: [`LDAP_ADMIN_GROUP_NAME: ${what}, so nobody of the directory is an administrator.`] }
}
