// The initial set-up: while nobody administers the instance, whoever comes first does.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Instance, startInstance } from '../support/instance.ts'
import { visit } from '../support/visitor.ts'

let instance: Instance
beforeEach(async () => {
  instance = await startInstance({ DISABLE_RATE_LIMITING: 'true' })
})
afterEach(() => instance.stop())

const ada = { username: 'ada', email: 'ada@example.org', firstName: 'Ada', lastName: 'Lovelace' }
const setUp = (body: object) => visit(instance).post('/api/signup/setup', body)
const code = async (answer: Response) => ((await answer.json()) as { code: string }).code

test('the first visitor becomes the administrator, and the door closes', async () => {
  const visitor = visit(instance)
  expect((await visitor.get('/api/signup/setup')).status).toBe(204)
  const answer = await visitor.post('/api/signup/setup', ada)
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({ ...ada, displayName: 'Ada Lovelace', isAdmin: true, disabled: false })
  expect((await visitor.get('/api/webauthn/register/start')).status).toBe(200)

  const late = await visitor.get('/api/signup/setup')
  expect([late.status, await code(late)]).toEqual([404, 'setup_not_available'])
  const second = await setUp({ ...ada, username: 'eve', email: 'eve@example.org' })
  expect([second.status, await code(second)]).toEqual([409, 'setup_already_completed'])
  expect(second.headers.getSetCookie()).toEqual([])
})

test('of eight who set up at once, one is the administrator', async () => {
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, at) => setUp({ ...ada, username: `ada${at}`, email: `ada${at}@example.org` })),
  )
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409, 409, 409, 409])
  expect(await instance.ground.db.read.all('select username from users')).toHaveLength(1)
})

test.each([
  [{ ...ada, username: '' }, 'username'],
  [{ ...ada, username: '-ada' }, 'username'],
  [{ ...ada, username: 'a'.repeat(51) }, 'username'],
  [{ ...ada, firstName: ' ' }, 'firstName'],
  [{ ...ada, firstName: 7 }, 'firstName'],
  [{ ...ada, email: 'ada' }, 'email'],
  [{ ...ada, email: '' }, 'email'],
])('%j is refused by its field', async (body, field) => {
  const answer = await setUp(body)
  expect(answer.status).toBe(400)
  expect(await answer.json()).toMatchObject({
    code: 'validation_failed',
    details: { fields: expect.arrayContaining([expect.objectContaining({ field })]) },
  })
  expect((await visit(instance).get('/api/signup/setup')).status).toBe(204)
})

test('what is no JSON is refused, and nothing has happened', async () => {
  const answer = await visit(instance).ask('/api/signup/setup', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{',
  })
  expect([answer.status, await code(answer)]).toEqual([400, 'invalid_request_body'])
  expect((await visit(instance).get('/api/signup/setup')).status).toBe(204)
})

test('nobody makes himself more than the first administrator by extra fields', async () => {
  const answer = await setUp({ ...ada, id: '00000000-0000-0000-0000-000000000000', source: 'ldap', emailVerified: true })
  expect(await answer.json()).toMatchObject({ id: expect.not.stringMatching(/^0{8}/), emailVerified: false, ldapId: null })
})
