// Takes a run back: what it removed returns with passkeys and memberships, what it changed is as before, what it made goes.

import type { Database } from '#core/db/client.ts'
import type { Initiator } from '#core/directory-ports.ts'
import { type Undone, undoChangeset } from '#core/identity/undo.ts'
import { type UndoObstacle, undoObstacles } from '#core/identity/undo-obstacles.ts'
import { variable } from '../check.ts'
import { ldapErrors } from '../errors.ts'
import { sourceOf } from '../source.ts'
import type { SyncHost } from '../sync.ts'
import { keepRest, wholeList } from '../tell/long-lists.ts'
import { failedReport, nothing, type SyncReport } from '../tell/report.ts'
import { undone } from '../tell/report-changes.ts'
import { changesetOf, closeRun, endKilledRuns, findRun, hasChanges, type KeptRun, openRun } from '../tell/runs.ts'
import { startWatch } from '../tell/stopwatch.ts'

export interface UndoOptions {
  readonly run: number
  readonly by: Initiator
  readonly signal: AbortSignal
}

/**
 * Undoes a run, as a run of its own. Nothing is written when anything stands in the way. The caller holds the lease.
 *
 * @throws AppError ldap_run_not_found, ldap_undo_refused with what stands in the way
 */
export async function undoRun(host: SyncHost, { run, by, signal }: UndoOptions): Promise<SyncReport> {
  const { db, clock, tell } = host
  const source = sourceOf(host)
  await endKilledRuns(db, source)
  const target = await findRun(db, source, run)
  if (!target) throw ldapErrors.refuse('ldap_run_not_found', { message: `There is no run ${run}.` })
  await refuseUnlessPossible(host, source, target)
  const watch = startWatch(clock)
  const stopped = (own: number) =>
    failedReport({
      ...watch.frame('failed'),
      ...{ url: null, run: own },
      reasons: [`Undoing run ${run} was stopped half-way. \`ldap undo ${run}\` goes on with it.`],
    })
  const own = await openRun(db, source, { kind: 'undo', by, changes: 1, undoes: run, report: stopped })
  const heard = (done: number, total: number) => tell?.({ stage: 'undo', done, total })
  const changesets = { changeset: changesetOf(source, run), as: changesetOf(source, own), signal, heard }
  try {
    const counts = countsOf(await watch.during('undo', () => undoChangeset(db, clock, changesets)))
    const frame = failedReport({ ...watch.frame('applied'), url: null, run: own, reasons: [] })
    const report = { ...frame, counts, ...listed(target) }
    await keepUndone(db, target, own)
    await closeRun(db, source, report)
    host.events.publish('directory.undone', { source, run, counts: report.counts, actorId: by.userId })
    return report
  } catch (error) {
    await closeRun(db, source, stopped(own))
    throw error
  }
}

async function refuseUnlessPossible(
  { db, settings }: SyncHost,
  source: string,
  { id, undoneBy, report }: KeptRun,
): Promise<void> {
  const refuse = (message: string, obstacles: readonly string[] = []) =>
    ldapErrors.refuse('ldap_undo_refused', { message, details: { obstacles } })
  if (undoneBy !== null) throw refuse(`Run ${id} was undone already, by run ${undoneBy}.`)
  if (!(await hasChanges(db, source, id))) {
    const days = settings.ldapKeepRemovedDays
    const kept = `what runs change is kept for ${days} days (${variable('ldapKeepRemovedDays')})`
    throw refuse(
      report.run === null ? `Run ${id} changed nothing, so there is nothing to undo.` : `Run ${id} cannot be undone: ${kept}.`,
    )
  }
  const obstacles = (await undoObstacles(db.read, changesetOf(source, id))).map(sentence)
  if (obstacles.length === 0) return
  const more = obstacles.length > 3 ? ` And ${obstacles.length - 3} more.` : ''
  throw refuse(`Run ${id} cannot be undone, and nothing was changed. ${obstacles.slice(0, 3).join(' ')}${more}`, obstacles)
}

/** The rest of what a run did, backwards. */
async function keepUndone(db: Database, { id, report }: KeptRun, own: number): Promise<void> {
  if (report.outcome !== 'applied') return
  for await (const changes of wholeList(db, { run: id }, 'changes', []))
    await keepRest(db, { run: own }, { changes: undone(changes), problems: [] })
}

/** What a run that came to its end did, backwards. Of one that was stopped nobody knows how far it had come. */
const listed = ({ report: { outcome, changes, changesNotShown } }: KeptRun): Pick<SyncReport, 'changes' | 'changesNotShown'> =>
  outcome === 'applied' ? { changes: undone(changes), changesNotShown } : { changes: [], changesNotShown: 0 }

const words = { user: 'The user', group: 'The group' } as const
const fields = { username: 'user name', email: 'e-mail address', name: 'name' } as const

function sentence(obstacle: UndoObstacle): string {
  if (obstacle.kind === 'last-admin') return 'Nobody who may administer would be left: make a local administrator first.'
  const { entity, name } = obstacle
  if (obstacle.kind === 'gone') return `${words[entity]} ${name} was removed since: undo what removed it first.`
  if (obstacle.kind === 'changed') return `${words[entity]} ${name} was changed since: undo the later change first.`
  if (obstacle.field === 'id') return `${words[entity]} ${name} is back already.`
  return `The ${fields[obstacle.field]} ${name} belongs to another ${entity} by now: rename or remove that one first.`
}

function countsOf({ users, groups, membersBack, membersGone }: Undone): SyncReport['counts'] {
  return {
    ...nothing,
    ...{ created: users.back, updated: users.restored, removed: users.gone },
    ...{ groupsCreated: groups.back, groupsUpdated: groups.restored, groupsRemoved: groups.gone },
    ...{ membersAdded: membersBack, membersRemoved: membersGone },
  }
}
