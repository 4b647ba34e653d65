// Between whole runs: what changed is brought in every minute, and at once where the directory tells of it (LDAP_LIVE).
import { setTimeout as delay } from 'node:timers/promises'
import type { DirectoryFreshness } from '#core/directory-ports.ts'
import { withLease } from '#core/jobs/lease.ts'
import { inTurn } from '../run.ts'
import { jobNameOf } from '../source.ts'
import type { LdapHost } from '../sync.ts'
import { summary } from '../tell/report-text.ts'
import type { DirectoryThread } from '../thread.ts'

export interface Watch {
  /** How far what is here lies behind the directory. */
  freshness(): Omit<DirectoryFreshness, 'wholeAt'>
  stop(): Promise<void>
}

/** How often it is asked what changed, where nobody tells. */
const lookMilliseconds = 60_000
/** Changes come in handfuls: somebody who is added to three groups is one change. */
const handfulMilliseconds = 20
/** A replica that listens shows a sign of life this often; another takes over when it stays away. */
const listeningLease = { seconds: 60, renewalSeconds: 20 } as const
const elsewhereMilliseconds = 15_000
const firstPauseMilliseconds = 500
const longestPauseMilliseconds = 60_000

/** Begins to watch. Asks nothing before the first whole run is through: until then there is nothing to go on from. */
export function startWatch(host: LdapHost, thread: Pick<DirectoryThread, 'sync' | 'changes' | 'peek' | 'listen'>): Watch {
  const stopping = new AbortController()
  const { signal } = stopping
  const look = createLook(host, thread, signal)
  const timer = setInterval(() => look.now(), lookMilliseconds)
  timer.unref()
  let listeningSince: Date | undefined
  const listening = host.settings.ldapLive
    ? keepListening(host, thread, signal, look.now, (since) => {
        listeningSince = since
      })
    : undefined
  return {
    freshness: () => ({ changesAt: look.lastAt(), listeningSince }),
    async stop() {
      clearInterval(timer)
      stopping.abort(new Error('The server is stopping.'))
      await Promise.allSettled([listening, look.idle()])
    },
  }
}

/** Everything, unless somebody read it while we waited for our turn. */
const bringIn = async (thread: Pick<DirectoryThread, 'sync' | 'changes' | 'peek'>, signal: AbortSignal) =>
  (await thread.peek(signal)) === 'unknown' ? thread.sync({ signal }) : thread.changes(signal)

/** Brings changes in, one handful after the other; whoever asks meanwhile gets one more look. */
function createLook(host: LdapHost, thread: Pick<DirectoryThread, 'sync' | 'changes' | 'peek'>, signal: AbortSignal) {
  let going: Promise<void> | undefined
  let wanted = false
  let lastAt: Date | undefined
  let failing = false
  let began = false
  const once = async () => {
    try {
      const found = await thread.peek(signal)
      if (found === 'hourly' || (found === 'unknown' && !began)) return
      began = true
      // No lease, and no row written, where nothing changed.
      const report =
        found === 'nothing'
          ? undefined
          : await inTurn(host, signal, (held) => (found === 'changes' ? thread.changes(held) : bringIn(thread, held)))
      if (report && report.outcome !== 'applied') host.log.warn(`Changes of the directory wait. ${summary(report)}`)
      else if (report) host.log.debug('Changes of the directory are in', { summary: summary(report) })
      lastAt = host.clock.now()
      failing = false
    } catch (error) {
      if (signal.aborted) return
      // Said once, not every minute; whole runs say it every hour.
      if (!failing) host.log.warn('The directory cannot be asked what changed', { error })
      failing = true
    }
  }
  const run = async () => {
    while (wanted && !signal.aborted) {
      wanted = false
      await once()
      if (wanted) await delay(handfulMilliseconds, undefined, { signal }).catch(() => undefined)
    }
  }
  return {
    now() {
      wanted = true
      going ??= run().finally(() => {
        going = undefined
      })
    },
    lastAt: () => lastAt,
    idle: async () => await going,
  }
}

type Since = (since: Date | undefined) => void

/** Of several replicas one listens; the others wait for its place. */
async function keepListening(
  host: LdapHost,
  thread: Pick<DirectoryThread, 'sync' | 'peek' | 'listen'>,
  signal: AbortSignal,
  ring: () => void,
  note: Since,
): Promise<void> {
  const startedAt = performance.now()
  while (!signal.aborted) {
    const outcome = await withLease(
      host,
      `live:${jobNameOf(host)}`,
      signal,
      (held) => listen(host, thread, held, ring, note, startedAt),
      listeningLease,
    ).catch((error: unknown) => {
      if (!signal.aborted) host.log.warn('Listening to the directory was interrupted', { error })
    })
    note(undefined)
    if (outcome?.kind === 'held' && outcome.result === 'cannot') return
    await delay(elsewhereMilliseconds, undefined, { signal }).catch(() => undefined)
  }
}

/** Listens over one connection after the other. @returns when the directory cannot be listened to */
async function listen(
  host: LdapHost,
  thread: Pick<DirectoryThread, 'sync' | 'peek' | 'listen'>,
  signal: AbortSignal,
  ring: () => void,
  note: Since,
  startedAt: number,
): Promise<'cannot'> {
  let pause = firstPauseMilliseconds
  for (;;) {
    signal.throwIfAborted()
    try {
      await known(host, thread, signal, startedAt)
      const begun = host.clock.now()
      const heard = () => {
        note(begun)
        pause = firstPauseMilliseconds
        ring()
      }
      if ((await thread.listen(signal, heard)) === 'cannot') return 'cannot'
    } catch (error) {
      signal.throwIfAborted()
      host.log.debug('The directory hung up', { error })
    }
    note(undefined)
    await delay(pause * (0.75 + Math.random() / 2), undefined, { signal })
    pause = Math.min(longestPauseMilliseconds, pause * 2)
  }
}

/** The whole run at start gets this long to begin; where somebody else did it, it has to be done here too. */
const startMilliseconds = 15_000

/** Waits until there is something to go on from; does a whole run where nobody else here does. */
async function known(
  host: LdapHost,
  thread: Pick<DirectoryThread, 'sync' | 'peek'>,
  signal: AbortSignal,
  startedAt: number,
): Promise<void> {
  while ((await thread.peek(signal)) === 'unknown') {
    if (performance.now() - startedAt < startMilliseconds) await delay(200, undefined, { signal })
    else
      await inTurn(host, signal, async (held) => {
        if ((await thread.peek(held)) === 'unknown') await thread.sync({ signal: held })
      })
  }
}
