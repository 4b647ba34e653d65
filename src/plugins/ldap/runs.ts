// The runs of the past: what health, the page and the API tell of them. A stretch of runs that changed nothing is one row.
import { sql } from 'drizzle-orm'
import type { Database } from '#core/db/client.ts'
import { changeCount, type SyncReport } from './report.ts'

/** A kept run; `repeats` says how often in a row it came out the same. */
export interface KeptRun {
  readonly id: number
  readonly startedAt: Date
  readonly finishedAt: Date
  readonly repeats: number
  readonly report: SyncReport
}

const mostRuns = 200
const columns = sql`id, started_at, finished_at, repeats, report`
type Row = {
  readonly id: number
  readonly started_at: number
  readonly finished_at: number
  readonly repeats: number
  readonly report: string
}

const kept = (row: Row): KeptRun => ({
  id: row.id,
  startedAt: new Date(row.started_at),
  finishedAt: new Date(row.finished_at),
  repeats: row.repeats,
  report: JSON.parse(row.report) as SyncReport,
})

/** The latest runs, newest first. */
export async function latestRuns(db: Database, source: string, limit: number): Promise<readonly KeptRun[]> {
  const rows = await db.read.all<Row>(
    sql`select ${columns} from ldap_runs where source = ${source} order by id desc limit ${limit}`,
  )
  return rows.map(kept)
}

/** Keeps a run. One that changed nothing and reads like the one before it only moves that one's time on. */
export async function keepRun(db: Database, source: string, report: SyncReport): Promise<void> {
  const startedAt = new Date(report.at).getTime()
  const finishedAt = startedAt + report.durationMilliseconds
  const changes = report.outcome === 'applied' ? changeCount(report) : 0
  const text = JSON.stringify(report)
  const [last] = await latestRuns(db, source, 1)
  await db.write(async (tx) => {
    if (last && changes === 0 && sameStory(last.report, report)) {
      await tx.run(
        sql`update ldap_runs set finished_at = ${finishedAt}, repeats = repeats + 1, report = ${text} where id = ${last.id}`,
      )
      return
    }
    await tx.run(sql`
      insert into ldap_runs (source, started_at, finished_at, outcome, changes, report)
      values (${source}, ${startedAt}, ${finishedAt}, ${report.outcome}, ${changes}, ${text})`)
    await tx.run(sql`
      delete from ldap_runs where source = ${source}
      and id <= (select id from ldap_runs where source = ${source} order by id desc limit 1 offset ${mostRuns})`)
  })
}

function sameStory(left: SyncReport, right: SyncReport): boolean {
  const story = ({ at: _at, durationMilliseconds: _duration, ...rest }: SyncReport) => JSON.stringify(rest)
  return changeCount(left) === 0 && story(left) === story(right)
}
