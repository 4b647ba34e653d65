// Notices an ENCRYPTION_KEY that is not the one this database was sealed with, before anything is sealed with it too.
import type { Vault } from '../crypto.ts'
import type { Database } from '../db/client.ts'
import { keyCheck } from '../db/tables.ts'
import { StartError } from '../settings/errors.ts'

const purpose = 'key-check'
const word = 'the key of this instance'

/** Leaves a sealed word on the first start and opens it on every later one. @throws StartError when the key does not open it */
export async function checkEncryptionKey(db: Database, vault: Vault): Promise<void> {
  const held = await sealedWord(db)
  if (held === undefined) {
    // Two processes may start at once with a key each: the first one's word counts for both.
    await db.write((tx) =>
      tx
        .insert(keyCheck)
        .values({ id: 1, sealed: vault.seal(purpose, word) })
        .onConflictDoNothing(),
    )
  }
  if (await opensKeyCheck(db, vault)) return
  throw new StartError([
    'ENCRYPTION_KEY: It is not the key that this database was sealed with. Set the one it had, or unset it where that was the file encryption.key.',
  ])
}

/** Whether the database is sealed with this key. */
export async function opensKeyCheck(db: Database, vault: Vault): Promise<boolean> {
  const sealed = await sealedWord(db)
  return sealed !== undefined && opensWord(vault, sealed)
}

/** Whether a sealed word, of this database or of an export, was sealed with this key. */
export function opensWord(vault: Vault, sealed: string): boolean {
  try {
    return vault.open(purpose, sealed) === word
  } catch {
    return false
  }
}

async function sealedWord(db: Database): Promise<string | undefined> {
  const [row] = await db.read.select().from(keyCheck)
  return row?.sealed
}
