// Opens libSQL and keeps all writes of this process in one queue.
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Client } from '@libsql/client'
import type { LibSQLDatabase } from 'drizzle-orm/libsql/driver-core'

type Orm = LibSQLDatabase<Record<string, never>>
type TransactionOf<D> = D extends { transaction(work: (tx: infer X) => Promise<unknown>): Promise<unknown> } ? X : never

/** Queries only; what changes rows goes through `write`. */
export type Reads = Pick<Orm, 'select' | 'selectDistinct' | 'all' | 'get' | 'values' | '$count' | 'with'>
export type Transaction = TransactionOf<Orm>

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
  write<T>(work: (tx: Transaction) => Promise<T>): Promise<T>
  /** Runs a file of SQL statements in the queue; for migrations. */
  migrate(script: string, after: (tx: Transaction) => Promise<void>): Promise<void>
  close(): Promise<void>
}

/** How long a write waits for another process (the command line beside the server) before it gives up. */
const otherProcessTimeoutMilliseconds = 5_000

/**
 * Opens the database that DB_CONNECTION_STRING names: a path or `file:` URL, or `libsql://`, `http(s)://` of a libSQL server.
 *
 * @throws Error with a sentence when the folder cannot be made or the server cannot be reached
 */
export async function openDatabase(connection: string, authToken?: string): Promise<Database> {
  const remote = /^(libsql|https?|wss?):/.test(connection)
  const { client, orm } = remote ? await openServer(connection, authToken) : await openFile(databaseFile(connection))
  const queue = createQueue()
  return {
    read: orm,
    place: remote ? new URL(connection).host : databaseFile(connection),
    embedded: !remote,
    write: (work) => queue(() => orm.transaction(work)),
    migrate: (script, after) =>
      queue(async () => {
        const statements = splitStatements(script)
        await orm.transaction(async (tx) => {
          for (const statement of statements) await tx.run(statement)
          await after(tx)
        })
      }),
    close: () => queue(async () => client.close()),
  }
}

/** The file behind a path or `file:` URL. */
export function databaseFile(connection: string): string {
  if (connection.startsWith('file://')) return fileURLToPath(connection.split('?')[0] ?? connection)
  return (connection.startsWith('file:') ? connection.slice('file:'.length) : connection).split('?')[0] ?? connection
}

interface Opened {
  readonly client: Client
  readonly orm: Orm
}

async function openFile(path: string): Promise<Opened> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const [{ createClient }, { drizzle }] = await Promise.all([
    import('@libsql/client/sqlite3'),
    import('drizzle-orm/libsql/sqlite3'),
  ])
  const client = createClient({ url: `file:${path}`, timeout: otherProcessTimeoutMilliseconds })
  await client.execute('pragma journal_mode = wal')
  return { client, orm: drizzle({ client }) }
}

/** Loaded only when asked for: a file database needs none of the network clients. */
async function openServer(url: string, authToken?: string): Promise<Opened> {
  const [{ createClient }, { drizzle }] = await Promise.all([import('@libsql/client/node'), import('drizzle-orm/libsql/node')])
  const client = createClient({ url, ...(authToken ? { authToken } : {}) })
  return { client, orm: drizzle({ client }) }
}

/** Runs tasks one after the other; one that fails does not hold up the next. */
function createQueue(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (task) => {
    const next = last.then(task, task)
    last = next.catch(() => undefined)
    return next
  }
}

/** Statements end with a semicolon at a line's end; migrations hold no triggers. */
const splitStatements = (script: string): string[] =>
  script
    .replace(/^\s*--.*$/gm, '')
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
