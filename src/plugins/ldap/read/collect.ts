// Reads the whole directory, page by page, and keeps of it what planning needs. Nothing is written before this is through.

import { newSeed } from '#core/crypto.ts'
import type { LdapKey, LdapSettings } from '../check.ts'
import type { HeldUser } from '../plan/plan.ts'
import { cut } from '../plan/snapshot.ts'
import { anyOf, hasId } from '../wire/assertion.ts'
import type { Directory } from '../wire/directory.ts'
import type { Entry } from '../wire/entry.ts'
import { newProof, type Proof, type Reading, readPages } from '../wire/paging.ts'
import { conclude, type Gathered, type Only, type RawGroup } from './conclude.ts'
import type { Desired } from './desired.ts'
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
import { People } from './people.ts'
import { printOf, Recall } from './recall.ts'
import type { Seen } from './seen.ts'
import { goesByTheClock, type Lock, turnsAt } from './standing.ts'
import { Values, withValues } from './values.ts'

/** A row of ours, as far as collecting is concerned. */
export type KnownRow = Pick<HeldUser, 'externalId' | 'digest'>

/** What collecting needs to know of us: how values are digested, and which digests we hold. */
export interface Known {
  digestOf(user: MappedUser): string
  /** What our row has; undefined when there is no such row. */
  held(user: { readonly externalId: string }): KnownRow | undefined
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
  const people = recall?.now.people ?? new People(newSeed())
  const index = part?.index ?? recall?.now.index ?? createMemberIndex(listsNames(mapping.settings), people.texts)
  const users = await collectUsers(directory, mapping, known, { people, index }, skipped, only?.users, recall)
  const groups = await collectGroups(directory, mapping, known, index, skipped, only?.groups)
  return {
    ...{ users: users.desired, people, claimed: people.claims(), groups: groups.mapped, index, skipped },
    turns: users.turns,
    places: groups.places,
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
  { people, index }: { readonly people: People; readonly index: MemberIndex },
  skipped: Skipped[],
  only: readonly string[] | undefined,
  recall: Recall | undefined,
) {
  const { settings } = mapping
  const fill = countFill(userAttributesInUse(settings))
  const values = new Values()
  const locks = new Map<number, Lock>()
  const ids = createUniqueIds(
    skipped,
    people.placeOf,
    (at) => people.dnAt(at),
    (at) => {
      people.disown(at)
      values.drop(at)
    },
  )
  const isStored = (seen: Seen) => known.held(seen)?.digest === seen.digest
  const turns = new Map<string, number>()
  const look = (entry: Entry): Look => {
    const lacking = fill.lacking(entry)
    const mapped = mapUser(entry, mapping)
    const turning = mapping.settings.ldapRespectDisabled ? turnsAt(entry, mapping.now) : undefined
    if (turning !== undefined && mapped.externalId !== '') turns.set(mapped.externalId, turning)
    if (mapped.kind === 'user') return lookedAt(mapped, lacking, known, !goesByTheClock(entry))
    skipped.push(mapped)
    return untouched(mapped, lacking)
  }
  const proof = newProof()
  const readings = readingsOf(settings, 'ldapUserSearchFilter', userAttributes(settings), only)
  for await (const entries of readAll(directory, readings, proof)) {
    known.seen?.('users', people.count + entries.length)
    for (const entry of entries) {
      const print = recall && printOf(entry)
      const recalled = print === undefined ? undefined : recall?.take(print, isStored)
      const { seen, wanted, lock, lasts }: Look = recalled ?? look(entry)
      fill.see(seen.lacking)
      const isNew = recalled && !people.isHere(recalled.place)
      if (!isNew && (seen.externalId === '' || !ids.claim('user', seen.externalId, seen.dn))) continue
      const at = recalled ? people.again(recalled.place) : people.enter(seen)
      if (lasts && print !== undefined) people.note(at, print)
      if (wanted) values.set(at, wanted.profile, wanted.choices)
      if (lock) locks.set(at, lock)
      if (!only) people.index(index, at)
    }
  }
  const said = only
    ? []
    : warnings(fill, (key) => userNeeds.has(key) || (key === 'ldapAttributeUserEmail' && mapping.requireEmail))
  for (const at of await liftedLocks(directory, mapping, people, locks)) {
    people.letIn(at)
  }
  return { desired: withValues(people, values), turns, proof, said }
}

/** Those whose lock has run out. */
async function liftedLocks(
  directory: Directory,
  { settings, now }: Mapping,
  people: People,
  locks: ReadonlyMap<number, Lock>,
): Promise<readonly number[]> {
  if (locks.size === 0) return []
  const holds = await lockReader(directory, settings, locks.values(), now)
  return [...locks].flatMap(([at, lock]) => (holds(people.dnAt(at), lock) ? [] : [at]))
}

/** What comes of a user entry. */
interface Look {
  readonly seen: Seen
  /** Its values, which are kept only where our row does not have them yet. */
  readonly wanted?: Pick<MappedUser, 'profile' | 'choices'> | undefined
  readonly lock?: Lock | undefined
  /** It depends on the entry and the settings alone, not on the clock. */
  readonly lasts?: boolean
}

function lookedAt(mapped: MappedUser, lacking: Seen['lacking'], known: Known, lasts: boolean): Look {
  const { externalId, dn, shutOut, profile, choices, claimed, lock } = mapped
  const digest = known.digestOf(mapped)
  const kept = { externalId, dn, shutOut, digest, profile: undefined }
  const seen = { ...kept, names: choices?.username ?? [profile.username], claimed, lacking }
  return { seen, wanted: known.held(seen)?.digest === digest ? undefined : mapped, lock, lasts }
}

function untouched({ externalId, dn, standing }: Skipped, lacking: Seen['lacking']): Look {
  const kept = { externalId, dn, shutOut: standing?.shutOut ?? false, digest: undefined, profile: undefined }
  return { seen: { ...kept, names: [], claimed: undefined, lacking }, lock: standing?.lock }
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
  const places = new Map<string, number>()
  const ids = createUniqueIds(
    skipped,
    (id) => places.get(id),
    (at) => mapped[at]?.dn,
    (at) => {
      const first = mapped[at]
      if (first) mapped[at] = { ...first, untouched: true }
    },
  )
  const proof = newProof()
  const readings = readingsOf(settings, 'ldapUserGroupSearchFilter', groupAttributes(settings), only)
  for await (const entries of readAll(directory, readings, proof)) {
    known.seen?.('groups', mapped.length + entries.length)
    for (const entry of entries) {
      fill.see(fill.lacking(entry))
      const group = mapGroup(entry, mapping)
      if (group.kind === 'skipped') skipped.push(group)
      if (group.externalId === '' || !ids.claim('group', group.externalId, entry.dn)) continue
      places.set(group.externalId, mapped.length)
      if (!only) index.addGroup(entry.dn, mapped.length)
      mapped.push(group.kind === 'group' ? listing(group, index) : untouchedGroup(group))
    }
  }
  return { mapped, proof, places, said: only ? [] : await groupWarnings(directory, settings, fill) }
}

/** What a group lists is kept as numbers: the texts of a group of all are many. */
function listing({ members, ...group }: MappedGroup, index: MemberIndex): RawGroup {
  const numbers = new Int32Array(members.length)
  let count = 0
  for (const value of members) if (typeof value === 'string') numbers[count++] = index.number(value)
  return { ...group, members: numbers.subarray(0, count), untouched: false }
}

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

/**
 * Two entries with one id: which of them is meant cannot be known, so both are listed and the row stays as it is. One entry that
 * is sent twice, as it changed its place among the pages meanwhile, is one.
 *
 * @param placeOf where the entry with this id is kept, if there was one
 * @param disown makes nobody's of it
 */
function createUniqueIds(
  skipped: Skipped[],
  placeOf: (externalId: string) => number | undefined,
  dnAt: (place: number) => string | undefined,
  disown: (place: number) => void,
) {
  return {
    /** Whether the id is new. */
    claim(entity: Skipped['entity'], externalId: string, dn: string): boolean {
      const held = placeOf(externalId)
      if (held === undefined) return true
      const other = dnAt(held)
      if (other === dn) return false
      disown(held)
      skipped.push({ kind: 'skipped', entity, dn, externalId, why: `has the same unique id (${externalId}) as ${other}` })
      return false
    },
  }
}
