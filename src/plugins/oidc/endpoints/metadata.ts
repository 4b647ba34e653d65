// What we can do and where (OpenID Connect Discovery 1.0, RFC 8414), and the public keys. Made once, sent as it stands.
import { Hono } from 'hono'
import type { FixedAnswer } from '#core/http/fixed.ts'
import type { HostEnv } from '#core/identity/actor.ts'
import { answerPreflight, openToApps } from '../answers.ts'
import { metadata } from '../protocol/metadata.ts'
import type { Provider } from '../provider.ts'

const headersFor = (cacheSeconds: number) => ({
  ...{ 'content-type': 'application/json', 'cache-control': `public, max-age=${cacheSeconds}` },
  ...openToApps,
})
const headers = headersFor(300)
/** A new key signs after a minute (keys.ts), of which another process may take a third to see it: no cache may hide it for longer. */
const keysHeaders = headersFor(30)

const documentPaths = ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server']
const keysPath = '/.well-known/jwks.json'

export function metadataDocuments({ host, issuer }: Provider): readonly FixedAnswer[] {
  const body = JSON.stringify(metadata({ issuer, internal: host.settings.internalAppUrl || issuer, settings: host.settings }))
  return documentPaths.map((path) => ({ path, body, headers }))
}

export const keysEndpoint = ({ keys }: Provider): Hono<HostEnv> =>
  new Hono<HostEnv>()
    .get(keysPath, async (c) => c.body(JSON.stringify(await keys.published()), 200, keysHeaders))
    // Apps in browsers that send a header of their own along ask before.
    .on('OPTIONS', [...documentPaths, keysPath], answerPreflight)
