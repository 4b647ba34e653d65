// The token endpoint (RFC 6749 section 3.2): who asks, with what proof, by which grant.
import { Hono } from 'hono'
import type { HostEnv } from '#core/identity/actor.ts'
import { answerPreflight, forApps } from '../answers.ts'
import { readForm } from '../form.ts'
import { OAuthError } from '../protocol/errors.ts'
import { demandGrant, grantTypes } from '../protocol/grant-types.ts'
import type { Provider } from '../provider.ts'
import { tokenGrants } from '../token-grants.ts'
import { needed } from '../token-request.ts'

export function tokenEndpoint(provider: Provider): Hono<HostEnv> {
  const { host, authentication, proofs } = provider
  const offered = grantTypes(host.settings)
  const issued = host.meter.counter('oidc_tokens_issued_total', 'Answers of the token endpoint that held tokens.', ['grant_type'])
  return new Hono<HostEnv>().options('/api/oidc/token', answerPreflight).post(
    '/api/oidc/token',
    forApps(async (c, headers) => {
      const form = await readForm(c.req.raw)
      const client = await authentication.authenticate(c.req.raw, form)
      const type = needed(form, 'grant_type')
      const grant = offered.includes(type) ? tokenGrants[type] : undefined
      if (!grant) throw new OAuthError('unsupported_grant_type', 'grant_type is not one that this server answers.')
      demandGrant(client, type)
      const dpopThumbprint = await proofs.thumbprint(c.req.raw)
      if (dpopThumbprint === undefined && client.requiresDpop) {
        throw new OAuthError('invalid_request', 'This client must bind its tokens to a key: the DPoP header is missing.')
      }
      if (dpopThumbprint !== undefined) headers['dpop-nonce'] = proofs.nonce()
      const tokens = await grant({ provider, client, form, dpopThumbprint, request: c.req.raw })
      issued.add(1, type)
      return tokens
    }),
  )
}
