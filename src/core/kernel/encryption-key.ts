// Where the key comes from that protects secrets at rest: the environment, or a file made beside the database.
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { createVault, randomToken } from '../crypto.ts'
import { type Database, databaseFile } from '../db/client.ts'
import type { Log } from '../log.ts'
import { StartError } from '../settings/errors.ts'
import { opensKeyCheck } from './key-check.ts'

const fileName = 'encryption.key'

export interface EncryptionKey {
  readonly key: string
  /** The file it lies in; undefined where the environment says it. */
  readonly file?: string
}

/**
 * ENCRYPTION_KEY, or the key in the file beside the database, made (mode 0600) on a first start.
 *
 * @throws StartError when there is none and none may be made: on a libSQL server, where it would not be shared by every replica,
 *   and beside a database that already has data, which was sealed with a key we no longer have
 */
export function findEncryptionKey(given: string, connection: string, log: Log): EncryptionKey {
  if (given !== '') return { key: given }
  if (/^(libsql|https?|wss?):/.test(connection)) {
    throw new StartError(['ENCRYPTION_KEY: A libSQL server needs one; make it with: openssl rand -base64 32'])
  }
  const database = databaseFile(connection)
  const file = join(dirname(database), fileName)
  if (existsSync(file)) return { key: readKey(file), file }
  if (existsSync(database) && statSync(database).size > 0) {
    throw new StartError([
      `ENCRYPTION_KEY: The database has data but its key is missing. Set the variable, or bring back ${file}`,
    ])
  }
  return { key: make(file, log), file }
}

const readKey = (file: string): string => readFileSync(file, 'utf8').trim()

function make(path: string, log: Log): string {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  try {
    writeFileSync(path, `${randomToken(32)}\n`, { mode: 0o600, flag: 'wx' })
    log.warn('ENCRYPTION_KEY is not set: made a key beside the database. Back it up with the database', { path })
  } catch (error) {
    // Another process of ours was faster: its key is as good.
    if (!existsSync(path)) throw new StartError([`ENCRYPTION_KEY: Not set, and ${path} cannot be written (${String(error)}).`])
  }
  return readKey(path)
}

const nextTo = (file: string): string => `${file}.next`

/** Puts a key beside the present one, on the disk before anything is sealed with it. */
export function layNextKey(file: string, key: string): void {
  writeFileSync(nextTo(file), `${key}\n`, { mode: 0o600 })
  const written = openSync(nextTo(file), 'r')
  fsyncSync(written)
  closeSync(written)
}

/** The change of keys did not happen. */
export const dropNextKey = (file: string): void => rmSync(nextTo(file), { force: true })

/**
 * Takes the next key's file as the key's when the database is sealed with it: the last step of a change of keys, made up for at the next
 * start when the change was cut off before it. Until then either key is at hand, whichever the database needs.
 */
export async function settleKey(db: Database, found: EncryptionKey): Promise<string> {
  const { key, file } = found
  if (file === undefined || !existsSync(nextTo(file))) return key
  const next = readKey(nextTo(file))
  if (!(await opensKeyCheck(db, createVault(next)))) return key
  try {
    renameSync(nextTo(file), file)
  } catch (error) {
    // Another process that starts did it.
    if (readKey(file) !== next) throw error
  }
  return next
}
