// What attackers would try between a passkey's registration and its removal.
import { beforeEach, describe, expect, test } from 'vitest'
import { newId, sha256 } from '#core/crypto.ts'
import type { Tampering } from '../support/authenticator.ts'
import { appUrl } from '../support/instance.ts'
import {
  type Authenticator,
  authenticator,
  finish,
  instance,
  noCeremony,
  noSession,
  notAccepted,
  outcome,
  register,
  signIn,
  somebody,
  starting,
  startRegistration,
  startSignIn,
} from '../support/passkey-people.ts'
import { visit } from '../support/visitor.ts'

describe('an attacker', () => {
  starting()
  let ada: Awaited<ReturnType<typeof somebody>>
  let key: Authenticator
  beforeEach(async () => {
    ada = await somebody()
    key = authenticator()
    await register(ada.visitor, key)
  })

  test('who captured a finished sign-in cannot send it again', async () => {
    const visitor = visit(instance)
    const answer = key.get(await startSignIn(visitor))
    const copy = visit(instance, visitor.cookies)
    expect((await finish(visitor, answer)).status).toBe(200)
    expect(await outcome(await finish(copy, answer))).toEqual(noCeremony)
    expect(await outcome(await finish(visitor, answer))).toEqual(noSession)
  })

  test('who sends one answer eight times at once gets in once', async () => {
    const visitor = visit(instance)
    const answer = key.get(await startSignIn(visitor))
    const copies = Array.from({ length: 8 }, () => visit(instance, visitor.cookies))
    const answers = await Promise.all(copies.map((copy) => finish(copy, answer)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400, 400, 400, 400, 400])
  })

  test('whose first try failed has spent the challenge with it', async () => {
    const visitor = visit(instance)
    const options = await startSignIn(visitor)
    const copy = visit(instance, visitor.cookies)
    expect(await outcome(await finish(visitor, key.get(options, { origin: 'https://evil.example' })))).toEqual(notAccepted)
    expect(await outcome(await finish(copy, key.get(options)))).toEqual(noCeremony)
  })

  test('cannot use an answer to another visitor’s challenge', async () => {
    const [victim, thief] = [visit(instance), visit(instance)]
    const answer = key.get(await startSignIn(victim))
    await startSignIn(thief)
    expect(await outcome(await finish(thief, answer))).toEqual(notAccepted)
    expect(await outcome(await finish(visit(instance), answer))).toEqual(noSession)
  })

  test.each<[string, Tampering]>([
    ['another origin', { origin: 'https://localhost.evil.example' }],
    ['another scheme', { origin: appUrl.replace('http:', 'https:') }],
    ['another port', { origin: 'http://localhost:1412' }],
    ['another host’s passkey', { rpId: 'evil.example' }],
    ['another ceremony’s type', { type: 'webauthn.create' }],
    ['another challenge', { challenge: 'AAAA' }],
    ['another user’s handle', { userHandle: Buffer.from('00000000-0000-4000-8000-000000000000').toString('base64url') }],
    ['nobody present', { userPresent: false }],
    ['a passkey that suddenly can be copied', { synced: true }],
  ])('cannot sign in with %s', async (_what, tampering) => {
    const answer = await signIn(key, tampering)
    expect(answer.headers.getSetCookie().join()).not.toContain('access_token')
    expect(await outcome(answer)).toEqual(notAccepted)
  })

  test('with a cloned key is found out by its counter', async () => {
    expect((await signIn(key, { counter: 100 })).status).toBe(200)
    expect(await outcome(await signIn(key, { counter: 100 }))).toEqual(notAccepted)
    expect(await outcome(await signIn(key, { counter: 99 }))).toEqual(notAccepted)
    expect(await outcome(await signIn(key, { counter: 0 }))).toEqual(notAccepted)
    expect((await signIn(key, { counter: 101 })).status).toBe(200)
  })

  test('with two answers of one counter at once gets in once', async () => {
    const answers = await Promise.all(Array.from({ length: 4 }, () => signIn(key, { counter: 500 })))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401])
  })

  test('cannot sign in with a changed signature or a foreign key', async () => {
    const visitor = visit(instance)
    const answer = key.get(await startSignIn(visitor))
    const signature = `${answer.response.signature.slice(0, -4)}AAAA`
    expect(await outcome(await finish(visitor, { ...answer, response: { ...answer.response, signature } }))).toEqual(notAccepted)
    const foreign = authenticator().get(await startSignIn(visitor), { userHandle: answer.response.userHandle })
    expect(await outcome(await finish(visitor, foreign))).toEqual(notAccepted)
    const borrowed = { ...foreign, id: key.credentialId, rawId: key.credentialId }
    await startSignIn(visitor)
    expect(await outcome(await finish(visitor, borrowed))).toEqual(notAccepted)
  })

  test('cannot register a passkey in another’s ceremony', async () => {
    const eve = await somebody()
    const planted = authenticator().create(await startRegistration(eve.visitor))
    const ceremony = eve.visitor.cookies.get('session') ?? ''
    const victim = visit(instance, [...ada.visitor.cookies, ['session', ceremony]])
    expect(await outcome(await victim.post('/api/webauthn/register/finish', planted))).toEqual(noCeremony)
    expect(await ada.visitor.json('/api/webauthn/credentials')).toHaveLength(1)
  })

  test('cannot finish a registration with a sign-in’s challenge, nor the other way round', async () => {
    const options = await startSignIn(ada.visitor)
    const made = authenticator().create({ ...options, rp: { id: 'localhost' }, user: { id: 'AAAA' } })
    expect(await outcome(await ada.visitor.post('/api/webauthn/register/finish', made))).toEqual(noCeremony)
    const registration = await startRegistration(ada.visitor)
    const proven = key.get({ ...registration, rpId: 'localhost' })
    expect(await outcome(await finish(ada.visitor, proven))).toEqual(noCeremony)
  })

  test.each<[string, Tampering]>([
    ['another origin', { origin: 'https://evil.example' }],
    ['another host', { rpId: 'evil.example' }],
    ['another challenge', { challenge: 'AAAA' }],
    ['an attestation nobody asked for', { format: 'fido-u2f' }],
    ['nobody present', { userPresent: false }],
  ])('cannot have a passkey registered with %s', async (_what, tampering) => {
    expect(await outcome(await register(ada.visitor, authenticator(), tampering))).toEqual([400, 'invalid_webauthn_response'])
  })

  test('finds no attestation checked that nobody asked for, and the log says why', async () => {
    const logged = instance.lines.length
    await register(ada.visitor, authenticator(), { format: 'android-key' })
    expect(instance.lines.slice(logged).join()).toMatch(/A new passkey was refused.*android-key came although none was asked for/)
  })

  test('cannot make up a ceremony', async () => {
    for (const session of ['', 'v1.AAAA', 'v1.', 'x'.repeat(3000), `v1.${'A'.repeat(80)}`]) {
      const visitor = visit(instance, [['session', session]])
      expect(await outcome(await finish(visitor, key.get({ challenge: 'AAAA', rpId: 'localhost' })))).toEqual(noCeremony)
    }
  })

  test('cannot finish a ceremony after its minute', async () => {
    const options = await startSignIn(visit(instance))
    const sealed = (expiresAt: number) =>
      instance.ground.vault.seal(
        'passkey-ceremony',
        JSON.stringify({ id: newId(), kind: 'sign-in', userId: null, challengeHash: sha256(options.challenge), expiresAt }),
      )
    const late = visit(instance, [['session', sealed(Date.now() - 1)]])
    expect(await outcome(await finish(late, key.get(options)))).toEqual(noCeremony)
    const inTime = visit(instance, [['session', sealed(Date.now() + 60_000)]])
    expect((await finish(inTime, key.get(options))).status).toBe(200)
  })

  test.each([
    {},
    [],
    { id: 'x' },
    {
      id: 'AAAA',
      rawId: 'AAAA',
      type: 'public-key',
      response: { clientDataJSON: 'e30', authenticatorData: '§', signature: 'AA', userHandle: 'AA' },
    },
    {
      id: 'AAAA',
      rawId: 'AAAA',
      type: 'public-key',
      response: { clientDataJSON: 'A'.repeat(70_000), authenticatorData: 'AA', signature: 'AA', userHandle: 'AA' },
    },
  ])('who sends nonsense gets a refusal of the usual shape (%#)', async (body) => {
    const visitor = visit(instance)
    await startSignIn(visitor)
    expect(await outcome(await finish(visitor, body))).toEqual([400, 'validation_failed'])
  })

  test('who sends bytes that are no WebAuthn gets a refusal and no error of the server', async () => {
    const visitor = visit(instance)
    await startSignIn(visitor)
    const honest = key.get({ challenge: 'AAAA', rpId: 'localhost' })
    for (const part of ['clientDataJSON', 'authenticatorData', 'signature'] as const) {
      await startSignIn(visitor)
      expect(await outcome(await finish(visitor, { ...honest, response: { ...honest.response, [part]: 'AAAA' } }))).toEqual(
        notAccepted,
      )
    }
    const made = authenticator().create(await startRegistration(ada.visitor))
    const broken = { ...made, response: { ...made.response, attestationObject: 'AAAA' } }
    expect(await outcome(await ada.visitor.post('/api/webauthn/register/finish', broken))).toEqual([
      400,
      'invalid_webauthn_response',
    ])
  })
})
