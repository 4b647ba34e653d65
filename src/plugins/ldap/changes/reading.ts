// What a run compares: all that the directory says with all rows, or, where the last reading is remembered, the part that changed.

import type { LdapSettings } from '../check.ts'
import { rowOf } from '../plan/held-rows.ts'
import type { Conflict, SyncPlan } from '../plan/plan.ts'
import { digest } from '../plan/planning.ts'
import { cut, readAdmins, readGroups, readSnapshot, readUsers, type Snapshot } from '../plan/snapshot.ts'
import { type Loss, lossesIn, type Waiting } from '../plan/urgent.ts'
import { digestParts } from '../read/choices.ts'
import { gather, type Known } from '../read/collect.ts'
import { conclude, type Gathered, type Only } from '../read/conclude.ts'
import type { Desired } from '../read/desired.ts'
import { type MappedUser, type Mapping, rawAttributes } from '../read/map.ts'
import { listsNames } from '../read/member-index.ts'
import { Recall, type Recalled } from '../read/recall.ts'
import { sourceOf } from '../source.ts'
import type { SyncHost } from '../sync.ts'
import { isHeld } from '../tell/runs.ts'
import { anyOf, equals } from '../wire/assertion.ts'
import type { Directory } from '../wire/directory.ts'
import { identifier } from '../wire/entry.ts'
import { newProof, type Proof, readPages } from '../wire/paging.ts'
import { type Bookmark, bookmarkOfNow, type Leads, leadsSince } from './bookmark.ts'
import { watched } from './feed.ts'
import { createMirror, type Mirror } from './mirror.ts'
import { assertWelcome, enter, type Refusals } from './restraint.ts'
import { scanOne } from './scan.ts'

/**
 * The last reading whose plan was carried out. It lives as long as the directory's thread, which has the settings it was made
 * with: after a start or a change of settings everything is read anew, so nothing that was remembered can be out of date.
 */
export interface Memory extends Refusals {
  /** The entries of the last whole reading. */
  recall?: Recalled | undefined
  last?: Last | undefined
  /** What a peek saw to look at since `since`: whoever brings it in need not ask for it again. */
  peeked?: { readonly since: Last; readonly leads: Leads } | undefined
  /**
   * Why nothing is remembered: there was no whole run yet, or one failed (absent); the directory does not tell changes; the
   * last plan waits for an administrator, so that the next whole run is soon enough.
   */
  without?: 'changes' | 'consent' | undefined
  /** The last plan waits, and what was read of the directory is remembered all the same, for those who are shut out meanwhile. */
  waiting?: Waiting | undefined
}

interface Last {
  readonly mirror: Mirror
  readonly bookmark: Bookmark
}

export interface Reading {
  readonly url: string
  readonly desired: Desired
  readonly snapshot: Snapshot
  /** Who lost access since the last reading, by external id; absent where everything was read. */
  readonly lost?: ReadonlyMap<string, Loss>
  /** Remembers this reading; to be called once its plan is carried out, or waits. */
  remember(plan: SyncPlan): void
}

/** Reads everything, over one connection. @throws DirectoryFailure */
export const readEverything = (host: SyncHost, now: Date, signal: AbortSignal, memory: Memory): Promise<Reading> =>
  withDirectory(host, signal, memory, async (directory) => {
    host.tell?.({ stage: 'users', done: 0, total: null })
    // Before anything is read, so that what changes meanwhile is told the next time.
    const bookmark = await bookmarkOfNow(directory, host.settings, now)
    forget(memory)
    const rules = JSON.stringify([host.core.requireUserEmail, host.core.emailsVerified])
    const recall = new Recall(rules, listsNames(host.settings), memory.recall)
    memory.recall = undefined
    const snapshot = await readSnapshot(host.db, sourceOf(host), recall.now.people.ids)
    const gathered = await gather(directory, mappingOf(host, now), knownFrom(host, snapshot), recall)
    memory.recall = recall.now
    const desired = conclude(gathered, host.settings)
    const remember = (plan: SyncPlan) => {
      const whole = gathered.proof.users.whole && gathered.proof.groups.whole
      // What was not proven whole is nothing to go on from; reading it again at once would prove no more.
      memory.without = bookmark && whole ? undefined : 'changes'
      if (!bookmark || !whole) return
      const mirror = createMirror(gathered, desired, host.settings)
      noteSettled(mirror, desired, snapshot, plan)
      memory.last = { mirror, bookmark }
    }
    return { url: directory.url, desired, snapshot, remember }
  })

/**
 * Reads what changed since the last reading.
 *
 * The directory says which ids to look at; asked again, with the filters of the settings, it says what is true of them.
 *
 * @returns `nothing` when nothing changed, `everything` when only reading all of it will tell
 * @throws DirectoryFailure
 */
export const readChanges = (
  host: SyncHost,
  now: Date,
  signal: AbortSignal,
  memory: Memory,
): Promise<Reading | 'nothing' | 'everything'> =>
  withDirectory(host, signal, memory, async (directory) => {
    const { last } = memory
    const leads =
      last &&
      (takePeeked(memory, last, directory) ?? (await leadsSince(directory, host.settings, last.bookmark, last.mirror, now)))
    if (!last || !leads) return 'everything'
    const { mirror } = last
    if (leads.asked.users.length + leads.asked.groups.length === 0) {
      memory.last = { mirror, bookmark: leads.next }
      return 'nothing'
    }
    const groupIds = [...new Set([...leads.asked.groups, ...mirror.unsettled.groups])]
    // From here on the mirror runs ahead of our rows: unless the plan is carried out, it is of no use any more.
    forget(memory)
    const source = sourceOf(host)
    const { db } = host
    const mapping = mappingOf(host, now)
    const nobody = knownFrom(host, { users: new Map(), groups: new Map() })
    const groupsOnly = (groups: readonly string[]) =>
      gather(directory, mapping, nobody, { only: { users: [], groups }, index: mirror.index })
    const first = await groupsOnly(groupIds)
    const changed = first.groups.length > 0 || leads.asked.groups.some((id) => mirror.has('groups', id))
    const others = changed ? await usersOfGroups(directory, host.settings, mirror) : []
    if (!others) return 'everything'
    const asked = { users: [...new Set([...leads.asked.users, ...mirror.unsettled.users, ...others])], groups: groupIds }
    const rows = await readUsers(db, source, asked.users)
    const known = knownFrom(host, { users: rows, groups: new Map() })
    const people = await gather(directory, mapping, known, { only: { users: asked.users, groups: [] }, index: mirror.index })
    const again = await groupsOfRenamed(directory, host.settings, mirror, asked, { ...people, groups: first.groups })
    if (!again) return 'everything'
    const more = await groupsOnly(again)
    const all = together(people, first, more)
    // Counting all rows would take longer than everything else.
    const counted = { activeUsers: mirror.active(), groups: mirror.size('groups') }
    const lost = lossesIn(asked.users, mirror.user, people.users)
    const rowless = new Set(asked.users.filter((id) => !rows.has(id)))
    const absorbed = mirror.absorb({ ...asked, groups: [...asked.groups, ...again] }, all, rowless)
    if (!absorbed) return 'everything'
    const groups = await readGroups(db, source, absorbed.groups)
    const { desired, rows: concerned } = absorbed.part(groups)
    const users = await readUsers(db, source, concerned.users)
    const snapshot = { users, groups, totals: { ...counted, ...(await readAdmins(db, source)) } }
    const remember = (plan: SyncPlan) => {
      noteSettled(mirror, desired, snapshot, plan)
      memory.last = { mirror, bookmark: leads.next }
    }
    return { url: directory.url, desired, snapshot, lost, remember }
  })

/** One part of the directory, of users and of groups that were read one after the other. */
const together = (people: Gathered, ...groups: readonly Gathered[]): Gathered => ({
  ...people,
  groups: groups.flatMap((one) => one.groups),
  skipped: [people, ...groups].flatMap(({ skipped }) => skipped),
  proof: { users: people.proof.users, groups: allWhole(groups.map(({ proof }) => proof.groups)) },
})

const allWhole = (proofs: readonly Proof[]): Proof => ({ ...newProof(), whole: proofs.every(({ whole }) => whole) })

/**
 * Users to look at because groups changed: who fits a filter that asks for groups is not told as changed.
 *
 * @returns undefined when anybody may be in other groups now, which they alone say
 */
async function usersOfGroups(
  directory: Directory,
  settings: LdapSettings,
  mirror: Mirror,
): Promise<readonly string[] | undefined> {
  if (settings.ldapAttributeUserMemberOf !== '') return undefined
  if (!/memberof/i.test(settings.ldapUserSearchFilter)) return []
  return scanOne(directory, settings, mirror, watched(settings)[0])
}

/** More names than this are not asked for one by one. */
const mostRenamed = 1_000

/** Groups to ask for because somebody's name is new: those that list it now, and those that listed the old one. */
async function groupsOfRenamed(
  directory: Directory,
  settings: LdapSettings,
  mirror: Mirror,
  asked: Only,
  found: Gathered,
): Promise<readonly string[] | undefined> {
  const { dns, groups } = mirror.renamed(asked, found)
  if (dns.length > mostRenamed) return undefined
  const { ldapAttributeGroupMember: member, ldapAttributeGroupUniqueIdentifier: id, ldapUserGroupSearchFilter: filter } = settings
  const known = new Set([...asked.groups, ...groups])
  const again = [...groups]
  for (const some of cut(dns, 100)) {
    const reading = { base: settings.ldapBase, filterKey: 'ldapUserGroupSearchFilter', pageSize: settings.ldapPageSize } as const
    const search = { ...reading, filter: `(&${filter}${anyOf(some.map((dn) => equals(member, dn)))})`, attributes: [id] }
    for await (const entries of readPages(directory, search, newProof())) {
      for (const one of entries.map((entry) => identifier(entry, id))) {
        if (one !== '' && !known.has(one)) again.push(one)
        known.add(one)
      }
    }
  }
  return again
}

export function forget(memory: Memory, without?: Memory['without']): void {
  memory.last = undefined
  memory.peeked = undefined
  memory.without = without
  if (without) memory.waiting = undefined
}

/**
 * What a peek saw, once. What changed after it is told the next time, as the bookmark goes on from the peek.
 *
 * @returns undefined where another server answers now, or rows were read since
 */
function takePeeked(memory: Memory, last: Last, { url }: Directory): Leads | undefined {
  const { peeked } = memory
  memory.peeked = undefined
  return peeked?.since === last && peeked.leads.next.url === url ? peeked.leads : undefined
}

/** Whether there is something to bring in; changes nothing. @throws DirectoryFailure, also for a while after the account was refused */
export async function peek(host: SyncHost, signal: AbortSignal, memory: Memory): Promise<Peeked> {
  assertWelcome(memory)
  const { last } = memory
  if (!last) return memory.without === undefined ? 'unknown' : 'hourly'
  if (memory.waiting && !(await isHeld(host.db, sourceOf(host)))) memory.waiting = memory.without = undefined
  const [something, nothing] = memory.waiting ? (['urgent', 'hourly'] as const) : (['changes', 'nothing'] as const)
  return withDirectory(host, signal, memory, async (directory) => {
    const leads = await leadsSince(directory, host.settings, last.bookmark, last.mirror, host.clock.now())
    if (!leads) return something
    if (leads.asked.users.length + leads.asked.groups.length > 0) {
      memory.peeked = { since: last, leads }
      return something
    }
    if (memory.last === last) memory.last = { ...last, bookmark: leads.next }
    return nothing
  })
}

/**
 * `unknown`: only a whole run will tell. `hourly`: whole runs are all there is, for now. `urgent`: of what changed only those are
 * brought in who are shut out, as a plan waits.
 */
export type Peeked = 'nothing' | 'changes' | 'unknown' | 'hourly' | 'urgent'

async function withDirectory<T>(
  host: SyncHost,
  signal: AbortSignal,
  memory: Memory,
  work: (directory: Directory) => Promise<T>,
): Promise<T> {
  const directory = await enter(host.settings, rawAttributes(host.settings), signal, memory)
  try {
    return await work(directory)
  } finally {
    await directory.close()
  }
}

const mappingOf = ({ settings, core }: SyncHost, now: Date): Mapping => ({ settings, requireEmail: core.requireUserEmail, now })

/** What we hold is the best guess at what there is to read. */
const knownFrom = (host: SyncHost, { users, groups }: Pick<Snapshot, 'users' | 'groups'>): Known => ({
  digestOf: (user) => digestOf(user, host.core.emailsVerified),
  held: (user) => rowOf(users, user),
  seen(stage, done) {
    const held = (stage === 'users' ? users : groups).size
    host.tell?.({ stage, done, total: held === 0 ? null : Math.max(held, done) })
  },
})

// What else is stored, or decides about it, belongs into the digest: a moved entry or a changed setting would go unnoticed.
const digestOf = (user: MappedUser, emailsVerified: boolean): string =>
  digest(JSON.stringify([2, ...digestParts(user), emailsVerified, user.dn]))

/** What the plan leaves for the next time: names that somebody else has now, and how far each group's row is in line. */
function noteSettled(mirror: Mirror, desired: Desired, { groups: held }: Snapshot, { users, groups }: SyncPlan): void {
  type Entries = { entries(): Iterable<[number, { readonly dn: string; readonly externalId: string }]> }
  const idsOf = (list: Entries, conflicts: readonly Conflict[]) => {
    const ids = new Set<string>()
    const dns = new Set(conflicts.map(({ dn }) => dn))
    if (dns.size > 0) for (const [, { dn, externalId }] of list.entries()) if (dns.has(dn)) ids.add(externalId)
    return ids
  }
  mirror.unsettled.users = idsOf(desired.users, users.conflicts)
  mirror.unsettled.groups = idsOf(desired.groups, groups.conflicts)
  const made = new Map(groups.create.map(({ externalId, id }) => [externalId, id]))
  const digests = new Map(groups.digests.map(({ id, digest }) => [id, digest]))
  for (const { externalId } of desired.groups) {
    const row = held.get(externalId)
    const written = digests.get(row?.id ?? made.get(externalId) ?? '')
    mirror.digests.set(externalId, written === undefined ? (row?.digest ?? null) : written)
  }
}
