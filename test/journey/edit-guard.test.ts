// Rows that a directory owns cannot be edited here, by any door, while it is on; and like any other once it is off.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { User } from '#core/http/user-json.ts'
import { paperDirectory, syncedGroup, syncedUser } from '../support/paper-directory.ts'
import { type Rest, startRest } from '../support/rest.ts'
import { sessionOf } from '../support/session.ts'

interface Group {
  readonly id: string
  readonly name: string
  readonly users: readonly User[]
  readonly locked: readonly string[]
  readonly source: string | null
}

const ldap = {
  ldapUrl: 'ldap://127.0.0.1:1',
  ldapBase: 'dc=example,dc=org',
  ldapAttributeUserUniqueIdentifier: 'entryUUID',
  ldapAttributeUserUsername: 'uid',
  ldapAttributeGroupUniqueIdentifier: 'entryUUID',
  ldapAttributeGroupName: 'cn',
}

describe.each([
  ['paper', 'paperEnabled', {}],
  ['ldap', 'ldapEnabled', ldap],
])('with rows from %s', (source, key, settings) => {
  let rest: Rest
  const change = (values: object) => rest.ask('PUT', '/api/application-configuration', values)
  const switchDirectory = (on: boolean) => change({ [key]: String(on) })
  beforeAll(async () => {
    rest = await startRest({}, [paperDirectory(() => ({ outcome: 'applied', summary: '' }))])
    expect((await change({ ...settings, [key]: 'true' })).status).toBe(200)
  })
  afterAll(() => rest.stop())
  const refusedGroup = { status: 403, body: { code: 'ldap_user_group_update' } }
  const user = async (id: string) => (await rest.ask<User>('GET', `/api/users/${id}`)).body

  describe('a synced user', () => {
    test('keeps everything but the locale when somebody edits it, and says what is locked', async () => {
      const { id } = await syncedUser(rest.instance, source, 'ada')
      const before = await user(id)
      expect(before).toMatchObject({ ldapId: 'id-of-ada', source })
      expect(before.locked).toContain('username')
      expect(before.locked).not.toContain('locale')

      const input = { ...before, username: 'mallory', email: null, displayName: 'M', isAdmin: true, disabled: true, locale: 'de' }
      const edited = await rest.ask<User>('PUT', `/api/users/${id}`, input)
      expect(edited).toMatchObject({ status: 200, body: { ...before, locale: 'de' } })

      const cookie = await sessionOf(rest.instance, id)
      const own = await rest.askAs<User>(cookie, 'PUT', '/api/users/me', { ...input, locale: 'fr' })
      expect(own).toMatchObject({ status: 200, body: { ...before, locale: 'fr' } })
    })

    test('cannot be removed while it is enabled, in the directory and here', async () => {
      const { id } = await syncedUser(rest.instance, source, 'enabled')
      expect(await rest.ask('DELETE', `/api/users/${id}`)).toMatchObject({ status: 403, body: { code: 'ldap_user_update' } })
      const gone = await syncedUser(rest.instance, source, 'gone', { sourceDisabled: true })
      expect((await rest.ask('DELETE', `/api/users/${gone.id}`)).status).toBe(204)
    })

    test('still takes claims', async () => {
      const { id } = await syncedUser(rest.instance, source, 'claims')
      const claims = [{ key: 'department', value: 'Engines' }]
      expect((await rest.ask('PUT', `/api/custom-claims/user/${id}`, claims)).status).toBe(200)
      expect((await user(id)).customClaims).toEqual(claims)
    })

    test('joins and leaves local groups, and stays in those of the directory', async () => {
      const { id } = await syncedUser(rest.instance, source, 'member')
      const theirs = await syncedGroup(rest.instance, source, 'theirs', [id])
      const other = await syncedGroup(rest.instance, source, 'other', [])
      const local = (await rest.ask<Group>('POST', '/api/user-groups', { name: 'local', friendlyName: 'Local' })).body
      const set = (...userGroupIds: string[]) => rest.ask<User>('PUT', `/api/users/${id}/user-groups`, { userGroupIds })
      const names = async (answer: ReturnType<typeof set>) => (await answer).body.userGroups.map((group) => group.name)
      expect(await names(set(local.id, other.id))).toEqual(['local', 'theirs'])
      expect(await names(set(theirs.id))).toEqual(['theirs'])
      expect(await names(set())).toEqual(['theirs'])
    })
  })

  describe('a synced group', () => {
    test('refuses every edit of itself and of its members', async () => {
      const member = await syncedUser(rest.instance, source, 'grouped')
      const { id } = await syncedGroup(rest.instance, source, 'engineers', [member.id])
      const path = `/api/user-groups/${id}`
      const before = (await rest.ask<Group>('GET', path)).body
      expect(before).toMatchObject({ source, locked: ['name', 'friendlyName', 'members'] })
      expect(await rest.ask('PUT', path, { name: 'others', friendlyName: 'Others' })).toMatchObject(refusedGroup)
      expect(await rest.ask('PUT', `${path}/users`, { userIds: [] })).toMatchObject(refusedGroup)
      expect(await rest.ask('DELETE', path)).toMatchObject(refusedGroup)
      expect((await rest.ask<Group>('GET', path)).body).toEqual(before)
      expect((await rest.ask('PUT', `/api/custom-claims/user-group/${id}`, [{ key: 'floor', value: '3' }])).status).toBe(200)
    })

    test('does not take a new user in', async () => {
      const { id } = await syncedGroup(rest.instance, source, 'closed', [])
      const input = { username: 'newcomer', email: 'newcomer@example.org', userGroupIds: [id] }
      const made = await rest.ask<User>('POST', '/api/users', input)
      expect(made).toMatchObject({ status: 201, body: { userGroups: [] } })
    })
  })

  describe('when the directory is switched off', () => {
    test('its rows are edited like any other, and locked again when it is back on', async () => {
      const { id } = await syncedUser(rest.instance, source, 'orphan', { sourceDisabled: true })
      const group = await syncedGroup(rest.instance, source, 'orphans', [id])
      await switchDirectory(false)
      const freed = await user(id)
      expect(freed).toMatchObject({ locked: [], disabled: true })
      const edited = await rest.ask<User>('PUT', `/api/users/${id}`, { ...freed, displayName: 'Mine', disabled: false })
      expect(edited).toMatchObject({ status: 200, body: { displayName: 'Mine', disabled: false, ldapId: 'id-of-orphan' } })
      expect((await rest.ask('PUT', `/api/user-groups/${group.id}/users`, { userIds: [] })).status).toBe(200)
      await switchDirectory(true)
      const locked = await rest.ask<User>('PUT', `/api/users/${id}`, { ...freed, displayName: 'Theirs' })
      expect(locked.body.displayName).toBe('Mine')
      expect(await rest.ask('DELETE', `/api/user-groups/${group.id}`)).toMatchObject(refusedGroup)
    })
  })
})
