// Where uploaded files live: a folder, the database, or a bucket. Names are made by us, so a name is never a way out of the folder.
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { eq, sql } from 'drizzle-orm'
import { newId } from '../crypto.ts'
import type { Database } from '../db/client.ts'
import { files } from '../db/tables.ts'
import { type BucketPlace, inBucket } from './bucket.ts'
import { isFileName, safe } from './file-name.ts'
import { filesBelow } from './files-below.ts'

/** A file is whole or not there: a write replaces it in one step. Names look like `profile-pictures/4f1c.jpg`. */
export interface FileStore {
  read(name: string): Promise<Uint8Array | undefined>
  write(name: string, bytes: Uint8Array): Promise<void>
  /** Nothing happens when there is no such file. */
  remove(name: string): Promise<void>
  /** The names in a folder such as `profile-pictures`; folders below it are not looked into. */
  list(folder: string): Promise<readonly string[]>
  /** Every name there is. */
  names(): Promise<readonly string[]>
  /** Whether files can be kept there, for stores that are elsewhere. */
  check?(): Promise<FileTrouble | undefined>
}

/** Why a store does not work, with the variable that is meant. Final: no waiting helps. */
export interface FileTrouble {
  readonly isFinal: boolean
  readonly sentence: string
}

export type FilePlace =
  | { readonly fileBackend: 'filesystem' | 'database'; readonly uploadPath: string }
  | ({ readonly fileBackend: 's3' } & BucketPlace)

/** Where the rows of files are: a database, or a transaction that is under way. */
export type FileRows = Pick<Database, 'read' | 'write'>

/** The store that FILE_BACKEND names. */
export function createFileStore(db: FileRows, place: FilePlace): FileStore {
  switch (place.fileBackend) {
    case 'filesystem':
      return inFolder(resolve(place.uploadPath || 'data/uploads'))
    case 'database':
      return inDatabase(db)
    case 's3':
      return inBucket(place)
  }
}

function inFolder(folder: string): FileStore {
  const pathOf = (name: string) => join(folder, safe(name))
  return {
    async read(name) {
      const found = await orMissing(readFile(pathOf(name)))
      return found && new Uint8Array(found)
    },
    async write(name, bytes) {
      const path = pathOf(name)
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      // Beside the file itself, so that the rename stays on one file system and is a single step.
      const aside = `${path}.${newId()}.part`
      await writeFile(aside, bytes, { mode: 0o600 })
      await rename(aside, path)
    },
    remove: (name) => rm(pathOf(name), { force: true }),
    async list(name) {
      const entries = (await orMissing(readdir(pathOf(name), { withFileTypes: true }))) ?? []
      return entries.filter((entry) => entry.isFile()).map((entry) => `${name}/${entry.name}`)
    },
    async names() {
      const paths = (await orMissing(filesBelow(folder))) ?? []
      return paths.filter((path) => isFileName(path) && !path.endsWith('.part'))
    },
  }
}

async function orMissing<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

function inDatabase(db: FileRows): FileStore {
  return {
    async read(name) {
      const [found] = await db.read
        .select({ bytes: files.bytes })
        .from(files)
        .where(eq(files.name, safe(name)))
      return found && new Uint8Array(found.bytes)
    },
    async write(name, bytes) {
      const row = { name: safe(name), bytes: Buffer.from(bytes), updatedAt: new Date() }
      await db.write((tx) => tx.insert(files).values(row).onConflictDoUpdate({ target: files.name, set: row }))
    },
    async remove(name) {
      await db.write((tx) => tx.delete(files).where(eq(files.name, safe(name))))
    },
    async list(folder) {
      const prefix = `${safe(folder)}/`
      const inside = sql`substr(${files.name}, 1, ${prefix.length}) = ${prefix} and instr(substr(${files.name}, ${prefix.length + 1}), '/') = 0`
      const rows = await db.read.select({ name: files.name }).from(files).where(inside)
      return rows.map(({ name }) => name)
    },
    names: async () => (await db.read.select({ name: files.name }).from(files)).map(({ name }) => name),
  }
}
