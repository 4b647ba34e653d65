// Listens to the directory over one idle connection (RFC 4533 refreshAndPersist). What is heard is a bell: readChanges looks who rang.
import { setTimeout as delay } from 'node:timers/promises'
import type { SyncHost } from '../sync.ts'
import { syncRequest } from '../wire/change-controls.ts'
import { type Directory, type DirectoryLimits, defaultLimits, openDirectory } from '../wire/directory.ts'
import { lostFailure, searchFailure } from '../wire/failures.ts'
import { bookmarkOfNow } from './bookmark.ts'
import { changesSearch, watched } from './feed.ts'

/** A connection that died without a word is noticed by asking over it. */
const pokeMilliseconds = 15_000
const askMilliseconds = 5_000
const limits: DirectoryLimits = { ...defaultLimits, silenceMilliseconds: 10_000 }

/**
 * Rings once it listens, and whenever something changed.
 *
 * @returns when the directory cannot be listened to
 * @throws DirectoryFailure when the connection is over
 */
export async function listen({ settings }: SyncHost, signal: AbortSignal, ring: () => void): Promise<'cannot'> {
  const directory = await openDirectory(settings, new Set(), signal, limits)
  const poking = setInterval(() => poke(directory), pokeMilliseconds)
  try {
    const bookmark = await bookmarkOfNow(directory, settings)
    if (!bookmark) return 'cannot'
    if (bookmark.kind === 'dirsync') return await ringNowAndThen(signal, ring)
    const endless = watched(settings).map(async (what) => {
      const search = changesSearch(settings.ldapBase, what, syncRequest('persist', bookmark[what.entity]))
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
