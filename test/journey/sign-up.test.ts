// Signing up: who may, with an invitation or without, and what the account starts with.
import { afterEach, describe, expect, test } from 'vitest'
import { type Instance, startInstance } from '../support/instance.ts'
import { visit } from '../support/visitor.ts'

let instance: Instance
afterEach(() => instance.stop())

let people = 0
const somebody = (more: object = {}) => {
  const username = `person${++people}`
  return { username, email: `${username}@example.org`, firstName: 'Ada', lastName: 'Lovelace', ...more }
}
const start = async (mode: string, more: Readonly<Record<string, string>> = {}) => {
  instance = await startInstance({ DISABLE_RATE_LIMITING: 'true', ALLOW_USER_SIGNUPS: mode, ...more })
}
const signUp = (body: object) => visit(instance).post('/api/signup', body)
const code = async (answer: Response) => ((await answer.json()) as { code: string }).code
const usernames = async () =>
  (await instance.ground.db.read.all<{ username: string }>('select username from users')).map(({ username }) => username)

interface Token {
  readonly id: string
  readonly token: string
  readonly usageCount: number
}
const invite = async (body: object = {}): Promise<Token> => {
  const answer = await instance.asAdmin('/api/signup-tokens', { method: 'POST', body: { ttl: '1h', usageLimit: 1, ...body } })
  expect(answer.status).toBe(201)
  return (await answer.json()) as Token
}
const tokens = async (query = '') =>
  ((await (await instance.asAdmin(`/api/signup-tokens${query}`)).json()) as { data: readonly Token[] }).data
const makeGroup = async (name: string, more: object = {}) => {
  const body = { name, friendlyName: name, ...more }
  return ((await (await instance.asAdmin('/api/user-groups', { method: 'POST', body })).json()) as { id: string }).id
}

describe('where anybody may sign up', () => {
  test('an account is made, signed in, and noted with where it came from', async () => {
    await start('open')
    const visitor = visit(instance)
    const person = somebody()
    const answer = await visitor.ask('/api/signup', { method: 'POST', body: person, headers: { 'user-agent': 'Firefox/140.0' } })
    expect(answer.status).toBe(201)
    const user = (await answer.json()) as { id: string }
    expect(user).toMatchObject({ ...person, displayName: 'Ada Lovelace', isAdmin: false, emailVerified: false, disabled: false })
    expect(await visitor.json('/api/users/me')).toMatchObject({ id: user.id })
    await expect
      .poll(() => visitor.json<{ data: unknown[] }>('/api/audit-logs?search=ACCOUNT_CREATED'))
      .toMatchObject({
        data: [{ event: 'ACCOUNT_CREATED', userID: user.id, device: 'Firefox', data: { method: 'open_signup' } }],
      })
  })

  test('nobody makes himself more than an ordinary user by extra fields', async () => {
    await start('open')
    const answer = await signUp(
      somebody({ isAdmin: true, emailVerified: true, source: 'ldap', userGroupIds: [await makeGroup('staff')] }),
    )
    expect(await answer.json()).toMatchObject({ isAdmin: false, emailVerified: false, ldapId: null, userGroups: [] })
  })

  test('a name that somebody has is refused, and nobody is signed in', async () => {
    await start('open')
    const person = somebody()
    await signUp(person)
    const answer = await signUp({ ...somebody(), username: person.username.toUpperCase() })
    expect([answer.status, await code(answer), answer.headers.getSetCookie()]).toEqual([409, 'already_in_use', []])
  })

  test('an e-mail address is asked for, unless the instance does without', async () => {
    await start('open')
    const without = await signUp(somebody({ email: '' }))
    expect(without.status).toBe(400)
    expect(await without.json()).toMatchObject({ details: { fields: [{ field: 'email' }] } })
    await instance.stop()
    await start('open', { REQUIRE_USER_EMAIL: 'false', EMAILS_VERIFIED: 'true' })
    expect(await (await signUp(somebody({ email: undefined }))).json()).toMatchObject({ email: null, emailVerified: false })
    expect(await (await signUp(somebody())).json()).toMatchObject({ emailVerified: true })
  })

  test('accounts start with the groups and claims that the settings name; a group that is gone is passed over', async () => {
    await start('open')
    const staff = await makeGroup('staff')
    const change = await instance.asAdmin('/api/application-configuration', {
      method: 'PUT',
      body: {
        signupDefaultUserGroupIDs: JSON.stringify([staff, 'gone']),
        signupDefaultCustomClaims: JSON.stringify([{ key: 'plan', value: 'basic' }]),
      },
    })
    expect(change.status).toBe(200)
    expect(await (await signUp(somebody())).json()).toMatchObject({
      userGroups: [{ id: staff, userCount: 1 }],
      customClaims: [{ key: 'plan', value: 'basic' }],
    })
  })

  test.each([
    ['signupDefaultUserGroupIDs', 'staff'],
    ['signupDefaultCustomClaims', '[{"key":"sub","value":"me"}]'],
    ['signupDefaultCustomClaims', '[{"key":"a","value":"1"},{"key":"a","value":"2"}]'],
    ['signupDefaultCustomClaims', '{}'],
    ['allowUserSignups', 'sometimes'],
  ])('%s is not set to %s', async (field, value) => {
    await start('open')
    const answer = await instance.asAdmin('/api/application-configuration', { method: 'PUT', body: { [field]: value } })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ details: { fields: [{ field }] } })
  })

  test('ten at once from one address, then two a minute', async () => {
    instance = await startInstance({ ALLOW_USER_SIGNUPS: 'open' })
    const answers: Response[] = []
    for (let at = 0; at < 11; at++) answers.push(await signUp(somebody()))
    expect(answers.map(({ status }) => status)).toEqual([...Array<number>(10).fill(201), 429])
    const wait = Number(answers.at(-1)?.headers.get('retry-after'))
    expect(wait).toBeGreaterThan(0)
    expect(wait).toBeLessThanOrEqual(30)
  })
})

describe('where an invitation is needed', () => {
  test('nobody comes in without one', async () => {
    await start('withToken')
    const answer = await signUp(somebody())
    expect(answer.status).toBe(403)
    expect(await answer.json()).toMatchObject({ code: 'open_signup_disabled', error: expect.stringContaining('invitation') })
    const wrong = await signUp(somebody({ token: 'not a token' }))
    expect([wrong.status, await code(wrong)]).toEqual([401, 'token_invalid_or_expired'])
    expect(await usernames()).toEqual([])
  })

  test('it lets in as many as it says, into its groups, and is shown with what is left of it', async () => {
    await start('withToken')
    const staff = await makeGroup('staff')
    const { id, token, ...rest } = await invite({ usageLimit: 2, userGroupIds: [staff] })
    expect(token).toMatch(/^[A-Za-z0-9]{16}$/)
    expect(rest).toMatchObject({ usageLimit: 2, usageCount: 0, userGroups: [{ id: staff, name: 'staff' }] })
    expect(await (await signUp(somebody({ token }))).json()).toMatchObject({ userGroups: [{ id: staff }] })
    expect((await signUp(somebody({ token }))).status).toBe(201)
    const third = await signUp(somebody({ token }))
    expect([third.status, await code(third)]).toEqual([401, 'token_invalid_or_expired'])
    expect(await tokens()).toMatchObject([{ id, token, usageCount: 2, usageLimit: 2 }])
  })

  test('of eight who use its last place at once, one comes in', async () => {
    await start('withToken')
    const { token } = await invite()
    const answers = await Promise.all(Array.from({ length: 8 }, () => signUp(somebody({ token }))))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 401, 401, 401, 401, 401, 401, 401])
    expect(await usernames()).toHaveLength(1)
    expect(await tokens()).toMatchObject([{ usageCount: 1 }])
  })

  test('whoever is refused for his name has not used it up', async () => {
    await start('withToken')
    const taken = somebody()
    await signUp({ ...taken, token: (await invite()).token })
    const { id, token } = await invite()
    expect((await signUp({ ...taken, token })).status).toBe(409)
    expect((await tokens()).find((one) => one.id === id)).toMatchObject({ usageCount: 0 })
    expect((await signUp(somebody({ token }))).status).toBe(201)
  })

  test('one that ran out or was taken back is refused, and the daily job forgets it', async () => {
    await start('withToken')
    const old = await invite()
    await instance.ground.db.write((tx) => tx.run(`update signup_tokens set expires_at = 1 where id = '${old.id}'`))
    expect((await signUp(somebody({ token: old.token }))).status).toBe(401)
    const gone = await invite()
    expect((await instance.asAdmin(`/api/signup-tokens/${gone.id}`, { method: 'DELETE' })).status).toBe(204)
    expect((await signUp(somebody({ token: gone.token }))).status).toBe(401)
    const again = await instance.asAdmin(`/api/signup-tokens/${gone.id}`, { method: 'DELETE' })
    expect([again.status, await code(again)]).toEqual([404, 'signup_token_not_found'])
  })

  test('the audit log names the invitation and never its token', async () => {
    await start('withToken')
    const { id, token } = await invite()
    await signUp(somebody({ token }))
    const log = async () => (await instance.asAdmin('/api/audit-logs/all?search=ACCOUNT_CREATED')).text()
    await expect.poll(log).toContain(id)
    expect(await log()).not.toContain(token)
    expect(instance.lines.join('\n')).not.toContain(token)
  })

  test('its token is not in the database in clear', async () => {
    await start('withToken')
    const { token } = await invite()
    const rows = await instance.ground.db.read.all('select * from signup_tokens')
    expect(JSON.stringify(rows)).not.toContain(token)
  })

  test.each([
    [{ usageLimit: 0 }, 'usageLimit'],
    [{ usageLimit: 101 }, 'usageLimit'],
    [{ usageLimit: 1.5 }, 'usageLimit'],
    [{ usageLimit: undefined }, 'usageLimit'],
    [{ ttl: 'soon' }, 'ttl'],
  ])('%j makes none', async (body, field) => {
    await start('withToken')
    const answer = await instance.asAdmin('/api/signup-tokens', { method: 'POST', body: { ttl: '1h', usageLimit: 1, ...body } })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ details: { fields: [{ field }] } })
    expect(await tokens()).toEqual([])
  })

  test('it names groups that are there', async () => {
    await start('withToken')
    const body = { ttl: '1h', usageLimit: 1, userGroupIds: ['nobody'] }
    const answer = await instance.asAdmin('/api/signup-tokens', { method: 'POST', body })
    expect([answer.status, await code(answer)]).toEqual([404, 'group_not_found'])
  })

  test('only administrators make, see and remove them', async () => {
    await start('open')
    const visitor = visit(instance)
    await visitor.post('/api/signup', somebody())
    const asked = [
      await visitor.get('/api/signup-tokens'),
      await visitor.post('/api/signup-tokens', { ttl: '1h', usageLimit: 1 }),
      await visitor.ask('/api/signup-tokens/x', { method: 'DELETE' }),
      await visit(instance).get('/api/signup-tokens'),
    ]
    expect(asked.map(({ status }) => status)).toEqual([403, 403, 403, 401])
  })
})

test('where nobody may sign up an invitation does not help either', async () => {
  await start('disabled')
  const { token } = await invite()
  for (const body of [somebody(), somebody({ token })]) {
    const answer = await signUp(body)
    expect([answer.status, await code(answer)]).toEqual([403, 'open_signup_disabled'])
  }
  expect(await usernames()).toEqual([])
})
