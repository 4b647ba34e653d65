// How far we have read the directory's changes: a bookmark, and which ids to look at since. Each kind of server has its own way.

import type { LdapSettings } from '../check.ts'
import type { Only } from '../read/conclude.ts'
import { changeOids } from '../wire/change-controls.ts'
import type { Directory } from '../wire/directory.ts'
import { type Entry, firstText, textsOf } from '../wire/entry.ts'
import { DirectoryFailure } from '../wire/failures.ts'
import { dirSync, tellsByGuid } from './dir-sync.ts'
import { cookieOfNow, everything, refresh, type Told, uuidOf, type Watched, watched } from './feed.ts'
import type { Mirror } from './mirror.ts'
import { isDue, type Pace, paced } from './pace.ts'
import { readPlaces, samePlaces, scan } from './scan.ts'
import { changedLately, type TimePoint, timeNow } from './times.ts'
import { changedSinceCount, countNow, goesOn, type UsnPoint, usnAttributes, usnNow } from './usn.ts'

/** Belongs to one server: another one counts otherwise. */
export interface Bookmark {
  readonly url: string
  readonly way: Way
  /** The names of what entries are kept in. */
  readonly places: ReadonlySet<string>
  readonly placesRead: Pace
}

export type Way = SyncWay | DirSyncWay | CountedWay | TimedWay

/** RFC 4533, as OpenLDAP has it: a cookie for each of the two searches. */
export interface SyncWay {
  readonly kind: 'sync'
  readonly users: Uint8Array
  readonly groups: Uint8Array
}

/**
 * Active Directory: one cookie for the whole naming context. What is deleted is told to accounts that may see deleted objects,
 * which ordinary ones may not: who is gone is found by reading all ids now and then.
 */
export interface DirSyncWay {
  readonly kind: 'dirsync'
  readonly root: string
  readonly cookie: Uint8Array
  readonly scanned: Pace
}

/** Active Directory without DirSync, and 389 where it counts: as above. */
export interface CountedWay {
  readonly kind: 'usn'
  readonly point: UsnPoint
  readonly scanned: Pace
}

/** Any server that tells the time of changes; as above, who is gone is found by reading all ids. */
export interface TimedWay {
  readonly kind: 'times'
  readonly point: TimePoint
  readonly looked: Pace
  readonly scanned: Pace
  /**
   * RFC 4533, as 389 has it: it passes over some changes (a new name soon after a deletion), and over whoever left a filter. So
   * everything below the base is watched, what is told is looked at first, and believed to be all of it only as far as times agree.
   */
  readonly cookie: Uint8Array | undefined
}

/** What to look at, and where to go on afterwards. */
export interface Leads {
  readonly asked: Only
  readonly next: Bookmark
}

const nobody: Only = { users: [], groups: [] }
const both = (left: Only, right: Only): Only => ({
  users: [...new Set([...left.users, ...right.users])],
  groups: [...new Set([...left.groups, ...right.groups])],
})

/** Where more than this share of the entries, or this many, may have changed, reading everything costs less than asking for each. */
const worthAsking = (size: number): number => Math.max(1_000, size / 20)

/** A bookmark of this moment; undefined where the server does not let us know of changes, or refuses to be asked. */
export const bookmarkOfNow = (directory: Directory, settings: LdapSettings, now: Date): Promise<Bookmark | undefined> =>
  bookmark(directory, settings, now).catch(unlessRefused)

async function bookmark(directory: Directory, settings: LdapSettings, now: Date): Promise<Bookmark | undefined> {
  const way = await wayOf(directory, settings, now)
  if (!way) return undefined
  const { result: places, pace } = await paced(() => readPlaces(directory, settings))
  return { url: directory.url, way, places, placesRead: pace }
}

async function wayOf(directory: Directory, settings: LdapSettings, now: Date): Promise<Way | undefined> {
  const root = await readRoot(directory)
  // Only what a server says that it knows: some end the connection over a control they do not.
  const controls = root ? textsOf(root, 'supportedControl') : []
  const is389 = root !== undefined && /\b389\b|red hat|fedora/i.test(firstText(root, 'vendorName'))
  const tells = controls.includes(changeOids.syncRequest)
  if (tells && !is389) {
    const cookie = await cookieOfNow(directory, settings.ldapBase)
    if (cookie?.length) return { kind: 'sync', users: cookie, groups: cookie }
  }
  const scanned = { at: performance.now(), took: 0 }
  const context = root ? firstText(root, 'defaultNamingContext') : ''
  if (controls.includes(changeOids.dirSync) && context !== '' && tellsByGuid(settings)) {
    // There is no asking for the present moment alone: everything that ever was is told once, by its ids.
    const told = await dirSync(directory, context, undefined).catch(unlessRefused)
    if (told) return { kind: 'dirsync', root: context, cookie: told.cookie, scanned }
  }
  const all = tells && is389 ? everything(settings) : undefined
  const cookie = all && (await cookieOfNow(directory, settings.ldapBase, all))
  const counted = cookie?.length ? undefined : await usnNow(directory, root, settings)
  if (counted) return { kind: 'usn', point: counted, scanned }
  const { result: point, pace } = await paced(() => timeNow(directory, settings, now))
  return point && { kind: 'times', point, looked: pace, scanned, cookie: cookie?.length ? cookie : undefined }
}

/** A server that does not let this account ask for changes may still answer other questions. */
function unlessRefused(error: unknown): undefined {
  if (error instanceof DirectoryFailure && !error.elsewhere) return undefined
  throw error
}

async function readRoot(directory: Directory): Promise<Entry | undefined> {
  const asked = { base: '', scope: 'base', filter: '(objectClass=*)', filterKey: 'ldapBase' } as const
  const attributes = ['supportedControl', 'defaultNamingContext', 'vendorName', ...usnAttributes]
  return (await directory.ask({ ...asked, attributes })).entries[0]
}

/** What to look at since the bookmark; undefined: only reading everything will tell. @throws DirectoryFailure */
export async function leadsSince(
  directory: Directory,
  settings: LdapSettings,
  bookmark: Bookmark,
  mirror: Mirror,
  now: Date,
): Promise<Leads | undefined> {
  if (bookmark.url !== directory.url) return undefined
  const look = () => leadsOf(directory, settings, bookmark.way, mirror, now)
  const lookAtPlaces = async () =>
    isDue(bookmark.placesRead, performance.now()) ? movedWithPlaces(directory, settings, bookmark, mirror) : undefined
  // OpenLDAP goes on with one search in pages on a connection, the latest. What is told comes in no pages.
  const [told, moved] =
    bookmark.way.kind === 'sync' ? await Promise.all([look(), lookAtPlaces()]) : [await look(), await lookAtPlaces()]
  if (!told) return undefined
  const due = { users: mirror.due(now), groups: [] }
  const asked = [...(moved ? [moved.asked] : []), ...(due.users.length > 0 ? [due] : [])].reduce(both, told.asked)
  if ((['users', 'groups'] as const).some((entity) => asked[entity].length > worthAsking(mirror.size(entity)))) return undefined
  return { asked, next: { ...bookmark, ...moved?.next, way: told.way } }
}

/** Entries have new names when what they are in has one, and no server says so. */
async function movedWithPlaces(directory: Directory, settings: LdapSettings, { places }: Bookmark, mirror: Mirror) {
  const { result, pace } = await paced(() => readPlaces(directory, settings))
  const asked = samePlaces(places, result) ? nobody : await scan(directory, settings, mirror)
  return { asked, next: { places: result, placesRead: pace } }
}

interface Found {
  readonly asked: Only
  readonly way: Way
}

async function leadsOf(
  directory: Directory,
  settings: LdapSettings,
  way: Way,
  mirror: Mirror,
  now: Date,
): Promise<Found | undefined> {
  switch (way.kind) {
    case 'sync':
      return syncLeads(directory, settings, way, mirror)
    case 'dirsync': {
      const { ids, cookie } = await dirSync(directory, way.root, way.cookie)
      return withScan(directory, settings, mirror, eitherOf(ids, mirror), { ...way, cookie })
    }
    case 'usn': {
      const count = await countNow(directory, await readRoot(directory))
      if (!count || !goesOn(way.point, count)) return undefined
      const { asked, next } = await changedSinceCount(directory, settings, way.point, count, mirror)
      return withScan(directory, settings, mirror, asked, { ...way, point: next })
    }
    case 'times':
      return timedLeads(directory, settings, way, mirror, now)
  }
}

async function timedLeads(
  directory: Directory,
  settings: LdapSettings,
  way: TimedWay,
  mirror: Mirror,
  now: Date,
): Promise<Found | undefined> {
  const told = way.cookie ? await toldOfAll(directory, settings, way.cookie, mirror) : { asked: nobody, cookie: undefined }
  if (!told) return undefined
  const { asked, cookie } = told
  if (!isDue(way.looked, performance.now())) return { asked, way: { ...way, cookie } }
  const { result, pace } = await paced(() => changedLately(directory, settings, mirror, way.point, now))
  const next = { ...way, cookie, point: result.next, looked: pace }
  return withScan(directory, settings, mirror, both(asked, result.asked), next)
}

/** What changed may be a user, a group, or neither: an id that is new is asked for as both. */
const eitherOf = (ids: ReadonlySet<string>, mirror: Mirror): Only => ({
  users: [...ids].filter((id) => !mirror.has('groups', id)),
  groups: [...ids].filter((id) => !mirror.has('users', id)),
})

/** Whoever is gone carries no number and no time. */
async function withScan<W extends DirSyncWay | CountedWay | TimedWay>(
  directory: Directory,
  settings: LdapSettings,
  mirror: Mirror,
  asked: Only,
  way: W,
): Promise<Found> {
  if (!isDue(way.scanned, performance.now())) return { asked, way }
  const { result, pace } = await paced(() => scan(directory, settings, mirror))
  return { asked: both(asked, result), way: { ...way, scanned: pace } }
}

async function syncLeads(directory: Directory, settings: LdapSettings, way: SyncWay, mirror: Mirror): Promise<Found | undefined> {
  const found = { users: [] as readonly string[], groups: [] as readonly string[] }
  const next = { ...way }
  for (const what of watched(settings)) {
    const told = await refresh(directory, settings.ldapBase, what, way[what.entity])
    const ids = told?.cookie.length ? idsOf(told, what, mirror) : undefined
    if (!told || !ids) return undefined
    found[what.entity] = ids
    next[what.entity] = told.cookie
  }
  return { asked: found, way: next }
}

/** What 389 does not name may be there all the same: that alone takes nobody away. */
async function toldOfAll(directory: Directory, settings: LdapSettings, since: Uint8Array, mirror: Mirror) {
  const what = everything(settings)
  const told = what && (await refresh(directory, settings.ldapBase, what, since))
  if (!told?.cookie.length) return undefined
  const ids = new Set(told.changed)
  for (const uuid of told.gone)
    for (const id of spellings(uuid)) if (mirror.has('users', id) || mirror.has('groups', id)) ids.add(id)
  return { asked: eitherOf(ids, mirror), cookie: told.cookie }
}

/** The ids behind what was told; undefined when some of it cannot be told by the ids we know entries by. */
function idsOf(
  { changed, gone, present }: Told,
  { entity, idAttribute }: Watched,
  mirror: Mirror,
): readonly string[] | undefined {
  const ids = new Set(changed)
  if (gone.size === 0 && !present) return [...ids]
  // The directory names what is gone by entryUUID (389: by what nsUniqueId is made of). Other ids are not in its words.
  if (!/^(entryuuid|nsuniqueid)$/i.test(idAttribute)) return undefined
  for (const uuid of gone) for (const id of spellings(uuid)) if (mirror.has(entity, id)) ids.add(id)
  if (present) for (const id of mirror.ids(entity)) if (!present.has(uuidOf(id) ?? '')) ids.add(id)
  return [...ids]
}

/** As entryUUID and as nsUniqueId write it. */
const spellings = (uuid: string): readonly string[] => [
  uuid.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
  uuid.replace(/^(.{8})(.{8})(.{8})/, '$1-$2-$3-'),
]
