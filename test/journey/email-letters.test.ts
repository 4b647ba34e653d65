// Letters that tell and letters that prove, through a real mail server: new sign-ins, ending API keys, e-mail addresses.
import { afterEach, describe, expect, test } from 'vitest'
import type { Instance } from '../support/instance.ts'
import { arrived, makeAda, postOffice, refusalCode, waiting } from '../support/letters.ts'
import type { Received } from '../support/mail-server.ts'
import { pictureFile } from '../support/picture-files.ts'
import { sessionOf } from '../support/session.ts'
import { visit } from '../support/visitor.ts'

const { serve, start, end } = postOffice()
afterEach(end)

describe('a new sign-in', () => {
  const firefox = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' }
  const newer = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0' }
  const comeIn = async (instance: Instance, id: string, headers: Readonly<Record<string, string>>) => {
    const made = await instance.asAdmin(`/api/users/${id}/one-time-access-token`, { method: 'POST', body: {} })
    const { token } = (await made.json()) as { token: string }
    return instance.fetch(`/api/one-time-access-token/${token}`, { method: 'POST', headers })
  }

  test('is told of once: not again from the same device, nor after its browser was updated', async () => {
    const server = await serve()
    const instance = await start(server.port)
    const { id } = await makeAda(instance)
    await comeIn(instance, id, { ...firefox, 'accept-language': 'de' })
    const [letter] = await arrived(server, 1)
    expect(letter?.mail.subject).toBe('Neue Anmeldung bei Pocket ID Edge')
    expect(letter?.mail.text).toMatch(/Gerät: Firefox on Linux\n/)
    expect(letter?.mail.text).toContain('Wie: Einmalcode')
    expect(letter?.mail.text).toMatch(/Zeit: \d+\. \S+ \d{4} um \d\d:\d\d \S+\n/)
    await comeIn(instance, id, firefox)
    await comeIn(instance, id, newer)
    await comeIn(instance, id, { 'user-agent': 'curl/8.0' })
    await arrived(server, 2)
  })

  test('with a device that was seen while letters were off is no news when they are on', async () => {
    const server = await serve()
    const instance = await start(server.port, { EMAIL_LOGIN_NOTIFICATION_ENABLED: '' })
    const { id } = await makeAda(instance)
    await comeIn(instance, id, firefox)
    await expect.poll(async () => (await instance.ground.db.read.all('select * from known_devices')).length).toBe(1)
    const body = { emailLoginNotificationEnabled: 'true' }
    expect((await instance.asAdmin('/api/application-configuration', { method: 'PUT', body })).status).toBe(200)
    await comeIn(instance, id, newer)
    await comeIn(instance, id, { 'user-agent': 'curl/8.0' })
    const [letter] = await arrived(server, 1)
    expect(letter?.mail.text).not.toContain('Firefox')
  })
})

describe('proving an address', () => {
  const tokenIn = ({ mail }: Received) => /verify-email\?token=([\w-]+)/.exec(mail.text ?? '')?.[1] ?? ''
  const signedIn = async (instance: Instance, id: string) => {
    const headers = await sessionOf(instance, id)
    const post = (path: string, body?: object) => instance.fetch(path, { method: 'POST', headers, ...(body ? { body } : {}) })
    return {
      send: () => post('/api/users/me/send-email-verification'),
      verify: (token: string) => post('/api/users/me/verify-email', { token }),
      me: async () => (await (await instance.fetch('/api/users/me', { headers })).json()) as { emailVerified: boolean },
    }
  }

  test('takes a link, once, by its own account', async () => {
    const server = await serve()
    const instance = await start(server.port, { EMAIL_LOGIN_NOTIFICATION_ENABLED: 'false' })
    const person = await signedIn(instance, (await makeAda(instance)).id)
    const eve = await signedIn(instance, (await makeAda(instance, { username: 'eve', email: 'eve@example.org' })).id)
    expect((await person.send()).status).toBe(204)
    const [letter] = await arrived(server, 1)
    const token = letter ? tokenIn(letter) : ''
    expect((await eve.verify(token)).status).toBe(400)
    expect((await person.verify(token)).status).toBe(204)
    expect((await person.me()).emailVerified).toBe(true)
    const again = await person.verify(token)
    expect([again.status, await refusalCode(again)]).toEqual([400, 'invalid_email_verification_token'])
    expect((await person.send()).status).toBe(204)
    await instance.kernel.stop()
    expect(server.letters).toHaveLength(1)
  })

  test('is of no use for another address: not after a change, and not with an older link', async () => {
    const server = await serve()
    const instance = await start(server.port, { EMAIL_LOGIN_NOTIFICATION_ENABLED: 'false' })
    const { id } = await makeAda(instance)
    const person = await signedIn(instance, id)
    await person.send()
    const [first] = await arrived(server, 1)
    await instance.ground.db.write((tx) => tx.run("update users set email = 'other@example.org'"))
    expect((await person.verify(first ? tokenIn(first) : '')).status).toBe(400)
    expect((await person.me()).emailVerified).toBe(false)
    await person.send()
    const letters = await arrived(server, 2)
    expect(letters[1]?.to).toEqual(['other@example.org'])
    expect((await person.verify(letters[1] ? tokenIn(letters[1]) : '')).status).toBe(204)
  })

  test('begins by itself after a sign-up and after a change of one’s own address', async () => {
    const server = await serve()
    const instance = await start(server.port, { EMAIL_LOGIN_NOTIFICATION_ENABLED: 'false', ALLOW_USER_SIGNUPS: 'open' })
    const visitor = visit(instance)
    const body = { username: 'ada', email: 'ada@example.org', firstName: 'Ada' }
    await visitor.ask('/api/signup', { method: 'POST', body, headers: { 'accept-language': 'de-CH' } })
    await arrived(server, 1)
    const change = { username: 'ada', email: 'lovelace@example.org', firstName: 'Ada', lastName: '', displayName: 'Ada' }
    expect((await visitor.ask('/api/users/me', { method: 'PUT', body: change })).status).toBe(200)
    const letters = await arrived(server, 2)
    expect(letters.map(({ to }) => to[0])).toEqual(['ada@example.org', 'lovelace@example.org'])
    expect(letters.map(({ mail }) => mail.subject)).toEqual(Array(2).fill('Ist das Ihre E-Mail-Adresse? (Pocket ID Edge)'))
    expect((await visitor.post('/api/users/me/verify-email', { token: letters[1] && tokenIn(letters[1]) })).status).toBe(204)
    expect(await visitor.json('/api/users/me')).toMatchObject({ emailVerified: true })
  })

  test('is refused where it is switched off, and without an address', async () => {
    const server = await serve()
    const instance = await start(server.port)
    const without = await (await signedIn(instance, (await makeAda(instance, { email: null })).id)).send()
    expect([without.status, await refusalCode(without)]).toEqual([409, 'user_email_not_set'])
    const off = await start(server.port, { EMAIL_VERIFICATION_ENABLED: 'false' })
    const answer = await (await signedIn(off, (await makeAda(off)).id)).send()
    expect([answer.status, await refusalCode(answer)]).toEqual([403, 'email_verification_disabled'])
  })
})

test('the owner of an API key is told once that it ends within a week', async () => {
  const server = await serve()
  const instance = await start(server.port, { EMAIL_API_KEY_EXPIRATION_ENABLED: '' })
  const headers = await sessionOf(instance, (await makeAda(instance, { isAdmin: true })).id)
  const key = (name: string, days: number) =>
    instance.fetch('/api/api-keys', {
      method: 'POST',
      headers,
      body: { name, expiresAt: new Date(Date.now() + days * 86_400_000).toISOString() },
    })
  for (const [name, days] of [
    ['nightly backup', 3],
    ['later', 20],
  ] as const)
    expect((await key(name, days)).status).toBe(201)
  await arrived(server, 1)
  const set = async (emailApiKeyExpirationEnabled: string) => {
    const body = { emailApiKeyExpirationEnabled }
    expect((await instance.asAdmin('/api/application-configuration', { method: 'PUT', body })).status).toBe(200)
  }
  const runs = () => instance.lines.filter((line) => line.includes('SendApiKeyExpiryLetters')).length
  await set('true')
  const letters = await arrived(server, 2)
  expect(letters[1]?.mail).toMatchObject({
    subject: 'Your API key “nightly backup” ends soon',
    to: [{ address: 'ada@example.org' }],
  })
  await expect.poll(runs).toBe(1)
  // Switched off and on again, it looks again.
  await set('false')
  await set('true')
  await expect.poll(runs).toBe(2)
  await expect.poll(() => waiting(instance)).toEqual([])
  expect(server.letters).toHaveLength(2)
  const { data } = (await (await instance.fetch('/api/api-keys?sort[column]=name', { headers })).json()) as {
    data: readonly { name: string; expirationEmailSent: boolean }[]
  }
  expect(data.map(({ name, expirationEmailSent }) => [name, expirationEmailSent])).toEqual([
    ['later', false],
    ['nightly backup', true],
  ])
})

test('letters carry the instance’s name, colour and logo in themselves; nothing is fetched when one is opened', async () => {
  const server = await serve()
  const accent = { APP_NAME: 'Our login', ACCENT_COLOR: '#facc15', EMAIL_LOGIN_NOTIFICATION_ENABLED: 'false' }
  const instance = await start(server.port, accent)
  const headers = await sessionOf(instance, (await makeAda(instance, { isAdmin: true })).id)
  const tryOut = () => instance.fetch('/api/application-configuration/test-email', { method: 'POST', headers })
  expect((await tryOut()).status).toBe(204)
  const form = new FormData()
  form.set('file', new Blob([Uint8Array.from(await pictureFile('plain.png'))]), 'logo.png')
  expect((await instance.asAdmin('/api/application-images/email', { method: 'PUT', body: form })).status).toBe(204)
  expect((await tryOut()).status).toBe(204)
  const [plain, dressed] = (await arrived(server, 2)).map(({ mail }) => mail)
  expect(plain).toMatchObject({ from: { name: 'Our login' }, attachments: [] })
  expect(plain?.html).toContain('border-left:4px solid #facc15')
  expect(dressed?.attachments).toMatchObject([{ contentId: '<logo>', mimeType: 'image/png', related: true }])
  expect(dressed?.html).toContain('src="cid:logo" alt="Our login"')
  expect(`${plain?.html}${dressed?.html}`).not.toMatch(/src="https?:/)
})
