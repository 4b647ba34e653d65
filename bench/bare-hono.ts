// What nothing on this stack can undercut: a document, a signature, a row read, a row committed as bare Hono routes, and signatures without one. Started by oidc.ts.
import { serve } from '@hono/node-server'
import { sql } from 'drizzle-orm'
import { Hono } from 'hono'
import { generateKeyPair, SignJWT } from 'jose'
import { openDatabase } from '#core/db/client.ts'

const keys = { ES256: await generateKeyPair('ES256'), RS256: await generateKeyPair('RS256') }
const document = process.env.DOCUMENT ?? '{}'
const headers = { 'content-type': 'application/json' }
const db = await openDatabase(process.env.DB_CONNECTION_STRING ?? ':memory:')
await db.migrate(['create table rows (id text primary key, value text not null) strict'], async (tx) => {
  await tx.run(sql`insert into rows values ('read', 'a row')`)
})

/** As long as the access token of a client that acts for itself. */
const sign = (alg: 'ES256' | 'RS256') =>
  new SignJWT({ sub: `client-${crypto.randomUUID()}`, aud: 'bench', client_id: 'bench', scope: '', jti: crypto.randomUUID() })
    .setProtectedHeader({ alg, typ: 'at+jwt', kid: 'm9PgVv4JCLFTsMvYb8B1aQ4-0uC1N1dZJrXvQ0n2rEY' })
    .setIssuer('http://localhost:1411')
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(keys[alg].privateKey)

/** Signs for a while, so many at a time, with nothing beside it. */
async function signAlone(alg: 'ES256' | 'RS256', width: number, milliseconds: number) {
  const times: number[] = []
  const begun = performance.now()
  const oneByOne = async () => {
    for (let at = performance.now(); at < begun + milliseconds; at = performance.now()) {
      await sign(alg)
      times.push(performance.now() - at)
    }
  }
  await Promise.all(Array.from({ length: width }, oneByOne))
  return { times, milliseconds: performance.now() - begun }
}

const algorithmOf = (text: string) => (text === 'RS256' ? 'RS256' : 'ES256')

const app = new Hono()
  .get('/document', (c) => c.body(document, 200, headers))
  // The request is that of our token endpoint: a form is read, whose one word is all that is looked at.
  .post('/sign/:alg', async (c) => {
    const form = new URLSearchParams(await c.req.text())
    if (form.get('grant_type') !== 'client_credentials') return c.json({ error: 'unsupported_grant_type' }, 400)
    return c.json({ access_token: await sign(algorithmOf(c.req.param('alg'))) })
  })
  .get('/alone/:alg/:width/:milliseconds', async (c) => {
    const { alg, width, milliseconds } = c.req.param()
    return c.json(await signAlone(algorithmOf(alg), Number(width), Number(milliseconds)))
  })
  .get('/read', async (c) => c.json(await db.read.all(sql`select value from rows where id = 'read'`)))
  .post('/commit', async (c) => {
    await c.req.text()
    const id = crypto.randomUUID()
    await db.writeTogether((tx) => tx.run(sql`insert into rows values (${id}, 'a row')`))
    return c.json({ id })
  })

serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' }, () => console.log('Listening'))
