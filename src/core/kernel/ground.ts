// What everything stands on, the server and the command line alike: settings understood, database open and migrated, identity ready.
import { type Clock, systemClock } from '../clock.ts'
import { createVault, type Vault } from '../crypto.ts'
import { type Database, openDatabase } from '../db/client.ts'
import { type Ledger, migrate, readLedger } from '../db/migrate.ts'
import { createEventBus, type EventBus } from '../events.ts'
import { createFileStore, type FileStore } from '../files/store.ts'
import { createOutsideFetch, type OutsideFetch } from '../http/outside-fetch.ts'
import { createIdentity, type Identity } from '../identity/identity.ts'
import type { Ownership } from '../identity/ownership.ts'
import { createLog, errorText, type Log } from '../log.ts'
import { createMeters, type Meters } from '../metrics.ts'
import { createPictures, type Pictures } from '../pictures/pictures.ts'
import { createProfilePictures, type ProfilePictures } from '../pictures/profile-pictures.ts'
import { type CoreSettings, coreFaults, coreSettings } from '../settings/core-settings.ts'
import { environmentName, type SettingsTable, type Values } from '../settings/define.ts'
import { readSettingFiles } from '../settings/environment.ts'
import { StartError } from '../settings/errors.ts'
import { type Inputs, type Resolution, resolve, unknownVariables } from '../settings/resolve.ts'
import { createSettingsStore, type SettingsStore } from '../settings/store.ts'
import { createCatalog } from './copies.ts'
import { findEncryptionKey, settleKey } from './encryption-key.ts'
import { pick } from './host.ts'
import { checkEncryptionKey } from './key-check.ts'
import { type Plugin, pluginApi } from './plugin.ts'

export interface GroundOptions {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly plugins: readonly Plugin[]
  readonly clock?: Clock
  /** Takes finished log lines; the process's standard output in production. */
  readonly write: (line: string) => void
  /** The command line speaks up only for trouble. */
  readonly quiet?: boolean
}

/** Everything that follows from the environment and what is stored. */
export interface Configured extends Resolution {
  /** Copies included, in catalog order. */
  readonly plugins: readonly Plugin[]
  readonly table: SettingsTable
}

export interface Ground {
  readonly inputs: Pick<Inputs, 'environment' | 'files'>
  /** The resolution at start; later ones are made by `resolveWith`. */
  readonly resolution: Configured
  readonly stored: Readonly<Record<string, string>>
  /** @param alsoKeys keys that are about to be stored: they may speak of a copy that is not there yet */
  resolveWith(stored: Readonly<Record<string, string>>, alsoKeys?: readonly string[]): Configured
  readonly store: SettingsStore
  readonly db: Database
  /** Brings the tables of a plugin up to date. Copies of a plugin share its tables. */
  migrate(plugin: Plugin): Promise<void>
  readonly vault: Vault
  /** The file of the encryption key, where the environment does not say it. */
  readonly keyFile: string | undefined
  readonly files: FileStore
  readonly pictures: Pictures
  readonly profilePictures: ProfilePictures
  readonly events: EventBus
  readonly clock: Clock
  readonly outside: OutsideFetch
  readonly log: Log
  readonly meters: Meters
  /** @param ownerships of the plugins that run now; @param core the core settings of now */
  identity(ownerships: () => readonly Ownership[], core: () => Values<CoreSettings>): Identity
  /** Nothing that stands on it may be used any more. */
  close(): Promise<void>
}

/** Lays the ground. @throws StartError listing every fault of the settings by variable name */
export async function layGround(options: GroundOptions): Promise<Ground> {
  const { environment, clock = systemClock } = options
  const catalog = createCatalog(options.plugins)
  const variables = Object.keys(environment).filter((name) => environment[name] !== '')
  const pluginsFor = (keys: readonly string[]) => catalog.plugins(keys, variables)
  const table = mergeTables(pluginsFor([]))
  const read = readSettingFiles(table, environment)
  const inputs = { environment, files: read.files }
  const first = resolve(table, { ...inputs, stored: {} }, false)
  const faults = [...read.faults, ...first.faults, ...coreFaults(pick(coreSettings, first.settings))]
  if (faults.length > 0) throw new StartError(faults.map(({ field, message }) => `${field}: ${message}`))

  const core = pick(coreSettings, first.settings)
  const level = options.quiet && core.logLevel !== 'debug' ? 'warn' : core.logLevel
  const log = createLog({ level, json: core.logJson, write: options.write, now: clock.now })
  warnAboutUnknown(table, environment, log)
  const encryptionKey = findEncryptionKey(core.encryptionKey, core.dbConnectionString, log)
  const db = await openNamed(core)
  const files = createFileStore(db, core)
  let ledger: Ledger
  let vault: Vault
  try {
    ledger = await readLedger(db)
    await migrate(db, 'core', new URL('../db/migrations/', import.meta.url), ledger)
    vault = createVault(await settleKey(db, encryptionKey))
    await checkEncryptionKey(db, vault)
    // A command would wait for the bucket too, and few of them need one.
    if (!options.quiet) await checkFiles(files, log)
  } catch (error) {
    await db.close()
    throw error
  }

  const store = createSettingsStore(db, vault, clock, (key) => table[catalog.declaring(key)]?.secret === true)
  const { stored, unreadable } = await store.load()
  for (const key of unreadable)
    log.warn('A stored secret cannot be opened with this ENCRYPTION_KEY and is ignored; set it again', { key })
  const storedCounts = !core.uiConfigDisabled
  const resolveWith = (rows: Inputs['stored'], alsoKeys: readonly string[] = []): Configured => {
    const plugins = pluginsFor(storedCounts ? [...Object.keys(rows), ...alsoKeys] : [])
    const all = mergeTables(plugins)
    return { plugins, table: all, ...resolve(all, { ...inputs, stored: rows }, storedCounts) }
  }
  const resolution = resolveWith(stored)
  for (const warning of resolution.warnings) log.warn(warning)
  const events = createEventBus(log)
  const pictures = createPictures()
  return {
    inputs,
    resolution,
    stored,
    resolveWith,
    store,
    db,
    migrate: async ({ name, copy, migrations }) => {
      if (migrations) await migrate(db, copy?.name ?? name, migrations, ledger)
    },
    vault,
    keyFile: encryptionKey.file,
    files,
    pictures,
    profilePictures: createProfilePictures(db, files, clock),
    events,
    clock,
    outside: createOutsideFetch({ allowed: core.outgoingNetworks }),
    log,
    meters: createMeters(),
    identity: (ownerships, now) => createIdentity({ db, vault, events, clock, ownerships, core: now }),
    async close() {
      await pictures.stop()
      await db.close()
    },
  }
}

/** Who answers for sign-ins is up without pictures too; settings that cannot work are said at once. */
async function checkFiles(files: FileStore, log: Log): Promise<void> {
  const trouble = await files.check?.()
  if (trouble?.isFinal) throw new StartError([trouble.sentence])
  if (trouble) log.warn(trouble.sentence)
}

async function openNamed({ dbConnectionString, libsqlAuthToken }: Values<CoreSettings>): Promise<Database> {
  try {
    return await openDatabase(dbConnectionString, libsqlAuthToken)
  } catch (error) {
    throw new StartError([`DB_CONNECTION_STRING: ${errorText(error)}`])
  }
}

/** One table of all settings. @throws StartError when two plugins claim one key, or a plugin is made for another contract */
function mergeTables(plugins: readonly Plugin[]): SettingsTable {
  const owners = new Map<string, string>(Object.keys(coreSettings).map((key) => [key, 'core']))
  const faults: string[] = []
  for (const { name, api, settings, numbered = '' } of plugins) {
    if (api !== pluginApi) faults.push(`PLUGINS: ${name} is made for plugin contract ${api}; this server speaks ${pluginApi}.`)
    for (const key of Object.keys(settings)) {
      if (!key.startsWith(numbered))
        faults.push(`PLUGINS: ${name} is numbered, so its setting ${key} must begin with ${numbered}.`)
      const other = owners.get(key)
      if (other) faults.push(`PLUGINS: ${name} and ${other} both declare the setting ${key}.`)
      owners.set(key, name)
    }
  }
  if (faults.length > 0) throw new StartError(faults)
  return Object.assign({}, coreSettings, ...plugins.map(({ settings }) => settings))
}

function warnAboutUnknown(table: SettingsTable, environment: GroundOptions['environment'], log: Log): void {
  const known = Object.entries(table).flatMap(([key, setting]) => [environmentName(key, setting), ...(setting.aliases ?? [])])
  for (const { variable, nearest } of unknownVariables(environment, known)) {
    log.warn(`Nothing reads the variable ${variable}${nearest ? `; did you mean ${nearest}?` : ''}`)
  }
}
