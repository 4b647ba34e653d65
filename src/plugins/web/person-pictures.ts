// Where the pictures of people are; somebody without one is shown by letters, which cost no request.
import { desc, eq, inArray } from 'drizzle-orm'
import type { Context } from 'hono'
import { profilePictures } from '#core/db/tables.ts'
import { uploadedFile } from '#core/http/upload.ts'
import { actorOf, type HostEnv } from '#core/identity/actor.ts'
import type { Host } from '#core/kernel/plugin.ts'
import { pictureRefusal } from '#core/pictures/errors.ts'
import { faultsOf } from './forms.ts'
import { imageAddress } from './view.ts'

/** What is shown of somebody, and whose it is. */
export interface ShownPicture {
  readonly href: string
  /** Put up here; it is shown before the directory's. */
  readonly own: boolean
  readonly fromSource: boolean
}

const addressOf = (userId: string, digest: string) => `/api/users/${userId}/profile-picture.png?v=${digest}`

export async function pictureOf(host: Pick<Host, 'db' | 'seek'>, userId: string): Promise<ShownPicture | undefined> {
  const { origin, digest } = profilePictures
  const rows = await host.db.read.select({ origin, digest }).from(profilePictures).where(eq(profilePictures.userId, userId))
  const own = rows.find((row) => row.origin === 'own')
  const source = rows.find((row) => row.origin === 'source')
  const shown = own ?? source
  const href = shown ? addressOf(userId, shown.digest) : imageAddress(host, 'default-profile-picture')
  return href === undefined ? undefined : { href, own: own !== undefined, fromSource: source !== undefined }
}

/** Addresses by user id. They change with the picture, so that a new one is seen at once. */
export async function picturesOf(
  host: Pick<Host, 'db' | 'seek'>,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await host.db.read
    .select({ userId: profilePictures.userId, digest: profilePictures.digest })
    .from(profilePictures)
    .where(inArray(profilePictures.userId, [...userIds]))
    // The last one counts: an own picture comes before the directory's.
    .orderBy(desc(profilePictures.origin))
  const common = imageAddress(host, 'default-profile-picture')
  return new Map([
    ...(common ? userIds.map((userId) => [userId, common] as const) : []),
    ...rows.map(({ userId, digest }) => [userId, addressOf(userId, digest)] as const),
  ])
}

/** Puts up a picture that a form sent. Returns what is wrong with it, in a sentence. */
export async function putPicture(host: Host, c: Context<HostEnv>, userId: string): Promise<string | undefined> {
  try {
    const drawn = await host.pictures.square(await uploadedFile(c))
    if (drawn.kind !== 'drawn') throw pictureRefusal(drawn)
    await host.profilePictures.put(userId, 'own', drawn)
    host.events.publish('user.updated', { userId, actorId: actorOf(c).user.id })
    return undefined
  } catch (error) {
    return Object.values(faultsOf(error, ''))[0]
  }
}

/** Takes the own picture down; one of a directory shows again. */
export async function removePicture(host: Host, c: Context<HostEnv>, userId: string): Promise<void> {
  await host.profilePictures.remove(userId, 'own')
  host.events.publish('user.updated', { userId, actorId: actorOf(c).user.id })
}
