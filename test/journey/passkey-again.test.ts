// Proving it once more: a fresh passkey gesture before something delicate.
import { eq } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { sessions } from '#core/db/tables.ts'
import type { Host } from '#core/kernel/plugin.ts'
import { createReauthentications } from '../../src/plugins/passkey/reauthentication.ts'
import { appUrl } from '../support/instance.ts'
import {
  authenticator,
  instance,
  notAccepted,
  outcome,
  register,
  signIn,
  somebody,
  starting,
  startSignIn,
} from '../support/passkey-people.ts'
import { type Visitor, visit } from '../support/visitor.ts'

describe('proving it once more', () => {
  starting()

  const reauthenticate = (visitor: Visitor, body?: object) => visitor.post('/api/webauthn/reauthenticate', body)

  test('is not needed right after signing in by passkey', async () => {
    const { visitor } = await somebody()
    const key = authenticator()
    await register(visitor, key)
    await signIn(key, undefined, visitor)
    const answer = await reauthenticate(visitor)
    expect(answer.status).toBe(204)
    expect(answer.headers.getSetCookie().join()).toMatch(
      /^reauthentication_token=[^;]+; Max-Age=180; Path=\/; HttpOnly; SameSite=Lax$/,
    )
  })

  test('is needed when the sign-in is more than a minute ago', async () => {
    const { user, visitor } = await somebody()
    const key = authenticator()
    await register(visitor, key)
    await signIn(key, undefined, visitor)
    const createdAt = new Date(Date.now() - 61_000)
    await instance.ground.db.write((tx) => tx.update(sessions).set({ createdAt }).where(eq(sessions.userId, user.id)))
    expect(await outcome(await reauthenticate(visitor))).toEqual([401, 'reauthentication_required'])
  })

  test('gives a token that counts once, for its own session', async () => {
    const { user, visitor } = await somebody()
    const key = authenticator()
    await register(visitor, key)
    await signIn(key, undefined, visitor)
    await reauthenticate(visitor)
    const token = visitor.cookies.get('reauthentication_token') ?? ''
    const { db, clock } = instance.ground
    const [session] = await db.read.select().from(sessions).where(eq(sessions.userId, user.id))
    const { spend } = createReauthentications({ db, clock, core: { appUrl } as Host['core'] })
    expect(await spend(token, 'another session')).toBe(false)
    expect(await spend('another token', session?.id ?? '')).toBe(false)
    expect(await Promise.all([1, 2, 3].map(() => spend(token, session?.id ?? '')))).toEqual([true, false, false])
  })

  test('is needed after a one-time code, and of one’s own passkey', async () => {
    const [ada, eve] = [await somebody(), await somebody()]
    const [adaKey, eveKey] = [authenticator(), authenticator()]
    await register(ada.visitor, adaKey)
    await register(eve.visitor, eveKey)
    expect(await outcome(await reauthenticate(ada.visitor))).toEqual([401, 'reauthentication_required'])
    expect(await outcome(await reauthenticate(ada.visitor, eveKey.get(await startSignIn(ada.visitor))))).toEqual(notAccepted)
    expect((await reauthenticate(ada.visitor, adaKey.get(await startSignIn(ada.visitor)))).status).toBe(204)
    expect(ada.visitor.cookies.has('reauthentication_token')).toBe(true)
  })

  test('is for people at a browser', async () => {
    expect(await outcome(await instance.asAdmin('/api/webauthn/reauthenticate', { method: 'POST' }))).toEqual([
      403,
      'api_key_auth_not_allowed',
    ])
    expect((await reauthenticate(visit(instance))).status).toBe(401)
  })
})
