// An attacker's visits to the provider: what is sent, stolen, planted or forged, and the answer each gets.
import { decodeJwt, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type App,
  authorize,
  authorizePath,
  basic,
  bearer,
  challengeOf,
  codeFor,
  locationOf,
  post,
  redeem,
  refusal,
  registerApp,
  signedInPerson,
  signInAgain,
  startProvider,
  tokens,
  verifierOf,
} from '../support/apps.ts'
import { adminKey, appUrl } from '../support/instance.ts'
import { type Outsider, startOutsider } from '../support/outsider.ts'
import { somebody as ada, app, instance, person, useProvider } from '../support/provider.ts'
import { visit } from '../support/visitor.ts'

const evil = 'https://evil.example'

useProvider()

let outsider: Outsider
beforeAll(async () => {
  outsider = await startOutsider()
})
afterAll(() => outsider.stop())

/** Where a request of Ada's ends, if not at the app. */
const endsAt = async (path: string) => {
  const at = locationOf(await ada.visitor.get(path))
  return at.origin === appUrl ? at.pathname : at.href
}

describe('a callback', () => {
  test.each([
    'https://app.example.org@evil.example/in/x',
    'https://app.example.org.evil.example/in/x',
    'https://evil.example/app.example.org/in/x',
    'https://evil.example\\.example.org/in/x',
    'https://app.example.org/in/..%2f..%2fother',
    'https://app.example.org/in/%2e%2e/other',
    'https://app.example.org/in/x%00',
    'https://app.example.org/in/x#y',
    'HTTPS://APP.EXAMPLE.ORG/IN/x',
    'http://app.example.org/in/x',
    'javascript://app.example.org/in/x',
    '//app.example.org/in/x',
  ])('%s does not pass for one of a wildcard', async (redirect_uri) => {
    const one = await app({ callbackUrls: ['https://*.example.org/in/*'] })
    expect(await endsAt(authorizePath(one, { redirect_uri }))).toBe('/interaction/error')
    const pushed = { response_type: 'code', redirect_uri, scope: 'openid' }
    expect((await refusal(post(instance, '/api/oidc/par', pushed, basic(one))))[0]).toBe(400)
  })

  test('cannot be taught to a client by a stranger, an outsider, or a silent request', async () => {
    const one = await app({ callbackUrls: [], isGroupRestricted: true, skipConsent: false })
    const eve = visit(instance)
    const silent = { redirect_uri: evil, prompt: 'none' }
    for (const extra of [{ redirect_uri: evil }, silent, { redirect_uri: evil, response_type: 'token' }]) {
      for (const who of [eve, ada.visitor]) {
        const at = locationOf(await who.get(authorizePath({ ...one, callback: evil }, extra)))
        expect(at.origin).toBe(appUrl)
      }
    }
    const { callbackURLs } = (await (await instance.asAdmin(`/api/oidc/clients/${one.id}`)).json()) as { callbackURLs: string[] }
    expect(callbackURLs).toEqual([])
  })
})

test('a callback over http is refused where the operator wants none, also one that was registered before', async () => {
  const strict = await startProvider({ ALLOW_INSECURE_CALLBACK_URLS: 'false' })
  const { visitor } = await signedInPerson(strict)
  for (const callback of ['http://app.example.org/cb', 'https://app.example.org/cb', 'http://127.0.0.1:8080/cb']) {
    const one = await registerApp(strict.ground.db, { callbackUrls: [callback, '*'] })
    const at = locationOf(await visitor.get(authorizePath(one)))
    const isRefused = callback === 'http://app.example.org/cb'
    expect([callback, at.pathname]).toEqual([callback, isRefused ? '/interaction/error' : '/cb'])
  }
  await strict.stop()
})

describe('PKCE', () => {
  const verifier = verifierOf()
  const pkce = { code_challenge: challengeOf(verifier), code_challenge_method: 'S256' }

  test('cannot be left out by whoever stole a code, nor added to one that had none', async () => {
    const one = await app()
    const stolen = await codeFor(ada.visitor, one, pkce)
    expect(await refusal(redeem(instance, one, stolen))).toEqual([400, 'invalid_grant'])
    expect(await refusal(redeem(instance, one, stolen, { code_verifier: verifier }))).toEqual([400, 'invalid_grant'])
    const plainCode = await codeFor(ada.visitor, one)
    expect(await refusal(redeem(instance, one, plainCode, { code_verifier: verifier }))).toEqual([400, 'invalid_grant'])
  })

  test('is demanded of a client that keeps no secret, and never plain', async () => {
    const one = await app({ isPublic: true, pkceEnabled: true })
    for (const extra of [{}, { code_challenge: verifier, code_challenge_method: 'plain' }, { code_challenge: verifier }]) {
      const at = await authorize(ada.visitor, one, extra)
      expect([at.searchParams.get('error'), at.searchParams.get('code')]).toEqual(['invalid_request', null])
    }
  })
})

describe('a session', () => {
  test('that was planted before somebody signs in is not theirs afterwards (fixation)', async () => {
    const eve = await person()
    const planted = eve.visitor.cookies.get('access_token') ?? ''
    const victim = visit(instance, [['access_token', planted]])
    await signInAgain(instance, ada.user.id, victim)
    expect(victim.cookies.get('access_token')).not.toBe(planted)
    expect((await victim.json<{ id: string }>('/api/users/me')).id).toBe(ada.user.id)
    // The planted one is over too: whoever planted it is left with nothing.
    expect((await eve.visitor.get('/api/users/me')).status).toBe(401)
  })

  test('is not begun by a form of another site (login CSRF)', async () => {
    const answer = await instance.fetch(`/api/users/${ada.user.id}/one-time-access-token`, {
      method: 'POST',
      body: {},
      headers: { 'x-api-key': adminKey },
    })
    const { token } = (await answer.json()) as { token: string }
    for (const headers of [{ origin: evil }, { 'sec-fetch-site': 'cross-site' }, { origin: 'null' }]) {
      const refused = await instance.fetch(`/api/one-time-access-token/${token}`, { method: 'POST', headers })
      expect([refused.status, refused.headers.get('set-cookie')]).toEqual([403, null])
    }
    expect((await instance.fetch(`/api/one-time-access-token/${token}`, { method: 'POST' })).status).toBe(200)
  })

  test('is no access token, and an access token no session', async () => {
    const one = await app()
    const set = await tokens(redeem(instance, one, await codeFor(ada.visitor, one)))
    const cookie = ada.visitor.cookies.get('access_token') ?? ''
    expect((await instance.fetch('/api/oidc/userinfo', { headers: bearer(cookie) })).status).toBe(401)
    for (const token of [set.access_token, set.id_token, set.refresh_token]) {
      const forged = visit(instance, [['access_token', token]])
      expect((await forged.get('/api/users/me')).status).toBe(401)
      expect((await instance.fetch('/api/users/me', { headers: bearer(token) })).status).toBe(401)
    }
  })

  test('does nothing for a page of another site: neither consent nor sign-out nor a step', async () => {
    const one = await app({ skipConsent: false })
    const interaction = locationOf(await ada.visitor.get(authorizePath(one))).searchParams.get('interaction') ?? ''
    for (const path of [`/interaction?interaction=${interaction}`, `/api/oidc/interactions/${interaction}/complete`, '/logout']) {
      const headers = { origin: evil, 'content-type': 'application/x-www-form-urlencoded' }
      const answer = await ada.visitor.ask(path, { method: 'POST', headers, body: 'step=consent' })
      expect([path, answer.status]).toEqual([path, 403])
    }
    expect((await ada.visitor.get('/api/users/me')).status).toBe(200)
  })
})

describe('what somebody wrote', () => {
  const script = '"><script>alert(1)</script>'

  test('in state comes back as text: in a form, in an address, and never as a header', async () => {
    const one = await app()
    const answer = await ada.visitor.get(authorizePath(one, { state: script, response_mode: 'form_post' }))
    const html = await answer.text()
    expect(html).not.toContain('<script>alert')
    expect(html).toContain('&quot;&gt;&lt;script&gt;')
    const split = await ada.visitor.get(authorizePath(one, { state: 'a\r\nset-cookie: b=c' }))
    expect(split.headers.get('set-cookie') ?? '').not.toContain('b=c')
    expect(locationOf(split).searchParams.get('state')).toBe('a\r\nset-cookie: b=c')
  })

  test('in an error’s address is shown as text', async () => {
    const query = new URLSearchParams({ code: script, client_id: script, redirect_uri: `javascript:${script}` })
    const html = await (await ada.visitor.ask(`/interaction/error?${query}`, { headers: { accept: 'text/html' } })).text()
    expect(html).not.toContain('<script>alert')
    expect(html).not.toContain('href="javascript:')
  })

  test('in a refusal is not repeated where it could be code', async () => {
    const one = await app()
    const answer = await post(instance, '/api/oidc/token', { grant_type: script }, basic(one))
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
    expect(await answer.text()).not.toContain('<script>')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  })
})

test('pages that ask people cannot be framed, and nothing tells another site where they were', async () => {
  const one = await app({ skipConsent: false })
  const at = locationOf(await ada.visitor.get(authorizePath(one)))
  for (const path of [at.pathname + at.search, authorizePath(one), '/device', '/interaction/error']) {
    const { headers } = await ada.visitor.ask(path, { headers: { accept: 'text/html' } })
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('referrer-policy')).toMatch(/^(same-origin|no-referrer)$/)
  }
  expect((await ada.visitor.get(authorizePath(one))).headers.get('access-control-allow-origin')).toBeNull()
})

test('nothing that opens a door is in the log, whatever goes wrong', async () => {
  const one = await app()
  const verifier = verifierOf()
  const pkce = { code_challenge: challengeOf(verifier), code_challenge_method: 'S256' }
  const code = await codeFor(ada.visitor, one, pkce)
  const set = await tokens(redeem(instance, one, code, { code_verifier: verifier }))
  await redeem(instance, one, code, { code_verifier: verifier })
  await post(instance, '/api/oidc/token', { grant_type: 'refresh_token', refresh_token: set.refresh_token }, basic(one))
  await post(instance, '/api/oidc/token', { grant_type: 'client_credentials', client_assertion: set.access_token }, basic(one))
  await post(instance, '/api/oidc/introspect', { token: set.access_token }, bearer(set.access_token))
  const log = instance.lines.join('\n')
  const opens = [
    code,
    verifier,
    set.access_token,
    set.refresh_token,
    set.id_token,
    one.secret,
    ada.visitor.cookies.get('access_token'),
  ]
  for (const one of opens) expect(log).not.toContain(one)
})

describe('an access token', () => {
  let real: string
  let client: App
  beforeAll(async () => {
    client = await app()
    real = (await tokens(redeem(instance, client, await codeFor(ada.visitor, client)))).access_token
  })
  const status = async (token: string) => (await instance.fetch('/api/oidc/userinfo', { headers: bearer(token) })).status

  test.each(['../../etc/passwd', "' or 1=1 --", 'x'.repeat(5_000), '', 'null'])('with the kid %s is refused', async (kid) => {
    const { privateKey } = await generateKeyPair('ES256')
    const forged = new SignJWT(decodeJwt(real)).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid })
    expect(await status(await forged.sign(privateKey))).toBe(401)
  })

  test('that names where its key is read is refused, and nobody is asked', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
    outsider.publish('/keys', { keys: [{ ...(await exportJWK(publicKey)), kid: 'evil', alg: 'ES256' }] })
    for (const header of [
      { jku: `${outsider.url}/keys` },
      { x5u: `${outsider.url}/keys` },
      { jwk: await exportJWK(publicKey) },
    ]) {
      const forged = new SignJWT({ ...decodeJwt(real), iss: appUrl })
      expect(
        await status(await forged.setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'evil', ...header }).sign(privateKey)),
      ).toBe(401)
    }
    expect(outsider.asked).toEqual([])
  })

  test('that was cut, swapped or written otherwise is refused', async () => {
    const [header = '', payload = '', signature = ''] = real.split('.')
    const other = Buffer.from(JSON.stringify({ ...decodeJwt(real), sub: 'other' })).toString('base64url')
    for (const token of [
      `${header}.${payload}.`,
      `${header}.${payload}`,
      `${header}.${other}.${signature}`,
      `${real}.`,
      `${real} `,
      real.toUpperCase(),
    ])
      expect([token.length, await status(token)]).toEqual([token.length, token === `${real} ` ? 200 : 401])
  })
})

test('a request object or pushed request at an address is not fetched', async () => {
  const one = await app({ jwksUri: `${outsider.url}/jwks` })
  const before = outsider.asked.length
  const request_uri = `${outsider.url}/request`
  expect(await endsAt(`/authorize?${new URLSearchParams({ client_id: one.id, request_uri })}`)).toBe('/interaction/error')
  expect((await refusal(post(instance, '/api/oidc/par', { request_uri }, basic(one))))[0]).toBe(400)
  expect(outsider.asked.length).toBe(before)
})

test('what is too large, or no form, is refused before it is read', async () => {
  const one = await app()
  const huge = await post(instance, '/api/oidc/token', { grant_type: 'x'.repeat(5_000_000) }, basic(one))
  expect(huge.status).toBe(413)
  expect(await refusal(post(instance, '/api/oidc/token', { grant_type: 'x'.repeat(100_000) }, basic(one)))).toEqual([
    400,
    'invalid_request',
  ])
  const json = { method: 'POST', body: { grant_type: 'client_credentials' }, headers: basic(one) }
  expect(await refusal(instance.fetch('/api/oidc/token', json))).toEqual([400, 'invalid_request'])
  expect((await instance.fetch('/api/oidc/token?grant_type=client_credentials', { headers: basic(one) })).status).toBe(404)
})
