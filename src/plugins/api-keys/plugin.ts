// Hands the kernel what API keys contribute: a way to prove who one is, routes, and a port for the pages.
import { apiKeys } from '#core/account-ports.ts'
import { start } from '#core/kernel/plugin.ts'
import { createKeyRing } from './keys.ts'
import { routes } from './routes.ts'
import { settings } from './settings.ts'

export default start(settings, (host) => {
  const keys = createKeyRing(host)
  host.offer(apiKeys, keys)
  return {
    routes: routes(host, keys),
    authenticators: [
      async (request) => {
        const key = request.headers.get('x-api-key')
        return key ? keys.recognise(key) : undefined
      },
    ],
  }
})
