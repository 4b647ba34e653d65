// Takes a changeset of a source back: what was one transaction is taken back in one, the latest first.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import type { Database, Transaction } from '../db/client.ts'
import { type Change, countChanges, latestBatch, revert } from '../db/revert.ts'
import { accountRecorder } from './recorded-writer.ts'

/** How many rows went which way. */
export interface Undone {
  readonly users: RowCounts
  readonly groups: RowCounts
  readonly membersBack: number
  readonly membersGone: number
}

export interface RowCounts {
  readonly back: number
  readonly gone: number
  readonly restored: number
}

export interface Undoing {
  readonly changeset: string
  /** The changeset under which the undoing is recorded, so that it can be undone itself. */
  readonly as: string
  /** Checked between transactions. */
  readonly signal: AbortSignal
  /** Hears how many of the changes are taken back. */
  heard?(done: number, total: number): void
}

/**
 * Takes back what is left of a changeset. A kill in between leaves the rest of it, and undoing again goes on from there: rights
 * that were given go first, those that were taken come back last, as the changeset is read from its end.
 */
export async function undoChangeset(db: Database, clock: Clock, { changeset, as, signal, heard }: Undoing): Promise<Undone> {
  const recorder = accountRecorder(as, clock)
  const tally = { users: newCounts(), groups: newCounts(), membersBack: 0, membersGone: 0 }
  const total = await countChanges(db.read, changeset)
  for (let left = total; ; ) {
    heard?.(total - left, total)
    signal.throwIfAborted()
    const batch = await db.write(async (tx) => {
      const done: { readonly change: Change; readonly ids: readonly string[] }[] = []
      for (const change of await latestBatch(tx, changeset)) {
        const ids = await revert(tx, change, recorder)
        await settle(tx, change, ids, clock)
        done.push({ change, ids })
        await nextTurn()
      }
      return done
    })
    if (batch.length === 0) return tally
    left -= batch.length
    for (const { change, ids } of batch) count(tally, change, ids)
    await nextTurn()
  }
}

/** The source has to look at these rows again, and whoever is shut out now has no session. */
async function settle(tx: Transaction, { table }: Change, ids: readonly string[], clock: Clock): Promise<void> {
  const among = sql`id in (select value from json_each(${JSON.stringify([...new Set(ids)])}))`
  const looked = sql`source_digest = null, updated_at = ${clock.now().getTime()}`
  if (table !== 'users') {
    await tx.run(sql`update groups set ${looked} where ${among}`)
    return
  }
  await tx.run(sql`update users set ${looked} where ${among}`)
  await tx.run(sql`
    delete from sessions where user_id in (select id from users where ${among} and (disabled = 1 or source_disabled = 1))`)
}

const newCounts = () => ({ back: 0, gone: 0, restored: 0 })
type Counts = ReturnType<typeof newCounts>

function count(
  tally: { users: Counts; groups: Counts; membersBack: number; membersGone: number },
  { table, kind }: Change,
  { length }: readonly string[],
): void {
  if (table === 'group_members') {
    if (kind === 'insert') tally.membersGone += length
    else tally.membersBack += length
    return
  }
  const rows = table === 'users' ? tally.users : tally.groups
  if (kind === 'insert') rows.gone += length
  if (kind === 'update') rows.restored += length
  if (kind === 'remove') rows.back += length
}
