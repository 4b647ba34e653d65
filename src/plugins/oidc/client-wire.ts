// Rows of apps -> the JSON that Pocket ID's clients know, with what is ours beside it.
import { asc, eq, type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import * as v from 'valibot'
import { groups } from '#core/db/tables.ts'
import { GroupMinimal, groupsJson } from '#core/http/user-json.ts'
import type { AppCard, AppDetails, AppListed, AppSecret } from '#core/ports-apps.ts'
import type { SecretRow } from './client-secrets.ts'
import type { OidcHost } from './provider.ts'
import { type ClientRow, clientGroups, clientLogos, clientSecrets } from './tables.ts'

const Text = v.string()
const OrNull = v.nullable(v.string())
const Keys = v.array(v.record(v.string(), v.unknown()))

export const Secret = v.object({
  id: Text,
  name: Text,
  prefix: Text,
  createdAt: Text,
  expiresAt: OrNull,
  lastUsedAt: OrNull,
  isActive: v.boolean(),
})
export const NewSecret = v.object({ ...Secret.entries, secret: Text })

export const Card = v.object({
  id: Text,
  name: Text,
  description: Text,
  hasLogo: v.boolean(),
  hasDarkLogo: v.boolean(),
  launchURL: OrNull,
  requiresReauthentication: v.boolean(),
  clientType: Text,
})

export const Listed = v.object({
  ...Card.entries,
  callbackURLs: v.array(Text),
  logoutCallbackURLs: v.array(Text),
  isPublic: v.boolean(),
  pkceEnabled: v.boolean(),
  pkceSupported: v.boolean(),
  requiresPushedAuthorizationRequests: v.boolean(),
  skipConsent: v.boolean(),
  isGroupRestricted: v.boolean(),
  accessTokenDurationMinutes: v.number(),
  refreshTokenDurationMinutes: v.number(),
  credentials: v.object({
    federatedIdentities: v.array(
      v.object({
        issuer: Text,
        subject: v.optional(Text),
        audience: v.optional(Text),
        jwks: v.optional(Text),
        publicKeys: v.optional(Keys),
        replayProtection: v.boolean(),
      }),
    ),
    secrets: v.array(Secret),
  }),
  backchannelLogoutURL: OrNull,
  initiateLoginURL: OrNull,
  requiresDpop: v.boolean(),
  jwks: v.nullable(v.object({ keys: Keys })),
  jwksURL: OrNull,
  idTokenSigningAlg: OrNull,
  origin: v.picklist(['admin', 'registration', 'metadata-document']),
  createdAt: Text,
  allowedUserGroupsCount: v.number(),
})
export const Details = v.object({ ...Listed.entries, allowedUserGroups: v.array(GroupMinimal) })

type Sources = Pick<OidcHost, 'db' | 'clock'>

/** Many apps as everybody may see them, in the order given. */
export async function cardsOf({ db }: Pick<Sources, 'db'>, rows: readonly ClientRow[]): Promise<AppCard[]> {
  const logos = await db.read
    .select({ clientId: clientLogos.clientId, variant: clientLogos.variant })
    .from(clientLogos)
    .where(among(clientLogos.clientId, rows))
  const has = (id: string, variant: 'light' | 'dark') => logos.some((logo) => logo.clientId === id && logo.variant === variant)
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    description: row.description,
    hasLogo: has(row.id, 'light'),
    hasDarkLogo: has(row.id, 'dark'),
    launchURL: row.launchUrl,
    requiresReauthentication: row.requiresReauthentication,
    clientType: row.origin === 'metadata-document' ? 'cimd' : 'standard',
  }))
}

/** Many apps as an administrator sees them, with three queries more. */
export async function listedOf(sources: Sources, rows: readonly ClientRow[]): Promise<AppListed[]> {
  const { db, clock } = sources
  const cards = await cardsOf(sources, rows)
  const secrets = await db.read
    .select()
    .from(clientSecrets)
    .where(among(clientSecrets.clientId, rows))
    .orderBy(asc(clientSecrets.createdAt), asc(clientSecrets.id))
  const groupsCount = sql<number>`count(*)`
  const counts = await db.read
    .select({ clientId: clientGroups.clientId, groupsCount })
    .from(clientGroups)
    .where(among(clientGroups.clientId, rows))
    .groupBy(clientGroups.clientId)
  return rows.flatMap((row, index) => {
    const card = cards[index]
    const own = secrets.filter(({ clientId }) => clientId === row.id).map((secret) => secretJson(secret, clock.now()))
    const count = counts.find(({ clientId }) => clientId === row.id)?.groupsCount ?? 0
    return card ? [{ ...card, ...settingsOf(row), ...credentialsOf(row, own), allowedUserGroupsCount: count }] : []
  })
}

/** One app with the groups it is open to. */
export async function detailsOf(sources: Sources, row: ClientRow): Promise<AppDetails | undefined> {
  const [listed] = await listedOf(sources, [row])
  const open = await sources.db.read
    .select({ group: groups })
    .from(clientGroups)
    .innerJoin(groups, eq(groups.id, clientGroups.groupId))
    .where(eq(clientGroups.clientId, row.id))
    .orderBy(asc(groups.name))
  const allowedUserGroups = await groupsJson(
    sources,
    open.map(({ group }) => group),
  )
  return listed && { ...listed, allowedUserGroups }
}

export const secretJson = (row: SecretRow, now: Date): AppSecret => ({
  id: row.id,
  name: row.name,
  prefix: row.prefix,
  createdAt: row.createdAt.toISOString(),
  expiresAt: row.expiresAt?.toISOString() ?? null,
  lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  isActive: row.expiresAt === null || row.expiresAt > now,
})

const settingsOf = (row: ClientRow) => ({
  callbackURLs: row.callbackUrls,
  logoutCallbackURLs: row.logoutCallbackUrls,
  isPublic: row.isPublic,
  pkceEnabled: row.pkceEnabled,
  pkceSupported: row.pkceSupported,
  requiresPushedAuthorizationRequests: row.requiresPushedRequests,
  skipConsent: row.skipConsent,
  isGroupRestricted: row.isGroupRestricted,
  accessTokenDurationMinutes: row.accessTokenMinutes,
  refreshTokenDurationMinutes: row.refreshTokenMinutes,
  backchannelLogoutURL: row.backchannelLogoutUri,
  initiateLoginURL: row.initiateLoginUri,
  requiresDpop: row.requiresDpop,
  origin: row.origin,
  createdAt: row.createdAt.toISOString(),
})

const credentialsOf = (row: ClientRow, secrets: readonly AppSecret[]) => ({
  credentials: { federatedIdentities: row.federatedIdentities, secrets },
  jwks: row.jwks,
  jwksURL: row.jwksUri,
  idTokenSigningAlg: row.idTokenSigningAlg,
})

const among = (column: SQLiteColumn, rows: readonly ClientRow[]): SQL =>
  sql`${column} in (select value from json_each(${JSON.stringify(rows.map(({ id }) => id))}))`
