// Brings the tables of core and of each plugin up to date: a ledger row per (plugin, file).
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { sql } from 'drizzle-orm'
import type { Database } from './client.ts'

/** What was applied, as plugin/file. */
export type Ledger = Set<string>

/**
 * Applies the files of a folder that were not applied yet, in the order of their names, in one transaction.
 *
 * A ledger row per file rather than one watermark, so that a plugin switched on late still gets its older files.
 *
 * @param ledger as it was read before, where many plugins are brought up to date: a look at tables that have just changed is dear
 * @returns the names of the files applied now
 * @throws Error naming the plugin and the file that failed; then none of them is applied
 */
export async function migrate(db: Database, plugin: string, folder: URL, ledger?: Ledger): Promise<readonly string[]> {
  const path = fileURLToPath(folder)
  if (!existsSync(path)) throw new Error(`The migrations of ${plugin} are missing: ${path} does not exist.`)
  const known = ledger ?? (await readLedger(db))
  const fresh = readdirSync(path)
    .filter((file) => file.endsWith('.sql') && !known.has(`${plugin}/${file}`))
    .sort()
  if (fresh.length > 0) await apply(db, plugin, path, fresh)
  for (const file of fresh) known.add(`${plugin}/${file}`)
  return fresh
}

/** Reads the ledger, and begins one where there is none. */
export async function readLedger(db: Database): Promise<Ledger> {
  // Looked for, because even a `create table if not exists` that creates nothing waits for whoever writes.
  const [table] = await db.read.all(sql`select 1 from sqlite_master where name = 'migrations'`)
  if (!table) await db.migrate([ledgerTable], async () => {})
  const rows = await db.read.all<{ plugin: string; file: string }>(sql`select plugin, file from migrations`)
  return new Set(rows.map(({ plugin, file }) => `${plugin}/${file}`))
}

const ledgerTable = `create table if not exists migrations (
  plugin text not null, file text not null, applied_at integer not null, primary key (plugin, file)) strict`

async function apply(db: Database, plugin: string, path: string, files: readonly string[]): Promise<void> {
  let current = ''
  const scripts = function* () {
    for (const file of files) {
      current = file
      yield readFileSync(`${path}/${file}`, 'utf8')
    }
  }
  const rows = sql`select ${plugin}, value, ${Date.now()} from json_each(${JSON.stringify(files)})`
  try {
    await db.migrate(scripts(), async (tx) => {
      await tx.run(sql`insert into migrations (plugin, file, applied_at) ${rows}`)
    })
  } catch (cause) {
    // Two processes may start at once: the second finds the work done.
    const known = await readLedger(db)
    if (files.every((file) => known.has(`${plugin}/${file}`))) return
    throw new Error(`Migration ${current} of ${plugin} failed; the database stays as it was before.`, { cause })
  }
}
