// Grants and what hangs on them: codes and refresh tokens, issued and spent. Each is spent by one conditional statement; reuse ends the family.
import { and, eq, gt, isNull, lte, or, sql } from 'drizzle-orm'
import { inSeconds } from '#core/clock.ts'
import { newId, randomToken, sha256 } from '#core/crypto.ts'
import type { Transaction } from '#core/db/client.ts'
import type { Host } from '#core/kernel/plugin.ts'
import type { Challenge } from './protocol/pkce.ts'
import { answersChallenge } from './protocol/pkce.ts'
import { codes, type GrantRow, grants, refreshTokens } from './tables.ts'

export type NewGrant = Omit<GrantRow, 'id' | 'createdAt' | 'expiresAt' | 'revokedAt'>

/** What a code is bound to beside its grant. */
export interface CodeBinding {
  readonly redirectUri: string
  readonly challenge?: Challenge | undefined
  readonly nonce?: string | undefined
  readonly dpopThumbprint?: string | undefined
}

/** What the app shows when it redeems a code. */
export interface CodeProof {
  readonly clientId: string
  readonly redirectUri: string | undefined
  readonly verifier: string | undefined
  readonly dpopThumbprint: string | undefined
}

export interface NewRefreshToken {
  readonly scope: string
  readonly lifetimeSeconds: number
  /** Set for public clients: the token is worth nothing without this key (RFC 9449 section 5). */
  readonly dpopThumbprint: string | undefined
}

export type Spent =
  | {
      readonly kind: 'spent'
      readonly grant: GrantRow
      readonly nonce: string | null
      readonly refreshToken: string
      readonly scope: string
    }
  | { readonly kind: 'refused'; readonly why: string; readonly reuseOf?: string }

export interface Grants {
  /** Writes a grant and a code for it, inside the caller's transaction. Returns the code. */
  issueCode(tx: Transaction, grant: NewGrant, binding: CodeBinding): Promise<string>
  /** Writes a grant of its own, for a device. */
  issueGrant(tx: Transaction, grant: NewGrant): Promise<GrantRow>
  /** Redeems a code, once. Whatever is wrong with a code that was found ends its grant. */
  spendCode(code: string, proof: CodeProof, next: (scope: string) => NewRefreshToken): Promise<Spent>
  /** Replaces a refresh token by its successor. A second use ends the grant. */
  rotate(
    token: string,
    clientId: string,
    dpopThumbprint: string | undefined,
    next: (scope: string) => NewRefreshToken,
  ): Promise<Spent>
  /** A first refresh token, for a grant that came without a code. */
  issueRefreshToken(tx: Transaction, grantId: string, token: NewRefreshToken): Promise<string>
  find(id: string): Promise<GrantRow | undefined>
  findRefreshToken(token: string): Promise<typeof refreshTokens.$inferSelect | undefined>
  revoke(id: string): Promise<void>
  /** Ends what a user let apps have: all of it, or what one client was given. */
  revokeOf(userId: string, clientId?: string): Promise<void>
  /** Ends what one client was given in one session. */
  revokeOfSession(sessionId: string, clientId: string): Promise<void>
  sweep(): Promise<void>
}

/** RFC 6749 section 4.1.2 recommends ten minutes at most; an app redeems at once. */
const codeLifetimeSeconds = 60
/** How long a spent row is remembered, so that a second use is known as one. */
const memorySeconds = 24 * 3600

const used = 'It was used before.'
const gone = 'It is not valid or has run out.'

export function createGrants({ db, clock }: Pick<Host, 'db' | 'clock'>): Grants {
  const live = (row: typeof grants) => and(isNull(row.revokedAt), gt(row.expiresAt, clock.now()))

  const issueGrant = async (tx: Transaction, grant: NewGrant): Promise<GrantRow> => {
    const row = { ...grant, id: newId(), createdAt: clock.now(), expiresAt: inSeconds(clock, memorySeconds), revokedAt: null }
    await tx.insert(grants).values(row)
    return row
  }

  const issueRefreshToken = async (tx: Transaction, grantId: string, token: NewRefreshToken): Promise<string> => {
    const secret = randomToken()
    const expiresAt = inSeconds(clock, token.lifetimeSeconds)
    const row = { tokenHash: sha256(secret), grantId, scope: token.scope, dpopThumbprint: token.dpopThumbprint ?? null }
    await tx.insert(refreshTokens).values({ ...row, createdAt: clock.now(), expiresAt })
    // The grant lives as long as its last token, and is remembered a while longer.
    const until = inSeconds(clock, token.lifetimeSeconds + memorySeconds)
    await tx
      .update(grants)
      .set({ expiresAt: until })
      .where(and(eq(grants.id, grantId), lte(grants.expiresAt, until)))
    return secret
  }

  const revokeIn = async (tx: Transaction, id: string): Promise<void> => {
    await tx
      .update(grants)
      .set({ revokedAt: clock.now() })
      .where(and(eq(grants.id, id), isNull(grants.revokedAt)))
  }

  /** Ends a grant and says so; the transaction has to commit, so this is a value and no exception. */
  const end = async (tx: Transaction, grantId: string, why: string, reuse = false): Promise<Spent> => {
    await revokeIn(tx, grantId)
    return { kind: 'refused', why, ...(reuse ? { reuseOf: grantId } : {}) }
  }

  const liveGrant = async (tx: Transaction, id: string) =>
    (
      await tx
        .select()
        .from(grants)
        .where(and(eq(grants.id, id), live(grants)))
    )[0]

  return {
    issueGrant,
    issueRefreshToken,
    async issueCode(tx, grant, { redirectUri, challenge, nonce, dpopThumbprint }) {
      const { id } = await issueGrant(tx, grant)
      const code = randomToken()
      await tx.insert(codes).values({
        codeHash: sha256(code),
        grantId: id,
        redirectUri,
        challenge: challenge?.challenge ?? null,
        challengeMethod: challenge?.method ?? null,
        nonce: nonce ?? null,
        dpopThumbprint: dpopThumbprint ?? null,
        expiresAt: inSeconds(clock, codeLifetimeSeconds),
      })
      return code
    },

    spendCode: (code, proof, next) =>
      db.write(async (tx): Promise<Spent> => {
        const codeHash = sha256(code)
        const now = clock.now()
        const [row] = await tx
          .update(codes)
          .set({ usedAt: now })
          .where(and(eq(codes.codeHash, codeHash), isNull(codes.usedAt), gt(codes.expiresAt, now)))
          .returning()
        if (!row) {
          const [again] = await tx.select().from(codes).where(eq(codes.codeHash, codeHash))
          return again?.usedAt ? end(tx, again.grantId, used, true) : { kind: 'refused', why: gone }
        }
        const grant = await liveGrant(tx, row.grantId)
        if (!grant) return { kind: 'refused', why: gone }
        const fault = codeFault(row, grant, proof)
        if (fault) return end(tx, grant.id, fault)
        const refreshToken = await issueRefreshToken(tx, grant.id, next(grant.scope))
        return { kind: 'spent', grant, nonce: row.nonce, refreshToken, scope: grant.scope }
      }),

    rotate: (token, clientId, dpopThumbprint, next) =>
      db.write(async (tx): Promise<Spent> => {
        const tokenHash = sha256(token)
        const now = clock.now()
        const [row] = await tx
          .update(refreshTokens)
          .set({ usedAt: now })
          .where(and(eq(refreshTokens.tokenHash, tokenHash), isNull(refreshTokens.usedAt), gt(refreshTokens.expiresAt, now)))
          .returning()
        if (!row) {
          const [again] = await tx.select().from(refreshTokens).where(eq(refreshTokens.tokenHash, tokenHash))
          return again?.usedAt ? end(tx, again.grantId, used, true) : { kind: 'refused', why: gone }
        }
        const grant = await liveGrant(tx, row.grantId)
        if (!grant) return { kind: 'refused', why: gone }
        if (grant.clientId !== clientId) return end(tx, grant.id, 'It was given to another client.')
        if (row.dpopThumbprint !== null && row.dpopThumbprint !== dpopThumbprint) {
          return end(tx, grant.id, 'It is bound to another key.')
        }
        const refreshToken = await issueRefreshToken(tx, grant.id, next(row.scope))
        return { kind: 'spent', grant, nonce: null, refreshToken, scope: row.scope }
      }),

    async find(id) {
      const [row] = await db.read
        .select()
        .from(grants)
        .where(and(eq(grants.id, id), live(grants)))
      return row
    },
    async findRefreshToken(token) {
      const [row] = await db.read
        .select()
        .from(refreshTokens)
        .where(eq(refreshTokens.tokenHash, sha256(token)))
      return row
    },
    revoke: (id) => db.write((tx) => revokeIn(tx, id)),
    async revokeOf(userId, clientId) {
      const whose = and(eq(grants.userId, userId), clientId === undefined ? undefined : eq(grants.clientId, clientId))
      await db.write((tx) =>
        tx
          .update(grants)
          .set({ revokedAt: clock.now() })
          .where(and(whose, isNull(grants.revokedAt))),
      )
    },
    async revokeOfSession(sessionId, clientId) {
      const which = and(eq(grants.sessionId, sessionId), eq(grants.clientId, clientId), isNull(grants.revokedAt))
      await db.write((tx) => tx.update(grants).set({ revokedAt: clock.now() }).where(which))
    },
    async sweep() {
      const now = clock.now()
      await db.write((tx) => tx.delete(codes).where(lte(codes.expiresAt, inSeconds(clock, -memorySeconds))))
      await db.write((tx) => tx.delete(refreshTokens).where(lte(refreshTokens.expiresAt, now)))
      const revoked = lte(grants.revokedAt, inSeconds(clock, -memorySeconds))
      const empty = sql`not exists (select 1 from ${refreshTokens} where ${refreshTokens.grantId} = ${grants.id})`
      await db.write((tx) => tx.delete(grants).where(or(and(lte(grants.expiresAt, now), empty), revoked)))
    },
  }
}

/** What is wrong with a code that nobody has used yet; undefined when nothing is. */
function codeFault(row: typeof codes.$inferSelect, grant: GrantRow, proof: CodeProof): string | undefined {
  if (grant.clientId !== proof.clientId) return 'It was given to another client.'
  if (row.redirectUri !== proof.redirectUri) return 'redirect_uri is not the one of the authorization request.'
  const challenge = row.challenge === null ? undefined : { challenge: row.challenge, method: row.challengeMethod ?? 'plain' }
  if (!answersChallenge(challenge, proof.verifier, sha256)) return 'code_verifier does not fit the code_challenge.'
  if (row.dpopThumbprint !== null && row.dpopThumbprint !== proof.dpopThumbprint) return 'It is bound to another key.'
  return undefined
}
