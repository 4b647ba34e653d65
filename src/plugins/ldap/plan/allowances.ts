// A limit raised for a while: whoever reorganises a directory says so once, and it is over by itself.
import { sql } from 'drizzle-orm'
import { type Clock, inSeconds } from '#core/clock.ts'
import type { Database } from '#core/db/client.ts'

export interface Allowance {
  /** Up to this share of users, groups, or a group's members may go. */
  readonly percent: number
  readonly expiresAt: Date
}

/** The allowance that holds now. */
export async function allowanceNow(db: Database, clock: Clock, source: string): Promise<Allowance | undefined> {
  const [row] = await db.read.all<{ percent: number; expires_at: number }>(sql`
    select percent, expires_at from ldap_allowances where source = ${source} and expires_at > ${clock.now().getTime()}`)
  return row && { percent: row.percent, expiresAt: new Date(row.expires_at) }
}

/** Raises the limits. @param given what is allowed, by whom and for how long; zero seconds takes an allowance back */
export async function allow(
  db: Database,
  clock: Clock,
  source: string,
  given: { readonly percent: number; readonly seconds: number; readonly userId: string | null },
): Promise<Allowance> {
  const expiresAt = inSeconds(clock, given.seconds)
  await db.write((tx) =>
    tx.run(sql`
      insert into ldap_allowances (source, percent, given_by, expires_at)
      values (${source}, ${given.percent}, ${given.userId}, ${expiresAt.getTime()})
      on conflict (source) do update set percent = excluded.percent, given_by = excluded.given_by, expires_at = excluded.expires_at`),
  )
  return { percent: given.percent, expiresAt }
}
