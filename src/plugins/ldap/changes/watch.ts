// Between whole runs: what changed is brought in every minute, and at once where the directory tells of it (LDAP_LIVE).
import { setTimeout as delay } from 'node:timers/promises'
import type { DirectoryFreshness } from '#core/directory-ports.ts'
import { withLease } from '#core/jobs/lease.ts'
import { inTurn } from '../run.ts'
import { jobNameOf, sourceOf } from '../source.ts'
import type { LdapHost } from '../sync.ts'
import { summary } from '../tell/report-text.ts'
import { latestRuns } from '../tell/runs.ts'
import type { DirectoryThread } from '../thread.ts'
import { createBackOff } from './back-off.ts'

export interface Watch {
  /** How far what is here lies behind the directory. */
  freshness(): Omit<DirectoryFreshness, 'wholeAt'>
  stop(): Promise<void>
}

/** How often things are done, and how long they may take to come. */
export interface WatchTimes {
  /** How often it is asked what changed, where nobody tells; and the first pause before a whole run that failed is tried again. */
  readonly lookMilliseconds: number
  /** The longest such pause. */
  readonly longestLookMilliseconds: number
  /** The run at start gets this long to begin; where somebody else did it, it has to be done here too. */
  readonly startMilliseconds: number
}
const usualTimes: WatchTimes = { lookMilliseconds: 60_000, longestLookMilliseconds: 30 * 60_000, startMilliseconds: 15_000 }
/** Changes come in handfuls: somebody who is added to three groups is one change. Most of one comes during the look before. */
const handfulMilliseconds = 5
/** A replica that listens shows a sign of life this often; another takes over when it stays away. */
const listeningLease = { seconds: 60, renewalSeconds: 20 } as const
const elsewhereMilliseconds = 15_000
const firstPauseMilliseconds = 500
const longestPauseMilliseconds = 60_000

/** Begins to watch. Asks nothing before the first whole run is through: until then there is nothing to go on from. */
export function startWatch(
  host: LdapHost,
  thread: Pick<DirectoryThread, 'sync' | 'changes' | 'peek' | 'listen'>,
  times = usualTimes,
): Watch {
  const stopping = new AbortController()
  const { signal } = stopping
  const look = createLook(host, thread, signal, times)
  const timer = host.clock.silent ? undefined : setInterval(() => look.now(), times.lookMilliseconds).unref()
  let listeningSince: Date | undefined
  const listening = host.settings.ldapLive
    ? keepListening(host, thread, { signal, ring: look.now, times }, (since) => {
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
function createLook(
  host: LdapHost,
  thread: Pick<DirectoryThread, 'sync' | 'changes' | 'peek'>,
  signal: AbortSignal,
  { lookMilliseconds, longestLookMilliseconds }: WatchTimes,
) {
  const backOff = createBackOff(lookMilliseconds, longestLookMilliseconds)
  let notBefore = 0
  let going: Promise<void> | undefined
  let wanted = false
  let lastAt: Date | undefined
  let failing = false
  let began = false
  const once = async () => {
    try {
      const found = await thread.peek(signal)
      if (found === 'hourly') return
      if (found === 'unknown' && (performance.now() < notBefore || !(began || (await startFailed(host))))) return
      began = true
      // No lease, and no row written, where nothing changed.
      const report =
        found === 'nothing'
          ? undefined
          : await inTurn(host, signal, (held) => (found === 'unknown' ? bringIn(thread, held) : thread.changes(held)))
      // Asking again is cheap; reading everything again is not.
      notBefore = report?.outcome === 'failed' ? performance.now() + backOff.failed() : 0
      if (report?.outcome === 'applied') backOff.passed()
      if (report && report.outcome !== 'applied') host.log.warn(`Changes of the directory wait. ${summary(report)}`)
      else if (report) host.log.debug('Changes of the directory are in', { summary: summary(report) })
      if (found !== 'urgent') lastAt = host.clock.now()
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

/** The whole run at start is the job's. One that failed is tried again here: the next hour is far away. */
async function startFailed(host: LdapHost): Promise<boolean> {
  const [last] = await latestRuns(host.db, sourceOf(host), 1)
  return last?.report.outcome === 'failed'
}

type Since = (since: Date | undefined) => void

/** What listening goes by. */
interface Ears {
  readonly signal: AbortSignal
  /** Something changed. */
  ring(): void
  readonly times: WatchTimes
}

/** Of several replicas one listens; the others wait for its place. */
async function keepListening(
  host: LdapHost,
  thread: Pick<DirectoryThread, 'sync' | 'peek' | 'listen'>,
  { signal, ring, times }: Ears,
  note: Since,
): Promise<void> {
  const startedAt = performance.now()
  while (!signal.aborted) {
    const outcome = await withLease(
      host,
      `live:${jobNameOf(host)}`,
      signal,
      (held) => listen(host, thread, { signal: held, ring, times }, note, startedAt),
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
  { signal, ring, times }: Ears,
  note: Since,
  startedAt: number,
): Promise<'cannot'> {
  const backOff = createBackOff(firstPauseMilliseconds, longestPauseMilliseconds)
  for (;;) {
    signal.throwIfAborted()
    try {
      await known(host, thread, signal, startedAt + times.startMilliseconds)
      const begun = host.clock.now()
      const heard = () => {
        note(begun)
        backOff.passed()
        ring()
      }
      if ((await thread.listen(signal, heard)) === 'cannot') return 'cannot'
    } catch (error) {
      signal.throwIfAborted()
      host.log.debug('The directory hung up', { error })
    }
    note(undefined)
    await delay(backOff.failed(), undefined, { signal })
  }
}

/**
 * Waits until there is something to go on from; does a whole run where nobody else here does, once.
 *
 * @param patience until when somebody else may begin it
 * @throws Error when even that gave nothing to go on from: the caller waits before it comes back
 */
async function known(
  host: LdapHost,
  thread: Pick<DirectoryThread, 'sync' | 'peek'>,
  signal: AbortSignal,
  patience: number,
): Promise<void> {
  while ((await thread.peek(signal)) === 'unknown') {
    if (performance.now() > patience) return bringInWhole(host, thread, signal)
    await delay(200, undefined, { signal })
  }
}

const bringInWhole = (host: LdapHost, thread: Pick<DirectoryThread, 'sync' | 'peek'>, signal: AbortSignal): Promise<void> =>
  inTurn(host, signal, async (held) => {
    if ((await thread.peek(held)) !== 'unknown') return
    const report = await thread.sync({ signal: held })
    if ((await thread.peek(held)) === 'unknown') throw new Error(summary(report))
  })
