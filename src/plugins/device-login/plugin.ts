// Hands the kernel what signing in by means of another device contributes: routes, and a port for the pages.
import { deviceLogins } from '#core/device-login-port.ts'
import { start } from '#core/kernel/plugin.ts'
import { createBells } from './bells.ts'
import { createDeviceLogins } from './logins.ts'
import { routes } from './routes.ts'
import { settings } from './settings.ts'

export default start(settings, (host) => {
  const bells = createBells()
  const logins = createDeviceLogins(host, bells)
  host.offer(deviceLogins, logins)
  // Whoever waits when the server stops is told what is known, and asks the next one.
  return { routes: routes(host, logins), drain: bells.ringAll, stop: async () => bells.ringAll() }
})
