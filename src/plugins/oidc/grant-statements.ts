// The statements behind grants.ts, written by hand: they run for every sign-in and every refresh, and building them anew costs more than running them.
import { type SQL, sql } from 'drizzle-orm'
import type { Transaction } from '#core/db/client.ts'
import type { GrantRow } from './tables.ts'

/** A code or refresh token that was taken just now, with what is needed of its grant; `clientId` is null when the grant is over. */
interface Taken {
  readonly grantId: string
  readonly clientId: string | null
  readonly dpopThumbprint: string | null
}

export interface TakenCode extends Taken {
  readonly redirectUri: string
  readonly challenge: string | null
  readonly challengeMethod: 'S256' | 'plain' | null
  readonly nonce: string | null
  readonly grantScope: string
}

export interface TakenRefreshToken extends Taken {
  readonly scope: string
  /** As JSON; null when the grant is over. */
  readonly resources: string | null
}

const clientOfLiveGrant = (now: number): SQL =>
  sql`(select client_id from oidc_grants where id = grant_id and revoked_at is null and expires_at > ${now})`

/** Takes a code that nobody took: the condition and the change are one statement. */
export async function takeCode(tx: Transaction, codeHash: string, now: number): Promise<TakenCode | undefined> {
  const rows = await tx.all<TakenCode>(sql`
    update oidc_codes set used_at = ${now} where code_hash = ${codeHash} and used_at is null and expires_at > ${now}
    returning grant_id as "grantId", dpop_thumbprint as "dpopThumbprint", redirect_uri as "redirectUri", challenge,
      challenge_method as "challengeMethod", nonce, ${clientOfLiveGrant(now)} as "clientId",
      (select scope from oidc_grants where id = grant_id) as "grantScope"`)
  return rows[0]
}

/** Takes a refresh token that nobody took. */
export async function takeRefreshToken(tx: Transaction, tokenHash: string, now: number): Promise<TakenRefreshToken | undefined> {
  const rows = await tx.all<TakenRefreshToken>(sql`
    update oidc_refresh_tokens set used_at = ${now} where token_hash = ${tokenHash} and used_at is null and expires_at > ${now}
    returning grant_id as "grantId", dpop_thumbprint as "dpopThumbprint", scope, ${clientOfLiveGrant(now)} as "clientId",
      (select resources from oidc_grants where id = grant_id) as resources`)
  return rows[0]
}

/** Lets a refresh token that stays be good for longer, if it is good at all. */
export async function keepRefreshToken(
  tx: Transaction,
  tokenHash: string,
  now: number,
  until: { readonly token: number; readonly grant: number },
): Promise<Omit<TakenRefreshToken, 'resources'> | undefined> {
  const [row] = await tx.all<TakenRefreshToken>(sql`
    update oidc_refresh_tokens set expires_at = ${until.token}
    where token_hash = ${tokenHash} and used_at is null and expires_at > ${now}
    returning grant_id as "grantId", dpop_thumbprint as "dpopThumbprint", scope, ${clientOfLiveGrant(now)} as "clientId"`)
  if (row) await extendGrant(tx, row.grantId, until.grant)
  return row
}

const extendGrant = (tx: Transaction, id: string, until: number) =>
  tx.run(sql`update oidc_grants set expires_at = ${until} where id = ${id} and expires_at < ${until}`)

export interface RefreshTokenValues {
  readonly tokenHash: string
  readonly grantId: string
  readonly scope: string
  readonly dpopThumbprint: string | null
  readonly createdAt: number
  readonly expiresAt: number
}

/** Writes a refresh token, and lets its grant live at least as long. */
export async function putRefreshToken(tx: Transaction, row: RefreshTokenValues, grantUntil: number): Promise<void> {
  await tx.run(sql`
    insert into oidc_refresh_tokens (token_hash, grant_id, scope, dpop_thumbprint, created_at, expires_at)
    values (${row.tokenHash}, ${row.grantId}, ${row.scope}, ${row.dpopThumbprint}, ${row.createdAt}, ${row.expiresAt})`)
  await extendGrant(tx, row.grantId, grantUntil)
}

export async function putGrant(tx: Transaction, row: Omit<GrantRow, 'revokedAt'>): Promise<void> {
  await tx.run(sql`
    insert into oidc_grants (id, client_id, user_id, session_id, scope, resources, claims, auth_time, acr, amr, created_at, expires_at)
    values (${row.id}, ${row.clientId}, ${row.userId}, ${row.sessionId}, ${row.scope}, ${JSON.stringify(row.resources)},
      ${row.claims === null ? null : JSON.stringify(row.claims)}, ${row.authTime.getTime()}, ${row.acr}, ${JSON.stringify(row.amr)},
      ${row.createdAt.getTime()}, ${row.expiresAt.getTime()})`)
}

export interface CodeValues {
  readonly codeHash: string
  readonly grantId: string
  readonly redirectUri: string
  readonly challenge: string | null
  readonly challengeMethod: string | null
  readonly nonce: string | null
  readonly dpopThumbprint: string | null
  readonly expiresAt: number
}

export async function putCode(tx: Transaction, row: CodeValues): Promise<void> {
  await tx.run(sql`
    insert into oidc_codes (code_hash, grant_id, redirect_uri, challenge, challenge_method, nonce, dpop_thumbprint, expires_at)
    values (${row.codeHash}, ${row.grantId}, ${row.redirectUri}, ${row.challenge}, ${row.challengeMethod}, ${row.nonce},
      ${row.dpopThumbprint}, ${row.expiresAt})`)
}
