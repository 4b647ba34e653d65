// A server says that it is there, so that what must not happen beside it (another key, other data) can be refused.
import { and, gt, like } from 'drizzle-orm'
import type { Reads } from '../db/client.ts'
import { leases } from '../db/tables.ts'
import { isGone, type LeaseDeps, newHolder, release, type Term, take } from '../jobs/lease.ts'
import { errorText, type Log } from '../log.ts'

const prefix = 'server '
const term: Term = { seconds: 60, renewalSeconds: 20 }

/**
 * Says every twenty seconds that this server runs, until it is told to stop.
 *
 * @param check what must still hold: asked once it is known that we are here, and with every sign of life
 */
export async function announce(
  deps: LeaseDeps & { readonly log: Log },
  check: () => Promise<void>,
): Promise<() => Promise<void>> {
  const { log } = deps
  const holder = newHolder()
  const name = `${prefix}${holder}`
  const sign = () => take(deps, name, holder, term)
  const leave = () =>
    release(deps, name, holder).catch((error: unknown) =>
      log.warn('The sign that this server runs could not be taken away', { reason: errorText(error) }),
    )
  const again = async () => {
    await sign().catch((error: unknown) =>
      log.warn('The sign that this server runs could not be given', { reason: errorText(error) }),
    )
    await check().catch((error: unknown) => log.error('This server must be restarted', { reason: errorText(error) }))
  }
  try {
    await sign()
    await check()
  } catch (error) {
    await leave()
    throw error
  }
  const signs = setInterval(() => void again(), term.renewalSeconds * 1000)
  signs.unref()
  return async () => {
    clearInterval(signs)
    await leave()
  }
}

/**
 * Refuses while a server runs on this database. Asked in the transaction that must not happen beside one: a server that starts later finds
 * what it has changed.
 *
 * @throws Error naming the machine where it runs
 */
export async function refuseBesideServer(tx: Pick<Reads, 'select'>, deps: LeaseDeps): Promise<void> {
  const there = and(like(leases.name, `${prefix}%`), gt(leases.expiresAt, deps.clock.now()))
  const rows = await tx.select().from(leases).where(there)
  const alive = rows.find(({ holder }) => !(deps.db.embedded && isGone(holder)))
  if (!alive) return
  const [host, pid] = alive.holder.split(' ')
  throw new Error(
    `A server runs on this database (${host}, process ${pid}). Stop it first; when it was killed, wait a minute or add --forced-lock.`,
  )
}
