// Opens libSQL and keeps all writes of this process in one queue.
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Client } from '@libsql/client'
import type { LibSQLDatabase } from 'drizzle-orm/libsql/driver-core'
import { createRemember, type Lookup, oncePerTurn } from './remember.ts'
import { createTogether } from './together.ts'

type Orm = LibSQLDatabase<Record<string, never>>
type TransactionOf<D> = D extends { transaction(work: (tx: infer X) => Promise<unknown>): Promise<unknown> } ? X : never

/** Queries only; what changes rows goes through `write`. */
export type Reads = Pick<Orm, 'select' | 'selectDistinct' | 'all' | 'get' | 'values' | '$count' | 'with'>
export type Transaction = TransactionOf<Orm>

/** What it takes to open the database once more: for a thread of this process. */
export interface DatabaseAccess {
  readonly connection: string
  readonly authToken?: string
}

/** A turn at writing. Whoever has much to write ends a transaction when the turn is wanted, or has been long. */
export interface Turn {
  /** Aborts when somebody else waits. */
  readonly wanted: AbortSignal
  readonly longestMilliseconds: number
}

/** Runs a task when its turn comes, one after the other. */
export type Turns = <T>(task: (turn: Turn) => Promise<T>) => Promise<T>

export interface Database {
  readonly read: Reads
  /** What the database is, for messages: a file's path or a server's host, never its token. */
  readonly place: string
  readonly embedded: boolean
  /**
   * Runs one write transaction; it commits when `work` resolves and rolls back when it rejects.
   *
   * One queue per process: a second write meanwhile would wait inside a synchronous call of the native client and stop
   * the very event loop that has to finish the first. Never call `write` inside `write`.
   */
  write<T>(work: (tx: Transaction, turn: Turn) => Promise<T>): Promise<T>
  /**
   * Like `write`, for small work that many ask for at the same time: those who wait share one commit, each in a savepoint of its
   * own. Everything is on the disk when it resolves.
   */
  writeTogether<T>(work: (tx: Transaction) => Promise<T>): Promise<T>
  /**
   * Makes a lookup answer from memory until anybody commits anything, in whatever process: never staler than a query. For what is asked
   * with every request; with a libSQL server every call is a query.
   */
  readonly remember: <T>(load: Lookup<T>) => Lookup<T>
  /** Reads of one moment, as long as they may take: what others write meanwhile is not seen. */
  snapshot<T>(work: (read: Reads) => Promise<T>): Promise<T>
  readonly access: DatabaseAccess
  /**
   * Keeps the writes of this thread waiting while `task` goes on. A thread that writes through a connection of its own asks
   * for its turn here; without it a write of ours would wait inside a synchronous call, and so would every request.
   */
  readonly turn: Turns
  /** Runs files of SQL statements in the queue, in one transaction; for migrations. */
  migrate(scripts: Iterable<string>, after: (tx: Transaction) => Promise<void>): Promise<void>
  close(): Promise<void>
}

/** How long a write waits for another process (the command line beside the server) before it gives up. */
const otherProcessTimeoutMilliseconds = 5_000
/** Another process waits for us inside a synchronous call, and cannot say so: a turn of our own is short. */
const ownTurnMilliseconds = 25

/**
 * Opens the database that DB_CONNECTION_STRING names: a path or `file:` URL, or `libsql://`, `http(s)://` of a libSQL server.
 *
 * @throws Error with a sentence when the folder cannot be made or the server cannot be reached
 */
export const openDatabase = (connection: string, authToken?: string): Promise<Database> =>
  open({ connection, ...(authToken === undefined ? {} : { authToken }) }, createQueue(), [])

/**
 * Opens the database once more, for a thread that writes much. Its writes take the turns that the first opening lends it.
 *
 * Its own commits need not be on the disk at once, because what it writes can be written again (and they are as soon as
 * anybody else commits); and it keeps more pages in memory and copies them back less often, because it touches most of them.
 */
export const openInThread = (access: DatabaseAccess, turns: Turns): Promise<Database> =>
  open(access, turns, ['synchronous = normal', 'cache_size = -32000', 'wal_autocheckpoint = 4000'])

async function open(access: DatabaseAccess, queued: Turns, pragmas: readonly string[]): Promise<Database> {
  const { connection, authToken } = access
  const remote = /^(libsql|https?|wss?):/.test(connection)
  const { client, orm, version, snapshot } = await (remote
    ? openServer(connection, authToken)
    : openDatabaseFile(databaseFile(connection), pragmas))
  const latest = oncePerTurn(version)
  // What was written, here or by a thread that was lent the turn, is seen by whoever hears of it.
  const turns: Turns = (task) => queued(task).finally(latest.forget)
  return {
    access,
    turn: turns,
    read: orm,
    place: remote ? new URL(connection).host : databaseFile(connection),
    embedded: !remote,
    write: (work) => turns((turn) => orm.transaction((tx) => work(tx, turn))),
    writeTogether: createTogether((work) => turns(() => othersArrived().then(() => orm.transaction(work)))),
    remember: createRemember(latest.ask),
    async snapshot(work) {
      const moment = await snapshot()
      try {
        return await work(moment.orm)
      } finally {
        await moment.end()
      }
    },
    migrate: (scripts, after) =>
      turns(() =>
        orm.transaction(async (tx) => {
          for (const script of scripts) for (const statement of splitStatements(script)) await tx.run(statement)
          await after(tx)
        }),
      ),
    close: () => turns(async () => client.close()),
  }
}

/** The file behind a path or `file:` URL. */
export function databaseFile(connection: string): string {
  if (connection.startsWith('file://')) return fileURLToPath(connection.split('?')[0] ?? connection)
  return (connection.startsWith('file:') ? connection.slice('file:'.length) : connection).split('?')[0] ?? connection
}

interface Opened {
  readonly client: Pick<Client, 'close'>
  readonly orm: Orm
  /** Another number after every commit of whomever. */
  version(): number | undefined
  snapshot(): Promise<{ readonly orm: Orm; end(): Promise<void> }>
}

async function openDatabaseFile(path: string, pragmas: readonly string[]): Promise<Opened> {
  const [{ openFile }, { drizzle }] = await Promise.all([import('./file-client.ts'), import('drizzle-orm/libsql/sqlite3')])
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    const { client, version, snapshot } = openFile(path, {
      timeoutMilliseconds: otherProcessTimeoutMilliseconds,
      pragmas: ['journal_mode = wal', ...pragmas],
    })
    return {
      client,
      orm: drizzle({ client: client as Client }),
      version,
      async snapshot() {
        const moment = snapshot()
        return { orm: drizzle({ client: moment.client as Client }), end: moment.end }
      },
    }
  } catch (error) {
    if (codeOf(error) === 'SQLITE_NOTADB') throw new Error(`The file ${path} is not a database.`)
    throw new Error(`The file ${path} cannot be opened; its folder must be there and writable.`, { cause: error })
  }
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined)

/** Loaded only when asked for: a file database needs none of the network clients. */
async function openServer(url: string, authToken?: string): Promise<Opened> {
  const [{ createClient }, { drizzle }] = await Promise.all([import('@libsql/client/node'), import('drizzle-orm/libsql/node')])
  const client = createClient({ url, ...(authToken ? { authToken } : {}) })
  try {
    await client.execute('select 1')
  } catch (error) {
    client.close()
    throw new Error(
      `The libSQL server ${new URL(url).host} does not answer as it should; check the address and LIBSQL_AUTH_TOKEN.`,
      {
        cause: error,
      },
    )
  }
  return {
    client,
    orm: drizzle({ client }),
    version: () => undefined,
    async snapshot() {
      const moment = await client.transaction('read')
      return { orm: drizzle({ client: moment as unknown as Client }), end: async () => moment.close() }
    },
  }
}

/** After everything that has come in with this turn of the event loop: those are the others whom a commit is shared with. */
const othersArrived = () => new Promise((resolve) => setImmediate(resolve))

/** Runs tasks one after the other; one that fails does not hold up the next. */
function createQueue(): Turns {
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0
  let current: AbortController | undefined
  return (task) => {
    waiting++
    current?.abort()
    const begin = async () => {
      waiting--
      const wanted = new AbortController()
      current = wanted
      if (waiting > 0) wanted.abort()
      try {
        return await task({ wanted: wanted.signal, longestMilliseconds: ownTurnMilliseconds })
      } finally {
        current = undefined
      }
    }
    const next = last.then(begin, begin)
    last = next.catch(() => undefined)
    return next
  }
}

/** Statements end with a semicolon at a line's end; what a trigger does stands on one line. */
const splitStatements = (script: string): string[] =>
  script
    .replace(/^\s*--.*$/gm, '')
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
