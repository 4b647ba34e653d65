// The instance's own pictures: a row says which there are, the file store holds the bytes.
import { eq } from 'drizzle-orm'
import { sha256 } from '#core/crypto.ts'
import type { ImageName, InstanceImages } from '#core/images-port.ts'
import type { Host } from '#core/kernel/plugin.ts'
import { pictureErrors } from '#core/pictures/errors.ts'
import { drawn } from './drawing.ts'
import { applicationImages as rows } from './tables.ts'

type Deps = Pick<Host, 'db' | 'files' | 'pictures' | 'clock' | 'events' | 'log'>

/** What another process put up is seen after this time. */
const lookAgainMilliseconds = 10_000

export async function createImages(host: Deps): Promise<InstanceImages> {
  const { db, files, clock, events, log } = host
  let known: ReadonlyMap<ImageName, { readonly type: string; readonly digest: string }> = new Map()
  let lookedAt = 0

  const look = async () => {
    lookedAt = clock.now().getTime()
    const found = await db.read.select().from(rows)
    known = new Map(found.map(({ name, mediaType, digest }) => [name, { type: mediaType, digest }]))
  }
  await look()

  // The name holds the digest, so that a row never names the bytes of another picture.
  const fileOf = (name: ImageName, digest: string) => `application-images/${name}-${digest}`
  const rowOf = async (name: ImageName) => (await db.read.select().from(rows).where(eq(rows.name, name)))[0]
  const changed = async (name: ImageName, actorId: string | null, old: { readonly digest: string } | undefined) => {
    if (old) await files.remove(fileOf(name, old.digest))
    await look()
    events.publish('settings.changed', { keys: [`image ${name}`], actorId })
  }
  const find = async (name: ImageName) => {
    const row = await rowOf(name)
    return row && { type: row.mediaType, digest: row.digest, read: () => files.read(fileOf(name, row.digest)) }
  }

  return {
    current() {
      const isOld = clock.now().getTime() - lookedAt > lookAgainMilliseconds
      if (isOld) look().catch((error: unknown) => log.error('The list of pictures cannot be read', { error }))
      return known
    },
    async find(name) {
      const found = await find(name)
      if (found || name !== 'email') return found
      const logo = await find('logo')
      return logo?.type === 'image/png' ? logo : undefined
    },
    async put(name, bytes, actorId) {
      const made = await drawn(host, name, bytes)
      const digest = sha256(made.bytes)
      const old = await rowOf(name)
      await files.write(fileOf(name, digest), made.bytes)
      const row = { name, mediaType: made.type, digest, updatedAt: clock.now() }
      await db.write((tx) => tx.insert(rows).values(row).onConflictDoUpdate({ target: rows.name, set: row }))
      await changed(name, actorId, old?.digest === digest ? undefined : old)
    },
    async remove(name, actorId) {
      const [old] = await db.write((tx) => tx.delete(rows).where(eq(rows.name, name)).returning())
      if (!old) throw pictureErrors.refuse('image_not_found')
      await changed(name, actorId, old)
    },
  }
}
