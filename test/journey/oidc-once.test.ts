// What may happen once happens once: eight at the same time, two processes on one database, and what a second use costs.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Database, openDatabase } from '#core/db/client.ts'
import {
  type App,
  authorizePath,
  basic,
  bearer,
  challengeOf,
  codeFor,
  type Extra,
  locationOf,
  type Person,
  post,
  redeem,
  refusal,
  registerApp,
  signedInPerson,
  type Target,
  tokens,
  verifierOf,
} from '../support/apps.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { targetOf } from '../support/target.ts'

let server: TestServer
let two: TestServer
let db: Database
let somebody: Person

let instance: Target
let other: Target

beforeAll(async () => {
  server = await startServer()
  two = await startServer({ DB_CONNECTION_STRING: join(server.folder, 'pocket-id.db'), APP_URL: server.url })
  db = await openDatabase(join(server.folder, 'pocket-id.db'))
  instance = targetOf(server)
  other = targetOf(two)
  somebody = await signedInPerson(instance)
})
afterAll(async () => {
  await db.close()
  await two.stop()
  await server.stop()
})

const app = (wishes = {}) => registerApp(db, wishes)
const eight = <T>(attempt: (index: number) => Promise<T>) => Promise.all(Array.from({ length: 8 }, (_, index) => attempt(index)))
/** Half of the attempts go to the other process. */
const either = (index: number) => (index % 2 === 0 ? instance : other)
const won = (answers: readonly Response[]) => answers.filter(({ status }) => status === 200 || status === 201)

const refresh = (at: Target, one: App, token: string) =>
  post(at, '/api/oidc/token', { grant_type: 'refresh_token', refresh_token: token }, basic(one))

describe('eight at the same time, at two processes', () => {
  test('redeem a code once, and the grant is over', async () => {
    const one = await app()
    const code = await codeFor(somebody.visitor, one)
    const answers = await eight((index) => redeem(either(index), one, code))
    const [winner, ...more] = won(answers)
    expect(more).toEqual([])
    const set = await tokens(Promise.resolve(winner as Response))
    expect(await refusal(refresh(instance, one, set.refresh_token))).toEqual([400, 'invalid_grant'])
    expect((await instance.fetch('/api/oidc/userinfo', { headers: bearer(set.access_token) })).status).toBe(401)
  })

  test('rotate a refresh token once, and the family is over', async () => {
    const one = await app()
    const set = await tokens(redeem(instance, one, await codeFor(somebody.visitor, one)))
    const answers = await eight((index) => refresh(either(index), one, set.refresh_token))
    const [winner, ...more] = won(answers)
    expect(more).toEqual([])
    const next = await tokens(Promise.resolve(winner as Response))
    expect(await refusal(refresh(instance, one, next.refresh_token))).toEqual([400, 'invalid_grant'])
  })

  test('answer a pushed request once', async () => {
    const one = await app()
    const form = { redirect_uri: one.callback, response_type: 'code', scope: 'openid' }
    const pushed = (await (await post(instance, '/api/oidc/par', form, basic(one))).json()) as { request_uri: string }
    const path = `/authorize?${new URLSearchParams({ client_id: one.id, request_uri: pushed.request_uri })}`
    const cookie = [...somebody.visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answers = await eight((index) => either(index).fetch(path, { headers: { cookie } }))
    const codes = answers.map(locationOf).filter((at) => at.href.startsWith(one.callback) && at.searchParams.has('code'))
    expect(codes).toHaveLength(1)
  })

  test('finish an interaction once', async () => {
    const one = await app({ skipConsent: false })
    const { visitor } = somebody
    const id = locationOf(await visitor.get(authorizePath(one))).searchParams.get('interaction') ?? ''
    await visitor.post(`/api/oidc/interactions/${id}/complete`, { step: 'consent' })
    const cookie = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answers = await eight((index) => either(index).fetch(`/authorize?interaction=${id}`, { headers: { cookie } }))
    expect(answers.map(locationOf).filter((at) => at.href.startsWith(one.callback))).toHaveLength(1)
  })

  test('let a device in once', async () => {
    const one = await app()
    const begun = await begin(one)
    await somebody.visitor.post(`/api/oidc/device/verify?code=${begun.user_code}`)
    const form = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: begun.device_code }
    expect(won(await eight((index) => post(either(index), '/api/oidc/token', form, basic(one))))).toHaveLength(1)
  })

  test('approve a device once', async () => {
    const begun = await begin(await app())
    const people = await eight(() => signedInPerson(instance))
    const answers = await Promise.all(
      people.map(({ visitor }) => visitor.post(`/api/oidc/device/verify?code=${begun.user_code}`)),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([204, ...Array<number>(7).fill(400)])
  })
})

const begin = async (one: App) =>
  (await (await post(instance, '/api/oidc/device/authorize', { scope: 'openid' }, basic(one))).json()) as {
    user_code: string
    device_code: string
  }

describe('a code shown with something wrong is dead', () => {
  const verifier = verifierOf()
  const pkce = { code_challenge: challengeOf(verifier), code_challenge_method: 'S256' }

  test.each<[string, Extra, Extra]>([
    ['another verifier', { code_verifier: verifierOf() }, pkce],
    ['no verifier', {}, pkce],
    ['a verifier nobody asked for', { code_verifier: verifier }, {}],
    ['another callback', { code_verifier: verifier, redirect_uri: 'https://evil.example/' }, pkce],
  ])('%s', async (_what, wrong, asked) => {
    const one = await app()
    const code = await codeFor(somebody.visitor, one, asked)
    expect(await refusal(redeem(instance, one, code, wrong))).toEqual([400, 'invalid_grant'])
    const right: Extra = asked === pkce ? { code_verifier: verifier } : {}
    expect(await refusal(redeem(instance, one, code, right))).toEqual([400, 'invalid_grant'])
  })

  test('another client', async () => {
    const [one, thief] = [await app(), await app()]
    const code = await codeFor(somebody.visitor, one)
    expect(await refusal(redeem(instance, { ...thief, callback: one.callback }, code))).toEqual([400, 'invalid_grant'])
    expect(await refusal(redeem(instance, one, code))).toEqual([400, 'invalid_grant'])
  })
})

test('a refresh token in another client’s hands ends the family', async () => {
  const [one, thief] = [await app(), await app()]
  const set = await tokens(redeem(instance, one, await codeFor(somebody.visitor, one)))
  expect(await refusal(refresh(instance, thief, set.refresh_token))).toEqual([400, 'invalid_grant'])
  expect(await refusal(refresh(instance, one, set.refresh_token))).toEqual([400, 'invalid_grant'])
})

test('nothing that can be presented is stored as it is', async () => {
  const one = await app()
  const code = await codeFor(somebody.visitor, one)
  const set = await tokens(redeem(instance, one, code))
  const begun = await begin(one)
  const stored = ['pocket-id.db', 'pocket-id.db-wal'].map((file) => readFileSync(join(server.folder, file), 'latin1')).join('')
  for (const secret of [
    code,
    set.access_token,
    set.refresh_token,
    set.id_token,
    begun.device_code,
    begun.user_code,
    one.secret,
  ]) {
    expect(stored.includes(secret)).toBe(false)
  }
  expect(stored.includes(one.id)).toBe(true)
  for (const secret of [code, set.access_token, set.refresh_token])
    expect([...server.lines, ...two.lines].join('\n')).not.toContain(secret)
})
