// An answer that is not proven whole: what it says more is believed, what it does not say is not. Nobody is lost by it.
import { afterEach, describe, expect, test } from 'vitest'
import { type LdapInstance, ldapEnvironment, startLdapInstance } from '../directory/ldap-instance.ts'
import {
  type Asked,
  doneMessage,
  entryMessage,
  type FakeDirectory,
  groupMessage,
  startFakeDirectory,
  userMessage,
} from './fake-directory.ts'

let directory: FakeDirectory
let instance: LdapInstance
afterEach(async () => {
  await instance?.stop()
  await directory?.stop()
})

const admins = '_pocket_id_admins'
interface World {
  readonly users: (id: number) => readonly Buffer[]
  readonly groups: Readonly<Record<string, readonly string[]>>
}
const first: World = {
  users: (id) => ['ada', 'grace', 'hedy'].map((uid) => userMessage(id, uid)),
  groups: { staff: ['ada', 'grace', 'hedy'], chess: ['grace'], [admins]: ['ada', 'grace'] },
}
/** Hedy left, Grace is out of every group, Joan is new, Ada has another address, and chess is over. */
const second: World = {
  users: (id) => [
    entryMessage(id, 'uid=ada,dc=example,dc=org', {
      ...{ entryUUID: ['id-ada'], uid: ['ada'], mail: ['ada@navy.example.org'] },
      ...{ cn: ['ada'], givenName: ['ada'], sn: ['ada'] },
    }),
    userMessage(id, 'grace'),
    userMessage(id, 'joan'),
  ],
  groups: { staff: ['ada', 'joan'], [admins]: ['ada'], tea: ['joan'] },
}

/** Three is a page. Without its control nobody knows whether three were all there are. */
const environment = {
  LDAP_PAGE_SIZE: '3',
  LDAP_MAX_REMOVAL_PERCENT: '100',
  LDAP_MAX_MEMBER_REMOVAL_PERCENT: '100',
  LDAP_SOFT_DELETE_USERS: 'false',
}

describe.each(['users', 'groups'] as const)('with %s that are not proven whole', (unproven) => {
  test('a run adds and updates, and removes no user, group, member or right; a proven one does', async () => {
    const other = unproven === 'users' ? 'groups' : 'users'
    let world = first
    let proven = true
    directory = await startFakeDirectory(({ id, what }: Asked) => {
      const end = doneMessage(id, 0, what === unproven && !proven ? undefined : '')
      if (what === 'users') return [...world.users(id), end]
      if (what === 'groups') return [...Object.entries(world.groups).map(([name, uids]) => groupMessage(id, name, uids)), end]
      return [doneMessage(id)]
    })
    const account = { base: 'dc=example,dc=org', bindDn: 'cn=reader', bindPassword: 'x' }
    instance = await startLdapInstance({ ...ldapEnvironment({ ...account, url: directory.url }), ...environment })
    const people = async () => Object.fromEntries((await instance.users()).map(({ username, isAdmin }) => [username, isAdmin]))
    expect(await people()).toEqual({ ada: true, grace: true, hedy: false })

    world = second
    proven = false
    const report = await instance.sync()
    expect(report).toMatchObject({
      outcome: 'applied',
      read: { whole: false },
      proof: { [unproven]: { entries: 3, paged: true, whole: false }, [other]: { whole: true } },
      warnings: [expect.stringContaining('could not be proven complete')],
      counts: { created: 1, updated: 1, disabled: 0, removed: 0, groupsCreated: 1, groupsRemoved: 0, membersRemoved: 0 },
    })
    expect(await people()).toEqual({ ada: true, grace: true, hedy: false, joan: false })
    expect((await instance.user('ada'))?.email).toBe('ada@navy.example.org')
    expect(await instance.groups()).toEqual({
      [admins]: ['ada', 'grace'],
      chess: ['grace'],
      staff: ['ada', 'grace', 'hedy', 'joan'],
      tea: ['joan'],
    })

    proven = true
    const counts = { disabled: 0, removed: 1, groupsRemoved: 1 }
    expect(await instance.sync()).toMatchObject({ outcome: 'applied', read: { whole: true }, counts })
    expect(await people()).toEqual({ ada: true, grace: false, joan: false })
    expect(await instance.groups()).toEqual({ [admins]: ['ada'], staff: ['ada', 'joan'], tea: ['joan'] })
  })
})
