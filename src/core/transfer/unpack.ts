// Our own archive becomes a database of its own: tables as old as the rows, then the rows. Bringing it up to date is its first opening.
import { readFileSync } from 'node:fs'
import { sql } from 'drizzle-orm'
import * as v from 'valibot'
import type { Vault } from '../crypto.ts'
import { openDatabase } from '../db/client.ts'
import { readLedger } from '../db/migrate.ts'
import type { FileStore } from '../files/store.ts'
import { opensWord } from '../kernel/key-check.ts'
import { Contents, contentsName, tableEntry, uploadsFolder } from './export.ts'
import { insertRows, pageCharacters, pageSize } from './rows.ts'
import type { Archive } from './zip.ts'

/** Where the migrations of each part are. */
export type Migrations = ReadonlyMap<string, URL>

export const isOurs = (archive: Archive): boolean => archive.names.includes(contentsName)

/**
 * Makes the database file `path` of an archive.
 *
 * @throws Error with a sentence: made by a newer version, for a plugin that is not here, or under another key
 */
export async function unpack(
  archive: Archive,
  path: string,
  files: FileStore,
  migrations: Migrations,
  vault: Vault,
): Promise<void> {
  const contents = await readContents(archive)
  if (!opensWord(vault, contents.sealedWord))
    throw new Error('The export was made under another ENCRYPTION_KEY. Set the one of the instance that it comes from.')
  const scripts = contents.migrations.map(({ plugin, file }) => scriptOf(migrations, plugin, file, contents.version))
  const db = await openDatabase(path)
  try {
    await readLedger(db)
    await db.migrate(scripts, async (tx) => {
      const applied = JSON.stringify(contents.migrations)
      await tx.run(sql`insert into migrations (plugin, file, applied_at)
        select value ->> 'plugin', value ->> 'file', ${Date.now()} from json_each(${applied})`)
      // Migrations may have left rows of their own; the archive has them too.
      for (const { name } of [...contents.tables].reverse()) await tx.run(sql`delete from ${sql.identifier(name)}`)
      for (const { name, columns } of contents.tables)
        for await (const page of pages(archive.lines(tableEntry(name)))) await insertRows(tx, name, columns, page)
    })
  } finally {
    await db.close()
  }
  for (const name of archive.names)
    if (name.startsWith(uploadsFolder)) await files.write(name.slice(uploadsFolder.length), await archive.read(name))
}

async function readContents(archive: Archive): Promise<Contents> {
  const text = new TextDecoder().decode(await archive.read(contentsName))
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Contents), text)
  if (!parsed.success || parsed.output.format !== 1)
    throw new Error('The export is of a form that this version does not know. Install the version that made it, or a newer one.')
  return parsed.output
}

function scriptOf(migrations: Migrations, plugin: string, file: string, version: string): string {
  const folder = migrations.get(plugin)
  if (!folder) throw new Error(`The export has data of the plugin ${plugin}, which is not here. Name it in PLUGINS.`)
  try {
    if (!/^[\w-]+\.sql$/.test(file)) throw new Error(`${file} is not the name of a migration.`)
    return readFileSync(new URL(file, folder), 'utf8')
  } catch (cause) {
    throw new Error(`The export was made by version ${version}, which is newer than this one. Install that one first.`, { cause })
  }
}

async function* pages(lines: AsyncIterable<string>): AsyncGenerator<readonly string[]> {
  let page: string[] = []
  let length = 0
  for await (const line of lines) {
    if (line === '') continue
    page.push(line)
    length += line.length
    if (page.length < pageSize && length < pageCharacters) continue
    yield page
    page = []
    length = 0
  }
  if (page.length > 0) yield page
}
