// Users over REST, with a real database.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Page } from '#core/http/listing.ts'
import type { User } from '#core/http/user-json.ts'
import { type Rest, startRest } from '../support/rest.ts'
import { sessionOf } from '../support/session.ts'

let rest: Rest
beforeAll(async () => {
  rest = await startRest()
})
afterAll(() => rest.stop())

const ada = { username: 'ada', email: 'ada@example.org', firstName: 'Ada', lastName: 'Lovelace', displayName: 'Ada Lovelace' }
let counter = 0
const somebody = (more: object = {}) => {
  counter++
  return { username: `user${counter}`, email: `user${counter}@example.org`, firstName: 'Some', lastName: 'Body', ...more }
}
const create = async (more: object = {}) => (await rest.ask<User>('POST', '/api/users', somebody(more))).body

describe('a user', () => {
  test('is made, read, replaced and removed', async () => {
    const made = await rest.ask<User>('POST', '/api/users', ada)
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({ ...ada, isAdmin: false, disabled: false, ldapId: null, locked: [], source: null })
    const path = `/api/users/${made.body.id}`
    expect((await rest.ask<User>('GET', path)).body).toEqual(made.body)

    const changed = await rest.ask<User>('PUT', path, { ...ada, displayName: 'Countess', locale: 'de', isAdmin: true })
    expect(changed).toMatchObject({ status: 200, body: { displayName: 'Countess', locale: 'de', isAdmin: true } })
    await create({ isAdmin: true })
    expect((await rest.ask('DELETE', path)).status).toBe(204)
    expect(await rest.ask('GET', path)).toMatchObject({ status: 404, body: { code: 'user_not_found' } })
  })

  test('may bring its id and its groups', async () => {
    const group = await rest.ask<{ id: string }>('POST', '/api/user-groups', { name: 'staff', friendlyName: 'Staff' })
    const id = '0B6C0A4E-6D4B-4C8D-9A33-3E2B8C1D5F60'
    const made = await rest.ask<User>('POST', '/api/users', somebody({ id, userGroupIds: [group.body.id] }))
    expect(made.body.id).toBe(id.toLowerCase())
    expect(made.body.userGroups).toMatchObject([{ name: 'staff', userCount: 1 }])
    expect(await rest.ask('POST', '/api/users', somebody({ id }))).toMatchObject({
      status: 409,
      body: { code: 'already_in_use', details: { property: 'id' } },
    })
  })

  test('of unknown groups is not made', async () => {
    const input = somebody({ userGroupIds: ['nowhere'] })
    expect(await rest.ask('POST', '/api/users', input)).toMatchObject({ status: 404, body: { code: 'group_not_found' } })
    const found = await rest.ask<Page<User>>('GET', `/api/users?search=${input.username}`)
    expect(found.body.data).toEqual([])
  })

  test('gets the display name from the names when none is given', async () => {
    expect((await create()).displayName).toBe('Some Body')
    expect((await create({ firstName: '', lastName: null })).displayName).toMatch(/^user\d+$/)
  })

  test('is normalised and trimmed', async () => {
    const made = await create({ firstName: '  Bjo\u0308rn ', lastName: '' })
    expect(made).toMatchObject({ firstName: 'Bj\u00f6rn', lastName: null })
  })

  test.each([
    ['username', { username: 'Bad Name' }],
    ['username', { username: '-x' }],
    ['username', { username: 'x'.repeat(51) }],
    ['username', { username: 5 }],
    ['email', { email: 'nobody' }],
    ['firstName', { firstName: 'x'.repeat(51) }],
    ['lastName', { lastName: 'x'.repeat(51) }],
    ['displayName', { displayName: 'x'.repeat(101) }],
    ['displayName', { displayName: 'two\nlines' }],
    ['isAdmin', { isAdmin: 'yes' }],
    ['locale', { locale: '<script>' }],
    ['id', { id: 'not a uuid' }],
    ['userGroupIds.0', { userGroupIds: [1] }],
  ])('with a wrong %s is refused by field: %j', async (field, wrong) => {
    const { status, body } = await rest.ask('POST', '/api/users', somebody(wrong))
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'validation_failed' })
    expect(body.details?.fields?.map((one) => one.field)).toContain(field)
  })

  test.each([
    ['username', { username: 'TAKEN' }],
    ['email', { email: 'Taken@Example.org' }],
  ])('with a %s that another one has, in whatever case, is refused', async (property, same) => {
    await rest.ask('POST', '/api/users', { username: 'taken', email: 'taken@example.org' })
    const refused = { status: 409, body: { code: 'already_in_use', details: { property } } }
    expect(await rest.ask('POST', '/api/users', somebody(same))).toMatchObject(refused)
    const other = await create()
    expect(await rest.ask('PUT', `/api/users/${other.id}`, somebody(same))).toMatchObject(refused)
  })

  test('needs an e-mail address, unless the setting says otherwise', async () => {
    const input = somebody({ email: null })
    expect(await rest.ask('POST', '/api/users', input)).toMatchObject({ status: 409, body: { code: 'user_email_not_set' } })
    await rest.ask('PUT', '/api/application-configuration', { requireUserEmail: 'false' })
    const made = await rest.ask<User>('POST', '/api/users', input)
    expect(made).toMatchObject({ status: 201, body: { email: null, emailVerified: false } })
    expect((await rest.ask('POST', '/api/users', somebody({ email: '' }))).status).toBe(201)
    await rest.ask('PUT', '/api/application-configuration', { requireUserEmail: 'true' })
  })

  test('starts with a verified address when the setting says so, and loses that with another address', async () => {
    await rest.ask('PUT', '/api/application-configuration', { emailsVerified: 'true' })
    const made = await create()
    expect(made.emailVerified).toBe(true)
    await rest.ask('PUT', '/api/application-configuration', { emailsVerified: 'false' })
    const path = `/api/users/${made.id}`
    expect((await rest.ask<User>('PUT', path, { ...made, emailVerified: undefined })).body.emailVerified).toBe(true)
    const moved = { ...made, email: 'moved@example.org', emailVerified: undefined }
    expect((await rest.ask<User>('PUT', path, moved)).body.emailVerified).toBe(false)
  })
})

describe('the list of users', () => {
  test('is paged, sorted, searched and filtered', async () => {
    for (const name of ['Zoe', 'Yan', 'Xia']) await create({ displayName: `List ${name}`, disabled: name === 'Yan' })
    const list = async (query: string) => (await rest.ask<Page<User>>('GET', `/api/users?${query}`)).body
    const names = (page: Page<User>) => page.data.map((user) => user.displayName)

    const first = await list('search=list%20&pagination[limit]=2')
    expect(names(first)).toEqual(['List Xia', 'List Yan'])
    expect(first.pagination).toEqual({ totalPages: 2, totalItems: 3, currentPage: 1, itemsPerPage: 2 })
    expect(names(await list('search=list%20&pagination[limit]=2&pagination[page]=2'))).toEqual(['List Zoe'])
    expect((await list('search=list%20&pagination[limit]=2&pagination[page]=99')).pagination.currentPage).toBe(2)
    expect(names(await list('search=list%20&sort[column]=displayName&sort[direction]=desc'))[0]).toBe('List Zoe')
    expect(names(await list('search=list%20&filters[disabled][0]=true'))).toEqual(['List Yan'])
    expect(names(await list('search=list%20&filters[isAdmin][0]=true'))).toEqual([])
    expect(names(await list('search=list%20&filters[isAdmin][0]=false'))).toHaveLength(3)
    const both = 'filters[displayName][0]=List%20Xia&filters[displayName][1]=List%20Zoe'
    expect(names(await list(both))).toEqual(['List Xia', 'List Zoe'])
    expect((await list('search=list%20&sort[column]=password&filters[source_digest][0]=x')).data).toHaveLength(3)
    expect((await list('search=%25')).data).toEqual([])
    expect((await list('search=nobody-at-all')).pagination).toMatchObject({ totalItems: 0, totalPages: 1, currentPage: 1 })
    expect((await list('pagination[limit]=1000')).pagination.itemsPerPage).toBe(100)
  })
})

describe('groups of a user', () => {
  test('are set as a whole', async () => {
    const group = async (name: string) =>
      (await rest.ask<{ id: string }>('POST', '/api/user-groups', { name, friendlyName: name })).body.id
    const [one, two, three] = [await group('one'), await group('two'), await group('three')]
    const user = await create()
    const set = (userGroupIds: unknown) => rest.ask<User>('PUT', `/api/users/${user.id}/user-groups`, { userGroupIds })
    expect((await set([one, two])).body.userGroups.map((held) => held.name)).toEqual(['one', 'two'])
    expect((await set([three, two])).body.userGroups.map((held) => held.name)).toEqual(['three', 'two'])
    expect((await set([])).body.userGroups).toEqual([])
    expect((await set(['nowhere'])).status).toBe(404)
    expect((await set('all')).status).toBe(400)

    await set([one])
    const groups = await rest.ask<{ name: string; users: User[] }[]>('GET', `/api/users/${user.id}/groups`)
    expect(groups.body).toMatchObject([{ name: 'one', users: [{ id: user.id }] }])
  })
})

describe('the own account', () => {
  test('is read and changed by its user, who cannot raise himself', async () => {
    const user = await create({ emailVerified: true })
    const cookie = await sessionOf(rest.instance, user.id)
    expect((await rest.askAs<User>(cookie, 'GET', '/api/users/me')).body).toEqual(user)
    const input = { ...user, displayName: 'Me', isAdmin: true, disabled: true, emailVerified: false }
    const changed = await rest.askAs<User>(cookie, 'PUT', '/api/users/me', input)
    expect(changed.body).toEqual({ ...user, displayName: 'Me' })
  })

  test('keeps everything but the locale where own edits are off', async () => {
    const user = await create()
    const cookie = await sessionOf(rest.instance, user.id)
    await rest.ask('PUT', '/api/application-configuration', { allowOwnAccountEdit: 'false' })
    const changed = await rest.askAs<User>(cookie, 'PUT', '/api/users/me', { ...user, displayName: 'Me', locale: 'fr' })
    expect(changed).toMatchObject({ status: 200, body: { ...user, locale: 'fr' } })
    await rest.ask('PUT', '/api/application-configuration', { allowOwnAccountEdit: 'true' })
  })

  test('is nobody’s without a session', async () => {
    expect(await rest.askAs({}, 'GET', '/api/users/me')).toMatchObject({ status: 401, body: { code: 'not_signed_in' } })
    expect(await rest.askAs({ 'x-api-key': 'a wrong key' }, 'GET', '/api/users/me')).toMatchObject({ status: 401 })
  })

  test('does not open the doors of administrators', async () => {
    const user = await create()
    const cookie = await sessionOf(rest.instance, user.id)
    const refused = { status: 403, body: { code: 'forbidden' } }
    expect(await rest.askAs(cookie, 'GET', '/api/users')).toMatchObject(refused)
    expect(await rest.askAs(cookie, 'PUT', `/api/users/${user.id}`, { ...user, isAdmin: true })).toMatchObject(refused)
    expect(await rest.askAs(cookie, 'DELETE', `/api/users/${user.id}`)).toMatchObject(refused)
  })

  test('is signed out everywhere at once when it is disabled or removed', async () => {
    const user = await create()
    const cookie = await sessionOf(rest.instance, user.id)
    await rest.ask('PUT', `/api/users/${user.id}`, { ...user, disabled: true })
    expect((await rest.askAs(cookie, 'GET', '/api/users/me')).status).toBe(401)
    const other = await create()
    const otherCookie = await sessionOf(rest.instance, other.id)
    await rest.ask('DELETE', `/api/users/${other.id}`)
    expect((await rest.askAs(otherCookie, 'GET', '/api/users/me')).status).toBe(401)
  })
})

describe('the last administrator', () => {
  test('can be neither removed, nor demoted, nor disabled', async () => {
    const alone = await startRest()
    try {
      const admin = (await alone.ask<User>('POST', '/api/users', somebody({ isAdmin: true }))).body
      const path = `/api/users/${admin.id}`
      const refused = { status: 409, body: { code: 'last_admin' } }
      expect(await alone.ask('DELETE', path)).toMatchObject(refused)
      expect(await alone.ask('PUT', path, { ...admin, isAdmin: false })).toMatchObject(refused)
      expect(await alone.ask('PUT', path, { ...admin, disabled: true })).toMatchObject(refused)
      expect((await alone.ask<User>('GET', path)).body).toEqual(admin)

      await alone.ask('POST', '/api/users', somebody({ isAdmin: true }))
      expect((await alone.ask('DELETE', path)).status).toBe(204)
    } finally {
      await alone.stop()
    }
  })
})
