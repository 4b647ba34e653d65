// Who did what: noted as it happens, seen by whom it concerns, forgotten when its time is over.
import { describe, expect, test } from 'vitest'
import { authenticator, instance, register, signIn, somebody, starting } from '../support/passkey-people.ts'
import { visit } from '../support/visitor.ts'

interface Entry {
  readonly event: string
  readonly userID: string
  readonly username: string
  readonly actorUsername: string | null
  readonly device: string
  readonly data: Readonly<Record<string, string>>
}

starting()
const admin = (path: string, method = 'GET', body?: object) =>
  instance.asAdmin(path, { method, ...(body === undefined ? {} : { body }) })
async function entries(query = ''): Promise<readonly Entry[]> {
  return ((await (await admin(`/api/audit-logs/all?${query}`)).json()) as { data: Entry[] }).data
}
const about = (userId: string) => entries(`filters[userId][0]=${userId}`)
// Asked again until it is so: facts are noted a moment after what they tell of.
const newest = (userId: string) => expect.poll(async () => (await about(userId))[0])
const events = (userId: string) => expect.poll(async () => (await about(userId)).map(({ event }) => event))

describe('the audit log', () => {
  test('notes sign-ins with what people came with, newest first', async () => {
    const { user, visitor } = await somebody()
    const key = authenticator()
    await register(visitor, key)
    await signIn(key)
    await events(user.id).toEqual(['SIGN_IN', 'PASSKEY_ADDED', 'TOKEN_SIGN_IN', 'ACCOUNT_CREATED'])
    expect((await about(user.id)).every(({ username }) => username === user.username)).toBe(true)
  })

  test('says which browser it was', async () => {
    const { user } = await somebody()
    const made = await admin(`/api/users/${user.id}/one-time-access-token`, 'POST', {})
    const { token } = (await made.json()) as { token: string }
    const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
    await instance.fetch(`/api/one-time-access-token/${token}`, { method: 'POST', headers: { 'user-agent': firefox } })
    await newest(user.id).toMatchObject({ event: 'TOKEN_SIGN_IN', device: 'Firefox on Linux' })
  })

  test('keeps what an administrator changed, before and after, and who did', async () => {
    const { user } = await somebody()
    const input = {
      username: user.username,
      email: user.email,
      firstName: 'Ada',
      lastName: 'L',
      displayName: 'Ada L',
      isAdmin: false,
      disabled: true,
    }
    expect((await admin(`/api/users/${user.id}`, 'PUT', input)).status).toBe(200)
    await newest(user.id).toMatchObject({
      event: 'USER_UPDATED',
      actorUsername: 'static-api-user',
      data: { firstName: ' → Ada', disabled: 'false → true' },
    })
    expect((await admin(`/api/users/${user.id}`, 'DELETE')).status).toBe(204)
    await newest(user.id).toMatchObject({
      event: 'USER_REMOVED',
      username: user.username,
      actorUsername: 'static-api-user',
    })
  })

  test('names changed settings and never their values', async () => {
    await admin('/api/application-configuration', 'PUT', { appName: 'Secret Project' })
    const data = async () => (await entries('filters[event][0]=SETTINGS_CHANGED'))[0]?.data
    await expect.poll(data).toEqual({ keys: 'appName' })
  })

  test('keeps the order of what happened in one moment', async () => {
    const keys = Array.from({ length: 40 }, (_, at) => `moment ${at}`)
    for (const key of keys) instance.ground.events.publish('settings.changed', { keys: [key], actorId: null })
    const noted = async () => (await entries('search=moment&pagination[limit]=50')).map(({ data }) => data.keys)
    await expect.poll(noted).toEqual(keys.toReversed())
  })

  test('shows everybody their own part, and all of it to administrators alone', async () => {
    const [ada, eve] = [await somebody(), await somebody()]
    for (const { user } of [ada, eve]) await events(user.id).toContain('TOKEN_SIGN_IN')
    const own = await ada.visitor.json<{ data: Entry[] }>('/api/audit-logs')
    expect(own.data.length).toBeGreaterThan(0)
    expect(own.data.every(({ userID }) => userID === ada.user.id)).toBe(true)
    const tried = await ada.visitor.json<{ data: Entry[] }>(`/api/audit-logs?filters[userId][0]=${eve.user.id}`)
    expect(tried.data).toEqual([])
    for (const path of ['all', 'filters/users', 'filters/client-names']) {
      expect((await ada.visitor.get(`/api/audit-logs/${path}`)).status).toBe(403)
      expect((await visit(instance).get(`/api/audit-logs/${path}`)).status).toBe(401)
    }
  })

  test('can be searched, filtered and leafed through', async () => {
    const { user } = await somebody()
    await events(user.id).toContain('TOKEN_SIGN_IN')
    const names = (await (await admin('/api/audit-logs/filters/users')).json()) as Record<string, string>
    expect(names[user.id]).toBe(user.username)
    expect(await (await admin('/api/audit-logs/filters/client-names')).json()).toEqual([])
    expect((await entries(`search=${user.username}`)).every(({ username }) => username === user.username)).toBe(true)
    const first = await entries('pagination[limit]=1&sort[column]=createdAt&sort[direction]=asc')
    expect(first).toHaveLength(1)
  })
})
