// What we can do and where (OpenID Connect Discovery 1.0, RFC 8414), and the public keys. Made once, sent as it stands.
import { Hono } from 'hono'
import type { FixedAnswer } from '#core/http/fixed.ts'
import type { HostEnv } from '#core/identity/actor.ts'
import { openToApps } from '../answers.ts'
import { metadata } from '../protocol/metadata.ts'
import type { Provider } from '../provider.ts'

const cacheSeconds = 300
const headers = { 'content-type': 'application/json', 'cache-control': `public, max-age=${cacheSeconds}`, ...openToApps }

export function metadataDocuments({ host, issuer }: Provider): readonly FixedAnswer[] {
  const body = JSON.stringify(metadata({ issuer, internal: host.settings.internalAppUrl || issuer, settings: host.settings }))
  return ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server'].map((path) => ({ path, body, headers }))
}

export const keysEndpoint = ({ keys }: Provider): Hono<HostEnv> =>
  new Hono<HostEnv>().get('/.well-known/jwks.json', async (c) => c.body(JSON.stringify(await keys.published()), 200, headers))
