// What people are asked before an app gets its answer: consent, another account, a fresh passkey, and what a silent request may not ask.
import { eq } from 'drizzle-orm'
import { decodeJwt } from 'jose'
import { describe, expect, test } from 'vitest'
import { sessions } from '#core/db/tables.ts'
import { clientGroups } from '../../src/plugins/oidc/tables.ts'
import {
  type App,
  authorize,
  authorizePath,
  codeFor,
  type Extra,
  locationOf,
  redeem,
  signInAgain,
  through,
  tokens,
} from '../support/apps.ts'
import { createAuthenticator } from '../support/authenticator.ts'
import { appUrl } from '../support/instance.ts'
import { app, instance, person, useProvider } from '../support/provider.ts'
import { type Visitor, visit } from '../support/visitor.ts'

useProvider()

const ask = async (visitor: Visitor, one: App, extra: Extra = {}) => locationOf(await visitor.get(authorizePath(one, extra)))
const interactionOf = (at: URL) => at.searchParams.get('interaction') ?? ''
const stepsOf = async (visitor: Visitor, at: URL) =>
  (await visitor.json<{ requiredSteps: string[] }>(`/api/oidc/interactions/${interactionOf(at)}`)).requiredSteps
const complete = (visitor: Visitor, at: URL, step: string) =>
  visitor.post(`/api/oidc/interactions/${interactionOf(at)}/complete`, { step })
const codeOf = async (answer: Response) => ((await answer.json()) as { code: string }).code

/** Registers a passkey for somebody and returns how to touch it once more. */
async function passkeyOf(visitor: Visitor) {
  const key = createAuthenticator({ origin: appUrl })
  const start = await visitor.json<Parameters<typeof key.create>[0]>('/api/webauthn/register/start')
  await visitor.post('/api/webauthn/register/finish', key.create(start))
  const options = () => visitor.json<Parameters<typeof key.get>[0]>('/api/webauthn/login/start')
  return {
    signIn: async () => visitor.post('/api/webauthn/login/finish', key.get(await options())),
    touch: async () => visitor.post('/api/webauthn/reauthenticate', key.get(await options())),
  }
}

const age = (userId: string, seconds: number) =>
  instance.ground.db.write((tx) =>
    tx
      .update(sessions)
      .set({ createdAt: new Date(Date.now() - seconds * 1000) })
      .where(eq(sessions.userId, userId)),
  )

describe('consent', () => {
  test('is asked once for each thing', async () => {
    const [one, { visitor }] = [await app({ skipConsent: false }), await person()]
    const first = await ask(visitor, one, { scope: 'openid email' })
    expect(await stepsOf(visitor, first)).toEqual(['consent'])
    expect((await through(visitor, first)).searchParams.get('code')).toBeTruthy()
    expect((await ask(visitor, one, { scope: 'openid email' })).searchParams.get('code')).toBeTruthy()
    const more = await ask(visitor, one, { scope: 'openid profile' })
    expect(await stepsOf(visitor, more)).toEqual(['consent'])
    await through(visitor, more)
    expect((await ask(visitor, one, { scope: 'openid email profile' })).searchParams.get('code')).toBeTruthy()
  })

  test('is asked for claims that are wanted one by one, as for the scope they are part of', async () => {
    const [one, { visitor }] = [await app({ skipConsent: false }), await person()]
    expect((await authorize(visitor, one, { scope: 'openid' })).searchParams.get('code')).toBeTruthy()
    const wanted = (claims: object) => ask(visitor, one, { scope: 'openid', claims: JSON.stringify(claims) })
    expect((await wanted({ id_token: { auth_time: null, sub: null } })).searchParams.get('code')).toBeTruthy()
    const more = await wanted({ userinfo: { email: null, team: null }, id_token: { groups: { essential: true } } })
    expect(await stepsOf(visitor, more)).toEqual(['consent'])
    const { scopes } = await visitor.json<{ scopes: string[] }>(`/api/oidc/interactions/${interactionOf(more)}`)
    expect([...scopes].sort()).toEqual(['email', 'groups', 'openid', 'profile'])
    const set = await tokens(redeem(instance, one, (await through(visitor, more)).searchParams.get('code') ?? ''))
    expect(set.scope).toBe('openid')
    expect((await wanted({ userinfo: { email: null } })).searchParams.get('code')).toBeTruthy()
  })

  test('is asked again with prompt=consent, even where it is skipped', async () => {
    const [one, { visitor }] = [await app(), await person()]
    await authorize(visitor, one)
    expect(await stepsOf(visitor, await ask(visitor, one, { prompt: 'consent' }))).toEqual(['consent'])
  })

  test('refused is told to the app, and the request is over', async () => {
    const [one, { visitor }] = [await app({ skipConsent: false }), await person()]
    const at = await ask(visitor, one)
    const declined = await visitor.post(`/api/oidc/interactions/${interactionOf(at)}/decline`)
    const { redirectUrl } = (await declined.json()) as { redirectUrl: string }
    const back = locationOf(await visitor.get(redirectUrl))
    expect(Object.fromEntries(back.searchParams)).toMatchObject({ error: 'access_denied', state: 'some state', iss: appUrl })
    expect(locationOf(await visitor.get(redirectUrl)).searchParams.get('code')).toBe('oidc_interaction_not_found')
  })

  test('of one person does not count for the next at the same browser', async () => {
    const [one, { visitor }, other] = [await app({ skipConsent: false }), await person(), await person()]
    const at = await ask(visitor, one, { prompt: 'consent select_account' })
    expect(await stepsOf(visitor, at)).toEqual(['select_account', 'consent'])
    await complete(visitor, at, 'select_account')
    await complete(visitor, at, 'consent')
    await signInAgain(instance, other.user.id, visitor)
    expect(await stepsOf(visitor, at)).toEqual(['select_account', 'consent'])
  })

  test('cannot be taken before its turn, nor by an API key', async () => {
    const [one, { visitor }] = [await app({ skipConsent: false }), await person()]
    const at = await ask(visitor, one, { prompt: 'select_account' })
    expect(await codeOf(await complete(visitor, at, 'consent'))).toBe('oidc_interaction_step')
    const path = `/api/oidc/interactions/${interactionOf(at)}/complete`
    expect((await instance.asAdmin(path, { method: 'POST', body: { step: 'select_account' } })).status).toBe(403)
    expect((await instance.fetch(path, { method: 'POST', body: { step: 'select_account' } })).status).toBe(401)
  })
})

describe('whoever sits at the browser', () => {
  const html = { headers: { accept: 'text/html' } }
  const pageOf = async (visitor: Visitor, at: URL) => (await visitor.ask(at.pathname + at.search, html)).text()

  test('may turn back instead of signing in, and the app hears of it', async () => {
    const [one, visitor] = [await app(), visit(instance)]
    // Without an administrator there is a page for the first one instead.
    await person({ isAdmin: true })
    const login = locationOf(await visitor.ask(locationOf(await visitor.get(authorizePath(one))).href.replace(appUrl, ''), html))
    const action = /action="(\/interaction\/decline[^"]+)"/.exec(await pageOf(visitor, login))?.[1] ?? ''
    const away = await (await visitor.ask(action, { method: 'POST', ...html })).text()
    const onward = /\/authorize\?interaction=[\w-]+/.exec(away)?.[0] ?? ''
    expect(locationOf(await visitor.get(onward)).searchParams.get('error')).toBe('access_denied')
    expect(await pageOf(visitor, new URL('/login?next=/settings/account', appUrl))).not.toContain('/decline')
  })

  test('may sign in again where a passkey is asked for and there is none', async () => {
    const [one, { user, visitor }] = [await app(), await person()]
    const at = locationOf(await visitor.get(authorizePath(one, { prompt: 'login' })))
    const action = /action="(\/interaction\/switch[^"]+)"/.exec(await pageOf(visitor, at))?.[1] ?? ''
    expect(locationOf(await visitor.ask(action, { method: 'POST', ...html })).pathname).toBe('/login')
    await signInAgain(instance, user.id, visitor)
    expect((await through(visitor, at)).searchParams.get('code')).toEqual(expect.any(String))
  })
})

describe('a silent request', () => {
  test.each<[string, Extra, object, string]>([
    ['asks for consent', {}, { skipConsent: false }, 'consent_required'],
    ['asks for a fresh passkey', {}, { requiresReauthentication: true }, 'login_required'],
    ['asks for somebody else', { id_token_hint: 'not a token' }, {}, 'login_required'],
  ])('is refused where it %s', async (_what, extra, wishes, error) => {
    const at = await ask((await person()).visitor, await app(wishes), { prompt: 'none', ...extra })
    expect(at.searchParams.get('error')).toBe(error)
    expect(at.searchParams.get('iss')).toBe(appUrl)
  })

  test('of nobody is refused, of somebody known answered', async () => {
    const one = await app()
    expect((await ask(visit(instance), one, { prompt: 'none' })).searchParams.get('error')).toBe('login_required')
    expect((await ask((await person()).visitor, one, { prompt: 'none' })).searchParams.get('code')).toBeTruthy()
  })

  test('goes with no other prompt', async () => {
    const at = await ask((await person()).visitor, await app(), { prompt: 'none login' })
    expect(at.searchParams.get('error')).toBe('invalid_request')
  })
})

describe('a fresh proof', () => {
  test.each<[string, Extra, object]>([
    ['prompt=login', { prompt: 'login' }, {}],
    ['max_age=0', { max_age: '0' }, {}],
    ['a max_age that has passed', { max_age: '30' }, {}],
    ['a client that always wants one', {}, { requiresReauthentication: true }],
  ])('is asked for by %s, and its time and kind are told', async (_what, extra, wishes) => {
    const [one, { user, visitor }] = [await app(wishes), await person()]
    const key = await passkeyOf(visitor)
    await age(user.id, 100)
    const at = await ask(visitor, one, extra)
    expect(await stepsOf(visitor, at)).toEqual(['reauthenticate'])
    expect(await codeOf(await complete(visitor, at, 'reauthenticate'))).toBe('reauthentication_required')
    await key.touch()
    const done = await complete(visitor, at, 'reauthenticate')
    const { redirectUrl } = (await done.json()) as { redirectUrl: string }
    const code = locationOf(await visitor.get(redirectUrl)).searchParams.get('code') ?? ''
    const claims = decodeJwt((await tokens(redeem(instance, one, code))).id_token)
    expect(Math.abs(Number(claims.auth_time) - Date.now() / 1000)).toBeLessThan(90)
    expect(claims).toMatchObject({ acr: 'phr', amr: ['hwk', 'user', 'mfa'] })
  })

  test('is not asked for while max_age has not passed, and auth_time says when it was', async () => {
    const [one, { user, visitor }] = [await app(), await person()]
    await age(user.id, 100)
    const claims = decodeJwt((await tokens(redeem(instance, one, await codeFor(visitor, one, { max_age: '5000' })))).id_token)
    expect(Math.abs(Number(claims.auth_time) - (Date.now() / 1000 - 100))).toBeLessThan(90)
  })

  test('may be a whole sign-in because of the request', async () => {
    const [one, { user, visitor }] = [await app(), await person()]
    const at = await ask(visitor, one, { prompt: 'login' })
    await signInAgain(instance, user.id, visitor)
    expect(await stepsOf(visitor, at)).toEqual([])
    expect((await through(visitor, at)).searchParams.get('code')).toBeTruthy()
  })

  test('by a one-time code is none for a client that wants a passkey', async () => {
    const [one, { user, visitor }] = [await app({ requiresReauthentication: true }), await person()]
    const at = await ask(visitor, one)
    await signInAgain(instance, user.id, visitor)
    expect(await stepsOf(visitor, at)).toEqual(['reauthenticate'])
  })

  test('of a passkey is what an essential acr asks for', async () => {
    const [one, { visitor }] = [await app(), await person()]
    const claims = (values: string[]) => JSON.stringify({ id_token: { acr: { essential: true, values } } })
    expect(await stepsOf(visitor, await ask(visitor, one, { claims: claims(['phr']) }))).toEqual(['reauthenticate'])
    const unmet = await ask(visitor, one, { claims: claims(['urn:other']) })
    expect(unmet.searchParams.get('error')).toBe('unmet_authentication_requirements')
    const key = await passkeyOf(visitor)
    await key.signIn()
    const set = await tokens(redeem(instance, one, await codeFor(visitor, one, { claims: claims(['phr']) })))
    expect(decodeJwt(set.id_token).acr).toBe('phr')
  })

  test('of a passkey is not a sign-in by a one-time code, where the acr is essential', async () => {
    const [one, { user, visitor }] = [await app(), await person()]
    const claims = JSON.stringify({ id_token: { acr: { essential: true, value: 'phr' } } })
    const at = await ask(visitor, one, { claims })
    await signInAgain(instance, user.id, visitor)
    expect(await stepsOf(visitor, at)).toEqual(['reauthenticate'])
  })
})

describe('another account', () => {
  test('is asked for when the app knows somebody else', async () => {
    const [one, { visitor }, other] = [await app(), await person(), await person()]
    const { id_token: hint } = await tokens(redeem(instance, one, await codeFor(other.visitor, one)))
    const at = await ask(visitor, one, { id_token_hint: hint })
    expect(await stepsOf(visitor, at)).toEqual(['authenticate'])
    expect(await codeOf(await complete(visitor, at, 'authenticate'))).toBe('oidc_interaction_step')
    await signInAgain(instance, other.user.id, visitor)
    expect((await through(visitor, at)).searchParams.get('code')).toBeTruthy()
  })
})

describe('an app for some groups', () => {
  test('is closed to others, and closes again when the group is taken away', async () => {
    const { kernel, ground } = instance
    const group = await kernel.identity.groups.create({ name: 'players', friendlyName: 'Players' }, null)
    const one = await app({ isGroupRestricted: true })
    await ground.db.write((tx) => tx.insert(clientGroups).values({ clientId: one.id, groupId: group.id }))
    const { user, visitor } = await person()
    const denied = await ask(visitor, one)
    expect([denied.pathname, denied.searchParams.get('code')]).toEqual(['/interaction/error', 'oidc_access_denied'])
    expect((await ask(visitor, one, { prompt: 'none' })).searchParams.get('error')).toBe('access_denied')

    const members = (userIds: string[]) =>
      instance.asAdmin(`/api/user-groups/${group.id}/users`, { method: 'PUT', body: { userIds } })
    await members([user.id])
    const set = await tokens(redeem(instance, one, await codeFor(visitor, one)))
    const userinfo = () => instance.fetch('/api/oidc/userinfo', { headers: { authorization: `Bearer ${set.access_token}` } })
    expect((await userinfo()).status).toBe(200)
    await members([])
    expect((await userinfo()).status).toBe(401)
  })

  test('is not told who asked, on an interaction that was begun before', async () => {
    const one = await app({ isGroupRestricted: true })
    const at = locationOf(await visit(instance).get(authorizePath(one)))
    const { visitor } = await person()
    const answer = await visitor.get(`/api/oidc/interactions/${interactionOf(at)}`)
    expect([answer.status, await codeOf(answer)]).toEqual([403, 'oidc_access_denied'])
  })
})
