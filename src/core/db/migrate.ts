// Brings the tables of core and of each plugin up to date: a ledger row per (plugin, file).
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { sql } from 'drizzle-orm'
import type { Database } from './client.ts'

/**
 * Applies the files of a folder that were not applied yet, in the order of their names, each in its own transaction.
 *
 * A ledger row per file rather than one watermark, so that a plugin switched on late still gets its older files.
 *
 * @returns the names of the files applied now
 * @throws Error naming the plugin and the file that failed; what came before it stays applied
 */
export async function migrate(db: Database, plugin: string, folder: URL): Promise<readonly string[]> {
  const path = fileURLToPath(folder)
  if (!existsSync(path)) throw new Error(`The migrations of ${plugin} are missing: ${path} does not exist.`)
  const known = new Set(await applied(db, plugin))
  const fresh = readdirSync(path)
    .filter((file) => file.endsWith('.sql') && !known.has(file))
    .sort()
  for (const file of fresh) await apply(db, plugin, file, readFileSync(`${path}/${file}`, 'utf8'))
  return fresh
}

async function applied(db: Database, plugin: string): Promise<readonly string[]> {
  await db.migrate(
    `create table if not exists migrations (
      plugin text not null, file text not null, applied_at integer not null, primary key (plugin, file)) strict`,
    async () => {},
  )
  const rows = await db.read.all<{ file: string }>(sql`select file from migrations where plugin = ${plugin}`)
  return rows.map((row) => row.file)
}

async function apply(db: Database, plugin: string, file: string, script: string): Promise<void> {
  try {
    await db.migrate(script, async (tx) => {
      await tx.run(sql`insert into migrations (plugin, file, applied_at) values (${plugin}, ${file}, ${Date.now()})`)
    })
  } catch (cause) {
    // Two processes may start at once: the second finds the work done.
    if ((await applied(db, plugin)).includes(file)) return
    throw new Error(`Migration ${file} of ${plugin} failed; the database stays as it was before it.`, { cause })
  }
}
