// What clients that exist send beside the letter of the specifications: in browsers, with two secrets, from Tailscale; and what they hear of a failure.
import { join } from 'node:path'
import Sqlite from 'libsql'
import { beforeAll, describe, expect, test } from 'vitest'
import type { AppDetails } from '#core/ports-apps.ts'
import {
  type App,
  basic,
  challengeOf,
  codeFor,
  post,
  redeem,
  refusal,
  registerApp,
  signedInPerson,
  startProvider,
  verifierOf,
} from '../support/apps.ts'
import { appUrl } from '../support/instance.ts'
import { app as anApp, instance, somebody, useProvider } from '../support/provider.ts'

useProvider()
let app: App
beforeAll(async () => {
  app = await anApp()
})

describe('an app in a browser', () => {
  test.each([
    ...['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server', '/.well-known/jwks.json'],
    ...['token', 'userinfo', 'par', 'introspect', 'revoke', 'device/authorize'].map((name) => `/api/oidc/${name}`),
  ])('may send headers of its own to %s', async (path) => {
    const headers = { origin: 'https://spa.example', 'access-control-request-headers': 'dpop,mcp-protocol-version,traceparent' }
    const answer = await instance.fetch(path, { method: 'OPTIONS', headers })
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([204, '*'])
    const allowed = answer.headers.get('access-control-allow-headers')?.split(', ')
    expect(allowed).toEqual(expect.arrayContaining(['authorization', 'dpop', '*']))
  })

  test('shows people’s pictures, which are of this origin', async () => {
    for (const path of [`/api/users/${somebody.user.id}/profile-picture.png`, '/api/application-images/logo'])
      expect((await instance.fetch(path)).headers.get('cross-origin-resource-policy')).toBe('cross-origin')
    expect((await instance.fetch('/healthz')).headers.get('cross-origin-resource-policy')).toBe('same-origin')
  })
})

describe('an app that writes its secret twice', () => {
  const ask = (body: Record<string, string>) =>
    post(instance, '/api/oidc/token', { grant_type: 'client_credentials', ...body }, basic(app))

  test('is understood while both are the same', async () => {
    expect((await ask({ client_id: app.id, client_secret: app.secret })).status).toBe(200)
  })

  test('is refused when they are not, and when an assertion comes beside them', async () => {
    expect(await refusal(ask({ client_id: app.id, client_secret: 'another' }))).toEqual([400, 'invalid_request'])
    const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
    const both = { client_secret: app.secret, client_assertion: 'a.b.c', client_assertion_type: type }
    expect(await refusal(ask(both))).toEqual([400, 'invalid_request'])
  })
})

describe('an app that uses PKCE though it need not', () => {
  const shown = async (id: string) => {
    const { pkceEnabled, pkceSupported } = (await (await instance.asAdmin(`/api/oidc/clients/${id}`)).json()) as AppDetails
    return [pkceEnabled, pkceSupported]
  }

  test('is pointed out to its administrator, until they decide', async () => {
    const [one, { visitor }] = [await anApp(), somebody]
    expect((await redeem(instance, one, await codeFor(visitor, one))).status).toBe(200)
    expect(await shown(one.id)).toEqual([false, false])
    const verifier = verifierOf()
    const challenge = { code_challenge: challengeOf(verifier), code_challenge_method: 'S256' }
    const code = await codeFor(visitor, one, challenge)
    expect((await redeem(instance, one, code, { code_verifier: verifier })).status).toBe(200)
    expect(await shown(one.id)).toEqual([false, true])
    const decide = (pkceEnabled: boolean) =>
      instance.asAdmin(`/api/oidc/clients/${one.id}`, {
        method: 'PUT',
        body: { name: 'One', callbackURLs: [one.callback], skipConsent: true, pkceEnabled },
      })
    await decide(true)
    expect(await shown(one.id)).toEqual([true, true])
    await decide(false)
    expect(await shown(one.id)).toEqual([false, false])
  })
})

describe('webfinger', () => {
  const issuer = { rel: 'http://openid.net/specs/connect/1.0/issuer', href: appUrl }
  const finger = (query: Record<string, string>) => instance.fetch(`/.well-known/webfinger?${new URLSearchParams(query)}`)

  test('names this server as whoever signs an address in', async () => {
    const answer = await finger({ resource: 'acct:ada@example.org', rel: issuer.rel })
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('access-control-allow-origin')]).toEqual([
      200,
      'application/jrd+json',
      '*',
    ])
    expect(await answer.json()).toEqual({ subject: 'acct:ada@example.org', links: [issuer] })
    expect(await (await finger({ resource: appUrl })).json()).toEqual({ subject: appUrl, links: [issuer] })
  })

  test('knows no other relation, nothing of other servers, and nothing of nothing', async () => {
    expect(await (await finger({ resource: 'acct:ada@example.org', rel: 'avatar' })).json()).toMatchObject({ links: [] })
    expect((await finger({ resource: 'https://elsewhere.example.org/' })).status).toBe(404)
    for (const query of [{}, { resource: '' }, { resource: 'ada' }]) expect((await finger(query)).status).toBe(400)
  })
})

test('a failure here is told in the protocol’s words, to scripts of other origins too, and the log holds its cause', async () => {
  const own = await startProvider()
  const one = await registerApp(own.ground.db)
  const { visitor } = await signedInPerson(own)
  const code = await codeFor(visitor, one)
  await own.ground.db.write((tx) => tx.run('alter table oidc_codes rename to elsewhere'))
  const answer = await redeem(own, one, code)
  expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([500, '*'])
  const body = (await answer.json()) as { error: string; error_description: string }
  expect(body).toEqual({ error: 'server_error', error_description: expect.stringContaining('log') })
  const id = answer.headers.get('x-request-id') ?? 'none'
  expect(own.lines.filter((line) => line.includes(id) && line.includes('oidc_codes'))).toHaveLength(1)
  expect(JSON.stringify(body)).not.toContain('oidc_codes')
  // The code was not spent by it.
  await own.ground.db.write((tx) => tx.run('alter table elsewhere rename to oidc_codes'))
  expect((await redeem(own, one, code)).status).toBe(200)
  await own.stop()
})

test('while another process keeps the database, an app hears that it may come again, and does', async () => {
  const own = await startProvider()
  const one = await registerApp(own.ground.db)
  const { visitor } = await signedInPerson(own)
  const forItself = (by: App) => post(own, '/api/oidc/token', { grant_type: 'client_credentials' }, basic(by))
  const [unused, code] = [await registerApp(own.ground.db), await codeFor(visitor, one)]
  expect((await forItself(one)).status).toBe(200)
  const other = new Sqlite(join(own.folder, 'test.db'))
  // In a turn of this process, so that nobody of it is writing just then.
  await own.ground.db.turn(async () => other.exec('begin immediate'))
  const answer = await redeem(own, one, code)
  expect(answer.status).toBe(503)
  expect(await answer.json()).toMatchObject({ error: 'temporarily_unavailable' })
  // What needs no row is answered: the secret's first use is noted another time.
  expect((await forItself(unused)).status).toBe(200)
  other.exec('rollback')
  other.close()
  expect((await redeem(own, one, code)).status).toBe(200)
  await own.stop()
})
