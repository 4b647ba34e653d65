// Access tokens whose signature was right a moment ago: an app shows the same one again and again, and the signature does not change.
import type { Clock } from '#core/clock.ts'
import { sha256 } from '#core/crypto.ts'
import type { VerifiedAccessToken } from './tokens.ts'

export interface RecentToken {
  readonly verified: VerifiedAccessToken
  /** Of the key that signed it, which may be withdrawn meanwhile. */
  readonly keyId: string
}

export interface RecentTokens {
  /** Undefined for what was not verified lately, or has run out. */
  get(token: string): RecentToken | undefined
  put(token: string, recent: RecentToken): void
}

const atMost = 5_000

/** Remembers by hash, so that what lies in memory is no token; the oldest go first. */
export function createRecentTokens(clock: Clock): RecentTokens {
  const known = new Map<string, RecentToken>()
  return {
    get(token) {
      const name = sha256(token)
      const found = known.get(name)
      if (!found) return undefined
      known.delete(name)
      if (found.verified.expiresAt * 1000 <= clock.now().getTime()) return undefined
      known.set(name, found)
      return found
    },
    put(token, recent) {
      const [oldest] = known.keys()
      if (known.size >= atMost && oldest !== undefined) known.delete(oldest)
      known.set(sha256(token), recent)
    },
  }
}
