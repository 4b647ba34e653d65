// What is found out when somebody looks: sessions, and how the process fares.
import { gt, sql } from 'drizzle-orm'
import { sessions } from '#core/db/tables.ts'
import type { Gauge, Host } from '#core/kernel/plugin.ts'
import { version } from '#core/version.ts'

export const gauges = ({ db, clock }: Pick<Host, 'db' | 'clock'>): readonly Gauge[] => [
  { name: 'build_info', help: 'The version that runs.', read: () => [{ labels: { version }, value: 1 }] },
  {
    name: 'active_sessions',
    help: 'Sessions that have not ended.',
    async read() {
      const [row] = await db.read
        .select({ count: sql<number>`count(*)` })
        .from(sessions)
        .where(gt(sessions.expiresAt, clock.now()))
      return row?.count ?? 0
    },
  },
  {
    name: 'process_start_time_seconds',
    help: 'When the process began.',
    read: () => Math.round(Date.now() / 1000 - process.uptime()),
  },
  {
    ...{ name: 'process_cpu_seconds_total', help: 'Processor time of the process.', kind: 'counter' },
    read: () => (process.cpuUsage().user + process.cpuUsage().system) / 1e6,
  },
  { name: 'process_resident_memory_bytes', help: 'Memory of the process.', read: () => process.memoryUsage.rss() },
]
