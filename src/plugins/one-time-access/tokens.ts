// One-time tokens: minted, redeemed once, expired.
import { and, eq, gt, isNull, lte, or } from 'drizzle-orm'
import { inSeconds } from '#core/clock.ts'
import { keyedHash, randomText, sha256 } from '#core/crypto.ts'
import type { Host } from '#core/kernel/plugin.ts'
import type { OneTimeLinks } from '#core/ports.ts'
import { oneTimeErrors } from './errors.ts'
import { oneTimeTokens } from './tables.ts'

export interface OneTimeTokens extends OneTimeLinks {
  /** Forgets tokens that have run out. */
  sweep(): Promise<void>
}

// Without characters that are mistaken for another: 0 O o, 1 I l i, 2 Z z, 5 S s, 8 B, u v V.
const alphabet = 'ACDEFGHJKLMNPQRTUWXYabcdefghjkmnpqrtwxy34679'
const shortLifeSeconds = 15 * 60

/** Short enough to type where it lives shortly; 12 characters are 65 bits. */
const lengthFor = (lifetimeSeconds: number): number => (lifetimeSeconds <= shortLifeSeconds ? 6 : 12)

export function createOneTimeTokens({ db, vault, clock, core }: Pick<Host, 'db' | 'vault' | 'clock' | 'core'>): OneTimeTokens {
  // Six characters could be found by trying them all against a stolen table, so the hash has a key.
  const hash = (token: string) => keyedHash(vault.key('one-time-token'), token)
  return {
    async mint(userId, lifetimeSeconds, deviceToken) {
      const token = randomText(lengthFor(lifetimeSeconds), alphabet)
      const deviceHash = deviceToken === undefined ? null : sha256(deviceToken)
      const times = { createdAt: clock.now(), expiresAt: inSeconds(clock, lifetimeSeconds) }
      await db.write((tx) => tx.insert(oneTimeTokens).values({ tokenHash: hash(token), userId, deviceHash, ...times }))
      return { token, url: `${core.appUrl}/lc/${token}` }
    },
    // Asked and deleted in one statement: of any number of requests at once, one gets it. A wrong, a used and an expired code cost the same.
    async redeem(token, deviceToken) {
      const live = and(eq(oneTimeTokens.tokenHash, hash(token)), gt(oneTimeTokens.expiresAt, clock.now()))
      const here = or(isNull(oneTimeTokens.deviceHash), eq(oneTimeTokens.deviceHash, sha256(deviceToken)))
      const [spent] = await db.write((tx) => tx.delete(oneTimeTokens).where(and(live, here)).returning())
      if (spent) return spent.userId
      // The right code in another browser stays good for the browser that asked.
      const [elsewhere] = await db.read.select().from(oneTimeTokens).where(live)
      throw oneTimeErrors.refuse(elsewhere ? 'device_code_invalid' : 'token_invalid_or_expired')
    },
    async sweep() {
      await db.write((tx) => tx.delete(oneTimeTokens).where(lte(oneTimeTokens.expiresAt, clock.now())))
    },
  }
}
