// What this product stands in for, as an export of it: tables, files, and how it sealed what it sealed.
import { derivedKey, hmacSha3, openCbcHmac } from '../crypto.ts'
import { builtInAdmin } from '../identity/actor.ts'
import type { Host } from '../kernel/plugin.ts'
import { readActorStates } from './actor-states.ts'
import { bytesOf, type Fields, textOf } from './fields.ts'
import { withStates } from './tables-of-states.ts'
import type { Archive } from './zip.ts'

export interface Predecessor {
  /** What of the archive could not be read, a sentence each. */
  readonly notes: readonly string[]
  readonly tables: readonly string[]
  /** Those that belong to nobody who is no more; the built-in administrator has no row here. */
  rows(table: string): readonly Fields[]
  /** Names below `uploads/`, and below `keys/` with that in front. */
  readonly files: readonly string[]
  file(name: string): Promise<Uint8Array>
  /** A text that it sealed, such as a token for another server; undefined when it had another encryption key. */
  open(sealed: string): string | undefined
  /** The private key that it signs with, as JSON; undefined when it had another encryption key. */
  openSigningKey(sealed: string): string | undefined
}

/** What came of it: sentences for the administrator, and settings that are to be as they were. */
export interface TakenOver {
  readonly notes?: readonly string[]
  readonly settings?: Readonly<Record<string, string>>
}

/** Makes rows of ours of another product's. Core's people and groups are there when a plugin is asked. */
export type TakeOver = (from: Predecessor, host: Host) => Promise<TakenOver>

/** Who makes rows of ours of which tables. What nobody names is told of at the end. */
export interface Succession {
  readonly tables: readonly string[]
  /** Settings that had another name in older releases. */
  readonly settings?: Readonly<Record<string, string>>
  /** Absent where nothing of the tables outlives the old product: codes and sessions. */
  load?(): Promise<{ readonly takeOver: TakeOver }>
}

export const databaseName = 'database.json'

export const isPredecessors = (archive: Archive): boolean => archive.names.includes(databaseName)

/** @throws Error with a sentence when the file does not say what it should */
export async function readPredecessor(archive: Archive, encryptionKey: string): Promise<Predecessor> {
  const text = new TextDecoder().decode(await archive.read(databaseName))
  const notes: string[] = []
  const states = await statesOf(archive, notes)
  const tables = withStates(tablesOf(text), states)
  const stored = new Map((tables.storage ?? []).map((row) => [textOf(row, 'path').replace(/^\//, ''), bytesOf(row, 'data')]))
  const uploads = 'uploads/'
  const files = archive.names
    .filter((name) => !name.endsWith('/') && /^(uploads|keys)\//.test(name))
    .map((name) => (name.startsWith(uploads) ? name.slice(uploads.length) : name))
  const users = (tables.users ?? []).filter(({ id }) => id !== builtInAdmin.id)
  const people = new Set(users.map(({ id }) => id))
  const isSomebodys = ({ user_id: userId }: Fields) => typeof userId !== 'string' || people.has(userId)
  return {
    notes,
    tables: Object.keys(tables),
    rows: (table) => (table === 'users' ? users : (tables[table] ?? []).filter(isSomebodys)),
    files: [...new Set([...files, ...stored.keys()])],
    file: async (name) => stored.get(name) ?? archive.read(name.startsWith('keys/') ? name : `${uploads}${name}`),
    open: (sealed) => opened(derivedKey(encryptionKey, 'pocketid/encrypted_string'), sealed, 'encrypted_string'),
    openSigningKey: (sealed) => opened(hmacSha3(encryptionKey, `pocketid/${instanceOf(tables)}/jwk-kek`), sealed, ''),
  }
}

const statesName = 'francis.bin'

async function statesOf(archive: Archive, notes: string[]): Promise<ReadonlyMap<string, readonly Fields[]>> {
  if (!archive.names.includes(statesName)) return new Map()
  const states = readActorStates(await archive.read(statesName))
  if (!states)
    notes.push(`${statesName} is of a newer form: settings of the pages and invitations stay behind, or are older ones.`)
  return states ?? new Map()
}

/** What an instance calls itself; it moved from the settings to a table of its own. */
function instanceOf(tables: Readonly<Record<string, readonly Fields[]>>): string {
  const own =
    tables.kv?.find(({ key }) => key === 'instance_id') ?? tables.app_config_variables?.find(({ key }) => key === 'instanceId')
  return typeof own?.value === 'string' ? own.value : ''
}

function opened(key: Uint8Array, sealed: string, associated: string): string | undefined {
  const padded = openCbcHmac(key, new Uint8Array(Buffer.from(sealed, 'base64')), associated)
  // It fills up to whole blocks by itself before the cipher does.
  return padded && Buffer.from(padded.subarray(0, padded.length - (padded.at(-1) ?? 0))).toString('utf8')
}

function tablesOf(text: string): Readonly<Record<string, readonly Fields[]>> {
  const document: unknown = JSON.parse(text)
  const tables = typeof document === 'object' && document !== null && 'tables' in document ? document.tables : undefined
  if (typeof tables !== 'object' || tables === null || !('users' in tables))
    throw new Error('The export has no people in it: its database.json does not list the table users.')
  return tables as Readonly<Record<string, readonly Fields[]>>
}

/** Rows in parts that one statement can write. */
export function* inParts<T>(rows: readonly T[], size = 200): Generator<T[]> {
  for (let at = 0; at < rows.length; at += size) yield rows.slice(at, at + size)
}
