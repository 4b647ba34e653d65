// A JWT in place of a secret: signed by the app itself (OpenID Connect Core section 9) or by an issuer that speaks for it (RFC 7523 section 3).
import type { JWTVerifyOptions } from 'jose'
import { AppError } from '#core/errors.ts'
import type { KeySets } from './key-sets.ts'
import { clockToleranceSeconds, readUnverified, strictAlgorithms, verifyOutside } from './outside-jwt.ts'
import type { ClientDirectory } from './parts.ts'
import { OAuthError } from './protocol/errors.ts'
import type { OidcHost } from './provider.ts'
import type { SpentIds } from './spent-ids.ts'
import type { ClientRow, FederatedIdentity, JsonWebKeySet } from './tables.ts'

export interface ClientAssertions {
  /**
   * The client an assertion stands for.
   *
   * @param clientId as the request names it; the assertion's subject when it does not
   * @param address of the endpoint, which older clients name as the audience
   * @throws OAuthError invalid_client
   */
  authenticate(assertion: string, clientId: string | undefined, address: string): Promise<ClientRow>
}

export interface AssertionDeps {
  readonly host: Pick<OidcHost, 'core' | 'clock' | 'log' | 'settings'>
  readonly directory: ClientDirectory
  readonly keySets: KeySets
  readonly spent: SpentIds
}

const maxLength = 16_384
/** How far ahead an assertion may end: as long as that its id has to be remembered. */
const maxLifetimeSeconds = 24 * 3_600

export function createClientAssertions({ host, directory, keySets, spent }: AssertionDeps): ClientAssertions {
  const { core, clock, log } = host

  /** Keys are read again, once, when the signature does not fit: their owner may have made new ones. */
  async function verified(
    assertion: string,
    keys: (fresh: boolean) => Promise<JsonWebKeySet | undefined>,
    options: JWTVerifyOptions,
  ) {
    const pinned = { ...options, currentDate: clock.now(), clockTolerance: clockToleranceSeconds, requiredClaims: ['exp'] }
    const attempt = async (fresh: boolean) => {
      const keySet = await keys(fresh)
      if (!keySet) throw refused('This app has no keys here; register jwks or jwks_uri.')
      return verifyOutside(assertion, keySet, pinned)
    }
    const payload = await attempt(false).catch((error: unknown) => {
      if (!isKeyTrouble(error)) throw error
      return attempt(true)
    })
    const { exp = 0, iat = 0 } = payload
    const nowSeconds = clock.now().getTime() / 1000
    if (exp > nowSeconds + maxLifetimeSeconds) throw refused('The client assertion lives too long.')
    if (iat > nowSeconds + clockToleranceSeconds) throw refused('The client assertion was made in the future. Check the clock.')
    return payload
  }

  async function spendId(client: ClientRow, issuer: string, { jti, exp = 0 }: { jti?: string; exp?: number }): Promise<void> {
    if (!jti) throw refused('The client assertion must have an id (jti), so that it counts once.')
    const expiresAt = new Date((exp + clockToleranceSeconds) * 1000)
    const isFirst = await spent.spend('client-assertion', JSON.stringify([client.id, issuer, jti]), expiresAt)
    if (!isFirst) throw refused('This client assertion was used before.')
  }

  async function signedByClient(client: ClientRow, assertion: string, address: string): Promise<void> {
    const own = [core.appUrl, host.settings.internalAppUrl].filter((origin) => origin !== '')
    const path = new URL(address).pathname
    // Only the issuer is named by everybody alike; an address may be one that another server gave out (mix-up).
    const audience = client.requiresDpop
      ? [core.appUrl]
      : own.flatMap((origin) => [origin, origin + path, `${origin}/api/oidc/token`])
    const strict = client.requiresDpop ? { algorithms: [...strictAlgorithms] } : {}
    const options = { issuer: client.id, subject: client.id, audience, ...strict }
    const payload = await verified(assertion, (fresh) => directory.keysOf(client, fresh), options)
    if (Array.isArray(payload.aud) && (client.requiresDpop || payload.aud.length !== 1))
      throw refused('The client assertion must be for one audience: this server’s issuer.')
    await spendId(client, client.id, payload)
  }

  async function keysOf({ issuer, jwks, publicKeys }: FederatedIdentity, fresh: boolean): Promise<JsonWebKeySet> {
    if (publicKeys?.length) return { keys: publicKeys }
    return jwks ? keySets.read(jwks, 'administrator', fresh) : keySets.ofIssuer(issuer, 'administrator', fresh)
  }

  async function signedByIssuer(client: ClientRow, identity: FederatedIdentity, assertion: string): Promise<void> {
    const { issuer, subject, audience, replayProtection } = identity
    const keys = (fresh: boolean) => keysOf(identity, fresh)
    const options = { issuer, subject: subject || client.id, audience: audience || core.appUrl }
    const payload = await verified(assertion, keys, options)
    if (replayProtection) await spendId(client, issuer, payload)
  }

  async function signedByOneOf(client: ClientRow, identities: readonly FederatedIdentity[], assertion: string): Promise<void> {
    let last: unknown = refused('No issuer is registered whose assertions stand for this app.')
    for (const identity of identities) {
      try {
        return await signedByIssuer(client, identity, assertion)
      } catch (error) {
        last = error
      }
    }
    throw last
  }

  return {
    async authenticate(assertion, clientId, address) {
      const unverified = assertion.length <= maxLength ? readUnverified(assertion) : undefined
      const id = clientId ?? unverified?.sub
      const client = id === undefined ? undefined : await directory.find(id)
      if (!client || !unverified) throw refused('The client assertion is no JWT of an app that is registered here.')
      const identities = client.federatedIdentities.filter(({ issuer }) => issuer === unverified.iss)
      try {
        if (unverified.iss === client.id && identities.length === 0) await signedByClient(client, assertion, address)
        else await signedByOneOf(client, identities, assertion)
      } catch (error) {
        if (error instanceof OAuthError) throw error
        // The caller learns that it failed, the administrator why.
        log.warn('A client assertion was refused', { client: client.id, why: (error as Error).message })
        throw refused('The client assertion does not prove who it is from.', error)
      }
      return client
    },
  }
}

/** Signed by a key we do not have, or had an old version of. */
const isKeyTrouble = (error: unknown): boolean =>
  !(error instanceof OAuthError || error instanceof AppError) &&
  ['ERR_JWKS_NO_MATCHING_KEY', 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED'].includes((error as { code?: string }).code ?? '')

const refused = (why: string, cause?: unknown) => new OAuthError('invalid_client', why, { cause })
