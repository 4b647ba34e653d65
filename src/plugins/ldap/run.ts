// Never two runs at once, in this process or another: the lease of the hourly job holds for every way to start one.
import { setTimeout as delay } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { inSeconds } from '#core/clock.ts'
import { forgetChanges } from '#core/db/forget.ts'
import type { Directory, DirectoryRun, Initiator } from '#core/directory-ports.ts'
import { withLease } from '#core/jobs/lease.ts'
import { ldapErrors } from './errors.ts'
import { isKept } from './plan/plans.ts'
import { jobNameOf, sourceOf } from './source.ts'
import type { LdapHost, SyncHost, SyncOptions } from './sync.ts'
import type { SyncReport } from './tell/report.ts'
import { summary } from './tell/report-text.ts'
import { latestRuns } from './tell/runs.ts'
import type { Work } from './thread.ts'
import type { UndoOptions } from './write/undo.ts'

const patienceMilliseconds = 120_000
const retryMilliseconds = 250

/**
 * Does something as soon as no run is going on.
 *
 * @throws AppError ldap_sync_running when another run does not end in time
 */
export async function inTurn<T>(host: SyncHost, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const deadline = performance.now() + patienceMilliseconds
  for (;;) {
    const outcome = await withLease(host, `job:${jobNameOf(host)}`, signal, work)
    if (outcome.kind === 'held') return outcome.result
    if (performance.now() > deadline) throw ldapErrors.refuse('ldap_sync_running')
    await delay(retryMilliseconds, undefined, { signal })
  }
}

type Syncs = Pick<Work, 'sync'>

export const syncInTurn = (host: SyncHost, work: Syncs, options: SyncOptions): Promise<SyncReport> =>
  inTurn(host, options.signal, (signal) => work.sync({ ...options, signal }))

/** Applies a plan that waits. @throws AppError ldap_plan_not_found unless it is kept */
export async function applyPlan(
  host: SyncHost,
  work: Syncs,
  hash: string,
  by: Initiator,
  signal: AbortSignal,
): Promise<SyncReport> {
  if (!(await isKept(host.db, host.clock, sourceOf(host), hash))) throw ldapErrors.refuse('ldap_plan_not_found')
  return syncInTurn(host, work, { signal, by, plan: hash })
}

export const undoInTurn = (host: SyncHost, work: Pick<Work, 'undo'>, options: UndoOptions): Promise<SyncReport> =>
  inTurn(host, options.signal, (signal) => work.undo({ ...options, signal }))

/** The run of the job, which holds the lease already. @throws Error with the reasons, so that the log says the job failed */
export async function syncAsJob(host: LdapHost, work: Syncs, signal: AbortSignal): Promise<Readonly<Record<string, unknown>>> {
  const report = await work.sync({ signal })
  if (report.outcome === 'refused' || report.outcome === 'failed') throw new Error(summary(report))
  for (const warning of report.warnings) host.log.warn(warning)
  const problems = [...report.skipped, ...report.conflicts]
  for (const { dn, why } of problems.slice(0, mostLogged)) host.log.warn('An entry was left out', { dn, why })
  if (problems.length > mostLogged)
    host.log.warn(`${problems.length - mostLogged} more entries were left out; the report lists them`)
  const read = { users: report.read.users, groups: report.read.groups }
  return report.outcome === 'planned' ? { ...read, staged: true, plan: report.plan } : { ...read, ...changed(report) }
}

/** Forgets what is too old to be undone; what was kept aside of removed people is gone then. */
export async function cleanHistory(host: SyncHost, signal: AbortSignal): Promise<Readonly<Record<string, unknown>>> {
  const days = host.settings.ldapKeepRemovedDays
  const ours = sql`changeset glob ${`${sourceOf(host)}:*`}`
  const forgotten = await forgetChanges(host.db, ours, inSeconds(host.clock, -days * 24 * 3600), signal)
  return { forgotten }
}

const mostLogged = 20
const changed = ({ counts }: SyncReport) => Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0))

/** Somebody who asks by the page or the API. */
export const byRequest = (user?: { readonly id: string; readonly username: string }): Initiator => ({
  how: 'request',
  userId: user?.id ?? null,
  name: user?.username ?? null,
})

/** What other plugins see of the directory: its last run, and one on demand. People who ask at once share a run. */
export function createDirectoryPort(host: LdapHost, work: Work, stopping: AbortSignal): Directory {
  let going: Promise<DirectoryRun> | undefined
  return {
    source: sourceOf(host),
    async lastRun() {
      const [last] = await latestRuns(host.db, sourceOf(host), 1)
      return last && { ...portRun(last.report), at: last.finishedAt }
    },
    syncNow(signal, by) {
      const either = signal ? AbortSignal.any([signal, stopping]) : stopping
      going ??= syncInTurn(host, work, { signal: either, by: byRequest(by) })
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
