// The instance's own pictures as forms of the configuration page post them.
import { type Context, Hono } from 'hono'
import { commonErrors } from '#core/errors.ts'
import { uploadedFile } from '#core/http/upload.ts'
import { actorOf, type HostEnv } from '#core/identity/actor.ts'
import { type ImageName, type InstanceImages, imageNames, instanceImages } from '#core/images-port.ts'
import { goTo } from '../answer.ts'
import { type Faults, faultsOf } from '../forms.ts'
import { adminsOnly } from '../guards.ts'
import { configurationPath } from '../pages/configuration.tsx'
import type { WebHost } from '../view.ts'

export const imagesPath = `${configurationPath}/images`

/** @param show the page with what is wrong, by the picture's name */
export function imageRoutes(web: WebHost, show: (c: Context<HostEnv>, faults: Faults) => Promise<Response>): Hono<HostEnv> {
  const admins = adminsOnly(web)
  const named = (c: Context<HostEnv>): { readonly name: ImageName; readonly images: InstanceImages } => {
    const name = imageNames.find((one) => one === c.req.param('name'))
    const images = web.host.seek(instanceImages)
    if (!name || !images) throw commonErrors.refuse('not_found')
    return { name, images }
  }
  return new Hono<HostEnv>()
    .post(`${imagesPath}/:name`, admins, async (c) => {
      const { name, images } = named(c)
      try {
        await images.put(name, await uploadedFile(c), actorOf(c).user.id)
        return goTo(c, configurationPath, 'saved')
      } catch (error) {
        return show(c, { [name]: Object.values(faultsOf(error, ''))[0] ?? '' })
      }
    })
    .post(`${imagesPath}/:name/delete`, admins, async (c) => {
      const { name, images } = named(c)
      await images.remove(name, actorOf(c).user.id)
      return goTo(c, configurationPath, 'removed')
    })
}
