// Devices without a browser: they show a code, a person lets them in, they poll until then.
import { decodeJwt } from 'jose'
import { describe, expect, test } from 'vitest'
import { deviceCodes } from '../../src/plugins/oidc/tables.ts'
import {
  type App,
  authorizePath,
  basic,
  type Extra,
  post,
  refusal,
  registerApp,
  signedInPerson,
  type TokenJson,
} from '../support/apps.ts'
import { appUrl, startInstance } from '../support/instance.ts'
import { app, instance, person, somebody, useProvider } from '../support/provider.ts'
import { type Visitor, visit } from '../support/visitor.ts'

useProvider()

interface Begun {
  readonly device_code: string
  readonly user_code: string
  readonly verification_uri: string
  readonly verification_uri_complete: string
  readonly expires_in: number
  readonly interval: number
}
const begin = async (one: App, form: Extra = { scope: 'openid profile' }) =>
  (await (await post(instance, '/api/oidc/device/authorize', form, basic(one))).json()) as Begun
const poll = (one: App, { device_code }: Begun) =>
  post(instance, '/api/oidc/token', { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code }, basic(one))
const verify = (visitor: Visitor, code: string) => visitor.post(`/api/oidc/device/verify?code=${encodeURIComponent(code)}`)
const set = (row: Partial<typeof deviceCodes.$inferInsert>) => instance.ground.db.write((tx) => tx.update(deviceCodes).set(row))
const codeOf = async (answer: Response) => [answer.status, ((await answer.json()) as { code: string }).code]

describe('a device', () => {
  test('gets a code to show, and tokens when somebody has let it in', async () => {
    const one = await app()
    const begun = await begin(one)
    expect(begun).toMatchObject({ verification_uri: `${appUrl}/device`, expires_in: 900, interval: 5 })
    expect(begun.user_code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/)
    expect(begun.verification_uri_complete).toBe(`${appUrl}/device?code=${begun.user_code}`)
    expect(await refusal(poll(one, begun))).toEqual([400, 'authorization_pending'])

    const info = await somebody.visitor.json(`/api/oidc/device/info?code=${begun.user_code}`)
    expect(info).toEqual({
      client: {
        id: one.id,
        name: `App ${one.id}`,
        hasLogo: false,
        hasDarkLogo: false,
        clientType: 'standard',
        launchURL: null,
        requiresReauthentication: false,
      },
      scope: ['openid', 'profile'],
      scopeInfo: [],
      authorizationRequired: false,
      reauthenticationRequired: false,
    })
    // As people type it.
    expect((await verify(somebody.visitor, ` ${begun.user_code.toLowerCase().replace('-', ' ')}`)).status).toBe(204)
    const answer = await poll(one, begun)
    expect(answer.status).toBe(200)
    const tokens = (await answer.json()) as TokenJson
    expect(decodeJwt(tokens.id_token)).toMatchObject({ sub: somebody.user.id, aud: one.id, amr: ['otp'] })
    expect(tokens.refresh_token).toBeTruthy()
    expect(await refusal(poll(one, begun))).toEqual([400, 'invalid_grant'])
  })

  test('that asks too often waits longer', async () => {
    const one = await app()
    const begun = await begin(one)
    await poll(one, begun)
    expect(await refusal(poll(one, begun))).toEqual([400, 'slow_down'])
    await set({ polledAt: new Date(Date.now() - 6_000) })
    expect(await refusal(poll(one, begun))).toEqual([400, 'slow_down'])
    await set({ polledAt: new Date(Date.now() - 60_000) })
    expect(await refusal(poll(one, begun))).toEqual([400, 'authorization_pending'])
  })

  test('hears no, and that its time is over', async () => {
    const one = await app()
    const denied = await begin(one)
    const html = { 'content-type': 'application/x-www-form-urlencoded', origin: appUrl, accept: 'text/html' }
    const body = `code=${denied.user_code}&decision=deny`
    await somebody.visitor.ask('/device', { method: 'POST', headers: html, body })
    expect(await refusal(poll(one, denied))).toEqual([400, 'access_denied'])
    const late = await begin(one)
    await set({ expiresAt: new Date(Date.now() - 1_000) })
    expect(await refusal(poll(one, late))).toEqual([400, 'expired_token'])
    expect(await codeOf(await verify(somebody.visitor, late.user_code))).toEqual([400, 'oidc_device_code_expired'])
  })

  test('is its client’s alone', async () => {
    const [one, thief] = [await app(), await app()]
    expect(await refusal(poll(thief, await begin(one)))).toEqual([400, 'invalid_grant'])
  })
})

describe('a person', () => {
  test('must be signed in at a browser, and may be asked for a passkey', async () => {
    const begun = await begin(await app({ requiresReauthentication: true }))
    expect((await verify(visit(instance), begun.user_code)).status).toBe(401)
    expect((await instance.asAdmin(`/api/oidc/device/verify?code=${begun.user_code}`, { method: 'POST' })).status).toBe(403)
    expect(await codeOf(await verify(somebody.visitor, begun.user_code))).toEqual([401, 'reauthentication_required'])
  })

  test('cannot open what is not open to them, nor take over what another one let in', async () => {
    const begun = await begin(await app({ isGroupRestricted: true }))
    expect(await codeOf(await verify(somebody.visitor, begun.user_code))).toEqual([403, 'oidc_access_denied'])
    const taken = await begin(await app())
    await verify(somebody.visitor, taken.user_code)
    const other = await person()
    expect(await codeOf(await verify(other.visitor, taken.user_code))).toEqual([400, 'oidc_invalid_device_code'])
  })

  test('who guesses codes gets few tries', async () => {
    const limited = await startInstance()
    const { visitor } = await signedInPerson(limited)
    const answers: number[] = []
    for (let turn = 0; turn < 60; turn++) answers.push((await visitor.get('/api/oidc/device/info?code=BCDF-GHJK')).status)
    expect(answers.slice(0, 20)).toEqual(Array<number>(20).fill(400))
    expect(answers).toContain(429)
    await limited.stop()
  })
})

test('whoever floods the authorization endpoint is told to wait', async () => {
  const limited = await startInstance()
  const one = await registerApp(limited.ground.db)
  const flood = Array.from({ length: 2_000 }, () => limited.fetch(authorizePath(one, { prompt: 'none' })))
  const refused = (await Promise.all(flood)).filter(({ status }) => status === 429)
  expect(refused.length).toBeGreaterThan(0)
  expect(refused.length).toBeLessThanOrEqual(1_700)
  await limited.stop()
})
