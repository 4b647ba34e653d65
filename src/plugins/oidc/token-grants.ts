// One function for each way to a token (RFC 6749 section 4, RFC 8628 section 3.4).
import type { NewRefreshToken, Spent } from './grants.ts'
import type { Parameters } from './parts.ts'
import { OAuthError } from './protocol/errors.ts'
import { deviceGrant, exchangeGrant } from './protocol/grant-types.ts'
import { words } from './protocol/parameters.ts'
import { readResources } from './protocol/resources.ts'
import type { Provider } from './provider.ts'
import type { Standing } from './standing.ts'
import type { ClientRow, GrantRow } from './tables.ts'
import { needed, type TokenGrant, type TokenRequest } from './token-request.ts'
import { algorithmOf, audienceOf, type TokenResponse, tokenSet } from './token-set.ts'

export const tokenGrants: Readonly<Record<string, TokenGrant>> = {
  authorization_code: byCode,
  refresh_token: byRefreshToken,
  client_credentials: byClientCredentials,
  [deviceGrant]: byDeviceCode,
  // Loaded when it is first asked for: it is off unless switched on.
  [exchangeGrant]: async (asked) => (await import('./token-exchange.ts')).byTokenExchange(asked),
}

async function byCode({ provider, client, form, dpopThumbprint }: TokenRequest): Promise<TokenResponse> {
  const proof = {
    clientId: client.id,
    redirectUri: form.redirect_uri,
    verifier: form.code_verifier,
    dpopThumbprint,
  }
  const spent = await provider.grants.spendCode(needed(form, 'code'), proof, nextToken(client, dpopThumbprint))
  const won = spentOrRefused(provider, spent, 'The code cannot be redeemed.')
  const standing = await standingOf(provider, won.grantId)
  // One that came with a code that had no challenge was refused.
  if (form.code_verifier !== undefined) await provider.clients.notePkce(client).catch(notNoted(provider))
  // A code's scope was settled when it was asked for: what stands here says nothing (RFC 6749 section 4.1.3), and apps repeat what they asked.
  const { scope: _said, ...rest } = form
  return tokenSet(provider, {
    standing,
    ...(await entitled(provider, standing, won.scope, rest)),
    nonce: won.nonce,
    refreshToken: won.refreshToken,
    dpopThumbprint,
  })
}

async function byRefreshToken({ provider, client, form, dpopThumbprint }: TokenRequest): Promise<TokenResponse> {
  const token = needed(form, 'refresh_token')
  if (form.scope !== undefined || form.resource !== undefined) await refuseMore(provider, token, client, form)
  const spent = await (keepsItsToken(client)
    ? provider.grants.keep(token, client.id, client.refreshTokenMinutes * 60)
    : provider.grants.rotate(token, client.id, dpopThumbprint, nextToken(client, dpopThumbprint), async (granted) => {
        const resources = form.resource === undefined ? granted : readResources(form.resource)
        await provider.resources.resolve(client, { scope: [], resources, subject: 'user' })
      }))
  const won = spentOrRefused(provider, spent, 'The refresh token cannot be used.')
  const standing = await standingOf(provider, won.grantId)
  return tokenSet(provider, {
    standing,
    ...(await entitled(provider, standing, won.scope, form)),
    nonce: null,
    refreshToken: won.refreshToken,
    dpopThumbprint,
  })
}

async function byDeviceCode({ provider, client, form, dpopThumbprint }: TokenRequest): Promise<TokenResponse> {
  const { grant, nonce } = await provider.devices.redeem(needed(form, 'device_code'), client.id)
  const standing = await standingOf(provider, grant.id)
  const next = nextToken(client, dpopThumbprint)(grant.scope)
  const refreshToken = await provider.host.db.write((tx) => provider.grants.issueRefreshToken(tx, grant.id, next))
  const allowed = await entitled(provider, standing, grant.scope, form)
  return tokenSet(provider, { standing, ...allowed, nonce, refreshToken, dpopThumbprint })
}

/** A client that acts for itself. Nothing is written: the token says all there is. */
async function byClientCredentials({ provider, client, form, dpopThumbprint }: TokenRequest): Promise<TokenResponse> {
  if (client.isPublic) throw new OAuthError('unauthorized_client', 'A public client has nothing of its own to prove.')
  const wanted = { scope: words(form.scope), resources: readResources(form.resource), subject: 'client' as const }
  const { scope, resources } = await provider.resources.resolve(client, wanted)
  const lifetimeSeconds = client.accessTokenMinutes * 60
  const claims = {
    subject: `client-${client.id}`,
    clientId: client.id,
    audience: audienceOf(provider.issuer, client.id, [], resources),
    scope: scope.join(' '),
    clientMadeAt: client.createdAt,
    dpopThumbprint,
    lifetimeSeconds,
  }
  return {
    access_token: await provider.tokens.signAccessToken(claims, algorithmOf(provider, client)),
    token_type: dpopThumbprint === undefined ? 'Bearer' : 'DPoP',
    expires_in: lifetimeSeconds,
    scope: claims.scope,
  }
}

/**
 * An app that proves who it is and binds its tokens to a key keeps its refresh token: a thief could not use it, and an answer that
 * is lost on the way costs the app nothing (FAPI 2.0 Security Profile section 5.3.2.1: no rotation).
 */
const keepsItsToken = (client: ClientRow): boolean => client.requiresDpop && !client.isPublic

const nextToken =
  (client: ClientRow, dpopThumbprint: string | undefined) =>
  (scope: string): NewRefreshToken => ({
    scope,
    lifetimeSeconds: client.refreshTokenMinutes * 60,
    // Only a client without a secret needs its key for this; another one proves itself anyway (RFC 9449 section 5).
    dpopThumbprint: client.isPublic ? dpopThumbprint : undefined,
  })

function spentOrRefused({ host }: Provider, spent: Spent, what: string): Extract<Spent, { kind: 'spent' }> {
  if (spent.kind === 'spent') return spent
  if (spent.reuseOf !== undefined)
    host.log.warn('A code or refresh token came twice; its tokens are revoked', { grant: spent.reuseOf })
  throw new OAuthError('invalid_grant', `${what} ${spent.why}`)
}

/** The code is spent: its app gets its tokens all the same. */
const notNoted =
  ({ host }: Provider) =>
  (error: unknown) =>
    host.log.warn('It could not be noted that an app uses PKCE', { error })

/** @throws OAuthError invalid_grant when the person was locked out meanwhile, or the app closed to them */
async function standingOf(provider: Provider, grantId: string): Promise<Standing> {
  const standing = await provider.standings.taken(grantId)
  if (standing) return standing
  await provider.grants.revoke(grantId)
  throw new OAuthError('invalid_grant', 'The user may no longer use this app.')
}

/**
 * Refuses a request for more than was granted before its token is spent: the app may ask again, for less.
 *
 * @throws OAuthError invalid_scope, invalid_target
 */
async function refuseMore({ grants }: Provider, token: string, client: ClientRow, form: Parameters): Promise<void> {
  const row = await grants.findRefreshToken(token)
  const grant = row?.usedAt === null ? await grants.find(row.grantId) : undefined
  if (row && grant?.clientId === client.id) narrowed(grant, row.scope, form)
}

/**
 * What this request gets: what it wants of what was granted, as far as the app may still do it at these APIs. What an administrator took
 * away since is in no new token.
 *
 * @throws OAuthError invalid_scope, invalid_target
 */
async function entitled({ resources }: Provider, { client, grant }: Standing, held: string, form: Parameters) {
  const wanted = narrowed(grant, held, form)
  return wanted.resources.length === 0 ? wanted : resources.resolve(client, { ...wanted, subject: 'user' })
}

/** What this request wants of what was granted; less is fine, more is refused. */
function narrowed(grant: Pick<GrantRow, 'resources'>, held: string, form: Parameters) {
  const granted = words(held)
  const scope = form.scope === undefined ? granted : words(form.scope)
  if (!scope.every((one) => granted.includes(one))) throw new OAuthError('invalid_scope', 'scope holds more than was granted.')
  const resources = form.resource === undefined ? grant.resources : readResources(form.resource)
  if (!resources.every((one) => grant.resources.includes(one))) {
    throw new OAuthError('invalid_target', 'resource holds more than was granted.')
  }
  return { scope, resources }
}
