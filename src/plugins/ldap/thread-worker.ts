// The thread that speaks with the directory: reads, compares and writes here, so that whoever signs in meanwhile does not notice.
import { setFlagsFromString } from 'node:v8'
import { parentPort, workerData } from 'node:worker_threads'
import type { Clock } from '#core/clock.ts'
import { type Database, openInThread, type Turns } from '#core/db/client.ts'
import { AppError } from '#core/errors.ts'
import type { Events } from '#core/events.ts'
import type { Log, LogFields, LogLevel } from '#core/log.ts'
import { listen } from './changes/listening.ts'
import { forget, type Memory, peek } from './changes/reading.ts'
import { isLdapErrorCode } from './errors.ts'
import { type SyncHost, sync, syncChanges } from './sync.ts'
import { explain } from './tell/explain.ts'
import { probe } from './tell/probe.ts'
import { seldom } from './tell/progress.ts'
import type { FromThread, Run, TaskName, Tasks, ThreadGround, ToThread } from './thread-messages.ts'
import { undoRun } from './write/undo.ts'

// Memory grows by four fifths before it is tidied up, not to several times as much: what a sync of very many people needs for a moment stays
// small. By a third would be 10 MB less at 100,000 people, for a tenth more time.
// Said here and not on the command line, where it would cost Node the compiled code it carries, and each start 50 ms.
setFlagsFromString('--heap-growing-percent=80')

const port = parentPort
if (!port) throw new Error('This file runs in a thread of the server.')
const { database, settings, instance } = workerData as ThreadGround
const say = (message: FromThread) => port.postMessage(message)

const events: Events = { publish: (name, fact) => say({ kind: 'fact', name, fact }) }
const log = createThreadLog({})
const turns = createTurns()
const running = new Map<number, AbortController>()
/** What was read last, for as long as the thread lives. */
const memory: Memory = {}
let opened: Promise<Database> | undefined

port.on('message', (message: ToThread) => {
  switch (message.kind) {
    case 'run':
      return void run(message)
    case 'abort':
      return running.get(message.id)?.abort(new Error(message.reason))
    case 'turn':
      return turns.begin(message.id)
    case 'turn wanted':
      return turns.want(message.id)
    case 'stop':
      return void stop()
  }
})

async function run(asked: Run): Promise<void> {
  const { id, core, now } = asked
  const stopping = new AbortController()
  const { signal } = stopping
  running.set(id, stopping)
  try {
    const host = {
      instance,
      settings,
      core,
      db: await openOnce(),
      clock: shifted(now - Date.now()),
      log,
      events,
      tell: seldom(
        (step) => say({ kind: 'progress', id, step }),
        () => performance.now(),
      ),
    } satisfies SyncHost
    say({ kind: 'done', id, answer: await answer(asked, host, signal) })
  } catch (error) {
    say(failure(id, error))
  } finally {
    running.delete(id)
  }
}

/** An error loses its class on the way to the other thread; a refusal must not lose its code. */
function failure(id: number, error: unknown): FromThread {
  if (error instanceof AppError && isLdapErrorCode(error.code))
    return { kind: 'refused', id, code: error.code, options: { message: error.message, details: error.details ?? {} } }
  return { kind: 'failed', id, error: error instanceof Error ? error : new Error(String(error)) }
}

function answer(asked: Run, host: SyncHost, signal: AbortSignal): Promise<Tasks[TaskName]['answer']> {
  switch (asked.task) {
    case 'sync':
      return sync(host, { ...asked.ask, signal }, memory)
    case 'changes':
      return syncChanges(host, { signal }, memory)
    case 'peek':
      return peek(host, signal, memory)
    case 'listen':
      return listen(host, signal, memory, () => say({ kind: 'rang', id: asked.id }))
    case 'probe':
      return probe({ ...host, settings: asked.ask.settings }, signal, (step) => say({ kind: 'step', id: asked.id, step }))
    case 'undo':
      // Rows are not what they were read to be any more, and what comes next waits for an administrator.
      forget(memory, 'consent')
      return undoRun(host, { ...asked.ask, signal })
    case 'explain':
      return explain(host, asked.ask, signal)
  }
}

async function stop(): Promise<void> {
  for (const one of running.values()) one.abort(new Error('The server is stopping.'))
  await (await opened)?.close()
  port?.close()
}

function openOnce(): Promise<Database> {
  opened ??= openInThread(database, turns.take).catch((error: unknown) => {
    opened = undefined
    throw error
  })
  return opened
}

/** The other thread's clock, as far as it differs from the machine's. */
const shifted = (by: number): Clock => ({ now: () => new Date(Date.now() + by) })

/** How long a transaction of this thread may go on while nobody waits: long ones touch each page once instead of many times. */
const turnMilliseconds = 400

/** A write waits for the other thread's queue to lend its turn. */
function createTurns() {
  const waiting = new Map<number, () => void>()
  const current = new Map<number, AbortController>()
  let lastId = 0
  const take: Turns = async (task) => {
    const id = ++lastId
    const wanted = new AbortController()
    current.set(id, wanted)
    await new Promise<void>((begin) => {
      waiting.set(id, begin)
      say({ kind: 'turn asked', id })
    })
    try {
      return await task({ wanted: wanted.signal, longestMilliseconds: turnMilliseconds })
    } finally {
      current.delete(id)
      say({ kind: 'turn over', id })
    }
  }
  return {
    take,
    begin(id: number) {
      waiting.get(id)?.()
      waiting.delete(id)
    },
    want: (id: number) => current.get(id)?.abort(),
  }
}

function createThreadLog(base: LogFields): Log {
  const line = (level: LogLevel) => (message: string, fields?: LogFields) =>
    say({ kind: 'line', level, message, fields: { ...base, ...fields } })
  return {
    debug: line('debug'),
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    with: (fields) => createThreadLog({ ...base, ...fields }),
  }
}
