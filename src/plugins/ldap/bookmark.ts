// How far we have read the directory's changes: a bookmark, and which ids to look at since. Each kind of server has its own way.
import type { LdapSettings } from './check.ts'
import type { Only } from './conclude.ts'
import type { Directory } from './directory.ts'
import { cookieOfNow, refresh, type Told, uuidOf, type Watched, watched } from './feed.ts'
import type { Mirror } from './mirror.ts'

/** Belongs to one server: another one counts otherwise. */
export interface Bookmark {
  readonly kind: 'sync'
  readonly url: string
  readonly users: Uint8Array
  readonly groups: Uint8Array
}

/** What to look at, and where to go on afterwards. */
export interface Leads {
  readonly asked: Only
  readonly next: Bookmark
}

/** Where more than this share of the entries, or this many, may have changed, reading everything costs less than asking for each. */
const worthAsking = (size: number): number => Math.max(1_000, size / 20)

/** A bookmark of this moment; undefined where the server does not tell changes. */
export async function bookmarkOfNow(directory: Directory, { ldapBase }: LdapSettings): Promise<Bookmark | undefined> {
  const cookie = await cookieOfNow(directory, ldapBase)
  return cookie?.length ? { kind: 'sync', url: directory.url, users: cookie, groups: cookie } : undefined
}

/** What to look at since the bookmark; undefined: only reading everything will tell. @throws DirectoryFailure */
export async function leadsSince(
  directory: Directory,
  settings: LdapSettings,
  bookmark: Bookmark,
  mirror: Mirror,
): Promise<Leads | undefined> {
  if (bookmark.url !== directory.url) return undefined
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
