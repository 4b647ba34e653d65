// Who signs an address's owner in (RFC 7033, OpenID Connect Discovery 1.0 section 2): this server, whoever it is, so nothing is told of anybody.
import { Hono } from 'hono'
import type { HostEnv } from '#core/identity/actor.ts'
import { answerPreflight, openToApps } from '../answers.ts'
import { errorBody, OAuthError } from '../protocol/errors.ts'
import type { Provider } from '../provider.ts'

const path = '/.well-known/webfinger'
const issuerRelation = 'http://openid.net/specs/connect/1.0/issuer'

/** Asked at the domain of the address, whose web server hands this path on. */
export const webfingerEndpoint = ({ issuer }: Pick<Provider, 'issuer'>): Hono<HostEnv> =>
  new Hono<HostEnv>().options(path, answerPreflight).get(path, (c) => {
    const { resource = '' } = c.req.query()
    const relations = c.req.queries('rel') ?? []
    if (!URL.canParse(resource))
      return c.json(
        errorBody(new OAuthError('invalid_request', 'resource must be an address such as acct:ada@example.org.')),
        400,
      )
    if (!/^(acct|mailto):.+@.+$/.test(resource) && new URL(resource).origin !== issuer) return c.notFound()
    const isWanted = relations.length === 0 || relations.includes(issuerRelation)
    const answer = { subject: resource, links: isWanted ? [{ rel: issuerRelation, href: issuer }] : [] }
    return c.body(JSON.stringify(answer), 200, { ...openToApps, 'content-type': 'application/jrd+json' })
  })
