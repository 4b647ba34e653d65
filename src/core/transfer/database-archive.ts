// A Pocket ID's own database file with the uploads beside it, read as if it had exported them.
import { copyFile, open, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { sql } from 'drizzle-orm'
import { openDatabase } from '../db/client.ts'
import { filesBelow } from '../files/files-below.ts'
import { databaseName } from './predecessor.ts'
import type { Archive } from './zip.ts'

/** Whether a file is a SQLite database. */
export async function isDatabaseFile(path: string): Promise<boolean> {
  const file = await open(path).catch(() => undefined)
  if (!file) return false
  try {
    const { buffer } = await file.read(Buffer.alloc(16), 0, 16, 0)
    return buffer.toString('latin1') === 'SQLite format 3\0'
  } finally {
    await file.close()
  }
}

/**
 * Reads a copy in `folder`, because opening a database writes beside it. Whoever it belongs to must not be running.
 *
 * Uploads and keys are looked for in the folders that Pocket ID has beside its database.
 */
export async function openDatabaseArchive(path: string, folder: string): Promise<Archive> {
  const copy = join(folder, basename(path))
  await copyFile(path, copy)
  await copyFile(`${path}-wal`, `${copy}-wal`).catch(() => undefined)
  const document = JSON.stringify({ tables: await tablesIn(copy) }, bytesAsText)
  const beside = dirname(path)
  const files = (await Promise.all(['uploads', 'keys'].map((name) => namesBelow(beside, name)))).flat()
  const read = async (name: string): Promise<Uint8Array> =>
    name === databaseName ? Buffer.from(document) : new Uint8Array(await readFile(join(beside, name)))
  return {
    names: [databaseName, ...files],
    read,
    async *lines(name) {
      yield* Buffer.from(await read(name))
        .toString('utf8')
        .split('\n')
    },
    close() {},
  }
}

async function tablesIn(path: string): Promise<Readonly<Record<string, readonly unknown[]>>> {
  const db = await openDatabase(path)
  try {
    const named = await db.read.all<{ name: string }>(
      sql`select name from sqlite_master where type = 'table' and name not glob 'sqlite_*' and name not glob 'francis_*'`,
    )
    const tables: Record<string, readonly unknown[]> = {}
    for (const { name } of named) tables[name] = await db.read.all(sql`select * from ${sql.identifier(name)}`)
    return tables
  } finally {
    await db.close()
  }
}

/** As Pocket ID writes bytes where nothing says that they are some. `toJSON` of a buffer has been at it first. */
function bytesAsText(this: Readonly<Record<string, unknown>>, name: string, value: unknown): unknown {
  const held = this[name]
  const bytes = held instanceof ArrayBuffer ? Buffer.from(held) : held
  return bytes instanceof Uint8Array ? { __binary__: Buffer.from(bytes).toString('base64') } : value
}

async function namesBelow(beside: string, name: string): Promise<readonly string[]> {
  const paths = await filesBelow(join(beside, name)).catch(() => [])
  return paths.map((path) => `${name}/${path}`)
}
