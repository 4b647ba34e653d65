// `pocket-id import`: another instance's data takes the place of what is here, while no server runs.
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { sql } from 'drizzle-orm'
import * as v from 'valibot'
import { createFileStore, type FilePlace } from '#core/files/store.ts'
import type { Ground } from '#core/kernel/ground.ts'
import { pick } from '#core/kernel/host.ts'
import { definePlugin, type Plugin } from '#core/kernel/plugin.ts'
import { refuseBesideServer } from '#core/kernel/presence.ts'
import { coreSettings } from '#core/settings/core-settings.ts'
import { isDatabaseFile, openDatabaseArchive } from '#core/transfer/database-archive.ts'
import { isPredecessors, readPredecessor } from '#core/transfer/predecessor.ts'
import { replaceAll } from '#core/transfer/replace.ts'
import { type Heir, takeOver } from '#core/transfer/take-over.ts'
import { isOurs, type Migrations, unpack } from '#core/transfer/unpack.ts'
import { type Archive, openZip } from '#core/transfer/zip.ts'
import { lender, quietGround } from './lend.ts'
import { confirm, type Said } from './words.ts'

const coreMigrations = new URL('../core/db/migrations/', import.meta.url)

interface Staged {
  readonly ground: Ground
  /** What did not come along, a sentence each. */
  readonly notes: readonly string[]
}

/**
 * The archive becomes a database of its own first, beside the one that is meant, and is brought up to date there. Only when it is whole
 * do its rows take the place of all others, in one transaction.
 */
export async function importAll(args: readonly string[], said: Said): Promise<void> {
  const options = {
    path: { type: 'string', short: 'p', default: 'pocket-id-export.zip' },
    yes: { type: 'boolean', short: 'y', default: false },
    'forced-lock': { type: 'boolean', default: false },
  } as const
  const { values } = parseArgs({ args: [...args], options })
  if (values.path === '-' && !values.yes)
    throw new Error('Standard input is the export, so nobody can be asked; add --yes to say yes.')
  const ground = await open(said.environment)
  const beside = ground.db.embedded ? dirname(resolve(ground.db.place)) : resolve('data')
  await mkdir(beside, { recursive: true, mode: 0o700 })
  const folder = await mkdtemp(join(beside, 'import-'))
  try {
    const refuse = async (read: Parameters<typeof refuseBesideServer>[0]) => {
      if (!values['forced-lock']) await refuseBesideServer(read, ground)
    }
    // Before anybody is asked; and once more in the transaction, where it counts.
    await refuse(ground.db.read)
    const archive = await openArchive(values.path === '-' ? await keepInput(folder) : resolve(values.path), folder)
    const { ground: staged, notes } = await stage(archive, folder, ground, said).finally(() => archive.close())
    try {
      const replaces = `Everything in ${ground.db.place} (${await people(ground)}) is replaced by ${values.path} (${await people(staged)}).`
      if (!values.yes) await confirm(replaces)
      const rows = await replaceAll({
        from: staged,
        to: { db: ground.db, place: pick(coreSettings, ground.resolution.settings) },
        check: refuse,
      })
      said.print(`${rows} rows are imported.`)
      for (const note of notes) said.print(note)
    } finally {
      await staged.close()
    }
  } finally {
    await ground.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** What the archive holds, as an instance of ours in a folder of its own. */
async function stage(archive: Archive, folder: string, ground: Ground, said: Said): Promise<Staged> {
  const core = pick(coreSettings, ground.resolution.settings)
  const place: FilePlace = { ...core, fileBackend: 'filesystem', uploadPath: join(folder, 'uploads') }
  const database = join(folder, 'import.db')
  const encryptionKey = ground.keyFile ? (await readFile(ground.keyFile, 'utf8')).trim() : core.encryptionKey
  const {
    DB_CONNECTION_STRING_FILE: _database,
    FILE_BACKEND_FILE: _backend,
    UPLOAD_PATH_FILE: _uploads,
    ...environment
  } = said.environment
  const there = {
    ...environment,
    DB_CONNECTION_STRING: database,
    FILE_BACKEND: place.fileBackend,
    UPLOAD_PATH: place.uploadPath,
    ...(ground.keyFile ? { ENCRYPTION_KEY: encryptionKey } : {}),
  }
  if (isOurs(archive)) {
    await unpack(archive, database, createFileStore(ground.db, place), migrationsOf(ground), ground.vault)
    return { ground: await open(there), notes: [] }
  }
  if (!isPredecessors(archive)) throw new Error('The file is an export of neither this product nor Pocket ID.')
  const made = await open(there)
  try {
    return { ground: made, notes: await takeOver(await readPredecessor(archive, encryptionKey), heirOn(made)) }
  } catch (error) {
    await made.close()
    throw error
  }
}

function migrationsOf({ resolution }: Ground): Migrations {
  const own = resolution.plugins.flatMap(({ name, copy, migrations }) =>
    migrations && !copy ? [[name, migrations] as const] : [],
  )
  return new Map([['core', coreMigrations], ...own])
}

function heirOn(ground: Ground): Heir {
  const lend = lender(ground)
  const { plugins, table } = ground.resolution
  return {
    plugins,
    lend,
    core: lend(coreHost),
    store: ground.store,
    judge(key, value) {
      const setting = table[key]
      if (!setting || setting.environmentOnly) return 'unknown'
      if (value === setting.default) return 'usual'
      return v.is(setting.schema, value) ? 'fits' : 'does not fit'
    },
  }
}

/** Core takes over like a plugin without settings of its own. */
const coreHost: Plugin = definePlugin({
  name: 'core',
  api: 1,
  settings: {},
  load: () => Promise.reject(new Error('Core is no plugin.')),
})

/** The ground with every table there is. */
async function open(environment: Said['environment']): Promise<Ground> {
  const ground = await quietGround(environment)
  for (const plugin of ground.resolution.plugins) await ground.migrate(plugin)
  return ground
}

async function people({ db }: Ground): Promise<string> {
  const [row] = await db.read.all<{ n: number }>(sql`select count(*) as n from users`)
  return row?.n === 1 ? '1 person' : `${row?.n ?? 0} people`
}

/** A zip file, or a Pocket ID's database file itself: many have just that. */
const openArchive = async (path: string, folder: string): Promise<Archive> =>
  (await isDatabaseFile(path)) ? openDatabaseArchive(path, folder) : openZip(path)

async function keepInput(folder: string): Promise<string> {
  const path = join(folder, 'input.zip')
  await pipeline(process.stdin, createWriteStream(path, { mode: 0o600 }))
  return path
}
