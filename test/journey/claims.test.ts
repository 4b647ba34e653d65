// Custom claims over REST, with a real database.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { User } from '#core/http/user-json.ts'
import { type Rest, startRest } from '../support/rest.ts'

let rest: Rest
let userId: string
let groupId: string
beforeAll(async () => {
  rest = await startRest()
  userId = (await rest.ask<User>('POST', '/api/users', { username: 'ada', email: 'ada@example.org' })).body.id
  groupId = (await rest.ask<{ id: string }>('POST', '/api/user-groups', { name: 'staff', friendlyName: 'Staff' })).body.id
})
afterAll(() => rest.stop())

const ofUser = (claims: unknown) => rest.ask('PUT', `/api/custom-claims/user/${userId}`, claims)
const ofGroup = (claims: unknown) => rest.ask('PUT', `/api/custom-claims/user-group/${groupId}`, claims)

describe('custom claims', () => {
  test('are replaced as a whole and show up with their owner', async () => {
    const claims = [
      { key: 'department', value: 'Engines' },
      { key: 'roles', value: '["a",\n"b"]' },
    ]
    expect(await ofUser(claims)).toMatchObject({ status: 200, body: claims })
    expect((await rest.ask<User>('GET', `/api/users/${userId}`)).body.customClaims).toEqual(claims)
    await ofUser([{ key: 'department', value: 'Looms' }])
    expect((await rest.ask<User>('GET', `/api/users/${userId}`)).body.customClaims).toEqual([
      { key: 'department', value: 'Looms' },
    ])
    await ofGroup([{ key: 'floor', value: '3' }])
    expect((await rest.ask<User>('GET', `/api/user-groups/${groupId}`)).body.customClaims).toEqual([{ key: 'floor', value: '3' }])
  })

  test('are suggested by how often they are used', async () => {
    await ofUser([
      { key: 'common', value: '1' },
      { key: 'rare', value: '1' },
    ])
    await ofGroup([{ key: 'common', value: '2' }])
    expect((await rest.ask<string[]>('GET', '/api/custom-claims/suggestions')).body).toEqual(['common', 'rare'])
  })

  test.each(['sub', 'iss', 'aud', 'exp', 'email', 'groups', 'preferred_username'])('cannot be called %s', async (key) => {
    expect(await ofUser([{ key, value: 'x' }])).toMatchObject({ status: 400, body: { code: 'reserved_claim' } })
  })

  test('cannot come twice under one name, and a refused list changes nothing', async () => {
    await ofUser([{ key: 'kept', value: '1' }])
    const twice = [
      { key: 'same', value: '1' },
      { key: ' same', value: '2' },
    ]
    expect(await ofUser(twice)).toMatchObject({ status: 400, body: { code: 'duplicate_claim' } })
    expect((await rest.ask<User>('GET', `/api/users/${userId}`)).body.customClaims).toEqual([{ key: 'kept', value: '1' }])
  })

  test.each([{}, [{}], [{ key: '', value: 'x' }], [{ key: 'x', value: '' }], [{ key: 'x', value: 1 }]])(
    'refuse %j',
    async (body) => {
      expect(await ofUser(body)).toMatchObject({ status: 400, body: { code: 'validation_failed' } })
    },
  )

  test('of nobody are not there', async () => {
    const refusal = (code: string) => ({ status: 404, body: { code } })
    expect(await rest.ask('PUT', '/api/custom-claims/user/nobody', [])).toMatchObject(refusal('user_not_found'))
    expect(await rest.ask('PUT', '/api/custom-claims/user-group/nobody', [])).toMatchObject(refusal('group_not_found'))
  })

  test('go with their owner', async () => {
    await ofGroup([{ key: 'orphan', value: '1' }])
    await rest.ask('DELETE', `/api/user-groups/${groupId}`)
    expect((await rest.ask<string[]>('GET', '/api/custom-claims/suggestions')).body).not.toContain('orphan')
  })
})
