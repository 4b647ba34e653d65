// How far we have read the directory's changes: a bookmark, and which ids to look at since. Each kind of server has its own way.

import type { LdapSettings } from '../check.ts'
import type { Only } from '../read/conclude.ts'
import { changeOids } from '../wire/change-controls.ts'
import type { Directory } from '../wire/directory.ts'
import { firstText, values } from '../wire/entry.ts'
import { dirSync, tellsByGuid } from './dir-sync.ts'
import { cookieOfNow, refresh, type Told, uuidOf, type Watched, watched } from './feed.ts'
import type { Mirror } from './mirror.ts'

/** Belongs to one server: another one counts otherwise. */
export type Bookmark = SyncBookmark | DirSyncBookmark

/** RFC 4533: a cookie for each of the two searches. */
export interface SyncBookmark {
  readonly kind: 'sync'
  readonly url: string
  readonly users: Uint8Array
  readonly groups: Uint8Array
}

/** Active Directory: one cookie for the whole naming context. */
export interface DirSyncBookmark {
  readonly kind: 'dirsync'
  readonly url: string
  readonly root: string
  readonly cookie: Uint8Array
}

/** What to look at, and where to go on afterwards. */
export interface Leads {
  readonly asked: Only
  readonly next: Bookmark
}

/** Where more than this share of the entries, or this many, may have changed, reading everything costs less than asking for each. */
const worthAsking = (size: number): number => Math.max(1_000, size / 20)

/** A bookmark of this moment; undefined where the server does not tell changes. */
export async function bookmarkOfNow(directory: Directory, settings: LdapSettings): Promise<Bookmark | undefined> {
  const { url } = directory
  // Only what a server says that it knows: some end the connection over a control they do not.
  const asked = { base: '', scope: 'base', filter: '(objectClass=*)', filterKey: 'ldapBase' } as const
  const [root] = (await directory.ask({ ...asked, attributes: ['supportedControl', 'defaultNamingContext'] })).entries
  const controls = root ? values(root, 'supportedControl') : []
  if (controls.includes(changeOids.syncRequest)) {
    const cookie = await cookieOfNow(directory, settings.ldapBase)
    return cookie?.length ? { kind: 'sync', url, users: cookie, groups: cookie } : undefined
  }
  const context = root ? firstText(root, 'defaultNamingContext') : ''
  if (!controls.includes(changeOids.dirSync) || context === '' || !tellsByGuid(settings)) return undefined
  // There is no asking for the present moment alone: everything that ever was is told once, by its ids.
  return { kind: 'dirsync', url, root: context, cookie: (await dirSync(directory, context, undefined)).cookie }
}

/** What to look at since the bookmark; undefined: only reading everything will tell. @throws DirectoryFailure */
export async function leadsSince(
  directory: Directory,
  settings: LdapSettings,
  bookmark: Bookmark,
  mirror: Mirror,
): Promise<Leads | undefined> {
  if (bookmark.url !== directory.url) return undefined
  return bookmark.kind === 'dirsync'
    ? dirSyncLeads(directory, bookmark, mirror)
    : syncLeads(directory, settings, bookmark, mirror)
}

/** What changed may be a user, a group, or neither: an id that is new is asked for as both. */
async function dirSyncLeads(directory: Directory, bookmark: DirSyncBookmark, mirror: Mirror): Promise<Leads | undefined> {
  const { ids, cookie } = await dirSync(directory, bookmark.root, bookmark.cookie)
  if (ids.size > worthAsking(mirror.size('users'))) return undefined
  const users = [...ids].filter((id) => !mirror.has('groups', id))
  const groups = [...ids].filter((id) => !mirror.has('users', id))
  return { asked: { users, groups }, next: { ...bookmark, cookie } }
}

async function syncLeads(
  directory: Directory,
  settings: LdapSettings,
  bookmark: SyncBookmark,
  mirror: Mirror,
): Promise<Leads | undefined> {
  const found = { users: [] as readonly string[], groups: [] as readonly string[] }
  const next = { ...bookmark }
  for (const what of watched(settings)) {
    const told = await refresh(directory, settings.ldapBase, what, bookmark[what.entity])
    const ids = told?.cookie.length ? idsOf(told, what, mirror) : undefined
    if (!told || !ids || ids.length > worthAsking(mirror.size(what.entity))) return undefined
    found[what.entity] = ids
    next[what.entity] = told.cookie
  }
  return { asked: found, next }
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
