// The way to the mail server: encrypted or not, with a password or without; what is said when it does not work, and what is not lost.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Certificates, makeCertificates } from '../../sample/certificates.ts'
import type { Instance } from '../support/instance.ts'
import { codeIn, postOffice, waiting } from '../support/letters.ts'
import { startMailServer, startSilentServer } from '../support/mail-server.ts'
import { sessionOf } from '../support/session.ts'

const folder = mkdtempSync(join(tmpdir(), 'pocket-id-edge-mail-'))
let certificates: Certificates
beforeAll(async () => {
  certificates = await makeCertificates(folder)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const { serve, start, ending, end } = postOffice({ EMAIL_ONE_TIME_ACCESS_AS_ADMIN_ENABLED: 'true' })
afterEach(end)

const tls = () => ({ key: readFileSync(certificates.keyFile), cert: readFileSync(certificates.certificateFile) })
const password = 'correct horse battery staple'
const login = { user: 'mailer', password }
const admin = { username: 'ada', email: 'ada@example.org', firstName: 'Ada', displayName: 'Ada', isAdmin: true }
/** Sends the test letter as a person would; an empty text when it went out, else the code and the sentence. */
const tryOut = async (instance: Instance, more: object = {}): Promise<string> => {
  const { id } = await instance.kernel.identity.users.create({ ...admin, ...more }, null)
  const headers = await sessionOf(instance, id)
  const answer = await instance.fetch('/api/application-configuration/test-email', { method: 'POST', headers })
  const text = await answer.text()
  if (answer.status === 204) return text
  const { code, error } = JSON.parse(text) as { code: string; error: string }
  return `${answer.status} ${code} ${error}`
}

describe('the test letter', () => {
  test('goes out in clear where nothing else is wanted', async () => {
    const server = await serve()
    expect(await tryOut(await start(server.port))).toBe('')
    expect(server.letters).toMatchObject([
      { secure: false, to: ['ada@example.org'], mail: { subject: 'Test letter from Pocket ID Edge' } },
    ])
    expect(server.letters[0]?.raw).toMatch(/^Auto-Submitted: auto-generated\r?$/m)
  })

  test('goes out encrypted by STARTTLS and from the start, with a password', async () => {
    const upgraded = await serve({ ...tls(), login })
    const secure = await serve({ ...tls(), login, secure: true })
    const account = { SMTP_USER: login.user, SMTP_PASSWORD: password, SMTP_SKIP_CERT_VERIFY: 'true' }
    expect(await tryOut(await start(upgraded.port, { ...account, SMTP_TLS: 'starttls' }))).toBe('')
    expect(await tryOut(await start(secure.port, { ...account, SMTP_TLS: 'tls' }))).toBe('')
    for (const { letters } of [upgraded, secure]) expect(letters).toMatchObject([{ secure: true, user: 'mailer' }])
  })

  test('comes from the address that is set, else from the user, else from no-reply at this host', async () => {
    const server = await serve({ ...tls(), login: { user: 'mailer@example.org', password }, secure: true })
    const open = await serve()
    const account = { SMTP_USER: 'mailer@example.org', SMTP_PASSWORD: password, SMTP_TLS: 'tls', SMTP_SKIP_CERT_VERIFY: 'true' }
    await tryOut(await start(server.port, { ...account, SMTP_FROM: '' }))
    await tryOut(await start(open.port, { SMTP_FROM: '' }))
    expect([server, open].map(({ letters }) => letters[0]?.from)).toEqual(['mailer@example.org', 'no-reply@localhost'])
  })

  test.each<[string, () => Promise<number>, Readonly<Record<string, string>>, RegExp]>([
    ['a port where nobody is', async () => 1, {}, /Nothing answers at "127\.0\.0\.1:1"\. Check SMTP_HOST and SMTP_PORT\.$/],
    [
      'an unknown host',
      async () => 25,
      { SMTP_HOST: 'mail.invalid' },
      /No mail server named "mail\.invalid" was found\. Check SMTP_HOST\.$/,
    ],
    [
      'a wrong password',
      async () => (await serve({ ...tls(), login, secure: true })).port,
      { SMTP_TLS: 'tls', SMTP_SKIP_CERT_VERIFY: 'true', SMTP_USER: 'mailer', SMTP_PASSWORD: 'wrong-secret' },
      /refused the user name or the password\. Check SMTP_USER and SMTP_PASSWORD\.$/,
    ],
    [
      'a certificate that nobody knows',
      async () => (await serve({ ...tls(), secure: true })).port,
      { SMTP_TLS: 'tls' },
      /The certificate of "127\.0\.0\.1:\d+" is not accepted .*NODE_EXTRA_CA_CERTS/,
    ],
    [
      'a certificate that nobody knows, by STARTTLS',
      async () => (await serve(tls())).port,
      { SMTP_TLS: 'starttls' },
      /The certificate of "127\.0\.0\.1:\d+" is not accepted/,
    ],
    [
      'no STARTTLS where it is wanted',
      async () => (await serve()).port,
      { SMTP_TLS: 'starttls' },
      /does not go on encrypted \(STARTTLS\)\. Set SMTP_TLS to tls or none/,
    ],
    [
      'TLS at a port that speaks clear',
      async () => (await serve()).port,
      { SMTP_TLS: 'tls' },
      /does not speak TLS from the start\. Set SMTP_TLS to starttls/,
    ],
    [
      'a sender that is refused',
      async () =>
        (
          await serve({
            onMailFrom: (_address, _session, done) =>
              done(Object.assign(new Error('No such sender here'), { responseCode: 550 })),
          })
        ).port,
      {},
      /refused the sender, saying "550 No such sender here"\. Check SMTP_FROM\.$/,
    ],
    [
      'a recipient that is refused',
      async () =>
        (
          await serve({
            onRcptTo: (_address, _session, done) => done(Object.assign(new Error('Mailbox unknown'), { responseCode: 550 })),
          })
        ).port,
      {},
      /refused the recipient, saying "550 Mailbox unknown"\.$/,
    ],
    [
      'a letter that is refused',
      async () => (await serve({ refuseLetter: { responseCode: 554, message: 'Looks like spam' } })).port,
      {},
      /refused the letter, saying "554 Looks like spam"\.$/,
    ],
    ['no server at all', async () => 25, { SMTP_HOST: '' }, /No mail server is set\. Name one as SMTP_HOST/],
  ])('%s is told in a sentence with the next step', async (_what, open, more, sentence) => {
    const instance = await start(await open(), more)
    const told = await tryOut(instance)
    expect(told).toMatch(/^422 email_not_sent /)
    expect(told).toMatch(sentence)
    expect(told + instance.lines.join('\n')).not.toMatch(/secret|horse/)
  })

  test('a server that takes the connection and says nothing is given up, and told of', async () => {
    const silent = await startSilentServer()
    ending(silent, silent.stop)
    const instance = await start(silent.port)
    const told = tryOut(instance)
    await expect.poll(silent.connections).toBe(1)
    expect((await instance.fetch('/healthz')).status).toBe(204)
    expect(await told).toMatch(/did not answer in time\. .*set SMTP_TLS to tls/)
  })

  test('a password that would go out in clear is warned of at the start', async () => {
    const account = { SMTP_HOST: 'mail.invalid', SMTP_USER: 'mailer', SMTP_PASSWORD: password }
    const warned = async (more: Readonly<Record<string, string>>) =>
      (await start(25, { ...account, ...more })).lines.filter((line) => line.includes('goes there in clear')).length
    expect([await warned({}), await warned({ SMTP_TLS: 'starttls' }), await warned({ SMTP_HOST: 'localhost' })]).toEqual([
      1, 0, 0,
    ])
  })

  test('needs an address of one’s own', async () => {
    const instance = await start(1)
    expect(await tryOut(instance, { email: null })).toMatch(/^409 user_email_not_set/)
    const answer = await instance.asAdmin('/api/application-configuration/test-email', { method: 'POST' })
    expect(answer.status).toBe(409)
  })
})

describe('what people choose for themselves', () => {
  test('cannot add a header, a recipient or a message of their own', async () => {
    const server = await serve()
    const instance = await start(server.port, { APP_NAME: 'Our "login", <b>&' })
    const names = { firstName: 'Ada\r\nBcc: eve@example.org', displayName: 'visit http://evil.example now' }
    expect(await tryOut(instance, names)).toBe('')
    const [letter] = server.letters
    expect(letter?.to).toEqual(['ada@example.org'])
    expect(letter?.mail).toMatchObject({
      from: { name: 'Our "login", <b>&', address: 'login@example.org' },
      subject: 'Test letter from Our "login", <b>&',
    })
    expect(letter?.mail.headers.map(({ key }) => key)).not.toContain('bcc')
    expect(letter?.raw).not.toContain('evil')
    expect(letter?.mail.html).toContain('Our &quot;login&quot;, &lt;b&gt;&amp;')
  })

  test.each([
    'ada@example.org,eve@example.org',
    '"eve@example.org x"@example.org',
    'eve@example.org>ada@example.org',
    'Ada<eve@example.org>@x',
  ])('an address like %s gets no letter', async (email) => {
    const server = await serve()
    expect(await tryOut(await start(server.port), { email })).toMatch(/422 email_not_sent .* not one that a mail server takes/)
    expect(server.letters).toEqual([])
  })
})

describe('a letter that cannot be sent now', () => {
  const sendLink = async (instance: Instance, username: string) => {
    const { id } = await instance.kernel.identity.users.create(
      { username, email: `${username}@example.org`, firstName: '' },
      null,
    )
    const answer = await instance.asAdmin(`/api/users/${id}/one-time-access-email`, { method: 'POST', body: { ttl: '1h' } })
    expect(answer.status).toBe(204)
  }

  test('waits, sealed and with the reason, and goes out when the server is back', async () => {
    const { port, stop } = await startMailServer()
    await stop()
    const instance = await start(port)
    await sendLink(instance, 'ada')
    await expect
      .poll(() => waiting(instance))
      .toMatchObject([{ attempts: 1, failure: expect.stringContaining('Nothing answers') }])
    expect(instance.lines.filter((line) => line.includes('could not be sent'))).toHaveLength(1)
    const [row] = await waiting(instance)
    expect(row?.sealed).toMatch(/^v1\./)
    const server = await serve({ port })
    await expect.poll(() => server.letters.length).toBe(1)
    await expect.poll(() => waiting(instance)).toEqual([])
    const code = codeIn(server.letters[0])
    expect(code).toMatch(/^\w{12}$/)
    expect(instance.lines.join('\n')).not.toContain(code)
  })

  test('outlives a change of the settings, which starts the plugin anew', async () => {
    const server = await serve()
    const instance = await start(1, { SMTP_PORT: '' })
    const set = (smtpPort: number) =>
      instance.asAdmin('/api/application-configuration', { method: 'PUT', body: { smtpPort: String(smtpPort) } })
    await set(1)
    await sendLink(instance, 'ada')
    await expect.poll(() => waiting(instance)).toMatchObject([{ attempts: 1 }])
    expect((await set(server.port)).status).toBe(200)
    await expect.poll(() => server.letters.length).toBe(1)
  })

  test('outlives the server; and of two servers on one database one sends it', async () => {
    const before = await start(1)
    for (const username of ['ada', 'grace', 'alan']) await sendLink(before, username)
    await expect.poll(async () => (await waiting(before))[0]).toMatchObject({ attempts: 1 })
    await before.kernel.stop()
    const server = await serve()
    const same = { DB_CONNECTION_STRING: join(before.folder, 'test.db') }
    const after = await start(server.port, same)
    await start(server.port, same)
    await expect.poll(() => waiting(after)).toEqual([])
    expect(server.letters.map(({ to }) => to[0]).sort()).toEqual(['ada@example.org', 'alan@example.org', 'grace@example.org'])
  })

  test('is given up at once where the recipient is refused for good, and others go on', async () => {
    const server = await serve({
      onRcptTo: ({ address }, _session, done) =>
        address.startsWith('gone') ? done(Object.assign(new Error('Mailbox unknown'), { responseCode: 550 })) : done(),
    })
    const instance = await start(server.port)
    await sendLink(instance, 'gone')
    await sendLink(instance, 'ada')
    await expect.poll(() => server.letters.map(({ to }) => to[0])).toEqual(['ada@example.org'])
    await expect.poll(() => waiting(instance)).toEqual([])
    expect(instance.lines.filter((line) => line.includes('refused for good'))).toHaveLength(1)
  })

  test('is given up when it would come too late', async () => {
    const instance = await start(1)
    await sendLink(instance, 'ada')
    await expect.poll(() => waiting(instance)).toMatchObject([{ attempts: 1 }])
    await instance.ground.db.write((tx) => tx.run('update outbox set expires_at = 1, due_at = 1'))
    await expect.poll(() => waiting(instance)).toEqual([])
    expect(instance.lines.filter((line) => line.includes('given up'))).toHaveLength(1)
  })
})
