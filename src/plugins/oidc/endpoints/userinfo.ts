// The UserInfo endpoint (OpenID Connect Core section 5.3): claims of whoever an access token stands for, as they are now.
import { type Context, Hono } from 'hono'
import type { HostEnv } from '#core/identity/actor.ts'
import { answerPreflight, forApps } from '../answers.ts'
import { accessTokenOf, unusable } from '../bearer.ts'
import { readForm } from '../form.ts'
import type { Parameters } from '../parts.ts'
import { claimsOf } from '../protocol/claims.ts'
import { OAuthError } from '../protocol/errors.ts'
import type { Provider } from '../provider.ts'

export function userinfoEndpoint(provider: Provider): Hono<HostEnv> {
  const answer = async (c: Context<HostEnv>, form: Parameters): Promise<object> => {
    const token = await accessTokenOf(provider, c.req.raw, form)
    if (!token.scope.includes('openid') || !token.audience.includes(provider.issuer)) {
      throw new OAuthError('insufficient_scope', 'This needs a token with the scope openid.', {
        headers: { 'www-authenticate': 'Bearer error="insufficient_scope", scope="openid"' },
      })
    }
    const standing = token.grantId === undefined ? undefined : await provider.standings.live(token.grantId)
    if (!standing) throw unusable('Bearer', 'The access token was revoked, or its user may no longer use this app.')
    const requested = standing.grant.claims?.userinfo ?? []
    const subject = await provider.subjects.of(standing.user, token.scope, requested)
    return { sub: standing.user.id, ...claimsOf(subject, token.scope, requested) }
  }
  const isForm = (c: Context) => c.req.header('content-type')?.startsWith('application/x-www-form-urlencoded') ?? false
  return new Hono<HostEnv>()
    .options('/api/oidc/userinfo', answerPreflight)
    .get(
      '/api/oidc/userinfo',
      forApps((c) => answer(c, {})),
    )
    .post(
      '/api/oidc/userinfo',
      forApps(async (c) => answer(c, isForm(c) ? await readForm(c.req.raw) : {})),
    )
}
