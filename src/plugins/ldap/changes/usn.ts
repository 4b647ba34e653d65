// What changed since a number: Active Directory counts changes per domain controller (MS-ADTS 3.1.1.1.9), 389 with its USN plugin per database.
import type { LdapSettings } from '../check.ts'
import type { Only } from '../read/conclude.ts'
import type { Directory } from '../wire/directory.ts'
import { type Entry, firstText, identifier } from '../wire/entry.ts'
import { changedSince, type Knowing } from './changed.ts'

/** How far a server had counted. Another, or the same one restored from a backup, counts otherwise. */
export interface Count {
  readonly server: string
  /** What entries carry. */
  readonly attribute: 'uSNChanged' | 'entryUSN'
  /** The highest number of each counter. An entry does not say by which of them it was counted. */
  readonly counters: ReadonlyMap<string, bigint>
}

export interface UsnPoint extends Count {
  /**
   * Numbers are counted before what they are for can be found: 389 shows that of a change whose transaction goes on. So is looked
   * from here on, where they stood a while ago, and what was seen since is passed over.
   */
  readonly settled: Count['counters']
  readonly settling: { readonly counters: Count['counters']; readonly at: number }
  /** Entries with the number they carried. */
  readonly seen: ReadonlyMap<string, string>
}

export const usnAttributes = ['dsServiceName', 'highestCommittedUSN', 'lastusn', 'netscapemdsuffix', 'dataversion'] as const

const settlingMilliseconds = 30_000
const lookedBack = 500n
/** A database that 389 makes with its plugin on begins at this number; entries go on at 0 behind it, the counter does not. */
const broken = 2n ** 32n - 1n

/** @param root the entry with the empty name, with `usnAttributes` @returns undefined where nothing is counted */
export async function countNow(directory: Directory, root: Entry | undefined): Promise<Count | undefined> {
  if (!root) return undefined
  const service = firstText(root, 'dsServiceName')
  const highest = firstText(root, 'highestCommittedUSN')
  if (service === '' || !/^\d+$/.test(highest)) return countOf389(root)
  const search = { base: service, scope: 'base', filter: '(objectClass=*)', filterKey: 'ldapBase' } as const
  // A database that is restored gets a new invocationId; whoever may not read it has the controller's name alone.
  const { entries } = await directory.ask({ ...search, attributes: ['invocationId'] })
  const invocation = entries[0] ? identifier(entries[0], 'invocationId') : ''
  return { server: `${service} ${invocation}`, attribute: 'uSNChanged', counters: new Map([['', BigInt(highest)]]) }
}

/** `lastusn` where one counter does for all, `lastusn;userroot` where each database has its own. */
function countOf389(root: Entry): Count | undefined {
  const names = [...root.attributes.keys()].filter((name) => /^lastusn(;|$)/.test(name))
  const counters = new Map(names.map((name) => [name, firstText(root, name)] as const))
  if (names.length === 0 || [...counters.values()].some((text) => !/^\d+$/.test(text) || BigInt(text) >= broken)) return undefined
  // The version of the data is a new one with each start: the counter then goes on from the highest number that was kept.
  const server = `${firstText(root, 'netscapemdsuffix')} ${firstText(root, 'dataversion')}`
  return { server, attribute: 'entryUSN', counters: new Map([...counters].map(([name, text]) => [name, BigInt(text)])) }
}

/** @returns undefined where this account does not see by their numbers what changed */
export async function usnNow(
  directory: Directory,
  root: Entry | undefined,
  settings: LdapSettings,
): Promise<UsnPoint | undefined> {
  const count = await countNow(directory, root)
  if (!count) return undefined
  const { attribute, counters } = count
  const search = { base: settings.ldapBase, scope: 'sub', filterKey: 'ldapBase', attributes: ['1.1'] } as const
  const { entries } = await directory.ask({ ...search, filter: `(${attribute}>=0)`, page: { size: 1 } })
  if (entries.length === 0) return undefined
  const settled = new Map([...counters].map(([name, number]) => [name, number > lookedBack ? number - lookedBack : 0n]))
  const settling = { counters, at: performance.now() }
  const point = { ...count, settled, settling, seen: new Map<string, string>() }
  return (await changedSinceCount(directory, settings, point, count, { has: () => false })).next
}

/** Ids of what changed, and what to compare with the next time. */
export async function changedSinceCount(
  directory: Directory,
  settings: LdapSettings,
  before: UsnPoint,
  now: Count,
  mirror: Knowing,
): Promise<{ readonly asked: Only; readonly next: UsnPoint }> {
  const { attribute, settled, settling } = before
  const at = performance.now()
  const isOver = at - settling.at >= settlingMilliseconds
  const next = isOver ? { settled: settling.counters, settling: { counters: now.counters, at } } : { settled, settling }
  const grown = [...now.counters].flatMap(([name, to]) => {
    const from = settled.get(name) ?? 0n
    return to > from ? [`(&(${attribute}>=${from + 1n})(${attribute}<=${to}))`] : []
  })
  const seen = new Map<string, string>()
  const isNews = (entry: Entry): boolean => {
    const number = firstText(entry, attribute)
    seen.set(entry.dn, number)
    return before.seen.get(entry.dn) !== number
  }
  const filter = `(|${grown.join('')})`
  const asked =
    grown.length > 0
      ? await changedSince(directory, settings, { filter, stamp: attribute }, mirror, isNews)
      : { users: [], groups: [] }
  return { asked, next: { ...now, ...next, seen } }
}

/** Whether numbers go on from where they were. */
export const goesOn = (before: Count, now: Count): boolean =>
  now.server === before.server &&
  now.counters.size === before.counters.size &&
  [...before.counters].every(([name, number]) => (now.counters.get(name) ?? -1n) >= number)
