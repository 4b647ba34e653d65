// Signing out: because an app asks, and so that apps hear of it (RP-initiated and back-channel logout).
import { isNotNull } from 'drizzle-orm'
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { appSessions } from '../../src/plugins/oidc/tables.ts'
import {
  type App,
  basic,
  codeFor,
  locationOf,
  type Person,
  post,
  redeem,
  registerApp,
  type TokenJson,
  tokens,
} from '../support/apps.ts'
import { appUrl } from '../support/instance.ts'
import { instance, person, useProvider } from '../support/provider.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'
import { visit } from '../support/visitor.ts'

useProvider()

let receiver: Receiver
beforeAll(async () => {
  receiver = await startReceiver()
})
afterAll(() => receiver.stop())

const app = (wishes = {}) => registerApp(instance.ground.db, { logoutCallbackUrls: ['https://app.example.org/bye'], ...wishes })
const endPath = (query: Record<string, string>) => `/api/oidc/end-session?${new URLSearchParams(query)}`
const isSignedIn = async ({ visitor }: Person) => (await visitor.get('/api/users/me')).status === 200

async function using(wishes = {}): Promise<{ one: App; somebody: Person; set: TokenJson }> {
  const [one, somebody] = [await app(wishes), await person()]
  const set = await tokens(redeem(instance, one, await codeFor(somebody.visitor, one)))
  return { one, somebody, set }
}

describe('an app that asks', () => {
  test('with an ID token ends the session at once and gets its answer', async () => {
    const { one, somebody, set } = await using()
    const query = { id_token_hint: set.id_token, post_logout_redirect_uri: 'https://app.example.org/bye', state: 's 1' }
    const at = locationOf(await somebody.visitor.get(endPath(query)))
    expect(at.href).toBe('https://app.example.org/bye?state=s+1')
    expect(await isSignedIn(somebody)).toBe(false)
    expect(somebody.visitor.cookies.has('access_token')).toBe(false)
    const refresh = { grant_type: 'refresh_token', refresh_token: set.refresh_token }
    expect((await post(instance, '/api/oidc/token', refresh, basic(one))).status).toBe(400)
  })

  test('with one that has run out too, by form, and from another site', async () => {
    const { somebody, set } = await using()
    const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://app.example.org' }
    const body = new URLSearchParams({
      id_token_hint: set.id_token,
      post_logout_redirect_uri: 'https://app.example.org/bye',
    }).toString()
    const answer = await somebody.visitor.ask('/api/oidc/end-session', { method: 'POST', headers, body })
    expect(answer.status).toBe(303)
    const next = locationOf(answer)
    expect(locationOf(await somebody.visitor.get(next.pathname + next.search)).href).toBe('https://app.example.org/bye')
    expect(await isSignedIn(somebody)).toBe(false)
  })

  test('and names a place though none is registered, gets its person signed out, who stays here', async () => {
    const { somebody, set } = await using({ logoutCallbackUrls: [] })
    const query = { id_token_hint: set.id_token, post_logout_redirect_uri: 'https://app.example.org/bye' }
    const at = locationOf(await somebody.visitor.get(endPath(query)))
    expect([at.origin, at.pathname]).toEqual([appUrl, '/login'])
    expect(await isSignedIn(somebody)).toBe(false)
  })

  test('by form, however long the ID token is: what it proves goes on in few words that nobody can make up', async () => {
    const { one, somebody } = await using()
    for (let count = 0; count < 60; count++) {
      const names = { name: `group-${count}-${'x'.repeat(200)}`, friendlyName: `Group ${count}` }
      const { id } = (await (await instance.asAdmin('/api/user-groups', { method: 'POST', body: names })).json()) as {
        id: string
      }
      await instance.asAdmin(`/api/user-groups/${id}/users`, { method: 'PUT', body: { userIds: [somebody.user.id] } })
    }
    const set = await tokens(redeem(instance, one, await codeFor(somebody.visitor, one)))
    expect(set.id_token.length).toBeGreaterThan(16_000)
    const form = { id_token_hint: set.id_token, post_logout_redirect_uri: 'https://app.example.org/bye', state: 's' }
    const next = locationOf(await post(instance, '/api/oidc/end-session', form))
    expect(next.href.length).toBeLessThan(1_000)
    const made = new URLSearchParams({ ...Object.fromEntries(next.searchParams), proof: `${next.searchParams.get('proof')}x` })
    expect(locationOf(await somebody.visitor.get(`${next.pathname}?${made}`)).pathname).toBe('/logout')
    expect(await isSignedIn(somebody)).toBe(true)
    expect(locationOf(await somebody.visitor.get(next.pathname + next.search)).href).toBe('https://app.example.org/bye?state=s')
    expect(await isSignedIn(somebody)).toBe(false)
  })

  test.each<[string, (set: TokenJson) => Record<string, string>, string, string | null]>([
    ['without a token', () => ({ post_logout_redirect_uri: 'https://app.example.org/bye' }), '/logout', null],
    ['with a forged one', ({ id_token }) => ({ id_token_hint: `${id_token.slice(0, -4)}AAAA` }), '/logout', null],
    ['with an access token', ({ access_token }) => ({ id_token_hint: access_token }), '/logout', null],
    [
      'for a foreign address',
      ({ id_token }) => ({ id_token_hint: id_token, post_logout_redirect_uri: 'https://evil.example/' }),
      '/interaction/error',
      'oidc_invalid_logout_callback_url',
    ],
    [
      'for an address that begins alike',
      ({ id_token }) => ({ id_token_hint: id_token, post_logout_redirect_uri: 'https://app.example.org/bye.evil.example' }),
      '/interaction/error',
      'oidc_invalid_logout_callback_url',
    ],
    [
      'for another client',
      ({ id_token }) => ({ id_token_hint: id_token, client_id: 'other' }),
      '/interaction/error',
      'oidc_client_id_not_matching',
    ],
  ])('%s leaves everybody signed in and goes nowhere else', async (_what, query, path, code) => {
    const { somebody, set } = await using()
    const at = locationOf(await somebody.visitor.get(endPath(query(set))))
    expect([at.origin, at.pathname, at.searchParams.get('code')]).toEqual([appUrl, path, code])
    expect(await isSignedIn(somebody)).toBe(true)
  })

  test('with somebody else’s token asks the person first', async () => {
    const [mine, theirs] = [await using(), await using()]
    const at = locationOf(await mine.somebody.visitor.get(endPath({ id_token_hint: theirs.set.id_token })))
    expect(at.pathname).toBe('/logout')
    expect([await isSignedIn(mine.somebody), await isSignedIn(theirs.somebody)]).toEqual([true, true])
  })

  test('ends the session the token came from, whatever browser brings it', async () => {
    await person({ isAdmin: true })
    const { somebody, set } = await using()
    const at = locationOf(await visit(instance).get(endPath({ id_token_hint: set.id_token })))
    // Nobody asked to go anywhere, so nobody is sent away.
    expect(at.href).toBe(`${appUrl}/login?done=signedOut`)
    expect(await (await instance.fetch(at.pathname + at.search)).text()).toContain('You are signed out.')
    expect(await isSignedIn(somebody)).toBe(false)
  })
})

describe('apps hear of a sign-out', () => {
  const keys = async () => createLocalJWKSet((await (await instance.fetch('/.well-known/jwks.json')).json()) as JSONWebKeySet)
  const tokenIn = (body: string) => new URLSearchParams(body).get('logout_token') ?? ''

  test.each<[string, (somebody: Person, set: TokenJson) => Promise<unknown>]>([
    ['that another app asked for', ({ visitor }, set) => visitor.get(endPath({ id_token_hint: set.id_token }))],
    ['of the person', ({ visitor }) => visitor.post('/api/webauthn/logout')],
    [
      'that came with locking the account',
      ({ user }) =>
        instance.asAdmin(`/api/users/${user.id}`, {
          method: 'PUT',
          body: { ...user, firstName: 'A', lastName: 'B', displayName: 'A B', isAdmin: false, disabled: true },
        }),
    ],
    ['that came with removing the account', ({ user }) => instance.asAdmin(`/api/users/${user.id}`, { method: 'DELETE' })],
  ])('%s', async (_what, signOut) => {
    const { one, somebody, set } = await using({ backchannelLogoutUri: `${receiver.url}/backchannel` })
    const before = receiver.received.length
    await signOut(somebody, set)
    const call = (await receiver.count(before + 1))[before]
    expect(call?.path).toBe('/backchannel')
    expect(call?.headers['content-type']).toBe('application/x-www-form-urlencoded')
    const { payload, protectedHeader } = await jwtVerify(tokenIn(call?.body ?? ''), await keys(), {
      issuer: appUrl,
      audience: one.id,
    })
    expect(protectedHeader.typ).toBe('logout+jwt')
    expect(payload).toMatchObject({
      sub: somebody.user.id,
      sid: decodeJwt(set.id_token).sid,
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    })
    expect(payload).not.toHaveProperty('nonce')
    expect(typeof payload.jti).toBe('string')
  })

  test('only where they took part, and once', async () => {
    const { somebody } = await using({ backchannelLogoutUri: `${receiver.url}/once` })
    await using({ backchannelLogoutUri: `${receiver.url}/stranger` })
    const before = receiver.received.length
    await somebody.visitor.post('/api/webauthn/logout')
    await receiver.count(before + 1)
    // A third app's sign-out comes after all that the second could have caused.
    const last = await using({ backchannelLogoutUri: `${receiver.url}/last` })
    await last.somebody.visitor.post('/api/webauthn/logout')
    await receiver.count(before + 2)
    expect(receiver.received.slice(before).map(({ path }) => path)).toEqual(['/once', '/last'])
  })

  test('again when they did not answer', async () => {
    const { somebody } = await using({ backchannelLogoutUri: `${receiver.url}/busy` })
    const { db } = instance.ground
    receiver.answers.push(503)
    const before = receiver.received.length
    await somebody.visitor.post('/api/webauthn/logout')
    await receiver.count(before + 1)
    await db.write((tx) =>
      tx
        .update(appSessions)
        .set({ nextAt: new Date(0) })
        .where(isNotNull(appSessions.endedAt)),
    )
    // Any sign-out looks for what is due.
    await (await person()).visitor.post('/api/webauthn/logout')
    await receiver.count(before + 2)
    expect(receiver.received.slice(before).map(({ path }) => path)).toEqual(['/busy', '/busy'])
  })
})
