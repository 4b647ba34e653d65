// What changed where a directory neither tells nor counts: by the time that entries carry (RFC 4512 section 3.4.4: modifyTimestamp).
import type { LdapSettings } from '../check.ts'
import type { Only } from '../read/conclude.ts'
import type { Directory } from '../wire/directory.ts'
import { firstText } from '../wire/entry.ts'
import { changedSince, type Knowing } from './changed.ts'

/** What was seen of the last while: entries with the time they carried. */
export interface TimePoint {
  /** How far back is looked. Clocks differ, so it is more than the time since the last look. */
  readonly backSeconds: number
  readonly seen: ReadonlyMap<string, Sight>
  /** The latest time of any of them. */
  readonly newest: string
}

interface Sight {
  readonly stamp: string
  readonly firstAt: number
  readonly lastAt: number
}

/** A day covers any two clocks; where more than this changed in it, the clocks have to agree to ten minutes. */
const spans = [24 * 3600, 3600, 600] as const
const mostInSpan = 1_000
/** Times are told in seconds, and an entry may change again in the second in which it was seen: it is looked at until that is over. */
const secondMilliseconds = 2_000

/** @returns undefined where entries carry no time that can be searched by */
export async function timeNow(directory: Directory, settings: LdapSettings, now: Date): Promise<TimePoint | undefined> {
  if (!(await comparesTimes(directory, settings.ldapBase))) return undefined
  const nobody = { has: () => false }
  let point: TimePoint | undefined
  for (const backSeconds of spans) {
    const looked = await changedLately(directory, settings, nobody, { backSeconds, seen: new Map(), newest: '' }, now)
    point = looked.next
    if (point.seen.size <= mostInSpan) break
  }
  return point
}

/** Some servers pass over what they do not understand: then everything fits, or nothing. */
async function comparesTimes(directory: Directory, base: string): Promise<boolean> {
  const fits = async (filter: string) => {
    const search = { base, scope: 'base', filterKey: 'ldapBase', attributes: ['modifyTimestamp'] } as const
    const { code, entries } = await directory.ask({ ...search, filter })
    return code === 0 && entries.length === 1
  }
  return (await fits('(modifyTimestamp>=19700101000000Z)')) && !(await fits('(modifyTimestamp>=99991231235959Z)'))
}

/** Ids of what changed, and what to compare with the next time. */
export async function changedLately(
  directory: Directory,
  settings: LdapSettings,
  mirror: Knowing,
  { backSeconds, seen: before, newest: newestBefore }: TimePoint,
  now: Date,
): Promise<{ readonly asked: Only; readonly next: TimePoint }> {
  const seen = new Map<string, Sight>()
  const lastAt = performance.now()
  let newest = ''
  const since = { filter: `(modifyTimestamp>=${written(now, backSeconds)})`, stamp: 'modifyTimestamp' }
  const asked = await changedSince(directory, settings, since, mirror, (entry) => {
    const stamp = firstText(entry, 'modifyTimestamp')
    const known = before.get(entry.dn)
    const sight = known?.stamp === stamp ? known : undefined
    seen.set(entry.dn, { stamp, firstAt: sight?.firstAt ?? lastAt, lastAt })
    if (stamp > newest) newest = stamp
    return !sight || (stamp >= newestBefore && sight.lastAt - sight.firstAt < secondMilliseconds)
  })
  return { asked, next: { backSeconds, seen, newest } }
}

/** As generalizedTime is written (RFC 4517 section 3.3.13). */
const written = (now: Date, backSeconds: number): string =>
  new Date(now.getTime() - backSeconds * 1_000).toISOString().replace(/[-:T]|\.\d+/g, '')
