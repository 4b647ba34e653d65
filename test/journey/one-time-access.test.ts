// A one-time code: made by an administrator or on the command line, good for one sign-in.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Host } from '#core/kernel/plugin.ts'
import { createOneTimeTokens } from '../../src/plugins/one-time-access/tokens.ts'
import { adminKey, appUrl, type Instance, startInstance } from '../support/instance.ts'
import { visit } from '../support/visitor.ts'

const ada = { username: 'ada', email: 'ada@example.org', firstName: 'Ada' }
const lookAlikes = /[0OoIl1iZz2Ss5B8uvV]/

describe('a one-time code', () => {
  let instance: Instance
  let adaId: string

  beforeAll(async () => {
    instance = await startInstance({ DISABLE_RATE_LIMITING: 'true' })
    adaId = (await instance.kernel.identity.users.create(ada, null)).id
  })
  afterAll(() => instance.stop())

  const make = async (body: object = {}, id = adaId) =>
    instance.asAdmin(`/api/users/${id}/one-time-access-token`, { method: 'POST', body })
  const mint = async (body: object = {}) => ((await (await make(body)).json()) as { token: string }).token
  const tokens = () => createOneTimeTokens({ ...instance.ground, core: { appUrl } as Host['core'] })
  const redeem = (token: string) => visit(instance).post(`/api/one-time-access-token/${token}`)

  test('signs its user in and is spent', async () => {
    const token = await mint()
    const visitor = visit(instance)
    const answer = await visitor.post(`/api/one-time-access-token/${token}`)
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({
      id: adaId,
      username: 'ada',
      ldapId: null,
      lastName: null,
      customClaims: [],
      userGroups: [],
    })
    expect(await visitor.json('/api/webauthn/credentials')).toEqual([])
    const again = await redeem(token)
    expect(again.status).toBe(401)
    expect(await again.json()).toMatchObject({ code: 'token_invalid_or_expired' })
    expect(again.headers.getSetCookie()).toEqual([])
  })

  test.each([
    [{}, 6],
    [{ ttl: '15m' }, 6],
    [{ ttl: 900 }, 6],
    [{ ttl: '16m' }, 12],
    [{ ttl: '1h30m' }, 12],
    [{ ttl: 3600 }, 12],
  ])('asked for with %j has %i characters and none that look alike', async (body, length) => {
    const token = await mint(body)
    expect(token).toHaveLength(length)
    expect(token).not.toMatch(lookAlikes)
  })

  test.each([{ ttl: 'soon' }, { ttl: 0 }, { ttl: '-1h' }, { ttl: '745h' }, { ttl: null }, { ttl: {} }, { ttl: '1h 30m' }])(
    'is not made for the lifetime %j',
    async (body) => {
      const answer = await make(body)
      expect(answer.status).toBe(400)
      expect(await answer.json()).toMatchObject({ code: 'validation_failed', details: { fields: [{ field: 'ttl' }] } })
    },
  )

  test('of eight requests at once lets exactly one in', async () => {
    const token = await mint()
    const answers = await Promise.all(Array.from({ length: 8 }, () => redeem(token)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(7)
    expect(answers.flatMap(({ headers }) => headers.getSetCookie())).toHaveLength(1)
  })

  test('that has run out is refused like one that never was', async () => {
    const token = await mint({ ttl: 60 })
    await instance.ground.db.write((tx) => tx.run('update one_time_tokens set expires_at = 1'))
    const [late, wrong] = [await redeem(token), await redeem('neverwas')]
    const [lateBody, wrongBody] = (await Promise.all([late.json(), wrong.json()])) as Record<string, unknown>[]
    expect(late.status).toBe(401)
    expect({ ...lateBody, request_id: '' }).toEqual({ ...wrongBody, request_id: '' })
  })

  test('that has run out is forgotten by the daily job, one that lives is not', async () => {
    await instance.ground.db.write((tx) => tx.run('delete from one_time_tokens'))
    await mint({ ttl: 60 })
    await instance.ground.db.write((tx) => tx.run('update one_time_tokens set expires_at = 1'))
    const living = await mint()
    await tokens().sweep()
    expect(await instance.ground.db.read.all('select token_hash from one_time_tokens')).toHaveLength(1)
    expect((await redeem(living)).status).toBe(200)
  })

  test('asked for by a browser works in that browser only, and stays good for it', async () => {
    const { token } = await tokens().mint(adaId, 900, 'the browser that asked')
    const elsewhere = await redeem(token)
    expect([elsewhere.status, ((await elsewhere.json()) as { code: string }).code]).toEqual([401, 'device_code_invalid'])
    const there = visit(instance, [['device_token', 'the browser that asked']])
    expect((await there.post(`/api/one-time-access-token/${token}`)).status).toBe(200)
  })

  test('needs no body to be asked for', async () => {
    expect((await instance.asAdmin(`/api/users/${adaId}/one-time-access-token`, { method: 'POST' })).status).toBe(201)
  })

  test('is not kept in clear', async () => {
    const token = await mint()
    const rows = await instance.ground.db.read.all<{ token_hash: string }>('select * from one_time_tokens')
    expect(rows.length).toBeGreaterThan(0)
    expect(JSON.stringify(rows)).not.toContain(token)
  })

  test('is made for nobody who does not exist, and by nobody but an administrator', async () => {
    const unknown = await make({}, '00000000-0000-4000-8000-000000000000')
    expect([unknown.status, ((await unknown.json()) as { code: string }).code]).toEqual([404, 'user_not_found'])
    const visitor = visit(instance)
    await visitor.post(`/api/one-time-access-token/${await mint()}`)
    expect((await visitor.post(`/api/users/${adaId}/one-time-access-token`, {})).status).toBe(403)
    expect((await visit(instance).post(`/api/users/${adaId}/one-time-access-token`, {})).status).toBe(401)
  })

  test('does not let a disabled account in, nor is one made for it', async () => {
    const token = await mint()
    await instance.ground.db.write((tx) => tx.run(`update users set source_disabled = 1 where id = '${adaId}'`))
    const refused = await redeem(token)
    expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([403, 'user_disabled'])
    expect((await make()).status).toBe(403)
    await instance.ground.db.write((tx) => tx.run(`update users set source_disabled = 0 where id = '${adaId}'`))
  })

  test('replaces the session that the browser had', async () => {
    const visitor = visit(instance)
    await visitor.post(`/api/one-time-access-token/${await mint()}`)
    const before = visit(instance, visitor.cookies)
    await visitor.post(`/api/one-time-access-token/${await mint()}`)
    expect((await before.get('/api/webauthn/credentials')).status).toBe(401)
    expect((await visitor.get('/api/webauthn/credentials')).status).toBe(200)
  })

  describe('from the command line, while the server runs', () => {
    const run = promisify(execFile)
    const pocketId = (...args: string[]) =>
      run(process.execPath, ['--import', 'tsx', 'src/cli.ts', 'one-time-access-token', ...args], {
        env: {
          PATH: process.env.PATH ?? '',
          DB_CONNECTION_STRING: join(instance.folder, 'test.db'),
          APP_URL: appUrl,
          STATIC_API_KEY: adminKey,
        },
      })

    test.each(['ada', 'ADA@example.org'])('is printed as a link for %s in two lines', async (login) => {
      const { stdout, stderr } = await pocketId(login)
      const [sentence, link, ...rest] = stdout.split('\n')
      expect(sentence).toContain(`valid for 1 hour`)
      expect(sentence).toContain(`"${login}"`)
      expect(link).toMatch(new RegExp(`^${appUrl}/lc/\\w{12}$`))
      expect(rest).toEqual([''])
      expect(stderr).toBe('')
      expect((await redeem(link?.split('/').at(-1) ?? '')).status).toBe(200)
    })

    test('is refused in one line for a name that nobody has', async () => {
      await expect(pocketId('nobody')).rejects.toMatchObject({ code: 1, stdout: '', stderr: 'user not found\n' })
    })

    test('asks for a name where none is given', async () => {
      await expect(pocketId()).rejects.toMatchObject({ code: 1, stderr: expect.stringMatching(/^Name one account.*\n$/) })
    })
  })
})

test('codes cannot be tried without end', async () => {
  const instance = await startInstance()
  try {
    const answers = await Promise.all(Array.from({ length: 6 }, () => visit(instance).post('/api/one-time-access-token/guess1')))
    expect(answers.map(({ status }) => status).sort()).toEqual([401, 401, 401, 401, 401, 429])
    const late = answers.find(({ status }) => status === 429)
    expect(Number(late?.headers.get('retry-after'))).toBeGreaterThan(0)
  } finally {
    await instance.stop()
  }
})
