// Pictures of people: anybody may see them, everybody may change the own one, administrators all of them.
import { type Context, Hono } from 'hono'
import { describe } from '#core/http/contract.ts'
import { uploadedFile } from '#core/http/upload.ts'
import { actorOf, type HostEnv, type UserRow } from '#core/identity/actor.ts'
import type { StoredPicture } from '#core/images-port.ts'
import { pictureRefusal } from '#core/pictures/errors.ts'
import { pictureAnswer } from '#core/pictures/picture-answer.ts'
import { defaultPicture } from '#core/ports.ts'
import type { AccountsHost } from './wire.ts'

const tag = 'Profile pictures'
const uploadRefusals = ['validation_failed', 'invalid_image', 'file_type_not_supported', 'file_too_large']
/** Apps show them on every page: a minute without asking, then an answer of a few bytes while nothing has changed. */
const cacheControl = 'public, max-age=60, stale-while-revalidate=900'

/** The routes of profile pictures. A synced account has one too: an own upload comes before the directory's until it is removed. */
export function pictureRoutes(host: AccountsHost) {
  const { users, requireAdmin, requireUser } = host.identity

  const put = async (c: Context<HostEnv>, id: string) => {
    const { id: userId } = await users.get(id)
    const drawn = await host.pictures.square(await uploadedFile(c))
    if (drawn.kind !== 'drawn') throw pictureRefusal(drawn)
    await host.profilePictures.put(userId, 'own', drawn)
    host.events.publish('user.updated', { userId, actorId: actorOf(c).user.id })
    return c.body(null, 204)
  }
  const remove = async (c: Context<HostEnv>, id: string) => {
    const { id: userId } = await users.get(id)
    await host.profilePictures.remove(userId, 'own')
    host.events.publish('user.updated', { userId, actorId: actorOf(c).user.id })
    return c.body(null, 204)
  }

  return new Hono<HostEnv>()
    .get(
      '/api/users/:id/profile-picture.png',
      describe({
        id: 'getProfilePicture',
        tag,
        summary:
          'The picture of a user: the own one, that of the directory, or initials. The content type says whether it is PNG or JPEG',
        answers: { 200: 'image/png', 304: null },
        refusals: ['user_not_found'],
      }),
      async (c) => {
        return pictureAnswer(c, await pictureOf(host, await users.get(c.req.param('id'))), cacheControl)
      },
    )
    .put(
      '/api/users/me/profile-picture',
      describe({
        id: 'setOwnPicture',
        tag,
        summary: 'Put up an own picture',
        upload: true,
        answers: { 204: null },
        refusals: uploadRefusals,
      }),
      requireUser,
      (c) => put(c, actorOf(c).user.id),
    )
    .delete(
      '/api/users/me/profile-picture',
      describe({ id: 'removeOwnPicture', tag, summary: 'Take the own picture down', answers: { 204: null } }),
      requireUser,
      (c) => remove(c, actorOf(c).user.id),
    )
    .put(
      '/api/users/:id/profile-picture',
      describe({
        id: 'setPictureOfUser',
        tag,
        summary: 'Put up a picture of a user',
        upload: true,
        answers: { 204: null },
        refusals: ['user_not_found', ...uploadRefusals],
      }),
      requireAdmin,
      (c) => put(c, c.req.param('id')),
    )
    .delete(
      '/api/users/:id/profile-picture',
      describe({
        id: 'removePictureOfUser',
        tag,
        summary: 'Take the uploaded picture of a user down',
        answers: { 204: null },
        refusals: ['user_not_found'],
      }),
      requireAdmin,
      (c) => remove(c, c.req.param('id')),
    )
}

/** The own picture, the source's, the instance's default, or initials. */
async function pictureOf(host: AccountsHost, user: UserRow): Promise<StoredPicture> {
  const stored = await host.profilePictures.find(user.id)
  if (stored) return stored
  const common = await host.seek(defaultPicture)?.find()
  if (common) return common
  const { drawInitials } = await import('./initials.ts')
  const drawn = drawInitials(user.displayName || user.username, user.id)
  return { ...drawn, read: async () => drawn.bytes }
}
