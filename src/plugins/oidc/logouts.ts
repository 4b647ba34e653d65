// Telling apps that somebody signed out (OpenID Connect Back-Channel Logout 1.0): noticed by a session's row being gone, whatever removed it.
import { and, eq, gt, isNotNull, isNull, lte, notLike, sql } from 'drizzle-orm'
import { inSeconds } from '#core/clock.ts'
import type { Transaction } from '#core/db/client.ts'
import { sessions } from '#core/db/tables.ts'
import type { UserActor } from '#core/identity/actor.ts'
import { namedBy } from './clients.ts'
import type { OidcHost } from './provider.ts'
import { sidOf } from './session-id.ts'
import { appSessions, type ClientRow, clients, grants } from './tables.ts'
import { algorithmOf } from './token-set.ts'
import type { Tokens } from './tokens.ts'

export interface Logouts {
  /** Remembers that this session uses a client that wants to hear of its end. */
  watch(tx: Transaction, client: ClientRow, actor: UserActor): Promise<void>
  /** Looks for sessions that have ended and tells their apps. Says how many heard it. */
  tell(): Promise<number>
  sweep(): Promise<void>
}

type AppSession = typeof appSessions.$inferSelect

const maxAttempts = 6
/** 30 s, 1, 2, 4, 8 minutes: an app that is being restarted hears it too. */
const waitSeconds = (attempts: number) => 30 * 2 ** attempts
const atOnce = 8

export function createLogouts(host: OidcHost, tokens: Tokens): Logouts {
  const { db, clock, vault, log, outside } = host

  /** Marks what has ended, in one statement of which each row falls to one process. */
  async function notice(): Promise<void> {
    const now = clock.now()
    const gone = sql`not exists (select 1 from ${sessions} where ${sessions.id} = ${appSessions.sessionId})`
    await db.write(async (tx) => {
      const over = and(isNull(appSessions.endedAt), gt(appSessions.expiresAt, now), gone)
      const ended = await tx.update(appSessions).set({ endedAt: now, nextAt: now }).where(over).returning()
      // What was given for this session alone ends with it; offline access was given for longer (section 2.7).
      for (const { sessionId, clientId } of ended) {
        const theirs = and(eq(grants.sessionId, sessionId), eq(grants.clientId, clientId), isNull(grants.revokedAt))
        await tx
          .update(grants)
          .set({ revokedAt: now })
          .where(and(theirs, notLike(grants.scope, '%offline_access%')))
      }
    })
  }

  /** Takes what is due; whoever takes it has it to himself until the next attempt. */
  const claim = (): Promise<readonly AppSession[]> =>
    db.write(async (tx) => {
      const due = and(isNotNull(appSessions.nextAt), lte(appSessions.nextAt, clock.now()))
      const rows = await tx.select().from(appSessions).where(due).limit(atOnce)
      for (const row of rows) {
        const nextAt = inSeconds(clock, waitSeconds(row.attempts))
        await tx
          .update(appSessions)
          .set({ nextAt, attempts: row.attempts + 1 })
          .where(same(row))
      }
      return rows
    })

  const forget = (row: AppSession) => db.write((tx) => tx.delete(appSessions).where(same(row)))

  async function deliver(row: AppSession): Promise<boolean> {
    const [client] = await db.read.select().from(clients).where(eq(clients.id, row.clientId))
    const uri = client?.backchannelLogoutUri
    if (!client || !uri) {
      await forget(row)
      return false
    }
    try {
      const about = { subject: row.userId, clientId: client.id, sid: sidOf(vault, row.sessionId) }
      const token = await tokens.signLogoutToken(about, algorithmOf({ host }, client))
      const answer = await outside(uri, {
        namedBy: namedBy(client),
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
        body: new URLSearchParams({ logout_token: token }).toString(),
      })
      if (answer.status >= 300) throw new Error(`It answered ${answer.status}.`)
      await forget(row)
      return true
    } catch (error) {
      const isLast = row.attempts + 1 >= maxAttempts
      log.warn('An app could not be told of a sign-out', { app: client.name, attempt: row.attempts + 1, isLast, error })
      if (isLast) await forget(row)
      return false
    }
  }

  return {
    async watch(tx, client, { user, session }) {
      if (!client.backchannelLogoutUri || !session) return
      const expiresAt = new Date(session.createdAt.getTime() + host.core.sessionDuration * 60_000)
      const row = { sessionId: session.id, clientId: client.id, userId: user.id, expiresAt }
      await tx.insert(appSessions).values(row).onConflictDoNothing()
    },
    async tell() {
      await notice()
      let told = 0
      for (let due = await claim(); due.length > 0; due = await claim()) {
        const delivered = await Promise.all(due.map(deliver))
        told += delivered.filter(Boolean).length
      }
      return told
    },
    async sweep() {
      const over = and(isNull(appSessions.endedAt), lte(appSessions.expiresAt, clock.now()))
      await db.write((tx) => tx.delete(appSessions).where(over))
    },
  }
}

const same = (row: AppSession) => and(eq(appSessions.sessionId, row.sessionId), eq(appSessions.clientId, row.clientId))
