// The main thread's end of the thread that speaks with the directory: starts it, lends it its turns at writing, ends it when it hangs.
import { setTimeout as delay } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { Peeked } from './changes/reading.ts'
import { variable } from './check.ts'
import { ldapErrors } from './errors.ts'
import { inWordsOf, sourceOf } from './source.ts'
import type { LdapHost, SyncOptions } from './sync.ts'
import type { Finding, Question } from './tell/explanation.ts'
import { createFollowing, type Following } from './tell/following.ts'
import type { ProbeReport, ProbeStep } from './tell/probe.ts'
import type { Tell } from './tell/progress.ts'
import { failedReport, type SyncReport } from './tell/report.ts'
import { bySchedule, keepRun } from './tell/runs.ts'
import { startWatch } from './tell/stopwatch.ts'
import type { FromThread, Run, TaskName, Tasks, ThreadGround, ToThread } from './thread-messages.ts'
import type { UndoOptions } from './write/undo.ts'

/** What can be done with the directory, in whichever thread it is done. */
export interface Work {
  sync(options: SyncOptions): Promise<SyncReport>
  /** Brings in what changed since the last run; undefined when nothing did, or when there was none. */
  changes(signal: AbortSignal): Promise<SyncReport | undefined>
  /** Whether there is something to bring in. */
  peek(signal: AbortSignal): Promise<Peeked>
  /** Listens until the connection is over. @returns when the directory cannot be listened to */
  listen(signal: AbortSignal, ring: () => void): Promise<'cannot'>
  /**
   * @param settings that nobody may have stored yet
   * @param heard hears of each step as it ends
   */
  probe(settings: LdapHost['settings'], signal: AbortSignal, heard?: (step: ProbeStep) => void): Promise<ProbeReport>
  explain(question: Question, signal: AbortSignal): Promise<readonly Finding[]>
  /** Takes a run back. @throws AppError with what stands in the way */
  undo(options: UndoOptions): Promise<SyncReport>
}

/** Work that can be followed. */
export type FollowedWork = Work & Pick<Following, 'progress' | 'follow'>

export interface DirectoryThread extends FollowedWork {
  /** Ends what runs, then the thread. */
  stop(): Promise<void>
}

/** The thread died of what it was sent: it ran out of the memory set aside for it, or did not stop when it was told to. */
class ThreadLost extends Error {
  constructor(why: string, cause?: unknown) {
    super(why, cause === undefined ? undefined : { cause })
    this.name = 'ThreadLost'
  }
}

/**
 * Half of what the machine or its container has left, up to many times what a million users need. A hostile answer that asks for more costs a
 * run, not the server.
 */
const mostHeapMegabytes = (): number => Math.min(3_072, Math.round(process.availableMemory() / 2 ** 21))
const youngMegabytes = 24
/** How long a task may take to end after it was told to. */
const graceMilliseconds = 5_000

/** What hears of what happens while a task goes on. */
interface Ears {
  step?(step: ProbeStep): void
  rang?(): void
  progress?: Tell
}

interface Pending {
  readonly ears: Ears
  readonly resolve: (answer: Tasks[TaskName]['answer']) => void
  readonly reject: (error: unknown) => void
}

/** Makes the thread's end here. The thread itself starts with its first task, and anew should it have died. */
export function createThread(host: LdapHost, heapMegabytes = mostHeapMegabytes()): DirectoryThread {
  let current: Line | undefined
  const line = () => {
    if (!current || current.over()) current = openLine(host, heapMegabytes)
    return current
  }
  const { during, ...followed } = createFollowing(host.clock)
  const run = <N extends TaskName>(task: N, ask: Tasks[N]['ask'], signal: AbortSignal, ears: Ears = {}) =>
    line().run(task, ask, signal, ears)
  const orLost = async <T>(report: Promise<T>, signal: AbortSignal, options: Kept): Promise<T | SyncReport> => {
    try {
      return await report
    } catch (error) {
      if (!(error instanceof ThreadLost) || signal.aborted) throw error
      return keepLost(host, error, options)
    }
  }
  return {
    ...followed,
    sync: ({ signal, ...options }) =>
      during(options.dryRun ? 'plan' : 'sync', (progress) => orLost(run('sync', options, signal, { progress }), signal, options)),
    changes: (signal) => during('changes', (progress) => orLost(run('changes', undefined, signal, { progress }), signal, {})),
    undo: ({ signal, ...options }) => during('undo', (progress) => run('undo', options, signal, { progress })),
    peek: (signal) => run('peek', undefined, signal),
    listen: (signal, rang) => run('listen', undefined, signal, { rang }),
    probe: (settings, signal, step) => run('probe', { settings }, signal, step ? { step } : {}),
    explain: (question, signal) => run('explain', question, signal),
    stop: async () => current?.end(),
  }
}

type Kept = Pick<SyncOptions, 'dryRun' | 'by'>

/** The report of a run whose thread is no more, which could not write one itself. */
async function keepLost(host: LdapHost, { message }: ThreadLost, { dryRun, by = bySchedule }: Kept): Promise<SyncReport> {
  const lost = failedReport({ ...startWatch(host.clock).frame('failed'), url: null, reasons: [inWordsOf(host, message)] })
  if (!dryRun) await keepRun(host.db, sourceOf(host), lost, by)
  return lost
}

interface Line {
  run<N extends TaskName>(task: N, ask: Tasks[N]['ask'], signal: AbortSignal, ears: Ears): Promise<Tasks[N]['answer']>
  over(): boolean
  end(): Promise<void>
}

function openLine(host: LdapHost, heapMegabytes: number): Line {
  const ground: ThreadGround = { database: host.db.access, settings: host.settings, instance: host.instance }
  const worker = new Worker(new URL('./thread-worker.ts', import.meta.url), {
    workerData: ground,
    name: 'directory',
    // Flags of the process that concern its main module alone, such as --import, are not for the thread.
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: heapMegabytes, maxYoungGenerationSizeMb: youngMegabytes },
  })
  const pending = new Map<number, Pending>()
  const turns = new Map<number, () => void>()
  const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  let lost: ThreadLost | undefined
  let lastId = 0
  const say = (message: ToThread) => worker.postMessage(message)

  const lose = (error: ThreadLost) => {
    lost ??= error
    for (const task of pending.values()) task.reject(lost)
    for (const over of turns.values()) over()
    pending.clear()
    turns.clear()
  }
  worker.on('error', (error: unknown) => lose(new ThreadLost(lossSentence(error, heapMegabytes), error)))
  worker.once('exit', () => lose(new ThreadLost('The thread that speaks with the directory has ended.')))
  worker.on('message', (message: FromThread) => {
    switch (message.kind) {
      case 'done':
        return settle(message.id)?.resolve(message.answer)
      case 'failed':
        return settle(message.id)?.reject(message.error)
      case 'refused':
        return settle(message.id)?.reject(ldapErrors.refuse(message.code, message.options))
      case 'step':
        return pending.get(message.id)?.ears.step?.(message.step)
      case 'progress':
        return pending.get(message.id)?.ears.progress?.(message.step)
      case 'rang':
        return pending.get(message.id)?.ears.rang?.()
      case 'turn asked':
        return void host.db.turn(({ wanted }) => lend(message.id, wanted))
      case 'turn over':
        return turns.get(message.id)?.()
      case 'fact':
        return host.events.publish(message.name, message.fact)
      case 'line':
        return host.log[message.level](message.message, message.fields)
    }
  })
  const settle = (id: number) => {
    const task = pending.get(id)
    pending.delete(id)
    return task
  }
  const lend = (id: number, wanted: AbortSignal) =>
    new Promise<void>((resolve) => {
      if (lost) return resolve()
      const want = () => say({ kind: 'turn wanted', id })
      wanted.addEventListener('abort', want, { once: true })
      turns.set(id, () => {
        turns.delete(id)
        resolve()
      })
      say({ kind: 'turn', id })
      // Somebody may have been waiting before this turn began.
      if (wanted.aborted) want()
    })

  return {
    over: () => lost !== undefined,
    async run(task, ask, signal, ears) {
      signal.throwIfAborted()
      const id = ++lastId
      const abort = () => {
        say({ kind: 'abort', id, reason: String(signal.reason instanceof Error ? signal.reason.message : signal.reason) })
        setTimeout(() => pending.has(id) && void worker.terminate(), graceMilliseconds).unref()
      }
      signal.addEventListener('abort', abort, { once: true })
      try {
        return await new Promise<Tasks[typeof task]['answer']>((resolve, reject) => {
          if (lost) return reject(lost)
          pending.set(id, { resolve: resolve as Pending['resolve'], reject, ears })
          say({ kind: 'run', id, task, ask, core: host.core, now: host.clock.now().getTime() } as Run)
        })
      } catch (error) {
        throw signal.aborted ? signal.reason : error
      } finally {
        signal.removeEventListener('abort', abort)
      }
    },
    async end() {
      say({ kind: 'stop' })
      const late = delay(graceMilliseconds, 'late', { ref: false })
      if ((await Promise.race([gone, late])) === 'late') await worker.terminate()
    },
  }
}

const lossSentence = (error: unknown, heapMegabytes: number): string =>
  error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
    ? `${variable('ldapBase')}: the directory sent more than fits into the ${heapMegabytes} MB set aside for a run. Narrow the base or the filters, or give the server more memory.`
    : `the thread that speaks with the directory broke: ${error instanceof Error ? error.message : String(error)}`
