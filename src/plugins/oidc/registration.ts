// Apps that register themselves (RFC 7591) and manage their registration (RFC 7592). Off unless switched on, and then by an initial token alone.
import { and, eq } from 'drizzle-orm'
import { equalInConstantTime, isHashOf, newId, randomToken, sha256 } from '#core/crypto.ts'
import type { ClientSecrets } from './client-secrets.ts'
import type { DescribedLogos } from './described-logos.ts'
import { type Described, type Offer, readClientMetadata } from './protocol/client-metadata.ts'
import { OAuthError } from './protocol/errors.ts'
import type { OidcHost } from './provider.ts'
import { type ClientRow, clients } from './tables.ts'

/** A registration as its app reads it (RFC 7591 section 3.2.1). */
export type Registration = Readonly<Record<string, unknown>>

export interface Registrations {
  /** @param token the initial access token @throws OAuthError invalid_token, invalid_client_metadata, invalid_redirect_uri */
  register(token: string | undefined, metadata: unknown): Promise<Registration>
  /** @param token the registration's own access token @throws OAuthError invalid_token */
  read(id: string, token: string | undefined): Promise<Registration>
  update(id: string, token: string | undefined, metadata: unknown): Promise<Registration>
  remove(id: string, token: string | undefined): Promise<void>
}

const unauthorized = () =>
  new OAuthError('invalid_token', 'The token does not allow this.', {
    headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
  })

export function createRegistrations(
  { db, clock, core, settings, log }: Pick<OidcHost, 'db' | 'clock' | 'core' | 'settings' | 'log'>,
  secrets: ClientSecrets,
  logos: DescribedLogos,
  offer: Omit<Offer, 'fallbackName'>,
): Registrations {
  const understood = (metadata: unknown, fallbackName: string): Described => {
    const verdict = readClientMetadata(metadata, { ...offer, fallbackName })
    if (verdict.kind === 'refused') throw new OAuthError(verdict.code, verdict.why)
    return verdict.client
  }

  async function own(id: string, token: string | undefined): Promise<ClientRow> {
    const [row] = await db.read
      .select()
      .from(clients)
      .where(and(eq(clients.id, id), eq(clients.origin, 'registration')))
    const isRight = row?.registrationTokenHash && token && isHashOf(row.registrationTokenHash, token)
    if (!row || !isRight || !settings.oidcRegistrationEnabled) throw unauthorized()
    return row
  }

  const answer = (row: ClientRow, more: Registration): Registration => ({
    ...wordsOf(row),
    registration_client_uri: `${core.appUrl}/api/oidc/register/${row.id}`,
    ...more,
  })

  const usesSecret = ({ tokenEndpointAuthMethod }: Pick<ClientRow, 'tokenEndpointAuthMethod'>) =>
    tokenEndpointAuthMethod?.startsWith('client_secret_') === true

  return {
    async register(token, metadata) {
      const initial = settings.oidcRegistrationToken
      if (!settings.oidcRegistrationEnabled || initial === '' || !token || !equalInConstantTime(initial, token))
        throw unauthorized()
      const id = newId()
      const described = understood(metadata, `App ${id.slice(0, 8)}`)
      const [now, accessToken] = [clock.now(), randomToken()]
      const row = { ...described, id, registrationTokenHash: sha256(accessToken), createdAt: now, updatedAt: now }
      const [made] = await db.write((tx) =>
        tx
          .insert(clients)
          .values({ ...row, origin: 'registration' })
          .returning(),
      )
      if (!made) throw new Error('The registration was not stored.')
      log.info('An app registered itself', { client: id, name: made.name })
      logos.adopt(made)
      const secret = usesSecret(made) ? (await secrets.create(id)).secret : undefined
      const shown = secret === undefined ? {} : { client_secret: secret, client_secret_expires_at: 0 }
      return answer(made, { ...shown, registration_access_token: accessToken })
    },
    async read(id, token) {
      return answer(await own(id, token), { registration_access_token: token })
    },
    async update(id, token, metadata) {
      const row = await own(id, token)
      if ((metadata as { client_id?: unknown } | null)?.client_id !== id)
        throw new OAuthError('invalid_client_metadata', 'client_id must be the id of this registration.')
      const described = understood(metadata, row.name)
      if (described.isPublic !== row.isPublic)
        throw new OAuthError('invalid_client_metadata', 'An app stays public or confidential. Register it anew.')
      const changes = { ...described, updatedAt: clock.now() }
      const [changed] = await db.write((tx) => tx.update(clients).set(changes).where(eq(clients.id, row.id)).returning())
      if (changed) logos.adopt(changed)
      return answer(changed ?? row, { registration_access_token: token })
    },
    async remove(id, token) {
      const row = await own(id, token)
      await db.write((tx) => tx.delete(clients).where(eq(clients.id, row.id)))
    },
  }
}

/** A row in the words of RFC 7591. */
const wordsOf = (row: ClientRow): Registration => ({
  client_id: row.id,
  client_id_issued_at: Math.floor(row.createdAt.getTime() / 1000),
  client_name: row.name,
  redirect_uris: row.callbackUrls,
  post_logout_redirect_uris: row.logoutCallbackUrls,
  token_endpoint_auth_method: row.tokenEndpointAuthMethod,
  grant_types: row.grantTypes,
  response_types: ['code'],
  require_pushed_authorization_requests: row.requiresPushedRequests,
  dpop_bound_access_tokens: row.requiresDpop,
  ...(row.launchUrl === null ? {} : { client_uri: row.launchUrl }),
  ...(row.logoUri === null ? {} : { logo_uri: row.logoUri }),
  ...(row.jwks === null ? {} : { jwks: row.jwks }),
  ...(row.jwksUri === null ? {} : { jwks_uri: row.jwksUri }),
  ...(row.backchannelLogoutUri === null ? {} : { backchannel_logout_uri: row.backchannelLogoutUri }),
  ...(row.initiateLoginUri === null ? {} : { initiate_login_uri: row.initiateLoginUri }),
  ...(row.idTokenSigningAlg === null ? {} : { id_token_signed_response_alg: row.idTokenSigningAlg }),
})
