// Plans that wait for an administrator: kept with what they would change, until they are applied or too old to be meant.
import { sql } from 'drizzle-orm'
import { type Clock, inSeconds } from '#core/clock.ts'
import type { Database } from '#core/db/client.ts'
import { type SyncReport, shortened } from '../tell/report.ts'

export interface KeptPlan {
  readonly hash: string
  readonly keptAt: Date
  readonly expiresAt: Date
  /** `refused`: a run was held; `planned`: somebody asked, or the directory is staged. */
  readonly report: SyncReport
}

/** A directory changes: what was agreed to the day before yesterday is to be looked at again. A run that plans the same renews it. */
const planSeconds = 24 * 3600
const mostPlans = 20

type Row = { readonly hash: string; readonly kept_at: number; readonly expires_at: number; readonly report: string }
const kept = ({ hash, kept_at, expires_at, report }: Row): KeptPlan => ({
  hash,
  keptAt: new Date(kept_at),
  expiresAt: new Date(expires_at),
  report: JSON.parse(report) as SyncReport,
})

/** The changes of a plan that a list of plans shows; the plan itself has them all. */
const listedChanges = 100

/** Plans that can be applied, the latest first, each with its first changes. */
export async function livePlans(db: Database, clock: Clock, source: string): Promise<readonly KeptPlan[]> {
  const rows = await db.read.all<Row>(sql`
    select hash, kept_at, expires_at, report from ldap_plans where ${live(clock, source)} order by kept_at desc`)
  return rows.map(kept).map((plan) => ({ ...plan, report: shortened(plan.report, listedChanges) }))
}

/** A plan with all its changes. */
export async function findPlan(db: Database, clock: Clock, source: string, hash: string): Promise<KeptPlan | undefined> {
  const [row] = await db.read.all<Row>(sql`
    select hash, kept_at, expires_at, report from ldap_plans where ${live(clock, source)} and hash = ${hash}`)
  return row && kept(row)
}

export const isKept = async (db: Database, clock: Clock, source: string, hash: string): Promise<boolean> =>
  (await db.read.all(sql`select 1 from ldap_plans where ${live(clock, source)} and hash = ${hash}`)).length > 0

const live = (clock: Clock, source: string) => sql`source = ${source} and expires_at > ${clock.now().getTime()}`

export async function keepPlan(db: Database, clock: Clock, source: string, hash: string, report: SyncReport): Promise<void> {
  const [now, end] = [clock.now().getTime(), inSeconds(clock, planSeconds).getTime()]
  await db.write(async (tx) => {
    await tx.run(sql`
      insert into ldap_plans (source, hash, kept_at, expires_at, report)
      values (${source}, ${hash}, ${now}, ${end}, ${JSON.stringify(report)})
      on conflict (source, hash) do update set kept_at = excluded.kept_at, expires_at = excluded.expires_at, report = excluded.report`)
    await tx.run(sql`
      delete from ldap_plans where source = ${source} and (expires_at <= ${now} or hash not in (
        select hash from ldap_plans where source = ${source} order by kept_at desc limit ${mostPlans}))`)
  })
}

/** What is applied, or no longer what a run would do, waits for nobody. */
export async function dropPlans(db: Database, source: string): Promise<void> {
  const [found] = await db.read.all(sql`select 1 from ldap_plans where source = ${source} limit 1`)
  if (found) await db.write((tx) => tx.run(sql`delete from ldap_plans where source = ${source}`))
}
