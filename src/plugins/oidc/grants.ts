// Grants and what hangs on them: codes and refresh tokens, issued and spent. Each is spent by one conditional statement; reuse ends the family.
import { and, eq, gt, isNull, lte, sql } from 'drizzle-orm'
import { inSeconds } from '#core/clock.ts'
import { newId, randomToken, sha256 } from '#core/crypto.ts'
import { clearFound, clearThrough } from '#core/db/clear.ts'
import type { Transaction } from '#core/db/client.ts'
import type { Host } from '#core/kernel/plugin.ts'
import {
  keepRefreshToken,
  putCode,
  putGrant,
  putRefreshToken,
  type TakenCode,
  takeCode,
  takeRefreshToken,
} from './grant-statements.ts'
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
      readonly grantId: string
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
  /**
   * Replaces a refresh token by its successor. A second use ends the grant.
   *
   * @param allow throws when the grant's resources are open no more: then the token stays as good as it was
   */
  rotate(
    token: string,
    clientId: string,
    dpopThumbprint: string | undefined,
    next: (scope: string) => NewRefreshToken,
    allow: (resources: readonly string[]) => Promise<void>,
  ): Promise<Spent>
  /** Uses a refresh token that stays as it is: its app proves by a key who it is. */
  keep(token: string, clientId: string, lifetimeSeconds: number): Promise<Spent>
  /** A first refresh token, for a grant that came without a code. */
  issueRefreshToken(tx: Transaction, grantId: string, token: NewRefreshToken): Promise<string>
  find(id: string): Promise<GrantRow | undefined>
  findRefreshToken(token: string): Promise<typeof refreshTokens.$inferSelect | undefined>
  revoke(id: string): Promise<void>
  /** Ends what a user let apps have: all of it, or what one client was given. */
  revokeOf(userId: string, clientId?: string): Promise<void>
  /** Ends what people let apps have who are locked out now, so that it does not come back when they do. */
  revokeOfLockedOut(): Promise<void>
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
    await putGrant(tx, row)
    return row
  }

  const issueRefreshToken = async (tx: Transaction, grantId: string, token: NewRefreshToken): Promise<string> => {
    const secret = randomToken()
    const row = {
      tokenHash: sha256(secret),
      grantId,
      scope: token.scope,
      dpopThumbprint: token.dpopThumbprint ?? null,
      createdAt: clock.now().getTime(),
      expiresAt: inSeconds(clock, token.lifetimeSeconds).getTime(),
    }
    // The grant lives as long as its last token, and is remembered a while longer.
    await putRefreshToken(tx, row, row.expiresAt + memorySeconds * 1000)
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

  return {
    issueGrant,
    issueRefreshToken,
    async issueCode(tx, grant, { redirectUri, challenge, nonce, dpopThumbprint }) {
      const { id } = await issueGrant(tx, grant)
      const code = randomToken()
      await putCode(tx, {
        codeHash: sha256(code),
        grantId: id,
        redirectUri,
        challenge: challenge?.challenge ?? null,
        challengeMethod: challenge?.method ?? null,
        nonce: nonce ?? null,
        dpopThumbprint: dpopThumbprint ?? null,
        expiresAt: inSeconds(clock, codeLifetimeSeconds).getTime(),
      })
      return code
    },

    spendCode: (code, proof, next) =>
      db.writeTogether(async (tx): Promise<Spent> => {
        const codeHash = sha256(code)
        const row = await takeCode(tx, codeHash, clock.now().getTime())
        if (!row) {
          const [again] = await tx.select().from(codes).where(eq(codes.codeHash, codeHash))
          return again?.usedAt ? end(tx, again.grantId, used, true) : { kind: 'refused', why: gone }
        }
        if (row.clientId === null) return { kind: 'refused', why: gone }
        const fault = codeFault(row, proof)
        if (fault) return end(tx, row.grantId, fault)
        const refreshToken = await issueRefreshToken(tx, row.grantId, next(row.grantScope))
        return { kind: 'spent', grantId: row.grantId, nonce: row.nonce, refreshToken, scope: row.grantScope }
      }),

    rotate: (token, clientId, dpopThumbprint, next, allow) =>
      db.writeTogether(async (tx): Promise<Spent> => {
        const tokenHash = sha256(token)
        const row = await takeRefreshToken(tx, tokenHash, clock.now().getTime())
        if (!row) {
          const [again] = await tx.select().from(refreshTokens).where(eq(refreshTokens.tokenHash, tokenHash))
          return again?.usedAt ? end(tx, again.grantId, used, true) : { kind: 'refused', why: gone }
        }
        if (row.clientId === null) return { kind: 'refused', why: gone }
        if (row.clientId !== clientId) return end(tx, row.grantId, 'It was given to another client.')
        if (row.dpopThumbprint !== null && row.dpopThumbprint !== dpopThumbprint) {
          return end(tx, row.grantId, 'It is bound to another key.')
        }
        const resources = JSON.parse(row.resources ?? '[]') as readonly string[]
        if (resources.length > 0) await allow(resources)
        const refreshToken = await issueRefreshToken(tx, row.grantId, next(row.scope))
        return { kind: 'spent', grantId: row.grantId, nonce: null, refreshToken, scope: row.scope }
      }),

    keep: (token, clientId, lifetimeSeconds) =>
      db.writeTogether(async (tx): Promise<Spent> => {
        const until = inSeconds(clock, lifetimeSeconds).getTime()
        const both = { token: until, grant: until + memorySeconds * 1000 }
        const row = await keepRefreshToken(tx, sha256(token), clock.now().getTime(), both)
        if (!row || row.clientId === null) return { kind: 'refused', why: gone }
        if (row.clientId !== clientId) return end(tx, row.grantId, 'It was given to another client.')
        return { kind: 'spent', grantId: row.grantId, nonce: null, refreshToken: token, scope: row.scope }
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
    async revokeOfLockedOut() {
      // In the words of the index users_shut_out: otherwise everybody is looked at, while nobody else is served.
      const lockedOut = sql`${grants.userId} in (select id from users where (disabled or source_disabled) = 1)`
      const which = and(isNull(grants.revokedAt), lockedOut)
      // Asked after every sync, where nearly always nobody is.
      const [one] = await db.read.select({ id: grants.id }).from(grants).where(which).limit(1)
      if (one) await db.write((tx) => tx.update(grants).set({ revokedAt: clock.now() }).where(which))
    },
    async revokeOfSession(sessionId, clientId) {
      const which = and(eq(grants.sessionId, sessionId), eq(grants.clientId, clientId), isNull(grants.revokedAt))
      await db.write((tx) => tx.update(grants).set({ revokedAt: clock.now() }).where(which))
    },
    async sweep() {
      const now = clock.now()
      await clearThrough(db, codes, codes.codeHash, lte(codes.expiresAt, inSeconds(clock, -memorySeconds)))
      await clearFound(db, refreshTokens, [refreshTokens.tokenHash], lte(refreshTokens.expiresAt, now))
      const empty = sql`not exists (select 1 from ${refreshTokens} where ${refreshTokens.grantId} = ${grants.id})`
      await clearFound(db, grants, [grants.id], and(lte(grants.expiresAt, now), empty))
    },
  }
}

/** What is wrong with a code that nobody has used yet; undefined when nothing is. */
function codeFault(row: TakenCode, proof: CodeProof): string | undefined {
  if (row.clientId !== proof.clientId) return 'It was given to another client.'
  if (row.redirectUri !== proof.redirectUri) return 'redirect_uri is not the one of the authorization request.'
  const challenge = row.challenge === null ? undefined : { challenge: row.challenge, method: row.challengeMethod ?? 'plain' }
  if (!answersChallenge(challenge, proof.verifier, sha256)) return 'code_verifier does not fit the code_challenge.'
  if (row.dpopThumbprint !== null && row.dpopThumbprint !== proof.dpopThumbprint) return 'It is bound to another key.'
  return undefined
}
