// A Hono route that answers what it was given, and one that signs: what nothing on this stack can undercut. Started by oidc.ts.
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { generateKeyPair, SignJWT } from 'jose'

const keys = { ES256: await generateKeyPair('ES256'), RS256: await generateKeyPair('RS256') }
const document = process.env.DOCUMENT ?? '{}'
const headers = { 'content-type': 'application/json' }

/** As long as the access token of a client that acts for itself. */
const sign = (alg: 'ES256' | 'RS256') =>
  new SignJWT({ sub: `client-${crypto.randomUUID()}`, aud: 'bench', client_id: 'bench', scope: '', jti: crypto.randomUUID() })
    .setProtectedHeader({ alg, typ: 'at+jwt', kid: 'm9PgVv4JCLFTsMvYb8B1aQ4-0uC1N1dZJrXvQ0n2rEY' })
    .setIssuer('http://localhost:1411')
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(keys[alg].privateKey)

const app = new Hono()
  .get('/document', (c) => c.body(document, 200, headers))
  .post('/sign/:alg', async (c) => c.json({ access_token: await sign(c.req.param('alg') === 'RS256' ? 'RS256' : 'ES256') }))

serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' }, () => console.log('Listening'))
