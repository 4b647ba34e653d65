// Never two runs at once, in this process or another: the lease of the hourly job holds for every way to start one.
import { setTimeout as delay } from 'node:timers/promises'
import { withLease } from '#core/jobs/lease.ts'
import type { Directory, DirectoryRun } from '#core/ports.ts'
import { ldapErrors } from './errors.ts'
import { type SyncReport, summary } from './report.ts'
import { latestRuns } from './runs.ts'
import { jobNameOf, sourceOf } from './source.ts'
import type { LdapHost, SyncOptions } from './sync.ts'
import type { Work } from './thread.ts'

const patienceMilliseconds = 120_000
const retryMilliseconds = 250

/**
 * Runs as soon as no other run is going on.
 *
 * @throws AppError ldap_sync_running when another run does not end in time
 */
export async function syncInTurn(host: LdapHost, work: Pick<Work, 'sync'>, options: SyncOptions): Promise<SyncReport> {
  const deadline = performance.now() + patienceMilliseconds
  for (;;) {
    const outcome = await withLease(host, `job:${jobNameOf(host)}`, options.signal, (signal) => work.sync({ ...options, signal }))
    if (outcome.kind === 'held') return outcome.result
    if (performance.now() > deadline) throw ldapErrors.refuse('ldap_sync_running')
    await delay(retryMilliseconds, undefined, { signal: options.signal })
  }
}

/** The run of the job, which holds the lease already. @throws Error with the reasons, so that the log says the job failed */
export async function syncAsJob(
  host: LdapHost,
  work: Pick<Work, 'sync'>,
  signal: AbortSignal,
): Promise<Readonly<Record<string, unknown>>> {
  const report = await work.sync({ signal })
  if (report.outcome !== 'applied') throw new Error(summary(report))
  for (const warning of report.warnings) host.log.warn(warning)
  const problems = [...report.skipped, ...report.conflicts]
  for (const { dn, why } of problems.slice(0, mostLogged)) host.log.warn('An entry was left out', { dn, why })
  if (problems.length > mostLogged)
    host.log.warn(`${problems.length - mostLogged} more entries were left out; the report lists them`)
  return { users: report.read.users, groups: report.read.groups, ...changed(report) }
}

const mostLogged = 20
const changed = ({ counts }: SyncReport) => Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0))

/** What other plugins see of the directory: its last run, and one on demand. People who ask at once share a run. */
export function createDirectoryPort(host: LdapHost, work: Work, stopping: AbortSignal): Directory {
  let going: Promise<DirectoryRun> | undefined
  return {
    source: sourceOf(host),
    async lastRun() {
      const [last] = await latestRuns(host.db, sourceOf(host), 1)
      return last && { ...portRun(last.report), at: last.finishedAt }
    },
    syncNow(signal) {
      const either = signal ? AbortSignal.any([signal, stopping]) : stopping
      going ??= syncInTurn(host, work, { signal: either })
        .then(portRun)
        .finally(() => {
          going = undefined
        })
      return going
    },
  }
}

function portRun(report: SyncReport): DirectoryRun {
  const { outcome, durationMilliseconds, skipped, conflicts } = report
  return {
    at: new Date(report.at),
    durationMilliseconds,
    outcome: outcome === 'planned' ? 'applied' : outcome,
    summary: summary(report),
    problems: [...skipped, ...conflicts].map(({ dn, why }) => ({ dn, why })),
  }
}
