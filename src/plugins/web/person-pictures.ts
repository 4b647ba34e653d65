// Where the pictures of people are; somebody without one is shown by letters, which cost no request.
import { inArray } from 'drizzle-orm'
import type { Context } from 'hono'
import { profilePictures } from '#core/db/tables.ts'
import { uploadedFile } from '#core/http/upload.ts'
import { actorOf, type HostEnv } from '#core/identity/actor.ts'
import type { Host } from '#core/kernel/plugin.ts'
import { pictureRefusal } from '#core/pictures/errors.ts'
import { faultsOf } from './forms.ts'
import { imageAddress } from './view.ts'

/** Addresses by user id. They change with the picture, so that a new one is seen at once. */
export async function picturesOf(
  host: Pick<Host, 'db' | 'seek'>,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await host.db.read
    .select({ userId: profilePictures.userId, digest: profilePictures.digest })
    .from(profilePictures)
    .where(inArray(profilePictures.userId, [...userIds]))
  const common = imageAddress(host, 'default-profile-picture')
  return new Map([
    ...(common ? userIds.map((userId) => [userId, common] as const) : []),
    ...rows.map(({ userId, digest }) => [userId, `/api/users/${userId}/profile-picture.png?v=${digest}`] as const),
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
