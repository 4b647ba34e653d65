// Hands the kernel what the OpenID provider contributes.
import { start } from '#core/kernel/plugin.ts'
import { createProvider } from './provider.ts'
import { routes } from './routes.ts'
import { settings } from './settings.ts'

export default start(settings, (host) => {
  const provider = createProvider(host)
  return {
    routes: routes(provider),
    jobs: [
      {
        name: 'ClearExpiredOidcData',
        schedule: '47 3 * * *',
        async run() {
          await provider.keys.sweep()
          return undefined
        },
      },
    ],
  }
})
