// Hands the kernel what the instance's own pictures contribute: routes, and two ports for whoever shows them.
import { instanceImages } from '#core/images-port.ts'
import { start } from '#core/kernel/plugin.ts'
import { defaultPicture } from '#core/ports.ts'
import { createImages } from './images.ts'
import { routes } from './routes.ts'
import { settings } from './settings.ts'

export default start(settings, async (host) => {
  const images = await createImages(host)
  host.offer(instanceImages, images)
  host.offer(defaultPicture, { find: () => images.find('default-profile-picture') })
  return { routes: routes(host, images) }
})
