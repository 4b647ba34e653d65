// Hands the kernel what telling apps contributes: routes, a port for the pages, ears for changes, and a look every hour.
import type { Listeners } from '#core/events.ts'
import { start } from '#core/kernel/plugin.ts'
import { scim } from '#core/scim-port.ts'
import { createProviders } from './providers.ts'
import { routes } from './routes.ts'
import { settings } from './settings.ts'

/** Changes come in swarms: a moment after the last one apps hear of all. */
const calmMilliseconds = 2_000

export default start(settings, (host) => {
  const stopping = new AbortController()
  let calm: NodeJS.Timeout | undefined
  let telling: Promise<unknown> = Promise.resolve()

  const providers = createProviders(host, () => {
    clearTimeout(calm)
    if (!stopping.signal.aborted) calm = setTimeout(tell, calmMilliseconds).unref()
  })
  host.offer(scim, providers)
  function tell(): void {
    telling = telling
      .then(() => providers.tellAll(true, stopping.signal))
      .catch((error: unknown) => {
        if (!stopping.signal.aborted) host.log.error('Apps could not be told of people', { error })
      })
  }
  const facts = ['user.created', 'user.updated', 'user.removed', 'group.created', 'group.updated', 'group.removed'] as const
  const directories = ['directory.synced', 'directory.undone', 'app.changed'] as const
  const on: Listeners = Object.fromEntries([...facts, ...directories].map((name) => [name, () => providers.want()]))
  return {
    routes: routes(host, providers),
    on,
    // What another process changed, and what an app that did not answer has missed.
    jobs: [{ name: 'SyncScim', schedule: '17 * * * *', run: (signal) => providers.tellAll(false, signal) }],
    async stop() {
      stopping.abort(new Error('The server is stopping.'))
      clearTimeout(calm)
      await telling
    },
  }
})
