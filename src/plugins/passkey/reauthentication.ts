// Proof of a fresh gesture: a token of three minutes in a cookie, bound to the session, good for one use.
import { and, eq, gt, lte } from 'drizzle-orm'
import type { Context } from 'hono'
import { setCookie } from 'hono/cookie'
import { inSeconds } from '#core/clock.ts'
import { randomToken, sha256 } from '#core/crypto.ts'
import type { HostEnv } from '#core/identity/actor.ts'
import { cookieName } from '#core/identity/session.ts'
import type { Host } from '#core/kernel/plugin.ts'
import type { Reauthentication } from '#core/ports.ts'
import { reauthentications } from './tables.ts'

export interface Reauthentications extends Reauthentication {
  /** Hands the browser a token for its session. */
  issue(c: Context<HostEnv>, sessionId: string): Promise<void>
  sweep(): Promise<void>
}

const lifetimeSeconds = 180

export function createReauthentications({ db, clock, core }: Pick<Host, 'db' | 'clock' | 'core'>): Reauthentications {
  const cookie = cookieName(core.appUrl, 'reauthentication_token', '__Secure-')
  const options = { httpOnly: true, sameSite: 'Lax', secure: core.appUrl.startsWith('https:'), path: '/' } as const
  return {
    async issue(c, sessionId) {
      const token = randomToken()
      const row = { tokenHash: sha256(token), sessionId, expiresAt: inSeconds(clock, lifetimeSeconds) }
      await db.write((tx) => tx.insert(reauthentications).values(row))
      setCookie(c, cookie, token, { ...options, maxAge: lifetimeSeconds })
    },
    async spend(token, sessionId, maxAgeSeconds = lifetimeSeconds) {
      const mine = and(eq(reauthentications.tokenHash, sha256(token)), eq(reauthentications.sessionId, sessionId))
      const live = gt(reauthentications.expiresAt, inSeconds(clock, lifetimeSeconds - maxAgeSeconds))
      const spent = await db.write((tx) => tx.delete(reauthentications).where(and(mine, live)).returning())
      return spent.length > 0
    },
    async sweep() {
      await db.write((tx) => tx.delete(reauthentications).where(lte(reauthentications.expiresAt, clock.now())))
    },
  }
}
