// Telling apps of people and groups by SCIM 2.0: the right ones, what changed alone, and nothing removed that was not ours.
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { AppDetails } from '#core/ports-apps.ts'
import type { ScimProvider } from '#core/scim-port.ts'
import { providers } from '../../src/plugins/scim/tables.ts'
import { eventually } from '../support/eventually.ts'
import { type Refusal, type Rest, startRest } from '../support/rest.ts'
import { type ScimServer, startScimServer } from '../support/scim-server.ts'

interface Made {
  readonly id: string
}

let rest: Rest
let server: ScimServer
beforeAll(async () => {
  ;[rest, server] = await Promise.all([startRest({ OUTGOING_NETWORKS: '127.0.0.0/8' }), startScimServer()])
})
afterAll(async () => {
  await rest.stop()
  await server.stop()
})

const path = '/api/scim/service-provider'
let made = 0
async function addUser(username: string, more: object = {}): Promise<string> {
  const names = { firstName: username, lastName: 'Somebody', displayName: `${username} Somebody` }
  const body = { username, email: `${username}@example.org`, ...names, isAdmin: false, disabled: false, ...more }
  return (await rest.ask<Made>('POST', '/api/users', body)).body.id
}
async function addGroup(name: string, ...userIds: string[]): Promise<string> {
  const { id } = (await rest.ask<Made>('POST', '/api/user-groups', { name, friendlyName: name })).body
  await rest.ask('PUT', `/api/user-groups/${id}/users`, { userIds })
  return id
}
async function addApp(...groupIds: string[]): Promise<string> {
  const { id } = (await rest.ask<AppDetails>('POST', '/api/oidc/clients', { name: `App ${++made}`, isGroupRestricted: true }))
    .body
  await rest.ask('PUT', `/api/oidc/clients/${id}/allowed-user-groups`, { userGroupIds: groupIds })
  return id
}
const inputOf = (oidcClientId: string, more: object = {}) => ({
  endpoint: server.url,
  token: server.token,
  oidcClientId,
  ...more,
})
const addProvider = async (clientId: string, more: object = {}) =>
  (await rest.ask<ScimProvider>('POST', path, inputOf(clientId, more))).body
/** On demand; waits while the app is being told by itself. */
const sync = (id: string) =>
  eventually(async () => {
    const answer = await rest.ask<Refusal | undefined>('POST', `${path}/${id}/sync`)
    if (answer.body?.code === 'scim_sync_running') throw new Error(answer.body.error)
    return answer
  })
const seen = (kind: 'users' | 'groups') => [...server[kind].values()]
const names = () =>
  seen('users')
    .map(({ userName }) => userName)
    .sort()

let ada: string
let bob: string
let staff: string
let app: string
beforeEach(async () => {
  // Each test has an app and people of its own, and a server that knows nobody.
  for (const row of await rest.instance.ground.db.read.select().from(providers)) await rest.ask('DELETE', `${path}/${row.id}`)
  server.users.clear()
  server.groups.clear()
  server.failing = undefined
  ;[ada, bob] = [await addUser(`ada${++made}`), await addUser(`bob${made}`)]
  staff = await addGroup(`staff${made}`, ada)
  app = await addApp(staff)
  server.asked.length = 0
})
const nameOf = (which: 'ada' | 'bob') => `${which}${made - 1}`

describe('an app', () => {
  test('is told of the groups that may use it and their members, soon after its address is there', async () => {
    await addProvider(app)
    await eventually(() => expect(seen('groups')).toHaveLength(1))
    const [user] = seen('users')
    expect(user).toMatchObject({
      externalId: ada,
      active: true,
      displayName: expect.stringContaining('Somebody'),
      name: { familyName: 'Somebody' },
      emails: [{ value: expect.stringContaining('@example.org') }],
    })
    expect(names()).toEqual([nameOf('ada')])
    expect(seen('groups')).toMatchObject([{ externalId: staff, members: [{ value: user?.id }] }])
  })

  test('hears of changes by itself, and of nothing else', async () => {
    const { id } = await addProvider(app)
    await sync(id)
    server.asked.length = 0
    const body = {
      username: nameOf('ada'),
      email: 'new@example.org',
      firstName: 'Ada',
      lastName: 'Byron',
      displayName: 'Ada Byron',
    }
    await rest.ask('PUT', `/api/users/${ada}`, { ...body, isAdmin: false, disabled: false })
    await eventually(() =>
      expect(seen('users')[0]).toMatchObject({ name: { familyName: 'Byron' }, emails: [{ value: 'new@example.org' }] }),
    )
    expect(server.asked).toEqual([`PUT /scim/v2/Users/${seen('users')[0]?.id}`])
    await rest.ask('PUT', `/api/user-groups/${staff}/users`, { userIds: [ada, bob] })
    await eventually(() => expect(seen('groups')[0]?.members).toHaveLength(2))
    expect(names()).toEqual([nameOf('ada'), nameOf('bob')].sort())
  })

  test('keeps who is locked out, as not active, and forgets who may no longer use it', async () => {
    const { id } = await addProvider(app)
    await rest.ask('PUT', `/api/user-groups/${staff}/users`, { userIds: [ada, bob] })
    await sync(id)
    const body = { username: nameOf('ada'), email: 'a@example.org', firstName: 'Ada', lastName: '', displayName: 'Ada' }
    await rest.ask('PUT', `/api/users/${ada}`, { ...body, isAdmin: false, disabled: true })
    await rest.ask('PUT', `/api/user-groups/${staff}/users`, { userIds: [ada] })
    await eventually(() => expect(names()).toEqual([nameOf('ada')]))
    await eventually(() => expect(seen('users')[0]?.active).toBe(false))
    expect(seen('groups')[0]?.members).toHaveLength(1)
  })

  test('loses a group first that may no longer use it, then its people', async () => {
    const other = await addGroup(`other${made}`, bob)
    await rest.ask('PUT', `/api/oidc/clients/${app}/allowed-user-groups`, { userGroupIds: [staff, other] })
    const { id } = await addProvider(app)
    await sync(id)
    expect(seen('groups')).toHaveLength(2)
    server.asked.length = 0
    await rest.ask('PUT', `/api/oidc/clients/${app}/allowed-user-groups`, { userGroupIds: [staff] })
    await eventually(() => expect(names()).toEqual([nameOf('ada')]))
    expect(seen('groups').map(({ externalId }) => externalId)).toEqual([staff])
    expect(server.asked.map((line) => line.replace(/remote-\d+/, 'x'))).toEqual([
      'DELETE /scim/v2/Groups/x',
      'DELETE /scim/v2/Users/x',
    ])
  })

  test('that is open to everybody is told of everybody', async () => {
    const open = (await rest.ask<AppDetails>('POST', '/api/oidc/clients', { name: `Open ${made}` })).body.id
    const { id } = await addProvider(open)
    expect((await sync(id)).status).toBe(200)
    expect(names()).toEqual(expect.arrayContaining([nameOf('ada'), nameOf('bob')]))
  })

  test('that nobody would be left at keeps its people until that is meant', async () => {
    const { id } = await addProvider(app)
    await sync(id)
    await rest.ask('PUT', `/api/oidc/clients/${app}/allowed-user-groups`, { userGroupIds: [] })
    const { status, body } = await sync(id)
    expect({ status, code: body?.code }).toEqual({ status: 422, code: 'scim_sync_failed' })
    expect(body?.error).toContain('Nobody would be left')
    expect(names()).toEqual([nameOf('ada')])
  })

  test('that is removed is told nothing more', async () => {
    const { id } = await addProvider(app)
    await sync(id)
    await rest.ask('DELETE', `/api/oidc/clients/${app}`)
    await eventually(async () => {
      const rows = await rest.instance.ground.db.read.select().from(providers).where(eq(providers.id, id))
      expect(rows).toEqual([])
    })
    expect(names()).toEqual([nameOf('ada')])
  })
})

describe('what is there already', () => {
  test('under the same name is taken over, and of what was not told nothing is removed', async () => {
    server.users.set('by-hand', { id: 'by-hand', userName: nameOf('ada') })
    server.users.set('somebody-else', { id: 'somebody-else', userName: 'root', externalId: 'elsewhere' })
    const { id } = await addProvider(app)
    expect((await sync(id)).status).toBe(200)
    expect(server.users.get('by-hand')).toMatchObject({ externalId: ada, active: true })
    expect(server.users.get('somebody-else')).toMatchObject({ userName: 'root' })
    expect(seen('users')).toHaveLength(2)
  })

  test('and was lost there is made again', async () => {
    const { id } = await addProvider(app)
    await sync(id)
    server.users.clear()
    server.groups.clear()
    expect((await sync(id)).status).toBe(200)
    expect(names()).toEqual([nameOf('ada')])
    expect(seen('groups')[0]?.members).toEqual([{ value: seen('users')[0]?.id, type: 'User' }])
  })
})

describe('an app that does not listen', () => {
  test('is left alone, its fault is shown, and it hears of all of it later', async () => {
    for (let count = 0; count < 30; count++) await addUser(`many${++made}`)
    const open = (await rest.ask<AppDetails>('POST', '/api/oidc/clients', { name: `Down ${made}` })).body.id
    server.failing = 503
    const { id } = await addProvider(open)
    const { status, body } = await sync(id)
    expect({ status, code: body?.code }).toEqual({ status: 422, code: 'scim_sync_failed' })
    expect(body?.error).toContain('status 503')
    expect(server.asked.length).toBeLessThan(20)
    const shown = (await rest.ask<ScimProvider>('GET', `/api/oidc/clients/${open}/scim-service-provider`)).body
    expect(shown).toMatchObject({ lastSyncedAt: null, lastFault: expect.stringContaining('status 503') })
    server.failing = undefined
    expect((await sync(id)).status).toBe(200)
    const after = (await rest.ask<ScimProvider>('GET', `/api/oidc/clients/${open}/scim-service-provider`)).body
    expect(after).toMatchObject({ lastSyncedAt: expect.any(String), lastFault: null })
  })

  test('because the token is wrong is asked once', async () => {
    const { id } = await addProvider(app, { token: 'another-token' })
    await eventually(() => expect(server.asked.length).toBeGreaterThan(0))
    server.asked.length = 0
    expect((await sync(id)).body?.error).toContain('status 401')
    expect(server.asked).toHaveLength(1)
  })
})

describe('the address and its token', () => {
  test('are kept sealed, shown as a mask, and the mask changes nothing', async () => {
    await addProvider(app)
    const provider = (await rest.ask<ScimProvider>('GET', `/api/oidc/clients/${app}/scim-service-provider`)).body
    expect(provider).toMatchObject({ endpoint: server.url, token: 'XXXXXXXXXX', oidcClient: { id: app, clientType: 'standard' } })
    const stored = await rest.instance.ground.db.read.select().from(providers)
    expect(JSON.stringify(stored)).not.toContain(server.token)
    const changed = await rest.ask<ScimProvider>(
      'PUT',
      `${path}/${provider.id}`,
      inputOf(app, { endpoint: `${server.url}/`, token: 'XXXXXXXXXX' }),
    )
    expect(changed.body.endpoint).toBe(`${server.url}/`)
    expect((await sync(provider.id)).status).toBe(200)
    const without = await rest.ask<ScimProvider>('PUT', `${path}/${provider.id}`, { endpoint: server.url, oidcClientId: app })
    expect(without.body.token).toBe('')
    expect((await sync(provider.id)).body?.code).toBe('scim_sync_failed')
    expect(rest.instance.lines.join()).not.toContain(server.token)
  })

  test.each([
    '',
    'nothing',
    'ftp://app.example.org',
    'https://user:pass@app.example.org/scim',
    'https://app.example.org/scim?x=y',
  ])('%j is no address', async (endpoint) => {
    const { status, body } = await rest.ask('POST', path, inputOf(app, { endpoint }))
    expect({ status, field: body.details?.fields?.[0]?.field }).toEqual({ status: 400, field: 'endpoint' })
  })

  test('belong to one app, that there is, and only administrators see them', async () => {
    const { id } = await addProvider(app)
    expect((await rest.ask('POST', path, inputOf(app))).body.code).toBe('already_in_use')
    expect((await rest.ask('POST', path, inputOf('nobody'))).status).toBe(404)
    const other = await addApp(staff)
    expect((await rest.ask('PUT', `${path}/${id}`, inputOf(other))).status).toBe(403)
    expect((await rest.ask('GET', `/api/oidc/clients/${other}/scim-service-provider`)).status).toBe(404)
    for (const [method, at] of [
      ['POST', path],
      ['PUT', `${path}/${id}`],
      ['DELETE', `${path}/${id}`],
      ['POST', `${path}/${id}/sync`],
      ['GET', `/api/oidc/clients/${app}/scim-service-provider`],
    ] as const)
      expect([method, at, (await rest.askAs({}, method, at, method === 'GET' ? undefined : {})).status]).toEqual([
        method,
        at,
        401,
      ])
    expect((await rest.ask('DELETE', `${path}/${id}`)).status).toBe(204)
    expect((await sync(id)).status).toBe(404)
  })

  test('on this very machine are not contacted unless that is allowed', async () => {
    const fenced = await startRest()
    const client = (await fenced.ask<AppDetails>('POST', '/api/oidc/clients', { name: 'Fenced' })).body.id
    const { id } = (await fenced.ask<ScimProvider>('POST', path, inputOf(client))).body
    const names = { firstName: 'Ada', lastName: '', displayName: 'Ada', isAdmin: false, disabled: false }
    await fenced.ask('POST', '/api/users', { username: 'ada', email: 'ada@example.org', ...names })
    server.asked.length = 0
    const { body } = await fenced.ask<Refusal>('POST', `${path}/${id}/sync`)
    expect(body.error).toContain('OUTGOING_NETWORKS')
    expect(server.asked).toEqual([])
    await fenced.stop()
  })
})
