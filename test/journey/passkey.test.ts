// Passkeys from registration to removal.
import { describe, expect, test } from 'vitest'
import { startInstance } from '../support/instance.ts'
import {
  authenticator,
  type CredentialJson,
  instance,
  notAccepted,
  outcome,
  register,
  signIn,
  somebody,
  starting,
  startRegistration,
} from '../support/passkey-people.ts'
import { visit } from '../support/visitor.ts'

describe('a passkey', () => {
  starting()

  test('is made with options that bind it to this host and to nobody else', async () => {
    const { user, visitor } = await somebody()
    const options = await startRegistration(visitor)
    expect(options).toMatchObject({
      rp: { id: 'localhost', name: 'Pocket ID Edge' },
      user: { id: Buffer.from(user.id).toString('base64url'), name: user.username },
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      attestation: 'none',
      excludeCredentials: [],
    })
    expect(options.pubKeyCredParams).toEqual([-7, -8, -257].map((alg) => ({ alg, type: 'public-key' })))
  })

  test('signs its owner in, and signing out ends it', async () => {
    const { user, visitor } = await somebody()
    const key = authenticator()
    const registered = await register(visitor, key)
    expect(registered.status).toBe(200)
    expect(await registered.json()).toEqual({
      id: expect.any(String),
      name: 'Passkey',
      credentialID: key.credentialId,
      attestationType: 'none',
      transport: ['internal'],
      backupEligible: false,
      backupState: false,
      createdAt: expect.any(String),
      lastUsedAt: null,
    })
    expect((await visitor.post('/api/webauthn/logout')).status).toBe(204)
    expect((await visitor.get('/api/webauthn/credentials')).status).toBe(401)

    const elsewhere = visit(instance)
    const answer = await signIn(key, undefined, elsewhere)
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({ id: user.id, username: user.username })
    const [held] = await elsewhere.json<CredentialJson[]>('/api/webauthn/credentials')
    expect(held?.lastUsedAt).not.toBeNull()
    expect((await signIn(key)).status).toBe(200)
  })

  test.each([
    ['ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4', 'Google Password Manager'],
    ['d548826e-79b4-db40-a3d8-11116f7e8349', 'Bitwarden'],
    ['fa2b99dc-9e39-4257-8f92-4a30d23c4118', 'YubiKey 5 Series with NFC'],
    ['01020304-0506-0708-0102-030405060708', 'Passkey'],
  ])('of the authenticator %s is called %s', async (aaguid, name) => {
    const { visitor } = await somebody()
    expect(await (await register(visitor, authenticator({ aaguid }))).json()).toMatchObject({ name })
  })

  test('is named in the options of the next, and refused when it is registered twice', async () => {
    const { visitor } = await somebody()
    const key = authenticator()
    await register(visitor, key)
    expect(await startRegistration(visitor)).toMatchObject({ excludeCredentials: [{ id: key.credentialId }] })
    expect(await outcome(await register(visitor, key))).toEqual([409, 'already_in_use'])
    const other = await somebody()
    expect(await outcome(await register(other.visitor, key))).toEqual([409, 'already_in_use'])
  })

  test('can be renamed and removed by its owner alone', async () => {
    const { visitor: ada } = await somebody()
    const { visitor: eve } = await somebody()
    const key = authenticator()
    const { id } = (await (await register(ada, key)).json()) as CredentialJson
    const path = `/api/webauthn/credentials/${id}`

    expect((await eve.ask(path, { method: 'PATCH', body: { name: 'mine now' } })).status).toBe(404)
    expect((await eve.ask(path, { method: 'DELETE' })).status).toBe(404)
    expect((await ada.ask(path, { method: 'PATCH', body: { name: ' ' } })).status).toBe(400)
    expect((await ada.ask(path, { method: 'PATCH', body: { name: 'x'.repeat(51) } })).status).toBe(400)
    expect(await (await ada.ask(path, { method: 'PATCH', body: { name: ' Blue key ' } })).json()).toMatchObject({
      id,
      name: 'Blue key',
    })
    expect((await ada.ask(path, { method: 'DELETE' })).status).toBe(204)
    expect(await ada.json('/api/webauthn/credentials')).toEqual([])
    expect(await outcome(await signIn(key))).toEqual(notAccepted)
  })

  test('is seen and removed by administrators, under its own account only', async () => {
    const { user, visitor } = await somebody()
    const { user: other } = await somebody()
    const { id } = (await (await register(visitor, authenticator())).json()) as CredentialJson
    const listed = await instance.asAdmin(`/api/users/${user.id}/webauthn-credentials`)
    expect(await listed.json()).toMatchObject([{ id }])
    const remove = (userId: string) => instance.asAdmin(`/api/users/${userId}/webauthn-credentials/${id}`, { method: 'DELETE' })
    expect((await visitor.get(`/api/users/${user.id}/webauthn-credentials`)).status).toBe(403)
    expect((await remove(other.id)).status).toBe(404)
    expect((await remove(user.id)).status).toBe(204)
    expect((await instance.asAdmin('/api/users/nobody/webauthn-credentials')).status).toBe(404)
  })

  test('goes with its account', async () => {
    const { user, visitor } = await somebody()
    const key = authenticator()
    await register(visitor, key)
    const admitted = await instance.kernel.identity.guard.userRemoval({ kind: 'source', name: 'test' }, user.id)
    await instance.kernel.identity.users.remove(admitted, null)
    expect(await outcome(await signIn(key))).toEqual(notAccepted)
    expect(await instance.ground.db.read.all(`select id from passkeys where user_id = '${user.id}'`)).toEqual([])
  })

  test('of a disabled account does not sign in', async () => {
    const { user, visitor } = await somebody()
    const key = authenticator()
    await register(visitor, key)
    await instance.ground.db.write((tx) => tx.run(`update users set disabled = 1 where id = '${user.id}'`))
    const answer = await signIn(key)
    expect(answer.headers.getSetCookie().join()).not.toContain('access_token')
    expect(await outcome(answer)).toEqual([403, 'user_disabled'])
    expect((await visitor.get('/api/webauthn/credentials')).status).toBe(401)
  })

  test('is registered in a browser only: an API key cannot', async () => {
    for (const path of ['/api/webauthn/register/start']) {
      expect(await outcome(await instance.asAdmin(path))).toEqual([403, 'api_key_auth_not_allowed'])
    }
    expect((await visit(instance).get('/api/webauthn/register/start')).status).toBe(401)
  })
})

describe('with user verification required', () => {
  starting({
    WEBAUTHN_USER_VERIFICATION: 'required',
    WEBAUTHN_ALLOW_SYNCED_PASSKEYS: 'false',
    WEBAUTHN_AUTHENTICATOR_ATTACHMENT: 'platform',
  })

  test('a passkey that verified nobody is not registered and does not sign in', async () => {
    const { visitor } = await somebody()
    const key = authenticator()
    const refusal = [400, 'passkey_user_verification_required']
    expect(await outcome(await register(visitor, key, { userVerified: false }))).toEqual(refusal)
    expect((await register(visitor, key)).status).toBe(200)
    expect(await outcome(await signIn(key, { userVerified: false }))).toEqual(refusal)
  })

  test('and synced passkeys not allowed, only those that stay on their device are registered', async () => {
    const { visitor } = await somebody()
    expect(await outcome(await register(visitor, authenticator({ synced: true })))).toEqual([400, 'synced_passkey_not_allowed'])
    expect(await startRegistration(visitor)).toMatchObject({ authenticatorSelection: { authenticatorAttachment: 'platform' } })
  })
})

describe('with user verification preferred', () => {
  starting({ WEBAUTHN_USER_VERIFICATION: 'preferred' })

  test('a touch is enough, and synced passkeys say so', async () => {
    const { visitor } = await somebody()
    const key = authenticator({ synced: true })
    const registered = await register(visitor, key, { userVerified: false })
    expect(await registered.json()).toMatchObject({ backupEligible: true, backupState: true })
    expect((await signIn(key, { userVerified: false })).status).toBe(200)
  })
})

describe('over https', () => {
  starting({ APP_URL: 'https://id.example.org' })

  test('cookies carry the prefixes that bind them to this host', async () => {
    const answer = await visit(instance).get('/api/webauthn/login/start')
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^__Host-session=[^;]+; Max-Age=60; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
    ])
    expect(await answer.json()).toMatchObject({ rpId: 'id.example.org' })
  })
})

test('sign-in cannot be tried without end', async () => {
  const limited = await startInstance()
  try {
    const answers = await Promise.all(Array.from({ length: 11 }, () => visit(limited).post('/api/webauthn/login/finish', {})))
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(1)
  } finally {
    await limited.stop()
  }
})
