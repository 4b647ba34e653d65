// Apps of Pocket ID: with their ids and secrets, so that none of them is told anything new; and the key that signed for it.
import type { Transaction } from '#core/db/client.ts'
import { documentOf, type Fields, flagOf, momentOf, numberOf, textOf, textOrNull, textsOf } from '#core/transfer/fields.ts'
import { inParts, type Predecessor, type TakeOver } from '#core/transfer/predecessor.ts'
import { createClientLogos } from './client-logos.ts'
import { federatedIn, secretsIn } from './pocket-id-credentials.ts'
import { takeOverKey } from './pocket-id-key.ts'
import type { OidcHost } from './provider.ts'
import { apiGrants, apiPermissions, apis, clientGroups, clientSecrets, clients, consents } from './tables.ts'

/** Codes and tokens, under their names in older and in newer releases. */
const inFlight = ['oidc_authorization_codes', 'oidc_refresh_tokens', 'oidc_device_codes', 'oauth2_sessions']

export const takeOver: TakeOver = async (from, host) => {
  const now = host.clock.now()
  await host.db.write(async (tx) => {
    await takeOverClients(from, tx, now)
    await takeOverApis(from, tx, now)
  })
  const key = await takeOverKey(from, host)
  const count = inFlight.reduce((sum, table) => sum + from.rows(table).length, 0)
  const notes = [...(key.notes ?? []), ...(await takeOverLogos(from, host as OidcHost))]
  if (count > 0) notes.push(`${count} codes and refresh tokens stay behind: apps send people here once more, and they sign in.`)
  return { ...key, notes }
}

async function takeOverClients(from: Predecessor, tx: Transaction, now: Date): Promise<void> {
  const people = new Set(from.rows('users').map((row) => textOf(row, 'id')))
  const groups = from
    .rows('oidc_clients_allowed_user_groups')
    .map((row) => ({ clientId: textOf(row, 'oidc_client_id'), groupId: textOf(row, 'user_group_id') }))
  const restricted = new Set(groups.map(({ clientId }) => clientId))
  const rows = from.rows('oidc_clients')
  const made = rows.map((row) => clientOf(row, people, restricted, now))
  const agreed = from.rows('user_authorized_oidc_clients').map((row) => {
    const lastUsedAt = momentOf(row, 'last_used_at') ?? now
    const scope = scopeOf(row)
    return { userId: textOf(row, 'user_id'), clientId: textOf(row, 'client_id'), scope, createdAt: lastUsedAt, lastUsedAt }
  })
  for (const part of inParts(made, 100)) await tx.insert(clients).values(part)
  for (const part of inParts(rows.flatMap((row) => secretsIn(row, now)))) await tx.insert(clientSecrets).values(part)
  for (const part of inParts(groups)) await tx.insert(clientGroups).values(part)
  for (const part of inParts(agreed)) await tx.insert(consents).values(part)
}

/** A list, or a text of its words in older releases. */
function scopeOf(row: Fields): readonly string[] {
  const list = documentOf(row, 'scope')
  return Array.isArray(list)
    ? textsOf(row, 'scope')
    : textOf(row, 'scope')
        .split(' ')
        .filter((one) => one !== '')
}

function clientOf(row: Fields, people: ReadonlySet<string>, restricted: ReadonlySet<string>, now: Date) {
  const id = textOf(row, 'id')
  const createdBy = textOf(row, 'created_by_id')
  const createdAt = momentOf(row, 'created_at') ?? now
  return {
    id,
    name: textOf(row, 'name'),
    description: textOf(row, 'description'),
    launchUrl: textOrNull(row, 'launch_url'),
    isPublic: flagOf(row, 'is_public'),
    pkceEnabled: flagOf(row, 'pkce_enabled'),
    pkceSupported: flagOf(row, 'pkce_supported'),
    requiresReauthentication: flagOf(row, 'requires_reauthentication'),
    requiresPushedRequests: flagOf(row, 'requires_pushed_authorization_requests'),
    skipConsent: flagOf(row, 'skip_consent'),
    // Before it had a column, an app was restricted when it had groups.
    isGroupRestricted: 'is_group_restricted' in row ? flagOf(row, 'is_group_restricted') : restricted.has(id),
    callbackUrls: textsOf(row, 'callback_urls'),
    logoutCallbackUrls: textsOf(row, 'logout_callback_urls'),
    backchannelLogoutUri: textOrNull(row, 'backchannel_logout_url'),
    federatedIdentities: federatedIn(documentOf(row, 'credentials')),
    accessTokenMinutes: numberOf(row, 'access_token_duration_minutes', 60),
    refreshTokenMinutes: numberOf(row, 'refresh_token_duration_minutes', 43_200),
    ...described(row, id, now),
    createdBy: people.has(createdBy) ? createdBy : null,
    createdAt,
    updatedAt: momentOf(row, 'updated_at') ?? createdAt,
  }
}

/** An app whose id is the address of its document is read from there again. */
const described = (row: Fields, id: string, now: Date) =>
  textOf(row, 'client_type') !== 'standard' && id.startsWith('https://')
    ? { origin: 'metadata-document' as const, metadataExpiresAt: now }
    : {}

async function takeOverApis(from: Predecessor, tx: Transaction, now: Date): Promise<void> {
  const made = from.rows('apis').map((row) => {
    const createdAt = momentOf(row, 'created_at') ?? now
    const updatedAt = momentOf(row, 'updated_at') ?? createdAt
    const identifier = textOrNull(row, 'audience') ?? textOf(row, 'resource')
    return { id: textOf(row, 'id'), name: textOf(row, 'name'), identifier, createdAt, updatedAt }
  })
  const permissions = from.rows('api_permissions').map((row) => ({
    id: textOf(row, 'id'),
    apiId: textOf(row, 'api_id'),
    key: textOf(row, 'key'),
    name: textOf(row, 'name'),
    description: textOf(row, 'description'),
  }))
  const allowed = from.rows('oidc_clients_allowed_api_permissions').map((row) => ({
    clientId: textOf(row, 'oidc_client_id'),
    permissionId: textOf(row, 'api_permission_id'),
    subject: textOf(row, 'subject_type') === 'client' ? ('client' as const) : ('user' as const),
  }))
  for (const part of inParts(made)) await tx.insert(apis).values(part)
  for (const part of inParts(permissions)) await tx.insert(apiPermissions).values(part)
  for (const part of inParts(allowed)) await tx.insert(apiGrants).values(part)
}

/** `oidc-client-images/<id>.png`, and `<id>-dark.png` for dark pages. */
async function takeOverLogos(from: Predecessor, host: OidcHost): Promise<readonly string[]> {
  const logos = createClientLogos(host)
  const unreadable: string[] = []
  const ids = from.rows('oidc_clients').map((row) => textOf(row, 'id'))
  for (const id of ids) {
    for (const variant of ['light', 'dark'] as const) {
      const start = `oidc-client-images/${id}${variant === 'dark' ? '-dark' : ''}.`
      const file = from.files.find((name) => name.startsWith(start))
      if (!file) continue
      const failed = await logos.write(id, variant, await from.file(file)).then(
        () => false,
        () => true,
      )
      if (failed) unreadable.push(file)
    }
  }
  return unreadable.map((file) => `The logo ${file} is no picture that is shown here and stays behind.`)
}
