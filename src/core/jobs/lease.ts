// One holder across processes: a row that says who works and until when.
import { hostname } from 'node:os'
import { and, eq, sql } from 'drizzle-orm'
import { type Clock, inSeconds } from '../clock.ts'
import { newId } from '../crypto.ts'
import type { Database } from '../db/client.ts'
import { leases } from '../db/tables.ts'

export interface LeaseDeps {
  readonly db: Database
  readonly clock: Clock
}

/** How long a lease lives without a sign of life, and how often there is one. */
export interface Term {
  readonly seconds: number
  readonly renewalSeconds: number
}

/** A process that was killed on another machine keeps others waiting no longer. */
const shortTerm: Term = { seconds: 12, renewalSeconds: 3 }
const thisProcess = newId()

export type LeaseOutcome<T> = { readonly kind: 'held'; readonly result: T } | { readonly kind: 'busy' }

/**
 * Runs `work` while holding the lease `name`; answers `busy` when somebody else holds it.
 *
 * The lease is renewed while the work goes on. If it is lost (the process slept, the database was away) the signal that
 * `work` gets is aborted, because somebody else may already be at it.
 */
export async function withLease<T>(
  deps: LeaseDeps,
  name: string,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
  term: Term = shortTerm,
): Promise<LeaseOutcome<T>> {
  const holder = newHolder()
  if (!(await take(deps, name, holder, term)) && !(await takeFromTheDead(deps, name, holder, term))) return { kind: 'busy' }
  const lost = new AbortController()
  const renewal = setInterval(() => {
    take(deps, name, holder, term).then(
      (held) => held || lost.abort(new Error(`The lease ${name} was lost to another process.`)),
      (error: unknown) => lost.abort(error),
    )
  }, term.renewalSeconds * 1000)
  try {
    return { kind: 'held', result: await work(AbortSignal.any([signal, lost.signal])) }
  } finally {
    clearInterval(renewal)
    await release(deps, name, holder)
  }
}

/** Who holds a lease: this process, and which of its holders. */
export const newHolder = (): string => [hostname(), process.pid, thisProcess, newId()].join(' ')

/** Takes or renews: succeeds when the lease is free, run out, or already ours. */
export async function take({ db, clock }: LeaseDeps, name: string, holder: string, { seconds }: Term): Promise<boolean> {
  const expiresAt = inSeconds(clock, seconds)
  const rows = await db.write((tx) =>
    tx
      .insert(leases)
      .values({ name, holder, expiresAt })
      .onConflictDoUpdate({
        target: leases.name,
        set: { holder, expiresAt },
        setWhere: sql`${leases.holder} = ${holder} or ${leases.expiresAt} <= ${clock.now().getTime()}`,
      })
      .returning(),
  )
  return rows.length > 0
}

/** A killed process must not delay the next start: on one machine with one database file it can be seen that it is gone. */
async function takeFromTheDead(deps: LeaseDeps, name: string, holder: string, term: Term): Promise<boolean> {
  const [held] = await deps.db.read.select().from(leases).where(eq(leases.name, name))
  if (!held) return take(deps, name, holder, term)
  if (!deps.db.embedded || !isGone(held.holder)) return false
  await release(deps, name, held.holder)
  return take(deps, name, holder, term)
}

/** Lets go what is still this holder's. */
export const release = ({ db }: LeaseDeps, name: string, holder: string) =>
  db.write((tx) => tx.delete(leases).where(and(eq(leases.name, name), eq(leases.holder, holder))))

/** Whether a holder is a process of this machine that is no more. */
export function isGone(holder: string): boolean {
  const [host, pid, token] = holder.split(' ')
  if (host !== hostname()) return false
  // A restarted container often gets its old process id back.
  if (Number(pid) === process.pid) return token !== thisProcess
  try {
    process.kill(Number(pid), 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}
