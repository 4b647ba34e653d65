// Authorization requests that wait for a person: kept under the hash of an id that nobody can guess, answered once.
import { and, eq, gt, lte } from 'drizzle-orm'
import { inSeconds } from '#core/clock.ts'
import { randomToken, sha256 } from '#core/crypto.ts'
import { clearThrough } from '#core/db/clear.ts'
import type { Transaction } from '#core/db/client.ts'
import type { Host } from '#core/kernel/plugin.ts'
import { type InteractionRow, interactions } from './tables.ts'

export type NewInteraction = Pick<InteractionRow, 'clientId' | 'parameters' | 'pushedHash'>
type Changes = Partial<Pick<InteractionRow, 'reauthenticatedAt' | 'accountSelected' | 'agreed'>>

export interface Interactions {
  /** Returns the id. */
  begin(interaction: NewInteraction): Promise<string>
  find(id: string): Promise<InteractionRow | undefined>
  /** Notes a step of this user. What somebody else did before counts no more. Undefined when the interaction is over. */
  take(id: string, userId: string, step: Changes): Promise<InteractionRow | undefined>
  decline(id: string): Promise<boolean>
  /** True for the one answer that spends it. */
  spend(tx: Transaction, row: InteractionRow): Promise<boolean>
  sweep(): Promise<void>
}

const lifetimeSeconds = 3600

export function createInteractions({ db, clock }: Pick<Host, 'db' | 'clock'>): Interactions {
  const live = (idHash: string) => and(eq(interactions.idHash, idHash), gt(interactions.expiresAt, clock.now()))
  return {
    async begin(interaction) {
      const id = randomToken()
      const times = { createdAt: clock.now(), expiresAt: inSeconds(clock, lifetimeSeconds) }
      await db.writeTogether((tx) => tx.insert(interactions).values({ ...interaction, idHash: sha256(id), ...times }))
      return id
    },
    async find(id) {
      const [row] = await db.read
        .select()
        .from(interactions)
        .where(live(sha256(id)))
      return row
    },
    take: (id, userId, step) =>
      db.write(async (tx) => {
        const idHash = sha256(id)
        const [row] = await tx.select().from(interactions).where(live(idHash))
        if (!row) return undefined
        const forgotten = row.userId === userId ? {} : { reauthenticatedAt: null, accountSelected: false, agreed: null }
        const changes = { userId, ...forgotten, ...step }
        const [taken] = await tx.update(interactions).set(changes).where(eq(interactions.idHash, idHash)).returning()
        return taken
      }),
    async decline(id) {
      const changed = await db.write((tx) =>
        tx
          .update(interactions)
          .set({ declined: true })
          .where(live(sha256(id)))
          .returning(),
      )
      return changed.length === 1
    },
    async spend(tx, row) {
      const spent = await tx.delete(interactions).where(eq(interactions.idHash, row.idHash)).returning()
      return spent.length === 1
    },
    async sweep() {
      await clearThrough(db, interactions, interactions.idHash, lte(interactions.expiresAt, clock.now()))
    },
  }
}
