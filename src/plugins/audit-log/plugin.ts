// Hands the kernel what the audit log contributes: ears for facts, routes, a port for the pages, and its own forgetting.
import { auditLog } from '#core/account-ports.ts'
import { inSeconds } from '#core/clock.ts'
import type { Listeners } from '#core/events.ts'
import { start } from '#core/kernel/plugin.ts'
import { type Noted, notes } from './entries.ts'
import { createAuditTrail } from './log.ts'
import { routes } from './routes.ts'
import { settings } from './settings.ts'

const daySeconds = 86_400

export default start(settings, (host) => {
  const trail = createAuditTrail(host)
  host.offer(auditLog, trail)
  const entries = Object.entries(notes) as [string, (fact: unknown) => Noted][]
  const on: Listeners = Object.fromEntries(entries.map(([name, note]) => [name, (fact: unknown) => trail.note(note(fact))]))
  return {
    routes: routes(host, trail),
    on,
    jobs: [
      {
        name: 'ClearOldAuditLogs',
        schedule: '47 3 * * *',
        async run() {
          await trail.sweep(inSeconds(host.clock, -host.settings.auditLogRetentionDays * daySeconds))
          return undefined
        },
      },
    ],
  }
})
