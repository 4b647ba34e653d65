// Attacks from outside the browser: proofs that come again at two processes, and addresses that lead into our own network.
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '#core/crypto.ts'
import { type Database, openDatabase } from '#core/db/client.ts'
import { post, registerApp, startProvider, type Target } from '../support/apps.ts'
import { deviceGrant } from '../support/generated-requests.ts'
import { makeSigner, type Signer } from '../support/outsider.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { targetOf } from '../support/target.ts'

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const seconds = () => Math.floor(Date.now() / 1000)

let signer: Signer
beforeAll(async () => {
  signer = await makeSigner()
})

const assertion = (id: string, issuer: string, by = signer) =>
  by.sign({ iss: id, sub: id, aud: issuer, jti: newId(), iat: seconds(), exp: seconds() + 60 })
const withAssertion = async (id: string, issuer: string, by = signer) => ({
  grant_type: 'client_credentials',
  client_assertion_type: assertionType,
  client_assertion: await assertion(id, issuer, by),
})

describe('eight at the same time, at two processes', () => {
  let one: TestServer
  let two: TestServer
  let db: Database
  beforeAll(async () => {
    one = await startServer()
    two = await startServer({ DB_CONNECTION_STRING: join(one.folder, 'pocket-id.db'), APP_URL: one.url })
    db = await openDatabase(join(one.folder, 'pocket-id.db'))
    await registerApp(db, { id: 'signs', jwks: { keys: [signer.publicJwk as Record<string, unknown>] } })
  })
  afterAll(async () => {
    await db?.close()
    await two?.stop()
    await one?.stop()
  })
  const eight = (ask: (at: Target) => Promise<Response>) =>
    Promise.all(Array.from({ length: 8 }, (_, index) => ask(targetOf(index % 2 === 0 ? one : two))))
  const errors = async (answers: readonly Response[]) =>
    Promise.all(answers.filter(({ status }) => status >= 400).map(async (one) => ((await one.json()) as { error: string }).error))

  test('one client assertion is good for one token', async () => {
    const form = await withAssertion('signs', one.url)
    const answers = await eight((at) => post(at, '/api/oidc/token', form))
    expect(await errors(answers)).toEqual(Array.from({ length: 7 }, () => 'invalid_client'))
  })

  test('one DPoP proof is good for one token', async () => {
    const { kid: _kid, alg: _alg, ...jwk } = signer.publicJwk
    const claims = { jti: newId(), htm: 'POST', htu: `${one.url}/api/oidc/token`, iat: seconds() }
    const dpop = await signer.sign(claims, { typ: 'dpop+jwt', kid: undefined, jwk })
    const answers = await eight(async (at) => post(at, '/api/oidc/token', await withAssertion('signs', one.url), { dpop }))
    expect(await errors(answers)).toEqual(Array.from({ length: 7 }, () => 'invalid_dpop_proof'))
  })

  test('one request to be let in as a device shows no other device’s code', async () => {
    await registerApp(db, { id: 'tv', isPublic: true })
    const answers = await eight((at) => post(at, '/api/oidc/device/authorize', { client_id: 'tv', scope: 'openid' }))
    const made = await Promise.all(
      answers.map(async (answer) => (await answer.json()) as { user_code: string; device_code: string }),
    )
    expect(new Set(made.map(({ user_code }) => user_code)).size).toBe(8)
    const guess = { grant_type: deviceGrant, device_code: made[0]?.user_code ?? '', client_id: 'tv' }
    expect(await errors([await post(targetOf(one), '/api/oidc/token', guess)])).toEqual(['invalid_grant'])
  })
})

describe('keys at an address', () => {
  let server: Server
  let base: string
  const asked: string[] = []
  const pages: Record<string, RequestListener> = {
    '/keys': (_request, response) => response.end(JSON.stringify({ keys: [signer.publicJwk] })),
    '/redirect': (_request, response) => response.writeHead(302, { location: '/keys' }).end(),
    '/huge': (_request, response) => response.end(JSON.stringify({ keys: [signer.publicJwk], padding: 'x'.repeat(100_000) })),
    '/html': (_request, response) => response.end('<html>'),
    '/private': (_request, response) => response.end(JSON.stringify({ keys: [{ ...signer.publicJwk, d: 'AAAA' }] })),
    '/symmetric': (_request, response) =>
      response.end(JSON.stringify({ keys: [{ kty: 'oct', k: 'c2VjcmV0', kid: signer.publicJwk.kid }] })),
    '/many': (_request, response) => response.end(JSON.stringify({ keys: Array.from({ length: 100 }, () => signer.publicJwk) })),
    '/gone': (request) => request.socket.destroy(),
  }
  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request.url ?? '')
      pages[request.url ?? '']?.(request, response)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => {
    server.close()
    server.closeAllConnections()
  })

  test('prove who an app is when they are sound, and nothing in any other shape', async () => {
    const instance = await startProvider()
    const ask = async (path: string) => {
      const { id } = await registerApp(instance.ground.db, { jwksUri: base + path })
      return (await post(instance, '/api/oidc/token', await withAssertion(id, 'http://localhost:1411'))).status
    }
    expect(await ask('/keys')).toBe(200)
    for (const path of Object.keys(pages).filter((path) => path !== '/keys')) expect([path, await ask(path)]).toEqual([path, 401])
    expect(asked.filter((path) => path === '/keys')).toHaveLength(1)
    await instance.stop()
  })

  test.each([
    'http://127.0.0.1',
    'http://localhost',
    'http://[::1]',
    'http://2130706433',
    'http://169.254.169.254',
    'http://0.0.0.0',
  ])('at %s are not asked for, and nobody learns why from the answer', async (origin) => {
    const instance = await startProvider({ OUTGOING_NETWORKS: '' })
    const before = asked.length
    const jwksUri = `${origin}:${new URL(base).port}/keys`
    const { id } = await registerApp(instance.ground.db, { jwksUri })
    const answer = await post(instance, '/api/oidc/token', await withAssertion(id, 'http://localhost:1411'))
    expect([answer.status, asked.length]).toEqual([401, before])
    expect(await answer.text()).not.toMatch(/network|127|169|contact/)
    expect(instance.lines.join('\n')).toContain('must not be contacted from here')
    await instance.stop()
  })
})
