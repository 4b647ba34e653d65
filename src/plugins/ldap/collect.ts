// Reads the whole directory, page by page, and keeps of it what planning needs. Nothing is written before this is through.
import type { LdapKey, LdapSettings } from './check.ts'
import type { Desired, DesiredGroup, DesiredUser } from './desired.ts'
import type { Directory } from './directory.ts'
import { type Entry, values } from './entry.ts'
import { DirectoryFailure } from './failures.ts'
import { lockHolds, readLockoutPolicies } from './lockout.ts'
import {
  groupAttributes,
  type MappedGroup,
  type MappedUser,
  type Mapping,
  mapGroup,
  mapUser,
  type Skipped,
  userAttributes,
} from './map.ts'
import { type Claimed, createMemberIndex, type MemberIndex, resolveMembers } from './members.ts'
import { newProof, type Reading, readPages } from './paging.ts'
import type { Lock } from './standing.ts'

/** What collecting needs to know of us: how values are digested, and which digests we hold. */
export interface Known {
  digestOf(user: MappedUser): string
  /** The digest our row has, by external id; undefined when there is no such row. */
  heldDigest(externalId: string): string | null | undefined
}

/** Reads users, then groups, over one connection. @throws DirectoryFailure */
export async function collect(directory: Directory, mapping: Mapping, known: Known): Promise<Desired> {
  const { settings } = mapping
  const skipped: Skipped[] = []
  const index = createMemberIndex(settings.ldapAttributeGroupMember.toLowerCase() === 'memberuid')
  const users = await collectUsers(directory, mapping, known, index, skipped)
  const groups = await collectGroups(directory, mapping, index, skipped)
  const resolved = resolveMembers(groups.mapped, index, settings.ldapNestedGroups, users.claimed)
  const desired = groups.mapped.map(
    ({ members: _values, sid: _sid, ...group }, at): DesiredGroup => ({ ...group, members: resolved.users[at] ?? [] }),
  )
  const { admins, warnings } = findAdmins(desired, settings.ldapAdminGroupName)
  return {
    users: users.desired,
    groups: desired,
    admins,
    skipped,
    warnings,
    usersRead: users.proof.entries,
    groupsRead: groups.proof.entries,
    outside: resolved.outside,
    proof: { users: users.proof, groups: groups.proof },
  }
}

async function collectUsers(directory: Directory, mapping: Mapping, known: Known, index: MemberIndex, skipped: Skipped[]) {
  const { settings } = mapping
  const fill = countFill(settings, userFill)
  const desired: DesiredUser[] = []
  const claimed = new Map<number, Claimed>()
  const locks = new Map<number, Lock>()
  const ids = new UniqueIds(skipped, (at) => {
    const first = desired[at]
    if (first) desired[at] = { ...first, digest: undefined, profile: undefined }
    return first?.dn ?? ''
  })
  const proof = newProof()
  for await (const entries of readPages(directory, reading(settings, 'ldapUserSearchFilter', userAttributes(settings)), proof)) {
    for (const entry of entries) {
      fill.see(entry)
      const mapped = mapUser(entry, mapping)
      if (mapped.kind === 'skipped') skipped.push(mapped)
      if (mapped.externalId === '' || !ids.claim('user', mapped.externalId, entry.dn, desired.length)) continue
      if (mapped.kind === 'user' && mapped.claimed) claimed.set(desired.length, mapped.claimed)
      if (mapped.kind === 'user' && mapped.lock) locks.set(desired.length, mapped.lock)
      index.addUser(
        entry.dn,
        mapped.kind === 'user' ? (mapped.choices?.username ?? [mapped.profile.username]) : [],
        desired.length,
      )
      desired.push(mapped.kind === 'user' ? keep(mapped, known) : untouched(mapped))
    }
  }
  fill.refuseEmpty()
  await liftLocks(directory, mapping, desired, locks)
  return { desired, proof, claimed }
}

/** Lets those in whose lock has run out. */
async function liftLocks(
  directory: Directory,
  { settings, now }: Mapping,
  desired: DesiredUser[],
  locks: ReadonlyMap<number, Lock>,
): Promise<void> {
  if (locks.size === 0) return
  const policies = await readLockoutPolicies(directory, settings.ldapBase)
  for (const [at, lock] of locks) {
    const user = desired[at]
    if (user && !lockHolds(lock, policies, now)) desired[at] = { ...user, shutOut: false }
  }
}

/** Keeps the values only where our row does not have them yet. */
function keep(user: MappedUser, known: Known): DesiredUser {
  const { externalId, dn, shutOut, profile, choices } = user
  const digest = known.digestOf(user)
  const kept = { externalId, dn, shutOut, digest }
  return known.heldDigest(externalId) === digest ? { ...kept, profile: undefined } : { ...kept, profile, choices }
}

const untouched = ({ externalId, dn }: Skipped): DesiredUser => ({
  externalId,
  dn,
  shutOut: false,
  digest: undefined,
  profile: undefined,
})

type RawGroup = Omit<DesiredGroup, 'members'> & Pick<MappedGroup, 'members' | 'sid'>

async function collectGroups(directory: Directory, mapping: Mapping, index: MemberIndex, skipped: Skipped[]) {
  const { settings } = mapping
  // Where users say which groups they are in, groups may say nothing of it.
  const isOptional = settings.ldapAttributeUserMemberOf !== ''
  const fill = countFill(settings, isOptional ? groupFill.filter(([key]) => key !== 'ldapAttributeGroupMember') : groupFill)
  const mapped: RawGroup[] = []
  const ids = new UniqueIds(skipped, (at) => {
    const first = mapped[at]
    if (first) mapped[at] = { ...first, untouched: true }
    return first?.dn ?? ''
  })
  const proof = newProof()
  for await (const entries of readPages(
    directory,
    reading(settings, 'ldapUserGroupSearchFilter', groupAttributes(settings)),
    proof,
  )) {
    for (const entry of entries) {
      fill.see(entry)
      const group = mapGroup(entry, mapping)
      if (group.kind === 'skipped') skipped.push(group)
      if (group.externalId === '' || !ids.claim('group', group.externalId, entry.dn, mapped.length)) continue
      index.addGroup(entry.dn, mapped.length)
      if (group.kind === 'group') mapped.push({ ...group, untouched: false })
      else mapped.push({ externalId: group.externalId, dn: group.dn, name: '', friendlyName: '', members: [], untouched: true })
    }
  }
  fill.refuseEmpty()
  return { mapped, proof }
}

const reading = (
  settings: LdapSettings,
  filterKey: 'ldapUserSearchFilter' | 'ldapUserGroupSearchFilter',
  attributes: readonly string[],
): Reading => ({
  base: settings.ldapBase,
  filter: settings[filterKey],
  filterKey,
  attributes,
  pageSize: settings.ldapPageSize,
})

/** Two entries with one id: which of them is meant cannot be known, so both are listed and the row stays as it is. */
class UniqueIds {
  readonly #places = new Map<string, number>()
  readonly #skipped: Skipped[]
  readonly #disown: (at: number) => string

  constructor(skipped: Skipped[], disown: (at: number) => string) {
    this.#skipped = skipped
    this.#disown = disown
  }

  /** Whether the id is new. @param at where the entry will be kept */
  claim(entity: Skipped['entity'], externalId: string, dn: string, at: number): boolean {
    const held = this.#places.get(externalId)
    if (held === undefined) {
      this.#places.set(externalId, at)
      return true
    }
    const other = this.#disown(held)
    this.#skipped.push({ kind: 'skipped', entity, dn, externalId, why: `has the same unique id (${externalId}) as ${other}` })
    return false
  }
}

type Fill = readonly (readonly [LdapKey, string])[]
const userFill: Fill = [
  ['ldapAttributeUserUniqueIdentifier', 'OpenLDAP has entryUUID, Active Directory objectGUID, lldap uuid, 389 nsUniqueId'],
  ['ldapAttributeUserUsername', 'most directories have uid, Active Directory has sAMAccountName'],
  ['ldapAttributeUserEmail', 'most directories have mail'],
  ['ldapAttributeUserFirstName', 'most directories have givenName'],
  ['ldapAttributeUserLastName', 'most directories have sn'],
]
const groupFill: Fill = [
  ['ldapAttributeGroupUniqueIdentifier', 'OpenLDAP has entryUUID, Active Directory objectGUID, lldap uuid, 389 nsUniqueId'],
  ['ldapAttributeGroupName', 'most directories have cn'],
  ['ldapAttributeGroupMember', 'groupOfNames has member, groupOfUniqueNames uniqueMember, posixGroup memberUid'],
]

/** Counts which of the configured attributes occur at all: one that no entry has is a typing error, not a wish to empty a field. */
function countFill(settings: LdapSettings, attributes: Fill) {
  const unseen = new Map(attributes.filter(([key]) => settings[key] !== '').map(([key, hint]) => [key, hint]))
  let entries = 0
  return {
    see(entry: Entry): void {
      entries++
      for (const key of unseen.keys()) if (values(entry, String(settings[key])).length > 0) unseen.delete(key)
    },
    refuseEmpty(): void {
      const [first] = unseen
      if (entries === 0 || !first) return
      const sentence = `none of the ${entries} entries has the attribute ${settings[first[0]]}. Check its spelling (${first[1]}), and that the bind account may read it`
      throw new DirectoryFailure(first[0], isRequired(first[0]) ? `${sentence}.` : `${sentence}; or leave this setting empty.`)
    },
  }
}

const isRequired = (key: LdapKey): boolean => /UniqueIdentifier|Username|GroupName|GroupMember/.test(key)

/** The users in the admin group. Of several groups with that name none is believed: whoever may create a group would be an admin. */
function findAdmins(groups: readonly DesiredGroup[], name: string): Pick<Desired, 'admins' | 'warnings'> {
  if (name === '') return { admins: new Set(), warnings: [] }
  const named = groups.filter((group) => group.name.toLowerCase() === name.toLowerCase())
  if (named.length === 1) return { admins: new Set(named[0]?.members), warnings: [] }
  const what =
    named.length === 0
      ? `no group is called ${name}`
      : `${named.length} groups are called ${name}: ${named.map(({ dn }) => dn).join(' and ')}`
  return { admins: new Set(), warnings: [`LDAP_ADMIN_GROUP_NAME: ${what}, so nobody of the directory is an administrator.`] }
}
