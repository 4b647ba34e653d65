// Writes a plan as one changeset: the run is known before its first change, and everything it changes is kept so that it can be undone.
import type { Database } from '#core/db/client.ts'
import { uniqueViolation } from '#core/db/violations.ts'
import type { Initiator } from '#core/directory-ports.ts'
import { accountRecorder, recordedWriter } from '#core/identity/recorded-writer.ts'
import { createSourceWriter } from '#core/identity/source-writer.ts'
import type { SyncPlan } from '../plan/plan.ts'
import { dropPlans } from '../plan/plans.ts'
import type { SyncHost } from '../sync.ts'
import type { SyncReport } from '../tell/report.ts'
import { changesetOf, closeRun, hasChanges, openRun } from '../tell/runs.ts'
import { apply } from './apply.ts'

export interface Order {
  readonly source: string
  readonly plan: SyncPlan
  /** How many rows the plan changes. */
  readonly changes: number
  readonly by: Initiator
  readonly signal: AbortSignal
  /** Other changes go on waiting. */
  readonly others?: 'wait' | undefined
  done(run: number): SyncReport
  failed(run: number, reason: string): SyncReport
}

/** Expected failures are reports. @throws what nobody expected, after the run is closed */
export async function carryOut({ db, clock, settings, tell }: SyncHost, order: Order): Promise<SyncReport> {
  const { source, plan, changes, by, signal } = order
  const killed = (run: number) => order.failed(run, `Run ${run} was stopped while it was writing. ${afterwards(run)}`)
  const run = await openRun(db, source, { kind: 'sync', by, changes, undoes: null, report: killed })
  const writer = createSourceWriter(source, clock)
  const recorded = recordedWriter(source, writer, accountRecorder(changesetOf(source, run), clock))
  try {
    await apply(db, settings.ldapKeepRemovedDays > 0 ? recorded : writer, plan, signal, {
      wrote: (done, total) => tell?.({ stage: 'write', done, total }),
    })
  } catch (error) {
    const failed = await failure(db, order, run, error)
    await closeRun(db, source, failed)
    if (expected(error) === undefined) throw error
    return failed
  }
  const report = order.done(run)
  await closeRun(db, source, report)
  if (order.others !== 'wait') await dropPlans(db, source)
  return report
}

const afterwards = (run: number): string =>
  `What it had written is consistent: the next run goes on from there, or \`ldap undo ${run}\` takes it back.`

async function failure(db: Database, { source, failed }: Order, run: number, error: unknown): Promise<SyncReport> {
  const why = expected(error) ?? `Run ${run} failed while it was writing.`
  return failed(run, `${why} ${(await hasChanges(db, source, run)) ? afterwards(run) : 'Nothing was changed.'}`)
}

function expected(error: unknown): string | undefined {
  return uniqueViolation(error) ? 'A name was taken here while the run was writing; the next run settles it.' : undefined
}
