// The instance's own pictures over REST, as Pocket ID has them: seen by everybody, put up by administrators.
import { type Context, Hono } from 'hono'
import { sha256 } from '#core/crypto.ts'
import { describe } from '#core/http/contract.ts'
import { uploadedFile } from '#core/http/upload.ts'
import { actorOf, type HostEnv } from '#core/identity/actor.ts'
import { type ImageName, type InstanceImages, imageNames, type StoredPicture } from '#core/images-port.ts'
import type { Host } from '#core/kernel/plugin.ts'
import { pictureAnswer } from '#core/pictures/picture-answer.ts'
import { mark } from './mark.ts'

const tag = 'Application images'
const path = (name: string) => `/api/application-images/${name}`
/** A quarter of an hour fresh, a day good enough while a new one is fetched. A page asks by the digest and sees a new one at once. */
const cacheControl = 'public, max-age=900, stale-while-revalidate=86400'
const uploadRefusals = ['validation_failed', 'invalid_image', 'file_type_not_supported', 'file_too_large']

const markBytes = new TextEncoder().encode(mark)
const ownMark: StoredPicture = { type: 'image/svg+xml', digest: sha256(markBytes), read: async () => markBytes }
/** Pictures that there always are: where none was put up, this server's own mark. */
const alwaysThere: readonly ImageName[] = ['logo', 'logo-dark', 'favicon']

export function routes({ identity: { requireAdmin } }: Pick<Host, 'identity'>, images: InstanceImages): Hono<HostEnv> {
  const app = new Hono<HostEnv>()
  // The dark logo has no address of its own: `?light=false` names it.
  for (const name of imageNames.filter((one) => one !== 'logo-dark')) {
    const which = (c: Context): ImageName => (name === 'logo' && isDark(c) ? 'logo-dark' : name)
    const id = name.replace(/(^|-)(\w)/g, (_all, _dash, letter: string) => letter.toUpperCase())
    const more = name === 'logo' ? ' (light=false: the one for dark pages)' : ''
    app
      .get(
        path(name),
        describe({
          id: `get${id}Image`,
          tag,
          summary: `The picture: ${name}${more}. The content type says of which kind it is`,
          answers: { 200: 'image/png', 304: null },
          refusals: ['image_not_found'],
        }),
        async (c) => pictureAnswer(c, await shown(images, which(c), c.req.query('default') !== 'false'), cacheControl),
      )
      .put(
        path(name),
        describe({
          id: `set${id}Image`,
          tag,
          summary: `Put up ${name}${more}`,
          upload: true,
          answers: { 204: null },
          refusals: uploadRefusals,
        }),
        requireAdmin,
        async (c) => {
          await images.put(which(c), await uploadedFile(c), actorOf(c).user.id)
          return c.body(null, 204)
        },
      )
      .delete(
        path(name),
        describe({
          id: `remove${id}Image`,
          tag,
          summary: `Take down ${name}${more}`,
          answers: { 204: null },
          refusals: ['image_not_found'],
        }),
        requireAdmin,
        async (c) => {
          await images.remove(which(c), actorOf(c).user.id)
          return c.body(null, 204)
        },
      )
  }
  return app
}

/** A logo for one kind of page serves on the other where it is the only one. */
async function shown(images: InstanceImages, name: ImageName, orDefault: boolean): Promise<StoredPicture | undefined> {
  const found = await images.find(name)
  if (found || !orDefault) return found
  const other = name === 'logo' ? 'logo-dark' : name === 'logo-dark' ? 'logo' : undefined
  return (other && (await images.find(other))) ?? (alwaysThere.includes(name) ? ownMark : undefined)
}

/** `?light=false` means dark pages, as Pocket ID has it. */
const isDark = (c: Context): boolean => ['false', '0', 'f'].includes(c.req.query('light')?.toLowerCase() ?? '')
