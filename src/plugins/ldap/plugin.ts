// Hands the kernel what a switched-on directory contributes.

import { directory, directoryInsight, directoryOrigins } from '#core/directory-ports.ts'
import { start } from '#core/kernel/plugin.ts'
import { startWatch } from './changes/watch.ts'
import { groupOwnership, userOwnership } from './edit-guard.ts'
import { routes } from './routes/routes.ts'
import { routesOfAll } from './routes/siblings.ts'
import { cleanHistory, createDirectoryPort, syncAsJob } from './run.ts'
import { settings } from './settings.ts'
import { jobNameOf } from './source.ts'
import { createInsight } from './tell/insight.ts'
import { createOrigins } from './tell/origins.ts'
import { directoryGauges, directoryState, healthOf, hourly } from './tell/state.ts'
import { createThread } from './thread.ts'

export default start(settings, (host) => {
  const stopping = new AbortController()
  const draining = new AbortController()
  const thread = createThread(host)
  const watch = startWatch(host, thread)
  const port = createDirectoryPort(host, thread, stopping.signal)
  host.offer(directory, port)
  host.offer(directoryOrigins, createOrigins(host))
  host.offer(directoryInsight, createInsight(host, thread, watch, stopping.signal))
  return {
    routes: routesOfAll(
      host,
      routes(host, thread, { stopping: stopping.signal, closing: AbortSignal.any([stopping.signal, draining.signal]) }),
    ),
    owns: [userOwnership(host), groupOwnership(host)],
    jobs: [
      { name: jobNameOf(host), schedule: hourly, atStart: true, run: (signal) => syncAsJob(host, thread, signal) },
      { name: `${jobNameOf(host)}History`, schedule: '23 3 * * *', run: (signal) => cleanHistory(host, signal) },
    ],
    health: async () => healthOf(await directoryState(host)),
    gauges: directoryGauges(() => directoryState(host)),
    drain: () => draining.abort(),
    async stop() {
      stopping.abort(new Error('The server is stopping.'))
      await watch.stop()
      await thread.stop()
    },
  }
})
