// Letters that wait: written down before anybody is told, sent one after the other, tried again while they are worth it.
import { count, eq, isNotNull, lte, min, sql } from 'drizzle-orm'
import { inSeconds } from '#core/clock.ts'
import { newId } from '#core/crypto.ts'
import type { Host } from '#core/kernel/plugin.ts'
import type { MailStanding } from '#core/mail-port.ts'
import type { MailFailure } from './failures.ts'
import type { Occasion } from './letters/occasion.ts'
import type { LetterLanguage } from './messages/messages.ts'
import { purpose } from './sealed.ts'
import { outbox } from './tables.ts'

/** A letter as it waits. */
export interface Waiting {
  readonly userId: string
  readonly occasion: Occasion
  readonly language: LetterLanguage
}

/** How an attempt ended. `dropped`: there is nobody to send it to any more. */
export type Delivery = { readonly kind: 'sent' | 'dropped' } | { readonly kind: 'failed'; readonly failure: MailFailure }

export interface Outbox {
  /** Keeps a letter until it is sent or `lifetimeSeconds` are over; returns when it is written down, not when it is sent. */
  put(letter: Waiting, lifetimeSeconds: number): Promise<void>
  standing(): Promise<MailStanding>
  /** Looks after what was left from before. */
  begin(): void
  /** Lets the attempt that goes on end, for a moment; what is not sent then stays. */
  stop(): Promise<void>
}

type Deps = Pick<Host, 'db' | 'vault' | 'clock' | 'log' | 'meter'>
type Row = typeof outbox.$inferSelect

/** An attempt ends within a minute; a process that died meanwhile gives its letter back after this. */
const claimSeconds = 120
const retrySeconds = [5, 30, 120, 600, 3600]
const lookAgainMilliseconds = 60_000
const graceMilliseconds = 2_000

/** @param deliver hands a letter to the mail server; undefined where none is named: letters wait, for a while */
export function createOutbox(
  { db, vault, clock, log, meter }: Deps,
  deliver: ((letter: Waiting, signal: AbortSignal) => Promise<Delivery>) | undefined,
): Outbox {
  const breakOff = new AbortController()
  let closed = false
  const counted = meter.counter('letters_total', 'Letters to people, by what became of them.', ['kind', 'outcome'])
  let timer: NodeJS.Timeout | undefined
  let round: Promise<void> | undefined

  const claim = async (): Promise<Row | undefined> => {
    const next = sql`(select id from outbox where due_at <= ${clock.now().getTime()} order by due_at limit 1)`
    const held = { dueAt: inSeconds(clock, claimSeconds), attempts: sql`${outbox.attempts} + 1` }
    return (await db.write((tx) => tx.update(outbox).set(held).where(eq(outbox.id, next)).returning()))[0]
  }
  const remove = (id: string) => db.write((tx) => tx.delete(outbox).where(eq(outbox.id, id)))
  const end = async (row: Row, outcome: string) => {
    counted.add(1, row.kind, outcome)
    await remove(row.id)
  }
  const putOff = async (row: Row, sentence: string) => {
    const dueAt = inSeconds(clock, retrySeconds[row.attempts - 1] ?? 3600)
    const failed = { failure: sentence, failedAt: clock.now(), dueAt }
    await db.write((tx) => tx.update(outbox).set(failed).where(eq(outbox.id, row.id)))
    log.warn('A letter could not be sent and waits', { letter: row.kind, user: row.userId, attempt: row.attempts, why: sentence })
  }
  /** An attempt that we broke off ourselves is none; whoever comes after us begins with it. */
  const putBack = (row: Row) =>
    db.write((tx) =>
      tx
        .update(outbox)
        .set({ dueAt: clock.now(), attempts: row.attempts - 1 })
        .where(eq(outbox.id, row.id)),
    )
  /** True when the next letter may be tried. */
  const attempt = async (row: Row, send: NonNullable<typeof deliver>): Promise<boolean> => {
    const occasion = JSON.parse(vault.open(purpose, row.sealed)) as Occasion
    const letter = { userId: row.userId, occasion, language: row.language as LetterLanguage }
    const delivery = await send(letter, breakOff.signal)
    if (delivery.kind !== 'failed') {
      await end(row, delivery.kind)
      return true
    }
    const { sentence, isFinal, ofServer } = delivery.failure
    if (closed && !isFinal) await putBack(row)
    else if (!isFinal) await putOff(row, sentence)
    else {
      log.warn('A letter was refused for good', { letter: row.kind, user: row.userId, why: sentence })
      await end(row, 'refused')
    }
    return !ofServer
  }
  const forgetOld = async () => {
    const gone = await db.write((tx) => tx.delete(outbox).where(lte(outbox.expiresAt, clock.now())).returning())
    for (const { kind, userId, failure } of gone) {
      counted.add(1, kind, 'too late')
      log.warn('A letter was given up: it would come too late', { letter: kind, user: userId, why: failure ?? undefined })
    }
  }
  const go = async () => {
    await forgetOld()
    for (let isUp = true; deliver && isUp && !closed; ) {
      const row = await claim()
      if (!row) break
      isUp = await attempt(row, deliver)
    }
  }
  const lookIn = (milliseconds: number) => {
    clearTimeout(timer)
    if (closed) return
    timer = setTimeout(look, milliseconds).unref()
  }
  const nextDue = async () => {
    const [due] = await db.read.select({ at: min(outbox.dueAt) }).from(outbox)
    const milliseconds = due?.at ? due.at.getTime() - clock.now().getTime() : lookAgainMilliseconds
    return Math.min(Math.max(milliseconds, 1000), lookAgainMilliseconds)
  }
  /** While a round goes on, another one follows it within a second. */
  const look = () => {
    round ??= go()
      .catch((error: unknown) => log.error('The outbox could not be worked on', { error }))
      .then(nextDue)
      .catch(() => lookAgainMilliseconds)
      .then((milliseconds) => {
        round = undefined
        lookIn(milliseconds)
      })
  }
  return {
    async put({ userId, occasion, language }, lifetimeSeconds) {
      const sealed = vault.seal(purpose, JSON.stringify(occasion))
      const times = { createdAt: clock.now(), dueAt: clock.now(), expiresAt: inSeconds(clock, lifetimeSeconds) }
      await db.write((tx) => tx.insert(outbox).values({ id: newId(), userId, kind: occasion.kind, language, sealed, ...times }))
      look()
    },
    async standing() {
      const [all] = await db.read.select({ waiting: count() }).from(outbox)
      const failed = db.read
        .select({ at: outbox.failedAt, sentence: outbox.failure })
        .from(outbox)
        .where(isNotNull(outbox.failedAt))
      const [last] = await failed.orderBy(sql`${outbox.failedAt} desc`).limit(1)
      const lastFailure = last?.at && last.sentence ? { at: last.at, sentence: last.sentence } : undefined
      return { waiting: all?.waiting ?? 0, lastFailure }
    },
    begin: () => lookIn(1000),
    async stop() {
      closed = true
      clearTimeout(timer)
      // A letter that is all but taken would come twice.
      const late = setTimeout(() => breakOff.abort(new Error('The server is stopping.')), graceMilliseconds)
      await round
      clearTimeout(late)
    },
  }
}
