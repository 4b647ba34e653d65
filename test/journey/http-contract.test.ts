// What every route has in common: the document that describes them, and refusals of one shape for every kind of bad input.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { noteClientAddress } from '#core/http/client-address.ts'
import { answerFaults } from '../support/conformance.ts'
import { appUrl } from '../support/instance.ts'
import { documentFaults } from '../support/openapi-rules.ts'
import { type Rest, startRest } from '../support/rest.ts'

let rest: Rest
beforeAll(async () => {
  rest = await startRest()
})
afterAll(() => rest.stop())

describe('the OpenAPI document', () => {
  test('is sound OpenAPI 3.1', () => {
    expect(documentFaults(rest.document)).toEqual([])
  })

  test('describes every route under /api', async () => {
    const documented = Object.entries(rest.document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    )
    expect(documented.length).toBeGreaterThan(20)
    for (const route of ['GET /api/users', 'PUT /api/user-groups/{id}/users', 'GET /healthz']) expect(documented).toContain(route)
  })

  test('is what answers are held against: a field too many, one missing, one of another kind are all noticed', () => {
    const page = { totalPages: 1, totalItems: 0, currentPage: 1, itemsPerPage: 20 }
    const faults = (status: number, body: unknown) => answerFaults(rest.document, 'GET', '/api/users', status, body)
    expect(faults(200, { data: [], pagination: page })).toEqual([])
    expect(faults(200, { data: [], pagination: page, password: 'x' })).toHaveLength(1)
    expect(faults(200, { data: [] })).toHaveLength(1)
    expect(faults(200, { data: {}, pagination: page })).toHaveLength(1)
    expect(faults(200, { data: [{ id: 5 }], pagination: page }).length).toBeGreaterThan(1)
    expect(faults(201, { data: [], pagination: page })).toHaveLength(1)
    expect(faults(404, { message: 'Not found' }).length).toBeGreaterThan(1)
  })

  test('names page, sort and search where there is a list', () => {
    const list = rest.document.paths['/api/users']?.get as unknown as { parameters: readonly { name: string }[] }
    expect(list.parameters.map(({ name }) => name)).toContain('pagination[page]')
  })
})

describe('a refusal', () => {
  const bodies = ['PUT /api/users/me', 'POST /api/users', 'POST /api/user-groups', 'PUT /api/application-configuration']
  const split = (route: string) => route.split(' ') as [string, string]

  test.each(bodies)('of malformed JSON to %s is invalid_request_body', async (route) => {
    for (const body of ['{"username":', 'nonsense', ''])
      expect(await rest.ask(...split(route), body)).toMatchObject({ status: 400, body: { code: 'invalid_request_body' } })
  })

  test.each(bodies)('of JSON of a wrong kind to %s is validation_failed', async (route) => {
    for (const body of ['null', '[]', '5', '"text"'])
      expect(await rest.ask(...split(route), body)).toMatchObject({ status: 400, body: { code: 'validation_failed' } })
  })

  test.each(bodies)('of something that is not JSON at all to %s is a 400', async (route) => {
    const { status, body } = await rest.ask(...split(route), 'username=ada', { 'content-type': 'text/plain' })
    expect({ status, known: ['validation_failed', 'invalid_request_body'].includes(body.code) }).toEqual({
      status: 400,
      known: true,
    })
  })

  test.each(bodies)('of a body too large to %s is payload_too_large', async (route) => {
    const body = JSON.stringify({ username: 'x'.repeat(5 * 1024 * 1024) })
    expect(await rest.ask(...split(route), body)).toMatchObject({ status: 413, body: { code: 'payload_too_large' } })
  })

  test.each([
    ['GET', '/api/users/nobody'],
    ['PUT', '/api/users/nobody'],
    ['DELETE', '/api/users/nobody'],
    ['GET', '/api/users/nobody/groups'],
    ['PUT', '/api/users/nobody/user-groups'],
    ['GET', '/api/user-groups/nothing'],
    ['PUT', '/api/user-groups/nothing/users'],
    ['DELETE', '/api/user-groups/nothing'],
    ['GET', "/api/users/'%20or%201=1--"],
    ['GET', '/api/users/%00'],
    ['GET', '/api/nothing/here'],
    ['PATCH', '/api/users'],
    ['DELETE', '/api/application-configuration'],
  ])('of %s %s is a 404 with a code', async (method, path) => {
    const input = { username: 'a', email: 'a@example.org', name: 'ab', friendlyName: 'ab', userIds: [], userGroupIds: [] }
    const answer = await rest.ask(method, path, method === 'PUT' ? input : undefined)
    expect(answer.status).toBe(404)
    expect(answer.body.code).toMatch(/^(user_|group_)?not_found$/)
    expect(answer.body.error).toMatch(/\.$/)
  })

  test('of wrong types names each field in a sentence, and repeats nothing that was sent', async () => {
    const refused = async (body: unknown) => {
      type Refused = { readonly details: { readonly fields: readonly { readonly field: string; readonly message: string }[] } }
      const { details } = (await rest.ask<Refused>('POST', '/api/users', body)).body
      return Object.fromEntries(details.fields.map(({ field, message }) => [field, message]))
    }
    expect(await refused({ username: 5, firstName: { secret: 'open-sesame' }, isAdmin: 'open-sesame' })).toMatchObject({
      username: 'Must be text.',
      firstName: 'Must be text.',
      isAdmin: 'Must be true or false.',
    })
    expect(await refused({})).toMatchObject({ username: 'Is missing.' })
    expect(await refused([])).toMatchObject({ username: 'Is missing.' })
  })

  test('of a broken escape in the address is no server error', async () => {
    expect((await rest.ask('GET', '/api/users/%E0%A4%A')).status).toBe(404)
  })

  test('of a guest is not_signed_in, by every route that is not on the list of the public ones', async () => {
    const open = new Set([
      'get /healthz',
      'get /api/version/latest',
      'get /api/users/{id}/profile-picture.png',
      'get /api/application-configuration',
      ...['logo', 'background', 'favicon', 'email', 'default-profile-picture'].map(
        (name) => `get /api/application-images/${name}`,
      ),
      'get /api/oidc/interactions/{id}',
      'get /api/oidc/clients/{id}/meta',
      'get /api/oidc/clients/{id}/logo',
      'get /api/signup/setup',
      'post /api/signup/setup',
      'post /api/signup',
      'post /api/one-time-access-email',
      'post /api/device-login/requests',
      'post /api/device-login/requests/{id}/exchange',
      'get /api/webauthn/login/start',
      'post /api/webauthn/login/finish',
      'post /api/one-time-access-token/{token}',
    ])
    const routes = Object.entries(rest.document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => ({ path, method })),
    )
    const closed = routes.filter(({ path, method }) => path.startsWith('/api/') && !open.has(`${method} ${path}`))
    expect(closed.length).toBeGreaterThan(25)
    for (const { path, method } of closed) {
      const body = method === 'get' || method === 'delete' ? undefined : {}
      const answer = await rest.askAs({}, method.toUpperCase(), path.replaceAll(/\{\w+\}/g, 'x'), body)
      expect({ path, method, status: answer.status, code: answer.body.code }).toEqual({
        path,
        method,
        status: 401,
        code: 'not_signed_in',
      })
    }
  })

  test('of an unexpected error names nothing of the inside, and the log holds the cause', async () => {
    await rest.instance.ground.db.write((tx) => tx.run('alter table custom_claims rename to elsewhere'))
    const answer = await rest.ask('GET', '/api/custom-claims/suggestions')
    expect(answer).toMatchObject({ status: 500, body: { code: 'internal_error' } })
    expect(JSON.stringify(answer.body)).not.toMatch(/custom_claims|sql|select/i)
    expect(rest.instance.lines.some((line) => line.includes(answer.body.request_id) && line.includes('custom_claims'))).toBe(true)
    await rest.instance.ground.db.write((tx) => tx.run('alter table elsewhere rename to custom_claims'))
  })
})

describe('another site', () => {
  test('cannot use a browser’s cookie to change something', async () => {
    const headers = { cookie: 'access_token=x', origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
    const answer = await rest.askAs(headers, 'POST', '/api/users', {})
    expect(answer).toMatchObject({ status: 403, body: { code: 'cross_site_request' } })
  })
})

describe('every answer', () => {
  test('carries the security headers and is not cached', async () => {
    const { headers } = await rest.ask('GET', '/api/users')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('cache-control')).toBe('no-store')
  })

  test('has the same ones, whichever way it was made: a fixed document, an answer for apps, a refusal, a page', async () => {
    const { instance } = rest
    const standing = (answer: Response) =>
      Object.fromEntries(
        [...answer.headers].filter(([name]) => /^(x-(?!request)|content-sec|cross|origin|perm|referrer)/.test(name)),
      )
    const expected = standing(await instance.fetch('/healthz'))
    expect(Object.keys(expected)).toHaveLength(12)
    const discovery = '/.well-known/openid-configuration'
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    for (const answer of [
      await instance.fetch(discovery),
      await instance.fetch(`${discovery}?x=1`),
      await instance.fetch(discovery, { method: 'HEAD' }),
      await instance.fetch('/api/oidc/token', { method: 'POST', headers: form, body: 'grant_type=x' }),
      await instance.fetch('/api/oidc/userinfo'),
      await instance.fetch('/nothing'),
      await instance.fetch('/lc/code', { headers: { accept: 'text/html' } }),
    ]) {
      expect(standing(answer)).toEqual(expected)
      expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    }
  })

  test('of the sign-in leaves an app its way back to the window that it opened', async () => {
    const { instance } = rest
    for (const path of ['/login', '/login/alternative/code', '/interaction?interaction=x', '/authorize?client_id=x'])
      expect([path, (await instance.fetch(path)).headers.get('cross-origin-opener-policy')]).toEqual([path, 'unsafe-none'])
  })

  test('of a fixed document is the same by GET, by HEAD and with a query, and only there', async () => {
    const { fetch } = rest.instance
    const path = '/.well-known/openid-configuration'
    const [plain, asked, head] = [await fetch(path), await fetch(`${path}?x=1`), await fetch(path, { method: 'HEAD' })]
    const without = (answer: Response) => [...answer.headers].filter(([name]) => name !== 'x-request-id')
    expect(without(asked)).toEqual(without(plain))
    expect(without(head)).toEqual(without(plain))
    expect(await asked.text()).toBe(await plain.text())
    expect(await head.text()).toBe('')
    expect((await fetch(path, { method: 'POST' })).status).toBe(404)
    expect((await fetch(`${path}/more`)).status).toBe(404)
  })
})

describe('rate limits', () => {
  test('let a burst pass, then answer rate_limited with Retry-After', async () => {
    const fresh = await startRest()
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, () => fresh.askAs({}, 'GET', '/api/application-configuration')),
    )
    const refused = answers.find(({ status }) => status === 429)
    expect(refused?.body.code).toBe('rate_limited')
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(answers[0]?.status).toBe(200)
    await fresh.stop()
  })

  test('count a client by its address or IPv6 household, also when it does not say how long its body is', async () => {
    const fresh = await startRest()
    const send = (address: string) => {
      const body = new Blob(['{"a":1}']).stream()
      const headers = { 'content-type': 'application/json' }
      const request = new Request(`${appUrl}/api/users`, { method: 'POST', headers, body, duplex: 'half' } as RequestInit)
      noteClientAddress(request, () => address)
      return fresh.instance.kernel.fetch(request)
    }
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => send('192.0.2.7')))
    expect(answers.some(({ status }) => status === 429)).toBe(true)
    expect((await send('192.0.2.8')).status).toBe(401)
    const household = await Promise.all(Array.from({ length: 1_000 }, (_, at) => send(`2001:db8:1:2::${at.toString(16)}`)))
    expect(household.some(({ status }) => status === 429)).toBe(true)
    expect((await send('2001:db8:1:3::1')).status).toBe(401)
    await fresh.stop()
  })
})
