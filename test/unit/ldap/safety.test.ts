// What a run will not do.
import { describe, expect, test } from 'vitest'
import type { HeldUser, SyncPlan } from '../../../src/plugins/ldap/plan.ts'
import { refusals } from '../../../src/plugins/ldap/safety.ts'

const held = (count: number, admins = 0): HeldUser[] =>
  Array.from({ length: count }, (_, at) => ({
    id: `${at}`,
    externalId: `${at}`,
    digest: null,
    isAdmin: at < admins,
    disabled: false,
    sourceDisabled: false,
  }))
const group = (at: number) => ({ id: `g${at}`, externalId: `g${at}`, digest: null, name: `g${at}`, friendlyName: `g${at}` })

const plan = (users: Partial<SyncPlan['users']> = {}, groups: Partial<SyncPlan['groups']> = {}): SyncPlan => ({
  users: { create: [], update: [], standing: [], leaving: [], park: [], conflicts: [], rowIds: [], ...users },
  groups: {
    names: new Map(),
    create: [],
    update: [],
    remove: [],
    park: [],
    addMembers: [],
    removeMembers: [],
    digests: [],
    conflicts: [],
    ...groups,
  },
  skipped: [],
})
const gone = (ids: readonly number[]) =>
  plan({ leaving: ids.map((id) => ({ id: `${id}`, username: `${id}`, how: 'remove' as const })) })
const limits = { maxRemovalPercent: 20, removalsAccepted: false }
const ask = (
  one: SyncPlan,
  users: readonly HeldUser[],
  more: { usersRead?: number; groupsRead?: number; otherAdmins?: number; groups?: number } = {},
  with_ = limits,
) =>
  refusals(
    one,
    {
      desired: { usersRead: more.usersRead ?? 5, groupsRead: more.groupsRead ?? 5 },
      users,
      groups: Array.from({ length: more.groups ?? 0 }, (_, at) => group(at)),
      otherAdmins: more.otherAdmins ?? 0,
    },
    with_,
  )

describe('the safety check', () => {
  test.each<[number, number, boolean]>([
    [5, 1, false],
    [3, 1, false],
    [3, 2, true],
    [10, 2, false],
    [10, 3, true],
    [1_000, 200, false],
    [1_000, 201, true],
  ])('of %i users %i leave: refused is %s', (of, leave, refused) => {
    expect(ask(gone(Array.from({ length: leave }, (_, at) => at)), held(of)).length > 0).toBe(refused)
  })
  test('an administrator may accept the removals, but not an empty answer', () => {
    const accepted = { ...limits, removalsAccepted: true }
    expect(ask(gone([0, 1, 2]), held(4), {}, accepted)).toEqual([])
    expect(ask(gone([0, 1, 2]), held(3), { usersRead: 0 }, accepted)).toHaveLength(1)
  })
  test('an answer without users is refused, also at the first run; one without groups only when there were some', () => {
    expect(ask(plan(), [], { usersRead: 0 })[0]).toContain('LDAP_USER_SEARCH_FILTER')
    expect(ask(plan(), held(1), { groupsRead: 0 })).toEqual([])
    expect(ask(plan(), held(1), { groupsRead: 0, groups: 1 })[0]).toContain('LDAP_USER_GROUP_SEARCH_FILTER')
  })
  test('disabling counts like removing', () => {
    const standing = [0, 1, 2].map((id) => ({
      id: `${id}`,
      username: undefined,
      was: { isAdmin: false, sourceDisabled: false },
      isNow: { isAdmin: false, sourceDisabled: true },
    }))
    expect(ask(plan({ standing }), held(4))[0]).toContain('3 of 4 users (75 %)')
  })
  test('too many groups gone are refused too', () => {
    const remove = [0, 1].map((at) => ({ id: `g${at}`, name: `g${at}` }))
    expect(ask(plan({}, { remove }), held(1), { groups: 4 })[0]).toContain('2 of 4 groups')
  })
  test('the last administrator stays, unless there is another one somewhere', () => {
    const demoted = [
      {
        id: '0',
        username: 'ada',
        was: { isAdmin: true, sourceDisabled: false },
        isNow: { isAdmin: false, sourceDisabled: false },
      },
    ]
    expect(ask(plan({ standing: demoted }), held(3, 1))[0]).toContain('last administrator')
    expect(ask(plan({ standing: demoted }), held(3, 2))).toEqual([])
    expect(ask(plan({ standing: demoted }), held(3, 1), { otherAdmins: 1 })).toEqual([])
    expect(ask(gone([0]), held(3, 1))[0]).toContain('last administrator')
    expect(ask(gone([0]), held(3))).toEqual([])
  })
})
