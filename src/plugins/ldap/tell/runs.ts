// The runs of the past: what health, the page and the API tell of them. A stretch of runs that changed nothing is one row.
import { type SQL, sql } from 'drizzle-orm'
import type { Database, Transaction } from '#core/db/client.ts'
import type { Initiator } from '#core/directory-ports.ts'
import { type SyncReport, shortened } from './report.ts'

export type RunKind = 'sync' | 'undo'

/** A kept run; `repeats` says how often in a row it came out the same. */
export interface KeptRun {
  readonly id: number
  readonly kind: RunKind
  readonly startedAt: Date
  readonly finishedAt: Date
  readonly repeats: number
  readonly by: Initiator
  /** What it changed is kept, so that it can be undone. */
  readonly undoable: boolean
  readonly undoneBy: number | null
  readonly undoes: number | null
  readonly report: SyncReport
}

/** What is known of a run when it begins to write. */
export interface NewRun {
  readonly kind: RunKind
  readonly by: Initiator
  /** How many rows it is about to change. */
  readonly changes: number
  readonly undoes: number | null
  /** What is to be read of it should it never end. */
  report(run: number): SyncReport
}

export const bySchedule: Initiator = { how: 'schedule', userId: null, name: null }
const mostRuns = 200
/** A run that is writing. Found at a start, it is one that a kill ended. */
const writing = 'writing'

/** The name of what a run changes, in core's record of changes. */
export const changesetOf = (source: string, run: number): string => `${source}:${run}`
const changesKept = sql`exists (select 1 from changes where changeset = ldap_runs.source || ':' || ldap_runs.id)`
const columns = sql`ldap_runs.id as id, kind, started_at, finished_at, repeats, report, started_how, started_by, undoes, undone_by,
  (select username from users where users.id = started_by) as username, ${changesKept} as undoable`

type Row = Readonly<Record<'id' | 'started_at' | 'finished_at' | 'repeats' | 'undoable', number>> & {
  readonly kind: RunKind
  readonly report: string
  readonly started_how: Initiator['how']
  readonly started_by: string | null
  readonly username: string | null
  readonly undoes: number | null
  readonly undone_by: number | null
}

const kept = (row: Row): KeptRun => ({
  id: row.id,
  kind: row.kind,
  startedAt: new Date(row.started_at),
  finishedAt: new Date(row.finished_at),
  repeats: row.repeats,
  by: { how: row.started_how, userId: row.started_by, name: row.username },
  undoable: row.undoable === 1,
  undoneBy: row.undone_by,
  undoes: row.undoes,
  report: JSON.parse(row.report) as SyncReport,
})

const select = async (db: Database, where: SQL, rest: SQL): Promise<readonly KeptRun[]> =>
  (await db.read.all<Row>(sql`select ${columns} from ldap_runs where ${where} and outcome <> ${writing} ${rest}`)).map(kept)

/** The latest runs, newest first. */
export const latestRuns = (db: Database, source: string, limit: number, offset = 0): Promise<readonly KeptRun[]> =>
  select(db, sql`source = ${source}`, sql`order by ldap_runs.id desc limit ${limit} offset ${offset}`)

/** The changes of a run that a list of runs shows; the run itself has them all. */
const listedChanges = 100

/** Runs for a list: each with its first changes. */
export async function listRuns(db: Database, source: string, limit: number, offset: number): Promise<readonly KeptRun[]> {
  return (await latestRuns(db, source, limit, offset)).map((run) => ({ ...run, report: shortened(run.report, listedChanges) }))
}

export async function findRun(db: Database, source: string, id: number): Promise<KeptRun | undefined> {
  return (await select(db, sql`source = ${source} and ldap_runs.id = ${id}`, sql``))[0]
}

export async function countRuns(db: Database, source: string): Promise<number> {
  const [found] = await db.read.all<{ n: number }>(
    sql`select count(*) as n from ldap_runs where source = ${source} and outcome <> ${writing}`,
  )
  return Number(found?.n ?? 0)
}

const isWhole = sql`kind = 'sync' and outcome = 'applied' and report ->> '$.scope' is null`

/** The last run that read everything and brought us in line with it. */
export async function lastWholeRun(db: Database, source: string): Promise<KeptRun | undefined> {
  return (await select(db, sql`source = ${source} and ${isWhole}`, sql`order by ldap_runs.id desc limit 1`))[0]
}

/** When everything was read and brought in last; a run that failed or was held did not, and one of changes alone did not read it. */
export async function lastWholeAt(db: Database, source: string): Promise<Date | undefined> {
  const [found] = await db.read.all<{ at: number }>(
    sql`select finished_at as at from ldap_runs where source = ${source} and ${isWhole} order by id desc limit 1`,
  )
  return found && new Date(found.at)
}

/** Whether changes wait for an administrator, whichever process held them: what was held last has not been brought in by a whole run since. */
export async function isHeld(db: Database, source: string): Promise<boolean> {
  const settles = sql`kind = 'sync' and (outcome = 'refused' or (${isWhole}))`
  const [last] = await db.read.all<{ outcome: string }>(
    sql`select outcome from ldap_runs where source = ${source} and ${settles} order by id desc limit 1`,
  )
  return last?.outcome === 'refused'
}

/** The run that changed something last. */
export async function lastChangingRun(db: Database, source: string): Promise<KeptRun | undefined> {
  return (await select(db, sql`source = ${source} and changes > 0`, sql`order by ldap_runs.id desc limit 1`))[0]
}

/**
 * Keeps a run that wrote nothing. One that reads like the one before it only moves that one's time on.
 *
 * @returns its id, if it got one of its own
 */
export async function keepRun(db: Database, source: string, report: SyncReport, by: Initiator): Promise<number | undefined> {
  const [last] = await latestRuns(db, source, 1)
  const { startedAt, finishedAt } = times(report)
  const text = JSON.stringify(report)
  return db.write(async (tx) => {
    if (last && last.kind === 'sync' && sameStory(last.report, report)) {
      await tx.run(
        sql`update ldap_runs set finished_at = ${finishedAt}, repeats = repeats + 1, report = ${text} where id = ${last.id}`,
      )
      return undefined
    }
    const [row] = await tx.all<{ id: number }>(sql`
      insert into ldap_runs (source, started_at, finished_at, outcome, changes, report, started_how, started_by)
      values (${source}, ${startedAt}, ${finishedAt}, ${report.outcome}, 0, ${text}, ${by.how}, ${by.userId}) returning id`)
    await forgetOld(tx, source)
    return row?.id
  })
}

/**
 * Begins a run that writes. What runs before it left half-done becomes part of it, so that undoing it takes all of that back.
 *
 * @returns its id
 */
export async function openRun(db: Database, source: string, { kind, by, changes, undoes, report }: NewRun): Promise<number> {
  return db.write(async (tx) => {
    const [row] = await tx.all<{ id: number }>(sql`
      insert into ldap_runs (source, kind, started_at, finished_at, outcome, changes, report, started_how, started_by, undoes)
      values (${source}, ${kind}, 0, 0, ${writing}, ${changes}, '', ${by.how}, ${by.userId}, ${undoes}) returning id`)
    const id = row?.id ?? 0
    const killed = report(id)
    const { startedAt, finishedAt } = times(killed)
    await tx.run(sql`
      update ldap_runs set started_at = ${startedAt}, finished_at = ${finishedAt}, report = ${JSON.stringify(killed)} where id = ${id}`)
    const halfDone = sql`select source || ':' || id from ldap_runs where source = ${source} and outcome = 'failed'
      and kind = ${kind} and undoes is ${undoes}`
    await tx.run(sql`update changes set changeset = ${changesetOf(source, id)} where changeset in (${halfDone})`)
    return id
  })
}

/** Whether something is kept of what this run changed. */
export async function hasChanges(db: Database, source: string, run: number): Promise<boolean> {
  return (await db.read.all(sql`select 1 from changes where changeset = ${changesetOf(source, run)} limit 1`)).length > 0
}

/** Ends a run that wrote; again, when there is more to tell of it. */
export async function closeRun(db: Database, source: string, report: SyncReport): Promise<void> {
  const id = report.run
  const { finishedAt } = times(report)
  await db.write(async (tx) => {
    await tx.run(sql`
      update ldap_runs set finished_at = ${finishedAt}, outcome = ${report.outcome}, report = ${JSON.stringify(report)} where id = ${id}`)
    if (report.outcome === 'applied')
      await tx.run(sql`update ldap_runs set undone_by = ${id} where id = (select undoes from ldap_runs where id = ${id})`)
    await forgetOld(tx, source)
  })
}

/** Whoever holds the lease knows that a run still `writing` was ended by a kill. Its row already holds the report that says so. */
export async function endKilledRuns(db: Database, source: string): Promise<void> {
  const [found] = await db.read.all(sql`select 1 from ldap_runs where source = ${source} and outcome = ${writing} limit 1`)
  if (!found) return
  await db.write((tx) => tx.run(sql`update ldap_runs set outcome = 'failed' where source = ${source} and outcome = ${writing}`))
}

const forgetOld = (tx: Transaction, source: string) =>
  tx.run(sql`
    delete from ldap_runs where source = ${source} and not ${changesKept}
    and id <= (select id from ldap_runs where source = ${source} order by id desc limit 1 offset ${mostRuns})`)

function times({ at, durationMilliseconds }: SyncReport) {
  const startedAt = new Date(at).getTime()
  return { startedAt, finishedAt: startedAt + durationMilliseconds }
}

function sameStory(left: SyncReport, right: SyncReport): boolean {
  const story = ({ at: _at, durationMilliseconds: _duration, stages: _stages, ...rest }: SyncReport) => JSON.stringify(rest)
  return left.outcome === right.outcome && story(left) === story(right)
}
