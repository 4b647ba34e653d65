// A database file as drizzle's client: two connections, one for reading and one for writing, whose statements are prepared once and kept.
import type { Client, InStatement, InValue, ResultSet } from '@libsql/client'
import Sqlite from 'libsql'
import SqliteElsewhere from 'libsql/promise'
import { rowMaker } from './rows.ts'

/** As much of a client as drizzle asks of a file. */
export type FileClient = Pick<Client, 'execute' | 'transaction' | 'close'>

export interface OpenFile {
  readonly client: FileClient
  /** Another number after every commit, in whatever process: the reading connection never writes, so none is its own. */
  version(): number
  /** A connection of its own whose reads are all of one moment, the first one's; others write meanwhile. */
  snapshot(): { readonly client: FileClient; end(): Promise<void> }
}

export interface FileOptions {
  /** How long a statement waits for another process. */
  readonly timeoutMilliseconds: number
  /** For the connection that writes. */
  readonly pragmas: readonly string[]
}

/**
 * The client of the library prepares every statement anew, and builds each value of an answer by three definitions: together they cost
 * some four times what the statement itself does (docs/decisions/0070).
 *
 * Reads never see half a transaction: it goes on in the other connection. There is one transaction at a time (`createQueue` of client.ts).
 */
export function openFile(path: string, options: FileOptions): OpenFile {
  const writing = connect(path, options)
  const reading = connect(path, { ...options, pragmas: [] })
  const client: FileClient = {
    execute: async (statement: InStatement) => reading.run(statement),
    async transaction() {
      writing.run('begin immediate')
      let isOver = false
      const end = async (how: () => unknown) => {
        if (isOver) return
        isOver = true
        try {
          await how()
        } catch (error) {
          writing.abandon()
          throw error
        }
      }
      return {
        execute: async (statement: InStatement) => writing.run(statement),
        commit: () => end(writing.commit),
        rollback: () => end(() => writing.run('rollback')),
      } as Awaited<ReturnType<Client['transaction']>>
    },
    close() {
      reading.close()
      writing.close()
    },
  }
  const snapshot = () => {
    const one = connect(path, { ...options, pragmas: [] })
    one.run('begin')
    return {
      client: { ...client, execute: async (statement: InStatement) => one.run(statement) },
      async end() {
        one.abandon()
        one.close()
      },
    }
  }
  return { client, version: reading.version, snapshot }
}

interface Connection {
  run(statement: InStatement): ResultSet
  version(): number
  /** Waits for the disk in another thread, so that others are answered meanwhile. */
  commit(): Promise<unknown>
  /** Ends a transaction that could be neither committed nor rolled back, whatever is left of it. */
  abandon(): void
  close(): void
}

interface Prepared {
  run(values: readonly SqliteValue[]): ResultSet
}

type SqliteValue = null | number | bigint | string | Uint8Array

/** As many statements as all of this program has, and some; those that are written anew each time push each other out. */
const mostKept = 300

function connect(path: string, { timeoutMilliseconds, pragmas }: FileOptions): Connection {
  const sqlite = new Sqlite(path, { timeout: timeoutMilliseconds })
  const kept = new Map<string, Prepared>()

  const prepared = (text: string): Prepared => {
    const known = kept.get(text) ?? prepare(sqlite.prepare(text))
    kept.delete(text)
    kept.set(text, known)
    const [oldest] = kept.size > mostKept ? kept.keys() : []
    if (oldest !== undefined) kept.delete(oldest)
    return known
  }
  for (const pragma of pragmas) prepared(`pragma ${pragma}`).run([])

  const version = sqlite.prepare('pragma data_version').raw(true)
  return {
    version: () => Number((version.get([]) as readonly unknown[])[0]),
    run(statement) {
      const { sql, args = [] } = typeof statement === 'string' ? { sql: statement } : statement
      if (!Array.isArray(args)) throw new TypeError('The values of a statement come as a list.')
      return prepared(sql).run(args.map(sqliteValue))
    },
    // The package's other half knows connections of this one, and runs a statement in a thread of its own.
    commit: () => SqliteElsewhere.prototype.exec.call(sqlite, 'commit') as unknown as Promise<unknown>,
    abandon() {
      if (sqlite.inTransaction) sqlite.exec('rollback')
    },
    close() {
      kept.clear()
      sqlite.close()
    },
  }
}

function prepare(statement: Sqlite.Statement): Prepared {
  if (!statement.reader) return { run: (values) => result([], statement.run(values).changes) }
  statement.raw(true)
  let names: readonly string[] = []
  let row = rowMaker(names)
  return {
    run(values) {
      const found = statement.all(values) as unknown[][]
      // Asked once it has run: SQLite prepares it anew by itself when tables have changed, and `select *` then has other columns.
      if (found[0] && found[0].length !== names.length) {
        names = statement.columns().map(({ name }) => name)
        row = rowMaker(names)
      }
      return result(found.map(row), 0)
    },
  }
}

const result = (rows: ResultSet['rows'], rowsAffected: number): ResultSet => ({
  rows,
  rowsAffected,
  columns: [],
  columnTypes: [],
  lastInsertRowid: undefined,
  toJSON,
})

function toJSON(this: ResultSet) {
  return this.rows
}

/** A value as the native side takes it: what it does not know ends the process. */
function sqliteValue(value: InValue): SqliteValue {
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'string' || typeof value === 'bigint' || value === null || value instanceof Uint8Array) return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (value instanceof Date) return value.getTime()
  if (value instanceof ArrayBuffer) return new Uint8Array(value)
  throw new TypeError(`${String(value)} is no value for a database.`)
}
