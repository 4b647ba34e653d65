// Reads the whole directory, page by page, and keeps of it what planning needs. Nothing is written before this is through.

import type { LdapKey, LdapSettings } from '../check.ts'
import type { HeldUser } from '../plan/plan.ts'
import { cut } from '../plan/snapshot.ts'
import { anyOf, hasId } from '../wire/assertion.ts'
import type { Directory } from '../wire/directory.ts'
import type { Entry } from '../wire/entry.ts'
import { newProof, type Proof, type Reading, readPages } from '../wire/paging.ts'
import { conclude, type Gathered, type Only, type RawGroup } from './conclude.ts'
import type { Desired, DesiredUser } from './desired.ts'
import { countFill, type Fill, groupAttributesInUse, groupsHaveMembers, userAttributesInUse, warnings } from './fill.ts'
import { lockReader } from './lockout.ts'
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
import { createMemberIndex, listsNames, type MemberIndex } from './member-index.ts'
import type { Claimed } from './members.ts'
import { Recall } from './recall.ts'
import type { Seen } from './seen.ts'
import { goesByTheClock, type Lock } from './standing.ts'

/** A row of ours, as far as collecting is concerned. */
export type KnownRow = Pick<HeldUser, 'externalId' | 'digest'>

/** What collecting needs to know of us: how values are digested, and which digests we hold. */
export interface Known {
  digestOf(user: MappedUser): string
  /** What our row has; undefined when there is no such row. */
  held(externalId: string): KnownRow | undefined
  /** Hears how many entries have been read. */
  seen?(stage: 'users' | 'groups', entries: number): void
}

/** Some of the entries only. Whoever asks knows the others, and enters what is found into the index. */
export interface Part {
  readonly only: Only
  readonly index: MemberIndex
}

/**
 * Reads users, then groups, over one connection.
 *
 * @param what some of the entries, or all of them with what is recalled of the last time
 * @throws DirectoryFailure
 */
export async function gather(directory: Directory, mapping: Mapping, known: Known, what?: Part | Recall): Promise<Gathered> {
  const recall = what instanceof Recall ? what : undefined
  const part = what instanceof Recall ? undefined : what
  const skipped: Skipped[] = []
  const only = part?.only
  const index = part?.index ?? recall?.now.index ?? createMemberIndex(listsNames(mapping.settings))
  const users = await collectUsers(directory, mapping, known, index, skipped, only?.users, recall)
  const groups = await collectGroups(directory, mapping, known, index, skipped, only?.groups)
  return {
    ...{ users: users.desired, remembered: users.remembered, claimed: users.claimed, groups: groups.mapped, index, skipped },
    places: { users: users.places, groups: groups.places },
    warnings: [...users.said, ...groups.said],
    proof: { users: users.proof, groups: groups.proof },
  }
}

/** Reads everything and concludes. @throws DirectoryFailure */
export const collect = async (directory: Directory, mapping: Mapping, known: Known): Promise<Desired> =>
  conclude(await gather(directory, mapping, known), mapping.settings)

const userNeeds: ReadonlySet<LdapKey> = new Set(['ldapAttributeUserUniqueIdentifier', 'ldapAttributeUserUsername'])

async function collectUsers(
  directory: Directory,
  mapping: Mapping,
  known: Known,
  index: MemberIndex,
  skipped: Skipped[],
  only: readonly string[] | undefined,
  recall: Recall | undefined,
) {
  const { settings } = mapping
  const fill = countFill(userAttributesInUse(settings))
  const desired: DesiredUser[] = []
  const remembered: Seen[] = []
  const claimed = new Map<number, Claimed>()
  const locks = new Map<number, Lock>()
  const ids = new UniqueIds(skipped, (at) => {
    const first = remembered[at]
    if (first) desired[at] = remembered[at] = { ...first, digest: undefined }
    return first?.dn ?? ''
  })
  const isStored = ({ externalId, digest }: Seen) => known.held(externalId)?.digest === digest
  const look = (entry: Entry): Look => {
    const lacking = fill.lacking(entry)
    const mapped = mapUser(entry, mapping)
    if (mapped.kind === 'skipped') skipped.push(mapped)
    const look = mapped.kind === 'skipped' ? untouched(mapped, lacking) : lookedAt(mapped, lacking, known)
    if (mapped.kind === 'user' && !goesByTheClock(entry)) recall?.note(entry, look.seen)
    return look
  }
  const proof = newProof()
  const readings = readingsOf(settings, 'ldapUserSearchFilter', userAttributes(settings), only)
  for await (const entries of readAll(directory, readings, proof)) {
    known.seen?.('users', desired.length + entries.length)
    for (const entry of entries) {
      const recalled = recall?.take(entry, isStored)
      const { user, seen, lock }: Look = recalled ? { user: recalled, seen: recalled } : look(entry)
      fill.see(seen.lacking)
      const at = desired.length
      if (seen.externalId === '' || !ids.claim('user', seen.externalId, seen.dn, at)) continue
      if (seen.claimed) claimed.set(at, seen.claimed)
      if (lock) locks.set(at, lock)
      if (!only) index.addUser(seen.dn, seen.names, at)
      desired.push(user)
      remembered.push(seen)
    }
  }
  const said = only
    ? []
    : warnings(fill, (key) => userNeeds.has(key) || (key === 'ldapAttributeUserEmail' && mapping.requireEmail))
  for (const at of await liftedLocks(directory, mapping, desired, locks)) {
    for (const list of [desired, remembered] as DesiredUser[][]) {
      const user = list[at]
      if (user) list[at] = { ...user, shutOut: false }
    }
  }
  return { desired, remembered, proof, claimed, said, places: ids.places }
}

/** Those whose lock has run out. */
async function liftedLocks(
  directory: Directory,
  { settings, now }: Mapping,
  users: readonly DesiredUser[],
  locks: ReadonlyMap<number, Lock>,
): Promise<readonly number[]> {
  if (locks.size === 0) return []
  const holds = await lockReader(directory, settings, locks.values(), now)
  return [...locks].flatMap(([at, lock]) => (holds(users[at]?.dn ?? '', lock) ? [] : [at]))
}

/** What comes of a user entry. */
interface Look {
  readonly user: DesiredUser
  readonly seen: Seen
  readonly lock?: Lock | undefined
}

function lookedAt(mapped: MappedUser, lacking: Seen['lacking'], known: Known): Look {
  const { dn, shutOut, profile, choices, claimed, lock } = mapped
  const names = choices?.username ?? [profile.username]
  const digest = known.digestOf(mapped)
  const row = known.held(mapped.externalId)
  const isStored = row?.digest === digest
  // The very texts of the row, so that a hundred thousand are not there twice.
  const own = isStored ? { externalId: row.externalId, digest: row.digest } : { externalId: mapped.externalId, digest }
  const seen = { ...own, dn, shutOut, profile: undefined, names, claimed, lacking }
  // The values are kept only where our row does not have them yet.
  return { seen, lock, user: isStored ? seen : { ...own, dn, shutOut, profile, choices } }
}

function untouched({ externalId, dn }: Skipped, lacking: Seen['lacking']): Look {
  const kept = { externalId, dn, shutOut: false, digest: undefined, profile: undefined }
  const seen = { ...kept, names: [], claimed: undefined, lacking }
  return { user: seen, seen }
}

async function collectGroups(
  directory: Directory,
  mapping: Mapping,
  known: Known,
  index: MemberIndex,
  skipped: Skipped[],
  only: readonly string[] | undefined,
) {
  const { settings } = mapping
  const fill = countFill(groupAttributesInUse(settings))
  const mapped: RawGroup[] = []
  const ids = new UniqueIds(skipped, (at) => {
    const first = mapped[at]
    if (first) mapped[at] = { ...first, untouched: true }
    return first?.dn ?? ''
  })
  const proof = newProof()
  const readings = readingsOf(settings, 'ldapUserGroupSearchFilter', groupAttributes(settings), only)
  for await (const entries of readAll(directory, readings, proof)) {
    known.seen?.('groups', mapped.length + entries.length)
    for (const entry of entries) {
      fill.see(fill.lacking(entry))
      const group = mapGroup(entry, mapping)
      if (group.kind === 'skipped') skipped.push(group)
      if (group.externalId === '' || !ids.claim('group', group.externalId, entry.dn, mapped.length)) continue
      if (!only) index.addGroup(entry.dn, mapped.length)
      mapped.push(group.kind === 'group' ? listing(group, index) : untouchedGroup(group))
    }
  }
  return { mapped, proof, places: ids.places, said: only ? [] : await groupWarnings(directory, settings, fill) }
}

/** What a group lists is kept as numbers: the texts of a group of all are many. */
const listing = ({ members, ...group }: MappedGroup, index: MemberIndex): RawGroup => ({
  ...group,
  members: Int32Array.from(members, index.number),
  untouched: false,
})

const untouchedGroup = ({ externalId, dn }: Skipped): RawGroup => ({
  ...{ externalId, dn, name: '', friendlyName: '', untouched: true },
  members: new Int32Array(),
})

/** Groups without a single member are one thing, members under another name another. Users may say which groups they are in instead. */
async function groupWarnings(directory: Directory, settings: LdapSettings, fill: Fill): Promise<readonly string[]> {
  const memberless = fill.unseen().some(({ key }) => key === 'ldapAttributeGroupMember')
  const isWrong = memberless && (await groupsHaveMembers(directory, settings))
  return warnings(fill, (key) => key !== 'ldapAttributeGroupMember' || isWrong)
}

type FilterKey = 'ldapUserSearchFilter' | 'ldapUserGroupSearchFilter'

/** Ids asked for in one search: enough to be quick, few enough for any server's limits. */
const idsPerSearch = 200

/** The search for all entries, or those for some of them: always with the operator's filter, so that whoever left it is not found. */
function* readingsOf(
  settings: LdapSettings,
  filterKey: FilterKey,
  attributes: readonly string[],
  only: readonly string[] | undefined,
): Generator<Reading> {
  const { ldapBase: base, ldapPageSize: pageSize, [filterKey]: filter } = settings
  const whole: Reading = { base, filter, filterKey, attributes, pageSize }
  if (!only) return yield whole
  const user = filterKey === 'ldapUserSearchFilter'
  const idAttribute = user ? settings.ldapAttributeUserUniqueIdentifier : settings.ldapAttributeGroupUniqueIdentifier
  for (const some of cut(only, idsPerSearch))
    yield { ...whole, filter: `(&${filter}${anyOf(some.map((id) => hasId(idAttribute, id)))})` }
}

/** One after the other; the whole is proven when each of them is. */
async function* readAll(directory: Directory, readings: Iterable<Reading>, proof: Proof): AsyncGenerator<readonly Entry[]> {
  let whole = true
  for (const reading of readings) {
    const one = newProof()
    yield* readPages(directory, reading, one)
    proof.pages += one.pages
    proof.entries += one.entries
    proof.references += one.references
    proof.paged &&= one.paged
    whole &&= one.whole
  }
  proof.whole = whole
}

/** Two entries with one id: which of them is meant cannot be known, so both are listed and the row stays as it is. */
class UniqueIds {
  readonly places = new Map<string, number>()
  readonly #skipped: Skipped[]
  readonly #disown: (at: number) => string

  constructor(skipped: Skipped[], disown: (at: number) => string) {
    this.#skipped = skipped
    this.#disown = disown
  }

  /** Whether the id is new. @param at where the entry will be kept */
  claim(entity: Skipped['entity'], externalId: string, dn: string, at: number): boolean {
    const held = this.places.get(externalId)
    if (held === undefined) {
      this.places.set(externalId, at)
      return true
    }
    const other = this.#disown(held)
    this.#skipped.push({ kind: 'skipped', entity, dn, externalId, why: `has the same unique id (${externalId}) as ${other}` })
    return false
  }
}
