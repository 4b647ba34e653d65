// Between start and finish of a ceremony: the challenge, sealed in a cookie of one minute, good for one finish.
import { lte } from 'drizzle-orm'
import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import * as v from 'valibot'
import { inSeconds } from '#core/clock.ts'
import { isHashOf, newId, sha256 } from '#core/crypto.ts'
import type { HostEnv } from '#core/identity/actor.ts'
import { cookieName } from '#core/identity/session.ts'
import type { Host } from '#core/kernel/plugin.ts'
import { passkeyErrors } from './errors.ts'
import { spentCeremonies } from './tables.ts'

export type CeremonyKind = 'register' | 'sign-in'

export interface CeremonySessions {
  /** Remembers a challenge. Nothing is written here: whoever only opens the sign-in page costs no row. */
  begin(c: Context<HostEnv>, kind: CeremonyKind, challenge: string, userId: string | null): void
  /**
   * Spends the request's ceremony and returns how to recognise its challenge. What was spent cannot come back, whether the
   * finish then succeeds or not: so a captured answer is worthless.
   *
   * @throws AppError missing_session_id without its cookie; invalid_webauthn_session when it has run out, is spent, of another kind or
   * of another user
   */
  spend(c: Context<HostEnv>, kind: CeremonyKind, userId: string | null): Promise<(challenge: string) => boolean>
  /** Forgets spent ceremonies whose cookie has run out. */
  sweep(): Promise<void>
}

const lifetimeSeconds = 60
const purpose = 'passkey-ceremony'

const Sealed = v.object({
  id: v.string(),
  kind: v.picklist(['register', 'sign-in']),
  userId: v.nullable(v.string()),
  challengeHash: v.string(),
  expiresAt: v.number(),
})
type Sealed = v.InferOutput<typeof Sealed>

export function createCeremonySessions({ db, vault, clock, core }: Host): CeremonySessions {
  const cookie = cookieName(core.appUrl, 'session')
  const options = { httpOnly: true, sameSite: 'Lax', secure: core.appUrl.startsWith('https:'), path: '/' } as const

  const read = (c: Context<HostEnv>): Sealed | undefined => {
    try {
      return v.parse(Sealed, JSON.parse(vault.open(purpose, getCookie(c, cookie) ?? '')))
    } catch {
      // Forged or sealed with another key: all the same, there is no ceremony here.
      return undefined
    }
  }

  return {
    begin(c, kind, challenge, userId) {
      const expiresAt = inSeconds(clock, lifetimeSeconds).getTime()
      const sealed: Sealed = { id: newId(), kind, userId, challengeHash: sha256(challenge), expiresAt }
      setCookie(c, cookie, vault.seal(purpose, JSON.stringify(sealed)), { ...options, maxAge: lifetimeSeconds })
    },
    async spend(c, kind, userId) {
      if (getCookie(c, cookie) === undefined) throw passkeyErrors.refuse('missing_session_id')
      const held = read(c)
      deleteCookie(c, cookie, options)
      const live = held && held.kind === kind && held.userId === userId && held.expiresAt > clock.now().getTime()
      if (!live) throw passkeyErrors.refuse('invalid_webauthn_session')
      const row = { id: held.id, expiresAt: new Date(held.expiresAt) }
      const first = await db.write((tx) => tx.insert(spentCeremonies).values(row).onConflictDoNothing().returning())
      if (first.length === 0) throw passkeyErrors.refuse('invalid_webauthn_session')
      return (challenge) => isHashOf(held.challengeHash, challenge)
    },
    async sweep() {
      await db.write((tx) => tx.delete(spentCeremonies).where(lte(spentCeremonies.expiresAt, clock.now())))
    },
  }
}
