// Introspection and revocation of a client's own tokens (RFC 7662, RFC 7009).
import { Hono } from 'hono'
import type { HostEnv } from '#core/identity/actor.ts'
import { answerPreflight, forApps } from '../answers.ts'
import { readForm } from '../form.ts'
import type { Parameters } from '../parts.ts'
import type { Provider } from '../provider.ts'
import { isOfClient } from '../standing.ts'
import type { ClientRow } from '../tables.ts'
import { needed } from '../token-request.ts'

const inactive = { active: false } as const

export function introspectionEndpoints(provider: Provider): Hono<HostEnv> {
  const { host, issuer, authentication, tokens, grants, standings, revocations } = provider

  /** By secret or assertion, as at the token endpoint; an assertion may come alone, as a bearer token. */
  const authenticated = (request: Request, form: Parameters): Promise<ClientRow> => {
    const bearer = /^Bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1]
    return bearer === undefined ? authentication.authenticate(request, form) : authentication.byAssertion(bearer, request)
  }

  async function introspectAccessToken(token: string, client: ClientRow) {
    const verified = await tokens.verifyAccessToken(token)
    if (!verified || verified.clientId !== client.id || (await revocations.has(verified.id))) return undefined
    const held = verified.grantId === undefined ? undefined : await standings.live(verified.grantId)
    if (!held && !isOfClient(verified, client)) return undefined
    return {
      ...verified.claims,
      active: true,
      token_type: verified.dpopThumbprint === undefined ? 'Bearer' : 'DPoP',
      ...(held ? { username: held.user.username } : {}),
    }
  }

  async function introspectRefreshToken(token: string, client: ClientRow) {
    const row = await grants.findRefreshToken(token)
    if (!row || row.usedAt !== null || row.expiresAt <= host.clock.now()) return undefined
    const held = await standings.live(row.grantId)
    if (held?.client.id !== client.id) return undefined
    const seconds = (at: Date) => Math.floor(at.getTime() / 1000)
    return {
      active: true,
      token_type: 'refresh_token',
      iss: issuer,
      sub: held.user.id,
      client_id: client.id,
      username: held.user.username,
      scope: row.scope,
      iat: seconds(row.createdAt),
      exp: seconds(row.expiresAt),
    }
  }

  return new Hono<HostEnv>()
    .options('/api/oidc/introspect', answerPreflight)
    .post(
      '/api/oidc/introspect',
      forApps(async (c) => {
        const form = await readForm(c.req.raw)
        const client = await authenticated(c.req.raw, form)
        const token = needed(form, 'token')
        return (await introspectAccessToken(token, client)) ?? (await introspectRefreshToken(token, client)) ?? inactive
      }),
    )
    .options('/api/oidc/revoke', answerPreflight)
    .post(
      '/api/oidc/revoke',
      forApps(async (c) => {
        const form = await readForm(c.req.raw)
        const client = await authentication.authenticate(c.req.raw, form)
        const token = needed(form, 'token')
        const verified = await tokens.verifyAccessToken(token)
        if (verified?.clientId === client.id) await revocations.add(verified.id, new Date(verified.expiresAt * 1000))
        const row = verified ? undefined : await grants.findRefreshToken(token)
        const grant = row && (await grants.find(row.grantId))
        if (grant?.clientId === client.id) await grants.revoke(grant.id)
        // What is not a token of this client is as good as revoked, and nobody learns whose it is (RFC 7009 section 2.2).
        return c.body(null, 200)
      }),
    )
}
