// The provider's tables as drizzle sees them. Of whatever can be presented to us only a hash is stored.
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { RequestedClaims } from './protocol/authorize-request.ts'

const flag = (name: string) => integer(name, { mode: 'boolean' }).notNull().default(false)
const instant = (name: string) => integer(name, { mode: 'timestamp_ms' })
const texts = (name: string) => text(name, { mode: 'json' }).$type<readonly string[]>().notNull().default([])

/** An issuer outside whose assertions stand for a client (RFC 7523): a cluster, a forge, a cloud. */
export interface FederatedIdentity {
  readonly issuer: string
  readonly subject?: string | undefined
  readonly audience?: string | undefined
  /** Where the issuer's keys are; without it they are found through the issuer's metadata. */
  readonly jwks?: string | undefined
  /** The keys themselves, for an issuer that cannot be reached from here. */
  readonly publicKeys?: JsonWebKeySet['keys'] | undefined
  readonly replayProtection: boolean
}

export type JsonWebKeySet = { readonly keys: readonly Readonly<Record<string, unknown>>[] }

/** Apps. `origin` says who made the row: an administrator, dynamic registration, or a metadata document at the id's own address. */
export const clients = sqliteTable('oidc_clients', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  description: text('description').notNull().default(''),
  launchUrl: text('launch_url'),
  isPublic: flag('is_public'),
  pkceEnabled: flag('pkce_enabled'),
  /** It was seen to use PKCE, though it need not. */
  pkceSupported: flag('pkce_supported'),
  plainPkceAllowed: flag('plain_pkce_allowed'),
  requiresReauthentication: flag('requires_reauthentication'),
  requiresPushedRequests: flag('requires_pushed_requests'),
  requiresDpop: flag('requires_dpop'),
  skipConsent: flag('skip_consent'),
  isGroupRestricted: flag('is_group_restricted'),
  callbackUrls: texts('callback_urls'),
  logoutCallbackUrls: texts('logout_callback_urls'),
  backchannelLogoutUri: text('backchannel_logout_uri'),
  initiateLoginUri: text('initiate_login_uri'),
  logoUri: text('logo_uri'),
  federatedIdentities: text('federated_identities', { mode: 'json' }).$type<readonly FederatedIdentity[]>().notNull().default([]),
  tokenEndpointAuthMethod: text('token_endpoint_auth_method'),
  /** What it may come to a token by; empty: everything its kind may. */
  grantTypes: texts('grant_types'),
  jwks: text('jwks', { mode: 'json' }).$type<JsonWebKeySet>(),
  jwksUri: text('jwks_uri'),
  idTokenSigningAlg: text('id_token_signing_alg'),
  accessTokenMinutes: integer('access_token_minutes').notNull().default(60),
  refreshTokenMinutes: integer('refresh_token_minutes').notNull().default(43_200),
  origin: text('origin').$type<'admin' | 'registration' | 'metadata-document'>().notNull().default('admin'),
  registrationTokenHash: text('registration_token_hash'),
  metadataExpiresAt: instant('metadata_expires_at'),
  createdBy: text('created_by'),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
})
export type ClientRow = typeof clients.$inferSelect

/** Secrets of confidential clients. `bcrypt` came from an import and turns into `sha256` when it is first used. */
export const clientSecrets = sqliteTable('oidc_client_secrets', {
  id: text('id').primaryKey(),
  clientId: text('client_id').notNull(),
  name: text('name').notNull().default(''),
  hash: text('hash').notNull(),
  hashKind: text('hash_kind').$type<'sha256' | 'bcrypt'>().notNull().default('sha256'),
  prefix: text('prefix').notNull().default(''),
  createdAt: instant('created_at').notNull(),
  expiresAt: instant('expires_at'),
  lastUsedAt: instant('last_used_at'),
})

/** Which logos there are; their bytes are files (client-logos.ts). */
export const clientLogos = sqliteTable(
  'oidc_client_logos',
  {
    clientId: text('client_id').notNull(),
    variant: text('variant').$type<'light' | 'dark'>().notNull(),
    mediaType: text('media_type').notNull(),
    /** Where the app itself says it is; null for one that an administrator chose. */
    sourceUri: text('source_uri'),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.clientId, table.variant] })],
)

/** The groups whose members may use a client that is restricted. */
export const clientGroups = sqliteTable(
  'oidc_client_groups',
  { clientId: text('client_id').notNull(), groupId: text('group_id').notNull() },
  (table) => [primaryKey({ columns: [table.clientId, table.groupId] })],
)

/** Resource servers; `identifier` is the resource indicator and the audience of their tokens (RFC 8707). */
export const apis = sqliteTable('oidc_apis', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  identifier: text('identifier').notNull(),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
  openToDocuments: flag('open_to_documents'),
})

/** What may be done at an API; `key` is the scope that clients ask for. */
export const apiPermissions = sqliteTable('oidc_api_permissions', {
  id: text('id').primaryKey(),
  apiId: text('api_id').notNull(),
  key: text('key').notNull(),
  name: text('name').notNull().default(''),
  description: text('description').notNull().default(''),
  openToDocuments: flag('open_to_documents'),
})

/** Access without any permission; the view `oidc_api_reach` adds what permissions bring with them. */
export const apiAccess = sqliteTable(
  'oidc_api_access',
  {
    clientId: text('client_id').notNull(),
    apiId: text('api_id').notNull(),
    subject: text('subject').$type<'user' | 'client'>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.clientId, table.apiId, table.subject] })],
)

/** Which permissions a client may have: for its users, or for itself (client credentials). */
export const apiGrants = sqliteTable(
  'oidc_api_grants',
  {
    clientId: text('client_id').notNull(),
    permissionId: text('permission_id').notNull(),
    subject: text('subject').$type<'user' | 'client'>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.clientId, table.permissionId, table.subject] })],
)

/**
 * What a user let a client have, once. Codes, refresh tokens and access tokens hang on it: revoking the grant ends the family.
 *
 * The session is no reference: a grant outlives it (offline access). The session's end is known from its row being gone.
 */
export const grants = sqliteTable('oidc_grants', {
  id: text('id').primaryKey(),
  clientId: text('client_id').notNull(),
  userId: text('user_id').notNull(),
  sessionId: text('session_id'),
  scope: text('scope').notNull(),
  resources: texts('resources'),
  /** The claims parameter (OpenID Connect Core 5.5), as far as we understood it. */
  claims: text('claims', { mode: 'json' }).$type<RequestedClaims>(),
  authTime: instant('auth_time').notNull(),
  acr: text('acr'),
  amr: texts('amr'),
  createdAt: instant('created_at').notNull(),
  expiresAt: instant('expires_at').notNull(),
  revokedAt: instant('revoked_at'),
})
export type GrantRow = typeof grants.$inferSelect

/** A used code stays until it runs out, so that a second use is known as one. */
export const codes = sqliteTable('oidc_codes', {
  codeHash: text('code_hash').primaryKey(),
  grantId: text('grant_id').notNull(),
  redirectUri: text('redirect_uri').notNull(),
  challenge: text('challenge'),
  challengeMethod: text('challenge_method').$type<'S256' | 'plain'>(),
  nonce: text('nonce'),
  dpopThumbprint: text('dpop_thumbprint'),
  expiresAt: instant('expires_at').notNull(),
  usedAt: instant('used_at'),
})

export const refreshTokens = sqliteTable('oidc_refresh_tokens', {
  tokenHash: text('token_hash').primaryKey(),
  grantId: text('grant_id').notNull(),
  scope: text('scope').notNull(),
  dpopThumbprint: text('dpop_thumbprint'),
  createdAt: instant('created_at').notNull(),
  expiresAt: instant('expires_at').notNull(),
  usedAt: instant('used_at'),
})

/** Pushed authorization requests (RFC 9126). */
export const pushedRequests = sqliteTable('oidc_pushed_requests', {
  uriHash: text('uri_hash').primaryKey(),
  clientId: text('client_id').notNull(),
  parameters: text('parameters', { mode: 'json' }).$type<Readonly<Record<string, string>>>().notNull(),
  dpopThumbprint: text('dpop_thumbprint'),
  expiresAt: instant('expires_at').notNull(),
})

export const deviceCodes = sqliteTable('oidc_device_codes', {
  codeHash: text('code_hash').primaryKey(),
  userCodeHash: text('user_code_hash').notNull(),
  clientId: text('client_id').notNull(),
  scope: text('scope').notNull(),
  resources: texts('resources'),
  nonce: text('nonce'),
  state: text('state').$type<'pending' | 'approved' | 'denied'>().notNull().default('pending'),
  grantId: text('grant_id'),
  intervalSeconds: integer('interval_seconds').notNull(),
  polledAt: instant('polled_at'),
  createdAt: instant('created_at').notNull(),
  expiresAt: instant('expires_at').notNull(),
})

/** Authorization requests that wait for a person. */
export const interactions = sqliteTable('oidc_interactions', {
  idHash: text('id_hash').primaryKey(),
  clientId: text('client_id').notNull(),
  parameters: text('parameters', { mode: 'json' }).$type<Readonly<Record<string, string>>>().notNull(),
  /** The pushed request it began with, which is spent together with it. */
  pushedHash: text('pushed_hash'),
  /** Who took the steps so far; steps of one person do not count for another. */
  userId: text('user_id'),
  reauthenticatedAt: instant('reauthenticated_at'),
  accountSelected: flag('account_selected'),
  /** What they agreed to (protocol/consent.ts); null while they were not asked, or did not answer. */
  agreed: text('agreed', { mode: 'json' }).$type<readonly string[]>(),
  declined: flag('declined'),
  createdAt: instant('created_at').notNull(),
  expiresAt: instant('expires_at').notNull(),
})
export type InteractionRow = typeof interactions.$inferSelect

/** What a user agreed to, for good, and when it was last used: the list of a user's own apps. */
export const consents = sqliteTable(
  'oidc_consents',
  {
    userId: text('user_id').notNull(),
    clientId: text('client_id').notNull(),
    /** Scopes; one of an API has its resource in front (protocol/consent.ts). */
    scope: text('scope', { mode: 'json' }).$type<readonly string[]>().notNull(),
    createdAt: instant('created_at').notNull(),
    lastUsedAt: instant('last_used_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.clientId] })],
)

/** Ids that may not come again while they live: client assertions, DPoP proofs, access tokens that were revoked. */
export const spentIds = sqliteTable(
  'oidc_spent_ids',
  { purpose: text('purpose').notNull(), idHash: text('id_hash').notNull(), expiresAt: instant('expires_at').notNull() },
  (table) => [primaryKey({ columns: [table.purpose, table.idHash] })],
)

/**
 * In which sessions people use apps that want to hear of their end (OpenID Connect Back-Channel Logout). No references to the
 * session and the user: the row has to outlive both to say so.
 */
export const appSessions = sqliteTable(
  'oidc_app_sessions',
  {
    sessionId: text('session_id').notNull(),
    clientId: text('client_id').notNull(),
    userId: text('user_id').notNull(),
    /** When the session would have run out by itself, which is no sign-out. */
    expiresAt: instant('expires_at').notNull(),
    endedAt: instant('ended_at'),
    attempts: integer('attempts').notNull().default(0),
    nextAt: instant('next_at'),
  },
  (table) => [primaryKey({ columns: [table.sessionId, table.clientId] })],
)

/** Signing keys. The private half is sealed, and wiped when the key has signed its last. */
export const signingKeys = sqliteTable('oidc_signing_keys', {
  id: text('id').primaryKey(),
  algorithm: text('algorithm').$type<'ES256' | 'RS256' | 'EdDSA'>().notNull(),
  publicKey: text('public_key', { mode: 'json' }).$type<Readonly<Record<string, unknown>>>().notNull(),
  privateKey: text('private_key'),
  createdAt: instant('created_at').notNull(),
  signsFrom: instant('signs_from').notNull(),
  /** Set when a newer key took over. */
  publishedUntil: instant('published_until'),
})
