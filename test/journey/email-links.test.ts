// Sign-in codes by e-mail, through a real mail server: who gets one, where it works, and that nobody learns who has an account.
import { afterEach, describe, expect, test } from 'vitest'
import type { Instance } from '../support/instance.ts'
import { arrived, codeIn, makeAda, postOffice, refusalCode, waiting } from '../support/letters.ts'
import { startSilentServer } from '../support/mail-server.ts'
import { visit } from '../support/visitor.ts'

const { serve, start, ending, end } = postOffice()
afterEach(end)

describe('a sign-in code by e-mail', () => {
  const ask = (instance: Instance, body: object, headers: Readonly<Record<string, string>> = {}) => {
    const visitor = visit(instance)
    return { visitor, answer: visitor.ask('/api/one-time-access-email', { method: 'POST', body, headers }) }
  }

  test('lets in the browser that asked for it, and no other', async () => {
    const server = await serve()
    const instance = await start(server.port)
    await makeAda(instance)
    const { visitor, answer } = ask(instance, { email: 'Ada@Example.org', redirectPath: '/settings/apps' })
    expect([(await answer).status, await (await answer).text()]).toEqual([204, ''])
    const [letter] = await arrived(server, 1)
    expect(letter).toMatchObject({ from: 'login@example.org', to: ['ada@example.org'] })
    expect(letter?.mail).toMatchObject({
      subject: 'Your sign-in code for Pocket ID Edge',
      from: { name: 'Pocket ID Edge', address: 'login@example.org' },
      to: [{ name: 'Ada', address: 'ada@example.org' }],
    })
    const token = codeIn(letter)
    expect(token).toMatch(/^\w{6}$/)
    const link = `http://localhost:1411/lc/${token}?next=%2Fsettings%2Fapps`
    expect(letter?.mail.text).toContain(link)
    expect(letter?.mail.html).toContain(`href="${link}"`)
    expect(letter?.mail.html).toContain(token)

    const elsewhere = await visit(instance).post(`/api/one-time-access-token/${token}`)
    expect([elsewhere.status, await refusalCode(elsewhere)]).toEqual([401, 'device_code_invalid'])
    expect((await visitor.post(`/api/one-time-access-token/${token}`)).status).toBe(200)
    expect((await visitor.post(`/api/one-time-access-token/${token}`)).status).toBe(401)
  })

  test.each([
    ['nobody@example.org', 'nobody has'],
    ['name@example.org', 'is only a user name'],
    ['grace@example.org', 'belongs to somebody disabled'],
  ])('to %s, which %s: the same answer and no letter', async (email) => {
    const server = await serve()
    const instance = await start(server.port)
    await makeAda(instance)
    await makeAda(instance, { username: 'name@example.org', email: null })
    await makeAda(instance, { username: 'grace', email: 'grace@example.org', disabled: true })
    const shape = (answer: Response) => [
      answer.status,
      answer.headers.getSetCookie().map((line) => line.replace(/=[\w-]{22};/, '=…;').replace(/Expires=[^;]*/, '')),
    ]
    const other = await ask(instance, { email }).answer
    expect(shape(other)).toEqual(shape(await ask(instance, { email: 'ada@example.org' }).answer))
    // A change of the settings starts the plugin anew, and what was asked of the old one is done by then.
    const body = { smtpSkipCertVerify: 'true' }
    expect((await instance.asAdmin('/api/application-configuration', { method: 'PUT', body })).status).toBe(200)
    expect(await instance.ground.db.read.all('select * from one_time_tokens')).toHaveLength(1)
    await arrived(server, 1)
  })

  test('over https the cookie of the browser that asked goes to where codes are spent, and nowhere else', async () => {
    const server = await serve()
    const instance = await start(server.port, { APP_URL: 'https://id.example.org' })
    const cookies = (await ask(instance, { email: 'ada@example.org' }).answer).headers.getSetCookie()
    const spelled = /^__Secure-device_token=[\w-]{22}; Max-Age=900; Path=(\S+); HttpOnly; Secure; SameSite=Lax$/
    expect(cookies.map((line) => spelled.exec(line)?.[1])).toEqual(['/api/one-time-access-token', '/login/alternative/code'])
  })

  test('goes to whose address it is, also where somebody else took it as a user name', async () => {
    const server = await serve()
    const instance = await start(server.port)
    await makeAda(instance, { username: 'ada@example.org', email: 'eve@example.org' })
    await makeAda(instance)
    await ask(instance, { email: 'ada@example.org' }).answer
    expect((await arrived(server, 1)).map(({ to }) => to)).toEqual([['ada@example.org']])
  })

  test('is answered before anything is done for it, so that the time until the answer tells nothing', async () => {
    const server = await serve()
    const instance = await start(server.port)
    await makeAda(instance)
    const { db } = instance.ground
    // Nobody else can write meanwhile, so whoever wanted to first would have no answer.
    await db.write(async () => {
      expect((await ask(instance, { email: 'ada@example.org' }).answer).status).toBe(204)
    })
    await arrived(server, 1)
    expect(await instance.ground.db.read.all('select * from one_time_tokens')).toHaveLength(1)
  })

  test('comes at most five times in fifteen minutes, however often and from wherever it is asked for', async () => {
    const server = await serve()
    const instance = await start(server.port)
    await makeAda(instance)
    for (let at = 0; at < 8; at++) expect((await ask(instance, { email: 'ada@example.org' }).answer).status).toBe(204)
    await expect.poll(() => instance.lines.filter((line) => line.includes('one more sign-in code')).length).toBe(3)
    await arrived(server, 5)
  })

  test('may be asked for five times from one address, then twice in ten minutes', async () => {
    const server = await serve()
    const instance = await start(server.port, { DISABLE_RATE_LIMITING: 'false' })
    const answers: number[] = []
    for (let at = 0; at < 6; at++) answers.push((await ask(instance, { email: 'nobody@example.org' }).answer).status)
    expect(answers).toEqual([204, 204, 204, 204, 204, 429])
  })

  test('speaks the language of the account, else that of the browser', async () => {
    const server = await serve()
    const instance = await start(server.port)
    await makeAda(instance)
    await makeAda(instance, { username: 'grace', email: 'grace@example.org', locale: 'en' })
    const german = { 'accept-language': 'de-AT,de;q=0.9,en;q=0.5' }
    await ask(instance, { email: 'ada@example.org' }, german).answer
    await arrived(server, 1)
    await ask(instance, { email: 'grace@example.org' }, german).answer
    const letters = await arrived(server, 2)
    expect(letters.map(({ mail }) => mail.subject)).toEqual([
      'Ihr Anmeldecode für Pocket ID Edge',
      'Your sign-in code for Pocket ID Edge',
    ])
  })

  test('is refused where it is switched off, and where no mail server is named', async () => {
    const server = await serve()
    const off = await start(server.port, { EMAIL_ONE_TIME_ACCESS_AS_UNAUTHENTICATED_ENABLED: 'false' })
    const without = await start(server.port, { SMTP_HOST: '' })
    for (const instance of [off, without]) {
      const answer = await ask(instance, { email: 'ada@example.org' }).answer
      expect([answer.status, await refusalCode(answer)]).toEqual([403, 'one_time_access_disabled'])
    }
  })

  test('leads nowhere else than to a page of ours', async () => {
    const server = await serve()
    const instance = await start(server.port)
    await makeAda(instance)
    await ask(instance, { email: 'ada@example.org', redirectPath: 'https://evil.example' }).answer
    const [letter] = await arrived(server, 1)
    expect(letter?.raw).not.toContain('evil')
  })
})

describe('a link that an administrator sends', () => {
  test('lets its user in from any browser', async () => {
    const server = await serve()
    const instance = await start(server.port)
    const { id } = await makeAda(instance, { locale: 'de' })
    const answer = await instance.asAdmin(`/api/users/${id}/one-time-access-email`, { method: 'POST', body: { ttl: '1h' } })
    expect([answer.status, await answer.text()]).toEqual([204, ''])
    const [letter] = await arrived(server, 1)
    expect(letter?.mail.text).toContain('innerhalb von 1 Stunde')
    expect((await visit(instance).post(`/api/one-time-access-token/${codeIn(letter)}`)).status).toBe(200)
  })

  test('is refused in words where it cannot be', async () => {
    const server = await serve()
    const instance = await start(server.port)
    const send = async (id: string) => {
      const answer = await instance.asAdmin(`/api/users/${id}/one-time-access-email`, { method: 'POST', body: {} })
      return [answer.status, await refusalCode(answer)]
    }
    expect(await send('nobody')).toEqual([404, 'user_not_found'])
    expect(await send((await makeAda(instance, { email: null })).id)).toEqual([409, 'user_email_not_set'])
    expect(await send((await makeAda(instance, { username: 'grace', disabled: true })).id)).toEqual([403, 'user_disabled'])
    const off = await start(server.port, { EMAIL_ONE_TIME_ACCESS_AS_ADMIN_ENABLED: 'false' })
    const answer = await off.asAdmin('/api/users/nobody/one-time-access-email', { method: 'POST', body: {} })
    expect([answer.status, await refusalCode(answer)]).toEqual([403, 'one_time_access_disabled'])
    expect(server.letters).toEqual([])
  })
})

test('a mail server that says nothing keeps nobody waiting', async () => {
  const silent = await startSilentServer()
  ending(silent, silent.stop)
  const instance = await start(silent.port)
  await makeAda(instance)
  for (let at = 0; at < 5; at++) {
    const answer = await visit(instance).post('/api/one-time-access-email', { email: 'ada@example.org' })
    expect(answer.status).toBe(204)
  }
  await expect.poll(silent.connections).toBe(1)
  expect((await instance.fetch('/healthz')).status).toBe(204)
  await expect.poll(async () => (await waiting(instance)).length).toBe(5)
  // Stopping does not wait for it either: the attempt that goes on is broken off, and its letter stays.
  await instance.kernel.stop()
})
