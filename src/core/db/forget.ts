// Forgets how to take old changes back: what was kept aside of removed rows goes with them.
import { type SQL, sql } from 'drizzle-orm'
import type { Database } from './client.ts'

const changesAtOnce = 20

/**
 * Forgets changes from before that moment, a slice at a time: one of them may hold a thousand rows.
 *
 * @param which a condition on `changes`, such as whose they are
 * @returns how many
 */
export async function forgetChanges(db: Database, which: SQL, before: Date, signal: AbortSignal): Promise<number> {
  const old = sql`select id from changes where at < ${before.getTime()} and ${which} limit ${changesAtOnce}`
  for (let forgotten = 0; ; ) {
    signal.throwIfAborted()
    const gone = await db.write((tx) => tx.all(sql`delete from changes where id in (${old}) returning id`))
    if (gone.length === 0) return forgotten
    forgotten += gone.length
  }
}
