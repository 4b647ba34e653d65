// What changed, as the directory tells it (RFC 4533): ids to look at, never what to do. What is true of an id is asked anew.

import type { LdapKey, LdapSettings } from '../check.ts'
import { changeOids, readSyncDone, readSyncInfo, readSyncState, refreshRequired, syncRequest } from '../wire/change-controls.ts'
import type { Directory, Search } from '../wire/directory.ts'
import { identifier } from '../wire/entry.ts'
import type { Listener } from '../wire/exchange.ts'
import { searchFailure } from '../wire/failures.ts'

/** One of the two searches that a run makes, as far as a feed needs it. */
export interface Watched {
  readonly entity: 'users' | 'groups'
  readonly filter: string
  readonly filterKey: LdapKey
  readonly idAttribute: string
}

/** What was told of one search. */
export interface Told {
  /** Ids of entries that came, changed, moved, or came back. */
  readonly changed: Set<string>
  /** Entries that are gone, by entryUUID (hexadecimal). */
  readonly gone: Set<string>
  /** Where the directory lost count it names everything that is there; what it does not name is gone. */
  readonly present: Set<string> | undefined
}

export interface Refreshed extends Told {
  readonly cookie: Uint8Array
}

export const watched = (settings: LdapSettings): readonly [Watched, Watched] => [
  {
    entity: 'users',
    filter: settings.ldapUserSearchFilter,
    filterKey: 'ldapUserSearchFilter',
    idAttribute: settings.ldapAttributeUserUniqueIdentifier,
  },
  {
    entity: 'groups',
    filter: settings.ldapUserGroupSearchFilter,
    filterKey: 'ldapUserGroupSearchFilter',
    idAttribute: settings.ldapAttributeGroupUniqueIdentifier,
  },
]

/** Everything below the base; undefined where users and groups have ids of different names, so that an id alone would not do. */
export function everything(settings: LdapSettings): Watched | undefined {
  const { ldapAttributeUserUniqueIdentifier: idAttribute, ldapAttributeGroupUniqueIdentifier: other } = settings
  if (idAttribute.toLowerCase() !== other.toLowerCase()) return undefined
  return { entity: 'users', filter: '(objectClass=*)', filterKey: 'ldapBase', idAttribute }
}

/** The search whose answer tells changes. */
export const changesSearch = (base: string, { filter, filterKey, idAttribute }: Watched, control: Uint8Array): Search => ({
  base,
  scope: 'sub',
  filter,
  filterKey,
  attributes: [idAttribute],
  controls: [{ oid: changeOids.syncRequest, value: control }],
})

/**
 * A cookie of this moment. Asked before everything is read, so that what changes meanwhile is told afterwards.
 *
 * OpenLDAP's cookie says how far changes went, whatever was searched, so asking for the base alone will do.
 *
 * @param what the search that the cookie is good for, where it is for one alone
 * @returns undefined where the server does not tell changes
 */
export async function cookieOfNow(directory: Directory, base: string, what?: Watched): Promise<Uint8Array | undefined> {
  const deaf: Listener = { hear: () => {}, endless: false }
  const control = syncRequest('refresh', undefined)
  const root: Watched = { entity: 'users', filter: '(objectClass=*)', filterKey: 'ldapBase', idAttribute: '1.1' }
  const search = what ? changesSearch(base, what, control) : { ...changesSearch(base, root, control), scope: 'base' as const }
  const answer = await directory.ask(search, deaf)
  return answer.code === 0 ? readSyncDone(answer.controls.get(changeOids.syncDone)).cookie : undefined
}

/**
 * The log is lost; more changed than one answer may tell (3, 4, 11: it comes in no pages); or, unwilling (53), OpenLDAP was put back to
 * a day before the cookie, or is a replica that lags behind another.
 */
const cannotTell: ReadonlySet<number> = new Set([refreshRequired, 3, 4, 11, 53])

/** What changed since the cookie; undefined when the server cannot tell any more. @throws DirectoryFailure */
export async function refresh(
  directory: Directory,
  base: string,
  what: Watched,
  cookie: Uint8Array,
): Promise<Refreshed | undefined> {
  const told = newTold()
  let latest = cookie
  const listener = listenTo(what, told, (newer) => {
    latest = newer
  })
  const answer = await directory.ask(changesSearch(base, what, syncRequest('refresh', cookie)), { ...listener, endless: false })
  if (cannotTell.has(answer.code)) return undefined
  if (answer.code !== 0) throw searchFailure(answer.code, answer.text, what.filterKey, base)
  const done = readSyncDone(answer.controls.get(changeOids.syncDone))
  // A refresh that ends without deletes has named all that is there (RFC 4533 section 3.3.2), even if nothing was there for no other reason.
  const named = told.roll.called || (done.cookie !== undefined && !done.refreshDeletes)
  // Where nothing changed there is no cookie: the old one stays good.
  return { ...told, present: named ? told.present : undefined, cookie: done.cookie ?? latest }
}

interface Collecting extends Told {
  readonly present: Set<string>
  /** Whether entries were named for no other reason than that they are there. */
  readonly roll: { called: boolean }
}

const newTold = (): Collecting => ({ changed: new Set(), gone: new Set(), present: new Set(), roll: { called: false } })

/** Sorts what is heard; `progress` hears of newer cookies. */
function listenTo({ idAttribute }: Watched, told: Collecting, progress: (cookie: Uint8Array) => void): Pick<Listener, 'hear'> {
  return {
    hear(message) {
      if (message.kind === 'intermediate') {
        if (message.name !== changeOids.syncInfo) return
        const info = readSyncInfo(message.value)
        if (info.cookie) progress(info.cookie)
        told.roll.called ||= info.kind === 'present' || info.kind === 'presents told'
        const set = info.kind === 'deleted' ? told.gone : told.present
        for (const uuid of info.uuids) set.add(uuid)
        return
      }
      const control = message.controls.get(changeOids.syncState)
      if (!control) return
      const { state, uuid, cookie } = readSyncState(control)
      if (cookie) progress(cookie)
      told.roll.called ||= state === 'present'
      if (state === 'delete') told.gone.add(uuid)
      else told.present.add(uuid)
      const id = identifier(message.entry, idAttribute)
      if (state !== 'delete' && state !== 'present' && id !== '') told.changed.add(id)
    },
  }
}

/** The entryUUID as it is told, from an id that is one; undefined for ids of another kind. */
export function uuidOf(id: string): string | undefined {
  const hex = id.replaceAll('-', '').toLowerCase()
  return /^[0-9a-f]{32}$/.test(hex) ? hex : undefined
}
