// Where the key comes from that protects secrets at rest: the environment, or a file made beside the database.
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { randomToken } from '../crypto.ts'
import { databaseFile } from '../db/client.ts'
import type { Log } from '../log.ts'
import { StartError } from '../settings/errors.ts'

const fileName = 'encryption.key'

/**
 * ENCRYPTION_KEY, or the key in the file beside the database, made (mode 0600) on a first start.
 *
 * @throws StartError when there is none and none may be made: on a libSQL server, where it would not be shared by every replica,
 *   and beside a database that already has data, which was sealed with a key we no longer have
 */
export function findEncryptionKey(given: string, connection: string, log: Log): string {
  if (given !== '') return given
  if (/^(libsql|https?|wss?):/.test(connection)) {
    throw new StartError(['ENCRYPTION_KEY: A libSQL server needs one; make it with: openssl rand -base64 32'])
  }
  const database = databaseFile(connection)
  const path = join(dirname(database), fileName)
  if (existsSync(path)) return readFileSync(path, 'utf8').trim()
  if (existsSync(database) && statSync(database).size > 0) {
    throw new StartError([
      `ENCRYPTION_KEY: The database has data but its key is missing. Set the variable, or bring back ${path}`,
    ])
  }
  return make(path, log)
}

function make(path: string, log: Log): string {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  try {
    writeFileSync(path, `${randomToken(32)}\n`, { mode: 0o600, flag: 'wx' })
    log.warn('ENCRYPTION_KEY is not set: made a key beside the database. Back it up with the database', { path })
  } catch (error) {
    // Another process of ours was faster: its key is as good.
    if (!existsSync(path)) throw new StartError([`ENCRYPTION_KEY: Not set, and ${path} cannot be written (${String(error)}).`])
  }
  return readFileSync(path, 'utf8').trim()
}
