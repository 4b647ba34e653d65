// How the directory fares, in few numbers: for health, for metrics, for a script. Asked of the database, so that every process says the same.
import { sql } from 'drizzle-orm'
import type { DirectoryState } from '#core/directory-ports.ts'
import { nextTurnOf } from '#core/jobs/schedule.ts'
import type { Gauge, Health } from '#core/kernel/plugin.ts'
import { sourceOf } from '../source.ts'
import type { LdapHost } from '../sync.ts'
import type { SyncReport } from './report.ts'
import { summary } from './report-text.ts'

/** Whole runs, at the full hour. */
export const hourly = '0 * * * *'

export async function directoryState({
  db,
  clock,
  instance,
}: Pick<LdapHost, 'db' | 'clock' | 'instance'>): Promise<DirectoryState> {
  const source = sourceOf({ instance })
  const [last] = await db.read.all<{ at: number; outcome: SyncReport['outcome']; report: string }>(sql`
    select finished_at as at, outcome, report from ldap_runs
    where source = ${source} and outcome <> 'writing' order by id desc limit 1`)
  const [found] = await db.read.all<{ good: number | null; users: number; groups: number; plans: number }>(sql`
    select (select finished_at from ldap_runs where source = ${source} and kind = 'sync' and outcome = 'applied' order by id desc limit 1) as good,
      (select count(*) from users where source = ${source}) as users,
      (select count(*) from groups where source = ${source}) as groups,
      (select count(*) from ldap_plans where source = ${source} and expires_at > ${clock.now().getTime()}) as plans`)
  const report = last && (JSON.parse(last.report) as SyncReport)
  return {
    source,
    lastRunAt: last ? new Date(last.at) : null,
    lastOutcome: last?.outcome ?? null,
    lastSummary: report ? summary(report) : null,
    lastDurationMilliseconds: report?.durationMilliseconds ?? null,
    lastGoodAt: found?.good ? new Date(found.good) : null,
    nextRunAt: nextTurnOf(hourly, clock.now()),
    users: found?.users ?? 0,
    groups: found?.groups ?? 0,
    plansWaiting: found?.plans ?? 0,
  }
}

/** Bad only when the last run failed or was refused; before the first one there is nothing to say. */
export function healthOf({ lastRunAt, lastOutcome, lastSummary, lastGoodAt, nextRunAt }: DirectoryState): Health {
  const next = `Next run: ${nextRunAt.toISOString()}.`
  if (!lastRunAt) return { ok: true, detail: `No run yet. ${next}` }
  const ok = lastOutcome === 'applied' || lastOutcome === 'planned'
  const good = ok ? '' : ` Last good run: ${lastGoodAt?.toISOString() ?? 'none'}.`
  return { ok, detail: `${lastRunAt.toISOString()} ${lastSummary}${good} ${next}` }
}

type Number = (state: DirectoryState) => number | Date | null
const numbers: readonly (readonly [name: string, help: string, of: Number])[] = [
  ['directory_last_run_timestamp_seconds', 'When the last run ended.', ({ lastRunAt }) => lastRunAt],
  [
    'directory_last_success_timestamp_seconds',
    'When accounts were last in line with the directory.',
    ({ lastGoodAt }) => lastGoodAt,
  ],
  ['directory_next_run_timestamp_seconds', 'When everything is read again.', ({ nextRunAt }) => nextRunAt],
  [
    'directory_last_run_ok',
    'Whether the last run went well: 0 when it failed or was held.',
    ({ lastOutcome }) => (lastOutcome === null ? null : Number(lastOutcome === 'applied' || lastOutcome === 'planned')),
  ],
  [
    'directory_last_run_duration_seconds',
    'How long the last run took.',
    ({ lastDurationMilliseconds }) => (lastDurationMilliseconds === null ? null : lastDurationMilliseconds / 1000),
  ],
  ['directory_users', 'Accounts that come from the directory.', ({ users }) => users],
  ['directory_groups', 'Groups that come from the directory.', ({ groups }) => groups],
  ['directory_plans_waiting', 'Plans that wait for an administrator.', ({ plansWaiting }) => plansWaiting],
]

/** What monitoring reads; a number that nobody knows yet is left out. Several directories share the names. */
export function directoryGauges(state: () => Promise<DirectoryState>): readonly Gauge[] {
  let held: Promise<DirectoryState> | undefined
  return numbers.map(([name, help, of], at) => ({
    name,
    help,
    async read() {
      // They are read one after the other: the first asks for all.
      if (at === 0 || !held) held = state()
      const now = await held
      const value = of(now)
      if (value === null) return []
      return [{ labels: { source: now.source }, value: value instanceof Date ? value.getTime() / 1000 : value }]
    },
  }))
}
