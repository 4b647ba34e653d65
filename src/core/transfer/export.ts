// Everything of an instance as one archive: rows of all tables as of one moment, and the uploads.
import { sql } from 'drizzle-orm'
import * as v from 'valibot'
import type { Database } from '../db/client.ts'
import type { FileStore } from '../files/store.ts'
import { version } from '../version.ts'
import { type MovedTable, movedTables, pagesOf } from './rows.ts'
import { type Packed, writeZip } from './zip.ts'

export const product = 'pocket-id-edge'
const format = 1

/** Names become parts of statements. */
const Name = v.pipe(v.string(), v.regex(/^\w+$/))

/** The first entry: what made the archive, and what it takes to read it. */
export const Contents = v.object({
  product: v.literal(product),
  format: v.number(),
  version: v.string(),
  /** In the order in which they were applied. */
  migrations: v.array(v.object({ plugin: v.string(), file: v.string() })),
  /** A word sealed with the instance's key (kernel/key-check.ts): only with that key is the archive of any use. */
  sealedWord: v.string(),
  tables: v.array(v.object({ name: Name, columns: v.array(Name) })),
})
export type Contents = v.InferOutput<typeof Contents>

export const contentsName = 'export.json'
export const tableEntry = (name: string): string => `tables/${name}.jsonl`
export const uploadsFolder = 'uploads/'

export interface Exported {
  readonly rows: number
  readonly uploads: number
}

/** Writes the archive while the server may go on: its reads are of one moment. Sealed values stay sealed. */
export function writeExport(db: Database, files: FileStore, to: string | NodeJS.WritableStream): Promise<Exported> {
  let rows = 0
  let uploads = 0
  return db.snapshot(async (read) => {
    const tables = await movedTables(read)
    const contents = await describe(read, tables)
    async function* entries(): AsyncGenerator<Packed> {
      yield { name: contentsName, content: () => one(`${JSON.stringify(contents, null, 2)}\n`) }
      for (const table of tables) {
        const counted = (count: number) => {
          rows += count
        }
        yield { name: tableEntry(table.name), content: () => lines(read, table, counted) }
      }
      // After the rows: a file that a row names was there before the row was.
      for (const name of await files.names()) {
        const bytes = await files.read(name)
        if (!bytes) continue
        uploads++
        yield { name: `${uploadsFolder}${name}`, content: () => one(bytes) }
      }
    }
    await writeZip(entries(), to)
    return { rows, uploads }
  })
}

async function describe(read: Parameters<typeof movedTables>[0], tables: readonly MovedTable[]): Promise<Contents> {
  const [word] = await read.all<{ sealed: string }>(sql`select sealed from key_check`)
  return {
    product,
    format,
    version,
    migrations: await read.all(sql`select plugin, file from migrations order by rowid`),
    sealedWord: word?.sealed ?? '',
    tables: tables.map(({ name, columns }) => ({ name, columns: [...columns] })),
  }
}

async function* lines(read: Parameters<typeof movedTables>[0], table: MovedTable, count: (rows: number) => void) {
  for await (const page of pagesOf(read, table)) {
    count(page.length)
    yield `${page.join('\n')}\n`
  }
}

async function* one(content: string | Uint8Array) {
  yield content
}
