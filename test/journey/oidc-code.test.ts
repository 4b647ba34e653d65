// The authorization code flow, from the app's request to its tokens and what they are good for.
import { eq } from 'drizzle-orm'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { describe, expect, test } from 'vitest'
import { grants } from '../../src/plugins/oidc/tables.ts'
import {
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
  tokens,
  verifierOf,
} from '../support/apps.ts'
import { appUrl } from '../support/instance.ts'
import { app, instance, person, useProvider } from '../support/provider.ts'
import { visit } from '../support/visitor.ts'

useProvider()

describe('a code', () => {
  test('comes with issuer and state, and is good for tokens', async () => {
    const [one, { user, visitor }] = [await app(), await person({ firstName: 'Ada', lastName: 'Lovelace' })]
    const verifier = verifierOf()
    const extra = { nonce: 'n-1', code_challenge: challengeOf(verifier), code_challenge_method: 'S256' }
    const at = await authorize(visitor, one, extra)
    expect(at.href.startsWith(`${one.callback}?`)).toBe(true)
    expect(at.searchParams.get('iss')).toBe(appUrl)
    expect(at.searchParams.get('state')).toBe('some state')

    const answer = await redeem(instance, one, at.searchParams.get('code') ?? '', { code_verifier: verifier })
    expect(answer.status).toBe(200)
    expect([answer.headers.get('cache-control'), answer.headers.get('pragma')]).toEqual(['no-store', 'no-cache'])
    const set = (await answer.json()) as Record<string, string>
    expect(set).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'openid profile email groups' })

    const idToken = decodeJwt(set.id_token ?? '')
    expect(idToken).toMatchObject({
      iss: appUrl,
      aud: one.id,
      sub: user.id,
      nonce: 'n-1',
      type: 'id-token',
      amr: ['otp'],
      given_name: 'Ada',
      family_name: 'Lovelace',
      name: 'Ada Lovelace',
      preferred_username: user.username,
      email: user.email,
      email_verified: false,
      groups: [],
      picture: `${appUrl}/api/users/${user.id}/profile-picture.png`,
    })
    expect(typeof idToken.auth_time).toBe('number')
    expect(typeof idToken.sid).toBe('string')
    expect(idToken).not.toHaveProperty('acr')

    expect(decodeProtectedHeader(set.access_token ?? '')).toMatchObject({ typ: 'at+jwt', alg: 'ES256' })
    expect(decodeJwt(set.access_token ?? '')).toMatchObject({
      iss: appUrl,
      aud: [one.id, appUrl],
      sub: user.id,
      client_id: one.id,
    })

    const userinfo = await instance.fetch('/api/oidc/userinfo', { headers: bearer(set.access_token ?? '') })
    expect(userinfo.status).toBe(200)
    const claims = (await userinfo.json()) as Record<string, unknown>
    expect(claims).toMatchObject({ sub: user.id, name: 'Ada Lovelace', email: user.email, groups: [] })
    expect(claims).not.toHaveProperty('aud')
  })

  test.each([
    ['fragment', (at: URL) => new URLSearchParams(at.hash.slice(1))],
    ['query', (at: URL) => at.searchParams],
  ] as const)('comes in the %s', async (mode, read) => {
    const at = await authorize((await person()).visitor, await app(), { response_mode: mode })
    expect(read(at).get('code')).toMatch(/^[\w-]{43}$/)
    expect(read(at).get('iss')).toBe(appUrl)
  })

  test('comes in a form that posts itself, under a policy that allows this script alone', async () => {
    const [one, { visitor }] = [await app(), await person()]
    const answer = await visitor.get(authorizePath(one, { response_mode: 'form_post', state: '"><script>' }))
    expect(answer.status).toBe(200)
    const [policy, html] = [answer.headers.get('content-security-policy') ?? '', await answer.text()]
    expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[\w+/]{43}='/)
    expect(html).toContain(`action="${one.callback}"`)
    expect(html).toContain('value="&quot;&gt;&lt;script&gt;"')
    const script = /<script>(.*)<\/script>/.exec(html)?.[1] ?? ''
    const hash = Buffer.from(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(script))).toString('base64')
    expect(policy).toContain(`'sha256-${hash}'`)
  })

  test('signed with the algorithm that the client chose', async () => {
    const [one, { visitor }] = [await app({ idTokenSigningAlg: 'RS256' }), await person()]
    const set = await tokens(redeem(instance, one, await codeFor(visitor, one)))
    expect(decodeProtectedHeader(set.id_token).alg).toBe('RS256')
  })

  test('without the scope openid gives no ID token and nothing at userinfo', async () => {
    const [one, { visitor }] = [await app(), await person()]
    const set = await tokens(redeem(instance, one, await codeFor(visitor, one, { scope: 'profile' })))
    expect(set.id_token).toBeUndefined()
    const answer = await instance.fetch('/api/oidc/userinfo', { headers: bearer(set.access_token) })
    expect(await refusal(answer)).toEqual([403, 'insufficient_scope'])
  })

  test('asked for by a form of another site goes on as an address, with the cookie of this one', async () => {
    const [one, { visitor }] = [await app(), await person()]
    const form = new URL(authorizePath(one), appUrl).searchParams.toString()
    const answer = await visitor.ask('/authorize', {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        origin: 'https://elsewhere.example',
        'sec-fetch-site': 'cross-site',
      },
      body: form,
    })
    expect(answer.status).toBe(303)
    const next = locationOf(answer)
    expect(next.pathname).toBe('/authorize')
    const at = locationOf(await visitor.get(next.pathname + next.search))
    expect(at.href.startsWith(one.callback)).toBe(true)
    expect(at.searchParams.get('code')).toBeTruthy()
  })
})

describe('claims', () => {
  test('hold custom ones, the user’s over a group’s, and groups by name', async () => {
    const { kernel } = instance
    const group = await kernel.identity.groups.create({ name: 'engineers', friendlyName: 'Engineers' }, null)
    const { user, visitor } = await person()
    const json = (body: unknown) => ({
      method: 'PUT',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    })
    await instance.asAdmin(`/api/user-groups/${group.id}/users`, json({ userIds: [user.id] }))
    await instance.asAdmin(
      `/api/custom-claims/user-group/${group.id}`,
      json([
        { key: 'team', value: 'core' },
        { key: 'floor', value: '3' },
      ]),
    )
    await instance.asAdmin(
      `/api/custom-claims/user/${user.id}`,
      json([
        { key: 'team', value: 'own' },
        { key: 'tags', value: '["a","b"]' },
      ]),
    )
    const one = await app()
    const set = await tokens(redeem(instance, one, await codeFor(visitor, one)))
    expect(decodeJwt(set.id_token)).toMatchObject({ groups: ['engineers'], team: 'own', floor: 3, tags: ['a', 'b'] })
  })

  test('asked for one by one stand where they were asked for', async () => {
    const [one, { user, visitor }] = [await app(), await person()]
    const claims = JSON.stringify({ id_token: { email: { essential: true } }, userinfo: { preferred_username: null } })
    const set = await tokens(redeem(instance, one, await codeFor(visitor, one, { scope: 'openid', claims })))
    expect(decodeJwt(set.id_token)).toMatchObject({ email: user.email })
    expect(decodeJwt(set.id_token)).not.toHaveProperty('preferred_username')
    const userinfo = await instance.fetch('/api/oidc/userinfo', { headers: bearer(set.access_token) })
    expect(await userinfo.json()).toEqual({ sub: user.id, preferred_username: user.username })
  })
})

describe('refresh tokens', () => {
  const refresh = (one: Awaited<ReturnType<typeof app>>, token: string, extra = {}) =>
    post(instance, '/api/oidc/token', { grant_type: 'refresh_token', refresh_token: token, ...extra }, basic(one))

  test('rotate, and may ask for less', async () => {
    const [one, { user, visitor }] = [await app(), await person()]
    const first = await tokens(redeem(instance, one, await codeFor(visitor, one)))
    const second = await tokens(refresh(one, first.refresh_token, { scope: 'openid email' }))
    expect(second.scope).toBe('openid email')
    expect(second.refresh_token).not.toBe(first.refresh_token)
    expect(decodeJwt(second.id_token)).toMatchObject({ sub: user.id, email: user.email })
    expect(decodeJwt(second.id_token)).not.toHaveProperty('preferred_username')
    // The successor keeps what was granted.
    expect((await tokens(refresh(one, second.refresh_token))).scope).toBe('openid profile email groups')
    expect(await refusal(refresh(one, second.refresh_token, { scope: 'openid' }))).toEqual([400, 'invalid_grant'])
  })

  test('are still good when more was asked for than there is', async () => {
    const [one, other, { visitor }] = [await app(), await app(), await person()]
    const first = await tokens(redeem(instance, one, await codeFor(visitor, one, { scope: 'openid profile' })))
    const more = { scope: 'openid profile email' }
    expect(await refusal(refresh(one, first.refresh_token, more))).toEqual([400, 'invalid_scope'])
    expect(await refusal(refresh(one, first.refresh_token, { resource: 'https://api.example.org/' }))).toEqual([
      400,
      'invalid_target',
    ])
    const second = await tokens(refresh(one, first.refresh_token))
    expect(second.scope).toBe('openid profile')
    // Neither a spent token nor one in other hands is spared for that.
    expect(await refusal(refresh(other, second.refresh_token, more))).toEqual([400, 'invalid_grant'])
    expect(await refusal(refresh(one, second.refresh_token))).toEqual([400, 'invalid_grant'])
  })

  test('used twice end everything that came of the grant', async () => {
    const [one, { visitor }] = [await app(), await person()]
    const first = await tokens(redeem(instance, one, await codeFor(visitor, one)))
    const second = await tokens(refresh(one, first.refresh_token))
    expect(await refusal(refresh(one, first.refresh_token))).toEqual([400, 'invalid_grant'])
    expect(await refusal(refresh(one, second.refresh_token))).toEqual([400, 'invalid_grant'])
    expect((await instance.fetch('/api/oidc/userinfo', { headers: bearer(second.access_token) })).status).toBe(401)
  })

  test('end with the account, and do not come back with it', async () => {
    const [one, { user, visitor }] = [await app(), await person()]
    const set = await tokens(redeem(instance, one, await codeFor(visitor, one)))
    const locked = (disabled: boolean) => {
      const body = { ...user, firstName: 'A', lastName: 'B', displayName: 'A B', isAdmin: false, disabled }
      return instance.asAdmin(`/api/users/${user.id}`, { method: 'PUT', body })
    }
    const userinfo = async () => (await instance.fetch('/api/oidc/userinfo', { headers: bearer(set.access_token) })).status
    await locked(true)
    expect(await userinfo()).toBe(401)
    const { db } = instance.ground
    const grant = async () => (await db.read.select().from(grants).where(eq(grants.userId, user.id)))[0]
    await expect.poll(async () => (await grant())?.revokedAt).toEqual(expect.any(Date))
    await locked(false)
    expect(await userinfo()).toBe(401)
    expect(await refusal(refresh(one, set.refresh_token))).toEqual([400, 'invalid_grant'])
  })
})

describe('an app of its own', () => {
  test('gets a token without a user, and nothing at userinfo', async () => {
    const one = await app()
    const answer = await post(instance, '/api/oidc/token', { grant_type: 'client_credentials', scope: 'openid' }, basic(one))
    const set = (await answer.json()) as Record<string, string>
    expect(decodeJwt(set.access_token ?? '')).toMatchObject({
      sub: `client-${one.id}`,
      aud: one.id,
      client_id: one.id,
      scope: '',
    })
    expect(set).not.toHaveProperty('refresh_token')
    expect(set).not.toHaveProperty('id_token')
    expect((await instance.fetch('/api/oidc/userinfo', { headers: bearer(set.access_token ?? '') })).status).toBe(403)
  })
})

test('nobody signed in is asked to, and comes back to the request', async () => {
  const one = await app()
  const answer = await visit(instance).get(authorizePath(one))
  const at = locationOf(answer)
  expect(at.pathname).toBe('/interaction')
  const { user, visitor } = await person()
  expect(user.id).toBeTruthy()
  const info = await visitor.json<{ requiredSteps: string[]; client: { name: string } }>(
    `/api/oidc/interactions/${at.searchParams.get('interaction')}`,
  )
  expect(info.requiredSteps).toEqual([])
  expect(info.client.name).toBe(`App ${one.id}`)
})
