// What we can do and where (OpenID Connect Discovery 1.0, RFC 8414), and the public keys. Made once, sent as it stands.
import { Hono } from 'hono'
import type { HostEnv } from '#core/identity/actor.ts'
import { openToApps } from '../answers.ts'
import { metadata } from '../protocol/metadata.ts'
import type { Provider } from '../provider.ts'

const cacheSeconds = 300

export function metadataEndpoints({ host, issuer, keys }: Provider): Hono<HostEnv> {
  const document = JSON.stringify(metadata({ issuer, internal: host.settings.internalAppUrl || issuer, settings: host.settings }))
  const headers = { 'content-type': 'application/json', 'cache-control': `public, max-age=${cacheSeconds}`, ...openToApps }
  return new Hono<HostEnv>()
    .get('/.well-known/openid-configuration', (c) => c.body(document, 200, headers))
    .get('/.well-known/oauth-authorization-server', (c) => c.body(document, 200, headers))
    .get('/.well-known/jwks.json', async (c) => c.body(JSON.stringify(await keys.published()), 200, headers))
}
