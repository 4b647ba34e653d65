// Listens to the directory over one idle connection (RFC 4533 refreshAndPersist). What is heard is a bell: readChanges looks who rang.
import { setTimeout as delay } from 'node:timers/promises'
import type { LdapSettings } from '../check.ts'
import type { SyncHost } from '../sync.ts'
import { syncRequest } from '../wire/change-controls.ts'
import { type Directory, type DirectoryLimits, defaultLimits } from '../wire/directory.ts'
import { lostFailure, searchFailure } from '../wire/failures.ts'
import type { SyncWay, TimedWay } from './bookmark.ts'
import { changesSearch, everything, type Watched, watched } from './feed.ts'
import type { Memory } from './reading.ts'
import { enter } from './restraint.ts'
import { placesFilter } from './scan.ts'

/** A connection that died without a word is noticed by asking over it. */
const pokeMilliseconds = 15_000
const askMilliseconds = 5_000
const limits: DirectoryLimits = { ...defaultLimits, silenceMilliseconds: 10_000 }

/**
 * Rings once it listens, and whenever something changed.
 *
 * @param memory knows how the directory tells changes, and how far they were read
 * @returns when the directory cannot be listened to
 * @throws DirectoryFailure when the connection is over
 */
export async function listen({ settings }: SyncHost, signal: AbortSignal, memory: Memory, ring: () => void): Promise<'cannot'> {
  if (memory.without === 'changes') return 'cannot'
  const way = memory.last?.bookmark.way
  if (!way) throw lostFailure('there is nothing to go on from yet.')
  if (way.kind === 'times' && !way.cookie) return 'cannot'
  const directory = await enter(settings, new Set(), signal, memory, limits)
  const poking = setInterval(() => poke(directory), pokeMilliseconds)
  try {
    if (way.kind === 'dirsync' || way.kind === 'usn') return await ringNowAndThen(signal, ring)
    const endless = searches(settings, way).map(async ({ what, cookie }) => {
      const search = changesSearch(settings.ldapBase, what, syncRequest('persist', cookie))
      const { code, text } = await directory.ask(search, { hear: ring, endless: true })
      throw code === 0
        ? lostFailure('the directory ended listening.')
        : searchFailure(code, text, what.filterKey, settings.ldapBase)
    })
    ring()
    return await Promise.race(endless)
  } finally {
    clearInterval(poking)
    await directory.close()
  }
}

/** What is listened to: both searches of a run, and what entries are kept in; or everything. */
function searches(settings: LdapSettings, way: SyncWay | TimedWay) {
  if (way.kind === 'times') return [everything(settings) ?? []].flat().map((what) => ({ what, cookie: way.cookie }))
  const places: Watched = { entity: 'users', filter: placesFilter, filterKey: 'ldapBase', idAttribute: '1.1' }
  return [...watched(settings), places].map((what) => ({ what, cookie: way[what.entity] }))
}

/** Active Directory is asked often instead: it costs a few milliseconds. */
async function ringNowAndThen(signal: AbortSignal, ring: () => void): Promise<never> {
  for (;;) {
    ring()
    await delay(askMilliseconds, undefined, { signal })
  }
}

/** The answer does not matter; none at all ends the connection. */
function poke(directory: Directory): void {
  const root = { base: '', scope: 'base', filter: '(objectClass=*)', filterKey: 'ldapBase', attributes: ['1.1'] } as const
  directory.ask(root).catch(() => undefined)
}
