// What a run will not do.
import { describe, expect, test } from 'vitest'
import type { HeldUser, SyncPlan } from '../../../src/plugins/ldap/plan/plan.ts'
import { type Limits, objections, type Situation } from '../../../src/plugins/ldap/plan/safety.ts'

const held = (count: number, admins = 0): HeldUser[] =>
  Array.from({ length: count }, (_, at) => ({
    id: `${at}`,
    externalId: `${at}`,
    digest: null,
    isAdmin: at < admins,
    disabled: false,
    sourceDisabled: false,
  }))

const plan = (users: Partial<SyncPlan['users']> = {}, groups: Partial<SyncPlan['groups']> = {}): SyncPlan => ({
  users: { adopt: [], create: [], update: [], standing: [], leaving: [], park: [], conflicts: [], rowIds: [], ...users },
  groups: {
    names: new Map(),
    create: [],
    update: [],
    remove: [],
    park: [],
    addMembers: [],
    removeMembers: [],
    digests: [],
    moved: [],
    conflicts: [],
    ...groups,
  },
  skipped: [],
})
const gone = (ids: readonly number[]) =>
  plan({ leaving: ids.map((id) => ({ id: `${id}`, username: `${id}`, how: 'remove' as const })) })
const limits = { maxRemovalPercent: 20, maxRemovalCount: 500, maxMemberRemovalPercent: 50, claims: ['title'] }
type More = Partial<Situation> & { readonly usersRead?: number; readonly groupsRead?: number }
const object = (
  one: SyncPlan,
  users: readonly HeldUser[],
  { usersRead = 5, groupsRead = 5, ...more }: More = {},
  with_: Limits = limits,
) =>
  objections(
    one,
    {
      read: { users: usersRead, groups: groupsRead },
      whole: true,
      lastRead: undefined,
      activeUsers: users.filter(({ sourceDisabled }) => !sourceDisabled).length,
      groups: 0,
      admins: new Set(users.filter(({ isAdmin }) => isAdmin).map(({ id }) => id)),
      disabledHere: new Set(),
      otherAdmins: 0,
      ...more,
    },
    with_,
  )
const ask = (...all: Parameters<typeof object>) => object(...all).map(({ why }) => why)

describe('the guards', () => {
  test.each<[number, number, boolean]>([
    [5, 1, false],
    [3, 1, false],
    [3, 2, true],
    [10, 2, false],
    [10, 3, true],
    [1_000, 200, false],
    [1_000, 201, true],
    [100_000, 500, false],
    [100_000, 501, true],
  ])('of %i users %i leave: held is %s', (of, leave, held_) => {
    expect(ask(gone(Array.from({ length: leave }, (_, at) => at)), held(of)).length > 0).toBe(held_)
  })

  test.each<[string, number, string | null, boolean]>([
    ['many lose a claim that is asked for', 3, null, true],
    ['they keep another one', 3, '{"unit":"x"}', true],
    ['two of ten do', 2, null, false],
    ['it only changes', 10, '{"title":"Baroness"}', false],
  ])('when %s', (_what, many, after, isHeld) => {
    const update = Array.from({ length: many }, (_, at) => ({
      ...{
        id: `${at}`,
        dn: '',
        username: `${at}`,
        digest: null,
        before: { claims: '{"title":"Countess"}' },
        after: { claims: after },
      },
      fields: { username: '', email: null, firstName: '', lastName: '', displayName: '', emailVerified: false, claims: after },
    }))
    expect(ask(plan({ update }), held(10)).some((why) => why.includes('the claim title'))).toBe(isHeld)
    expect(ask(plan({ update }), held(10), {}, { ...limits, claims: [] })).toEqual([])
  })

  test('a sentence names the numbers and the limit', () => {
    expect(ask(gone([0, 1, 2]), held(10))[0]).toContain('3 of 10 users (30 %), more than the 20 % that LDAP_MAX_REMOVAL_PERCENT')
    const many = gone(Array.from({ length: 501 }, (_, at) => at))
    expect(ask(many, held(100_000))[0]).toContain('501 of 100000 users (1 %), more than the 500 that LDAP_MAX_REMOVAL_COUNT')
  })

  test('removals may be accepted, an answer without users and the last administrator never', () => {
    const guards = (...all: Parameters<typeof object>) => object(...all).map(({ guard, acceptable }) => `${guard} ${acceptable}`)
    expect(guards(gone([0, 1, 2]), held(4))).toEqual(['gone true'])
    expect(guards(gone([0, 1, 2]), held(3), { usersRead: 0 })).toEqual(['empty false', 'gone true'])
    expect(guards(plan(), held(3), { groupsRead: 0, groups: 2 })).toEqual(['empty true'])
    expect(guards(gone([0]), held(3, 1))).toEqual(['last-admin false'])
  })

  test('an answer without users is refused, also at the first run; one without groups only when there were some', () => {
    expect(ask(plan(), [], { usersRead: 0 })[0]).toContain('LDAP_USER_SEARCH_FILTER')
    expect(ask(plan(), held(1), { groupsRead: 0 })).toEqual([])
    expect(ask(plan(), held(1), { groupsRead: 0, groups: 1 })[0]).toContain('LDAP_USER_GROUP_SEARCH_FILTER')
  })

  test.each<[number, number, boolean]>([
    [100, 81, false],
    [100, 80, false],
    [100, 79, true],
    [2, 1, false],
    [3, 1, true],
  ])('of %i entries last time %i are there: held is %s', (users, usersRead, held_) => {
    const lastRead = { users, groups: 5 }
    expect(ask(plan(), [], { usersRead, lastRead }).length > 0).toBe(held_)
    expect(ask(plan(), [], { usersRead, lastRead, whole: false })).toEqual([])
  })
  test('far fewer groups count too, and one cause is named once', () => {
    expect(ask(plan(), [], { groupsRead: 2, lastRead: { users: 5, groups: 8 } })[0]).toContain(
      '2 groups, and with 8 last time: 75 % fewer',
    )
    expect(ask(gone([0, 1, 2]), held(5), { usersRead: 2, lastRead: { users: 5, groups: 5 } })).toHaveLength(1)
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

  test.each<[number, number, boolean]>([
    [10, 10, false],
    [22, 11, false],
    [21, 11, true],
    [1_000, 501, true],
  ])('a group of %i loses %i members: held is %s', (of, leave, held_) => {
    const removeMembers = [{ groupId: 'g', userIds: Array.from({ length: leave }, (_, at) => `${at}`), of }]
    const said = ask(plan({}, { removeMembers, names: new Map([['g', 'staff']]) }), held(5))
    expect(said.length > 0).toBe(held_)
    if (held_) expect(said[0]).toContain(`The group staff would lose ${leave} of ${of} members`)
  })

  const demoted = (ids: readonly number[]) =>
    ids.map((id) => ({
      id: `${id}`,
      username: 'ada',
      was: { isAdmin: true, sourceDisabled: false },
      isNow: { isAdmin: false, sourceDisabled: false },
    }))

  test('the last administrator stays, unless there is another one somewhere', () => {
    const standing = demoted([0])
    expect(ask(plan({ standing }), held(3, 1))[0]).toContain('last administrator')
    expect(ask(plan({ standing }), held(3, 2))).toEqual([])
    expect(ask(plan({ standing }), held(3, 1), { otherAdmins: 1 })).toEqual([])
    expect(ask(gone([0]), held(3, 1))[0]).toContain('last administrator')
    expect(ask(gone([0]), held(3))).toEqual([])
  })

  test('more than half of the administrators gone at once is held', () => {
    expect(ask(plan({ standing: demoted([0, 1]) }), held(9, 4))).toEqual([])
    expect(ask(plan({ standing: demoted([0, 1, 2]) }), held(9, 4))[0]).toContain('3 of 4 administrators')
  })

  test('somebody disabled here does not count as an administrator who stays', () => {
    const raised = [
      {
        id: '1',
        username: 'grace',
        was: { isAdmin: false, sourceDisabled: false },
        isNow: { isAdmin: true, sourceDisabled: false },
      },
    ]
    const handover = plan({ standing: [...demoted([0]), ...raised] })
    expect(ask(handover, held(3, 1))).toEqual([])
    expect(ask(handover, held(3, 1), { disabledHere: new Set(['1']) })[0]).toContain('last administrator')
  })
})

describe('a field that many would lose', () => {
  const held10 = held(10)
  const losing = (count: number, field: 'email' | 'firstName', after: string | null = field === 'email' ? null : '') =>
    plan({
      update: Array.from({ length: count }, (_, at) => ({
        ...{ id: `${at}`, dn: `uid=${at}`, username: `${at}`, digest: null },
        fields: {
          ...{ username: `${at}`, email: null, emailVerified: false, firstName: '', lastName: '', displayName: '' },
          claims: null,
        },
        ...{ before: { [field]: 'something' }, after: { [field]: after } },
      })),
    })

  test('holds the plan, and names the attribute', () => {
    expect(ask(losing(3, 'email'), held10)).toEqual([
      expect.stringMatching(
        /e-mail address from 3 of 10 users \(30 %\).*Check LDAP_ATTRIBUTE_USER_EMAIL, and that the bind account may read it/,
      ),
    ])
    expect(ask(losing(10, 'firstName'), held10)).toHaveLength(1)
  })
  test('goes through for a few, and where it only changes', () => {
    expect(ask(losing(2, 'email'), held10)).toEqual([])
    expect(ask(losing(1, 'firstName'), held(2))).toEqual([])
    expect(ask(losing(10, 'email', 'other@example.org'), held10)).toEqual([])
  })
})
