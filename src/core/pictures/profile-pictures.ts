// Whose picture is which: somebody's own upload comes before what the source of the account brought.
import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import { sha256 } from '../crypto.ts'
import type { Database } from '../db/client.ts'
import { profilePictures } from '../db/tables.ts'
import type { FileStore } from '../files/store.ts'

/** Who put a picture there. The own one stays until it is removed, whatever the source brings. */
export type PictureOrigin = 'own' | 'source'

export interface ProfilePicture {
  readonly origin: PictureOrigin
  readonly type: string
  /** Of the bytes as they are served: an ETag. */
  readonly digest: string
  read(): Promise<Uint8Array | undefined>
}

export interface ProfilePictures {
  /** The picture to show, or undefined for somebody without one. */
  find(userId: string): Promise<ProfilePicture | undefined>
  /** Puts a picture there that was drawn anew (`Pictures.square`). */
  put(userId: string, origin: PictureOrigin, picture: { readonly bytes: Uint8Array; readonly type: string }): Promise<void>
  remove(userId: string, origin: PictureOrigin): Promise<void>
  /** Removes files that belong to nobody any more, and did not at the last call either: one that was just written gets its row in a moment. */
  clear(): Promise<number>
}

const folder = 'profile-pictures'
const endings: Readonly<Record<string, string>> = { 'image/jpeg': 'jpg', 'image/png': 'png' }

/** Files are named after their content and written before the row that points to them: a kill leaves a stray file, never a lost picture. */
export function createProfilePictures(db: Database, files: FileStore, clock: Clock): ProfilePictures {
  const { userId: ofUser, origin: by } = profilePictures
  const one = (userId: string, origin: PictureOrigin) => and(eq(ofUser, userId), eq(by, origin))
  let lastStrays: ReadonlySet<string> = new Set()
  const removeUnused = async (names: readonly string[]) => {
    const used = await db.read
      .select({ file: profilePictures.file })
      .from(profilePictures)
      .where(inArray(profilePictures.file, [...names]))
    for (const name of names) if (!used.some(({ file }) => file === name)) await files.remove(name)
  }
  return {
    async find(userId) {
      const [row] = await db.read.select().from(profilePictures).where(eq(ofUser, userId)).orderBy(asc(by)).limit(1)
      return row && { origin: row.origin, type: row.type, digest: row.digest, read: () => files.read(row.file) }
    },
    async put(userId, origin, { bytes, type }) {
      const digest = sha256(bytes).slice(0, 22)
      const file = `${folder}/${userId}.${origin}.${digest}.${endings[type] ?? 'bin'}`
      await files.write(file, bytes)
      const row = { userId, origin, file, type, digest, updatedAt: clock.now() }
      const before = await db.write(async (tx) => {
        const held = await tx.select({ file: profilePictures.file }).from(profilePictures).where(one(userId, origin))
        await tx
          .insert(profilePictures)
          .values(row)
          .onConflictDoUpdate({ target: [ofUser, by], set: row })
        return held
      })
      await removeUnused(before.map((held) => held.file).filter((held) => held !== file))
    },
    async remove(userId, origin) {
      const gone = await db.write((tx) =>
        tx.delete(profilePictures).where(one(userId, origin)).returning({ file: profilePictures.file }),
      )
      await removeUnused(gone.map(({ file }) => file))
    },
    async clear() {
      const stored = await files.list(folder)
      // Rows that were removed and may come back are kept aside with their values; their files are not stray.
      const rows = await db.read.all<{ file: string }>(sql`
        select file from profile_pictures
        union all select image ->> 'file' as file from kept_rows where table_name = 'profile_pictures'`)
      const used = new Set(rows.map(({ file }) => file))
      const strays = stored.filter((name) => !used.has(name))
      const old = strays.filter((name) => lastStrays.has(name))
      lastStrays = new Set(strays)
      for (const name of old) await files.remove(name)
      return old.length
    },
  }
}
