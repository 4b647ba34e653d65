// Token exchange (RFC 8693): an app trades a token that was made for it for one that is good at an API it may call. Off unless switched on.

import { agreedOf } from './consents.ts'
import { standardScopes } from './protocol/claims.ts'
import { OAuthError } from './protocol/errors.ts'
import { words } from './protocol/parameters.ts'
import { readResources } from './protocol/resources.ts'
import type { Provider } from './provider.ts'
import { isOfClient } from './standing.ts'
import { needed, type TokenGrant, type TokenRequest } from './token-request.ts'
import { algorithmOf } from './token-set.ts'
import type { VerifiedAccessToken } from './tokens.ts'

const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'
const jwtType = 'urn:ietf:params:oauth:token-type:jwt'
const isUnderstood = (type: string | undefined) => type === undefined || type === accessTokenType || type === jwtType

/**
 * The new token speaks for the same user, or client, and hangs on the same grant: what ends one ends both. It is for the API alone
 * (nothing of the identity scopes goes along), lives no longer than the old one, and holds what an administrator granted the app there,
 * as far as the user agreed to it.
 */
export const byTokenExchange: TokenGrant = async (asked) => {
  const { provider, client, form, dpopThumbprint } = asked
  if (client.isPublic)
    throw new OAuthError('unauthorized_client', 'A client that proves nothing of its own cannot exchange tokens.')
  const subject = await subjectOf(asked)
  // `audience` is a name agreed on beforehand; ours are resources (RFC 8693 section 2.1).
  const resources = [...new Set([...readResources(form.resource), ...readResources(form.audience)])]
  if (resources.length === 0) throw new OAuthError('invalid_target', 'Name the API that the new token is for, as resource.')
  const kind = subject.grantId === undefined ? 'client' : 'user'
  const wanted = words(form.scope).filter((one) => !(standardScopes as readonly string[]).includes(one))
  const open = await provider.resources.resolve(client, { scope: wanted, resources, subject: kind })
  // Whoever the app acts for was never shown more than they agreed to.
  const scope = kind === 'user' ? await agreedOf(provider.host, { ...open, client }, subject.subject) : open.scope
  if (scope.length === 0)
    throw new OAuthError(
      'invalid_scope',
      'None of the scopes is a permission that this app has at that API, and its user agreed to.',
    )
  const nowSeconds = Math.floor(provider.host.clock.now().getTime() / 1000)
  const lifetimeSeconds = Math.min(client.accessTokenMinutes * 60, subject.expiresAt - nowSeconds)
  const claims = {
    subject: subject.subject,
    clientId: client.id,
    audience: resources,
    scope: scope.join(' '),
    ...(subject.grantId === undefined ? { clientMadeAt: client.createdAt } : { grantId: subject.grantId }),
    dpopThumbprint,
    lifetimeSeconds,
  }
  return {
    access_token: await provider.tokens.signAccessToken(claims, algorithmOf(provider, client)),
    issued_token_type: accessTokenType,
    token_type: dpopThumbprint === undefined ? 'Bearer' : 'DPoP',
    expires_in: lifetimeSeconds,
    scope: claims.scope,
  }
}

/** The token to exchange: live, of a kind we know, and made by or for this very app. */
async function subjectOf({ provider, client, form, dpopThumbprint }: TokenRequest): Promise<VerifiedAccessToken> {
  const token = needed(form, 'subject_token')
  const type = needed(form, 'subject_token_type')
  if (!isUnderstood(type) || !isUnderstood(form.requested_token_type))
    throw new OAuthError('invalid_request', 'Only access tokens are exchanged here, for access tokens.')
  if (form.actor_token !== undefined) throw new OAuthError('invalid_request', 'actor_token is not understood here.')
  const verified = await provider.tokens.verifyAccessToken(token)
  const isOwn = verified !== undefined && (verified.clientId === client.id || verified.audience.includes(client.id))
  const isLive = isOwn && !(await provider.revocations.has(verified.id)) && (await stands(provider, verified))
  if (!isLive) throw new OAuthError('invalid_request', 'The subject_token is not a live token of this app.')
  if (verified.dpopThumbprint !== undefined && verified.dpopThumbprint !== dpopThumbprint)
    throw new OAuthError('invalid_request', 'The subject_token is bound to a key that this request does not prove.')
  if (verified.grantId !== undefined && !(await provider.clients.admits(client, verified.subject)))
    throw new OAuthError('invalid_request', 'The user may not use this app.')
  return verified
}

/** Whether what the token hangs on is there: its grant, or the very client that it was made for. */
async function stands({ standings, clients }: Provider, verified: VerifiedAccessToken): Promise<boolean> {
  if (verified.grantId !== undefined) return (await standings.live(verified.grantId)) !== undefined
  const maker = await clients.find(verified.clientId)
  return maker !== undefined && isOfClient(verified, maker)
}
