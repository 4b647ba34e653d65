// User groups over REST, with a real database.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Page } from '#core/http/listing.ts'
import type { GroupMinimal, User } from '#core/http/user-json.ts'
import { type Rest, startRest } from '../support/rest.ts'

interface Group extends Omit<GroupMinimal, 'userCount'> {
  readonly users: readonly User[]
  readonly allowedOidcClients: readonly unknown[]
}

let rest: Rest
beforeAll(async () => {
  rest = await startRest()
})
afterAll(() => rest.stop())

const make = async (name: string) =>
  (await rest.ask<Group>('POST', '/api/user-groups', { name, friendlyName: `The ${name}` })).body
const makeUser = async (username: string) =>
  (await rest.ask<User>('POST', '/api/users', { username, email: `${username}@example.org` })).body

describe('a group', () => {
  test('is made, read, renamed and removed', async () => {
    const made = await rest.ask<Group>('POST', '/api/user-groups', { name: 'crew', friendlyName: ' The crew ' })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({ name: 'crew', friendlyName: 'The crew', users: [], allowedOidcClients: [], ldapId: null })
    const path = `/api/user-groups/${made.body.id}`
    const renamed = await rest.ask<Group>('PUT', path, { name: 'staff', friendlyName: 'Staff' })
    expect(renamed).toMatchObject({ status: 200, body: { name: 'staff', friendlyName: 'Staff' } })
    expect((await rest.ask<Group>('GET', path)).body).toEqual(renamed.body)
    expect((await rest.ask('DELETE', path)).status).toBe(204)
    expect(await rest.ask('GET', path)).toMatchObject({ status: 404, body: { code: 'group_not_found' } })
    expect((await rest.ask('DELETE', path)).status).toBe(404)
    expect((await rest.ask('PUT', path, { name: 'staff', friendlyName: 'Staff' })).status).toBe(404)
  })

  test.each([
    ['name', { name: 'x', friendlyName: 'Long enough' }],
    ['name', { name: 'x'.repeat(256), friendlyName: 'Long enough' }],
    ['name', { friendlyName: 'Long enough' }],
    ['friendlyName', { name: 'fine', friendlyName: ' x ' }],
    ['friendlyName', { name: 'fine', friendlyName: 'x'.repeat(51) }],
  ])('with a wrong %s is refused by field', async (field, input) => {
    const { status, body } = await rest.ask('POST', '/api/user-groups', input)
    expect({ status, fields: body.details?.fields?.map((one) => one.field) }).toEqual({ status: 400, fields: [field] })
  })

  test('with a name that another one has is refused', async () => {
    await make('unique')
    const other = await make('other')
    const input = { name: 'Unique', friendlyName: 'Another' }
    const refused = { status: 409, body: { code: 'already_in_use', details: { property: 'name' } } }
    expect(await rest.ask('POST', '/api/user-groups', input)).toMatchObject(refused)
    expect(await rest.ask('PUT', `/api/user-groups/${other.id}`, input)).toMatchObject(refused)
  })
})

describe('members', () => {
  test('are replaced as a whole; an unknown one stops it and nothing changes', async () => {
    const group = await make('members')
    const [ann, ben] = [await makeUser('ann'), await makeUser('ben')]
    const path = `/api/user-groups/${group.id}/users`
    const names = (body: Group) => body.users.map((user) => user.username)
    expect(names((await rest.ask<Group>('PUT', path, { userIds: [ben.id, ann.id, ben.id] })).body)).toEqual(['ann', 'ben'])
    const refused = await rest.ask('PUT', path, { userIds: ['nobody'] })
    expect(refused).toMatchObject({ status: 404, body: { code: 'user_not_found' } })
    expect(names((await rest.ask<Group>('GET', `/api/user-groups/${group.id}`)).body)).toEqual(['ann', 'ben'])
    expect((await rest.ask('PUT', path, { userIds: [1] })).status).toBe(400)

    await rest.ask('DELETE', `/api/users/${ann.id}`)
    expect(names((await rest.ask<Group>('GET', `/api/user-groups/${group.id}`)).body)).toEqual(['ben'])
  })

  test('come by page, sorted and searched', async () => {
    const group = await make('paged')
    const userIds: string[] = []
    for (const name of ['cleo', 'dora', 'emil']) userIds.push((await makeUser(name)).id)
    await rest.ask('PUT', `/api/user-groups/${group.id}/users`, { userIds })
    const page = async (query: string) =>
      (await rest.ask<Page<User>>('GET', `/api/user-groups/${group.id}/members?${query}`)).body
    const second = await page('pagination[limit]=2&pagination[page]=2')
    expect(second.data.map((user) => user.username)).toEqual(['emil'])
    expect(second.pagination).toEqual({ totalPages: 2, totalItems: 3, currentPage: 2, itemsPerPage: 2 })
    expect((await page('search=dor')).data.map((user) => user.username)).toEqual(['dora'])
    expect((await page('sort[column]=username&sort[direction]=desc')).data[0]?.username).toBe('emil')
    expect((await rest.ask('GET', '/api/user-groups/nowhere/members')).status).toBe(404)
  })

  test('are counted in the list of groups, which sorts by that too', async () => {
    const { data } = (await rest.ask<Page<GroupMinimal>>('GET', '/api/user-groups?search=paged')).body
    expect(data).toMatchObject([{ name: 'paged', userCount: 3 }])
    const sorted = await rest.ask<Page<GroupMinimal>>('GET', '/api/user-groups?sort[column]=userCount&sort[direction]=desc')
    expect(sorted.body.data[0]?.name).toBe('paged')
  })

  test('stay in the system when their group goes', async () => {
    const group = await make('short-lived')
    const user = await makeUser('survivor')
    await rest.ask('PUT', `/api/user-groups/${group.id}/users`, { userIds: [user.id] })
    await rest.ask('DELETE', `/api/user-groups/${group.id}`)
    expect((await rest.ask<User>('GET', `/api/users/${user.id}`)).body.userGroups).toEqual([])
  })
})
