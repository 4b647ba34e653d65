// What an app gets for a grant: an access token, an ID token, and the refresh token that comes after.

import type { SigningAlgorithm } from './keys.ts'
import { claimsOf, identityScopes } from './protocol/claims.ts'
import { mayUse } from './protocol/grant-types.ts'
import type { Provider } from './provider.ts'
import { sidOf } from './session-id.ts'
import type { Standing } from './standing.ts'
import type { ClientRow } from './tables.ts'

/** RFC 6749 section 5.1, OpenID Connect Core section 3.1.3.3. */
export interface TokenResponse {
  readonly access_token: string
  readonly token_type: 'Bearer' | 'DPoP'
  readonly expires_in: number
  readonly scope: string
  readonly id_token?: string
  readonly refresh_token?: string
}

export interface TokenSetInput {
  readonly standing: Standing
  readonly scope: readonly string[]
  /** The resources of this token: those of the grant, or fewer (RFC 8707 section 2.2). */
  readonly resources: readonly string[]
  readonly nonce: string | null
  readonly refreshToken: string
  readonly dpopThumbprint: string | undefined
}

const idTokenLifetimeSeconds = 3600

/** An app that binds its tokens to a key is held to the FAPI 2.0 Security Profile, which has no RS256 (section 5.4.1). */
export function algorithmOf({ host }: Pick<Provider, 'host'>, client: ClientRow): SigningAlgorithm {
  const usual = host.settings.oidcSigningAlgorithm
  const strict = client.requiresDpop && usual === 'RS256' ? 'ES256' : usual
  return (client.idTokenSigningAlg as SigningAlgorithm | null) ?? strict
}

/**
 * Whom a token is for: the resources it was asked for, else the client; and us, when it may be shown at userinfo. A token for an
 * API alone is not accepted there, and one for us tells an API to keep out.
 */
export function audienceOf(
  issuer: string,
  clientId: string,
  scope: readonly string[],
  resources: readonly string[],
): readonly string[] {
  const base = resources.length > 0 ? resources : [clientId]
  return scope.some((one) => identityScopes.includes(one)) ? [...base, issuer] : base
}

export async function tokenSet(provider: Provider, input: TokenSetInput): Promise<TokenResponse> {
  const { tokens, issuer } = provider
  const { standing, scope, resources, refreshToken, dpopThumbprint } = input
  const { client, user, grant } = standing
  const algorithm = algorithmOf(provider, client)
  const lifetimeSeconds = client.accessTokenMinutes * 60
  const accessToken = await tokens.signAccessToken(
    {
      subject: user.id,
      clientId: client.id,
      audience: audienceOf(issuer, client.id, scope, resources),
      scope: scope.join(' '),
      grantId: grant.id,
      authTime: grant.authTime,
      acr: grant.acr,
      amr: grant.amr,
      dpopThumbprint,
      lifetimeSeconds,
    },
    algorithm,
  )
  const idToken = scope.includes('openid')
    ? await tokens.signIdToken(await idTokenInput(provider, input, accessToken), algorithm)
    : undefined
  return {
    access_token: accessToken,
    token_type: dpopThumbprint === undefined ? 'Bearer' : 'DPoP',
    expires_in: lifetimeSeconds,
    scope: scope.join(' '),
    ...(idToken ? { id_token: idToken } : {}),
    // One that is not handed out stands in the database all the same: the grant lives as long as it.
    ...(mayUse(client, 'refresh_token') ? { refresh_token: refreshToken } : {}),
  }
}

async function idTokenInput(provider: Provider, { standing, scope, nonce }: TokenSetInput, accessToken: string) {
  const { client, user, grant } = standing
  const requested = grant.claims?.idToken ?? []
  const claims = {
    ...claimsOf(await provider.subjects.of(user, scope, requested), scope, requested),
    auth_time: Math.floor(grant.authTime.getTime() / 1000),
    amr: grant.amr,
    ...(grant.acr === null ? {} : { acr: grant.acr }),
    ...(nonce === null ? {} : { nonce }),
    ...(grant.sessionId === null ? {} : { sid: sidOf(provider.host.vault, grant.sessionId) }),
  }
  return { subject: user.id, clientId: client.id, claims, accessToken, lifetimeSeconds: idTokenLifetimeSeconds }
}
