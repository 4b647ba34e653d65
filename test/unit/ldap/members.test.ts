// Who is in which group, and who only looks like it.
import { describe, expect, test } from 'vitest'
import { createMemberIndex, type MemberIndex } from '../../../src/plugins/ldap/read/member-index.ts'
import { type ClaimedGroups, resolveMembers } from '../../../src/plugins/ldap/read/members.ts'

const index = (byName = false) => {
  const one = createMemberIndex(byName)
  one.addUser('uid=ada,ou=people,dc=x', ['ada'], 0)
  one.addUser('uid=Grace\\2C H,ou=people,dc=x', ['grace'], 1)
  return one
}
interface Listing {
  readonly members: readonly string[]
  readonly sid?: string
}
const resolve = (groups: readonly Listing[], by: MemberIndex, nested: boolean, claimed?: ClaimedGroups) =>
  resolveMembers(
    groups.map((group) => ({ ...group, members: Int32Array.from(group.members, by.number) })),
    by,
    nested,
    claimed,
  )
const users = (values: readonly string[], byName = false) => resolve([{ members: values }], index(byName), false)

describe('members of a group', () => {
  test('are found by any spelling of their DN', () => {
    expect(users(['UID=Ada, OU=People, DC=X', 'uid=grace\\, h,ou=people,dc=x']).users).toEqual([[0, 1]])
  })
  test('a DN of elsewhere is nobody here, whatever name is in it', () => {
    expect(users(['uid=ada,ou=contractors,dc=elsewhere'])).toEqual({ users: [[]], outside: 1, groupsInside: 0 })
  })
  test('a DN with a bit string behind it (uniqueMember) is found', () => {
    expect(users(["uid=ada,ou=people,dc=x#'0101'B"]).users).toEqual([[0]])
  })
  test('the DNs of lldap, unescaped, are matched exactly', () => {
    const one = createMemberIndex(false)
    one.addUser('uid=a,b, c,ou=people,dc=x', ['odd'], 0)
    expect(resolve([{ members: ['uid=a,b, c,ou=people,dc=x'] }], one, false).users).toEqual([[0]])
  })
  test('two entries whose DNs cannot be told apart are matched only exactly', () => {
    const one = createMemberIndex(false)
    one.addUser('uid=A B,dc=x', ['one'], 0)
    one.addUser('uid=a  b,dc=x', ['two'], 1)
    expect(resolve([{ members: ['uid=A B,dc=x', 'UID=A B,DC=x'] }], one, false)).toEqual({
      users: [[0]],
      outside: 1,
      groupsInside: 0,
    })
  })
  test('memberUid holds names, and then a name that looks like a DN is a name', () => {
    expect(users(['Ada', 'grace', 'uid=ada,ou=people,dc=x', 'nobody'], true)).toEqual({
      users: [[0, 1]],
      outside: 2,
      groupsInside: 0,
    })
  })
  test('nested groups are flattened to any depth, circles do no harm, and off they count as outside', () => {
    const one = index()
    const groups = [
      { members: ['cn=b,dc=x'] },
      { members: ['cn=c,dc=x', 'uid=ada,ou=people,dc=x'] },
      { members: ['cn=a,dc=x', 'uid=grace\\, h,ou=people,dc=x'] },
    ]
    for (const [at, cn] of ['a', 'b', 'c'].entries()) one.addGroup(`cn=${cn},dc=x`, at)
    const nested = resolve(groups, one, true).users.map((list) => [...list].sort())
    expect(nested).toEqual([
      [0, 1],
      [0, 1],
      [0, 1],
    ])
    expect(resolve(groups, one, false)).toEqual({ users: [[], [0], [1]], outside: 3, groupsInside: 3 })
  })

  test('a name that two entries have is nobody', () => {
    const one = index(true)
    one.addUser('uid=ada,ou=elsewhere,dc=x', ['Ada'], 2)
    expect(resolve([{ members: ['ada', 'grace'] }], one, false)).toEqual({ users: [[1]], outside: 1, groupsInside: 0 })
  })
  test('an entry with several names is found by each', () => {
    const one = createMemberIndex(true)
    one.addUser('uid=ada,dc=x', ['ada', 'countess'], 0)
    expect(resolve([{ members: ['countess'] }, { members: ['ada', 'countess'] }], one, false)).toEqual({
      users: [[0], [0]],
      outside: 0,
      groupsInside: 0,
    })
  })
})

describe('the number of a member value', () => {
  test('stays, whoever comes and goes under its name', () => {
    const one = createMemberIndex(false)
    const number = one.number('UID=Ada,DC=X')
    expect(one.place(number)).toBeUndefined()
    one.addUser('uid=ada,dc=x', [], 3)
    expect(one.place(number)).toBe(3)
    expect(one.forget('uid=ada,dc=x', [], { kind: 'user', index: 3 })).toBe(true)
    expect(one.place(number)).toBeUndefined()
    one.addGroup('uid=ada, dc=x', 4)
    expect(one.place(number)).toBe(-5)
    expect(one.number('UID=Ada,DC=X')).toBe(number)
  })
  test('is found among names in any spelling', () => {
    const one = createMemberIndex(false)
    const numbers = ['UID=Ada,DC=X', 'uid=ada,dc=x', 'uid=grace,dc=x'].map(one.number)
    expect(numbers.map(one.among(['uid=ada, dc=x'], []))).toEqual([true, true, false])
    expect(numbers.map(one.among(['uid=joan,dc=x'], ['ada']))).toEqual([false, false, false])
  })
  test('where two entries have a name, who is left when one goes cannot be told', () => {
    const one = createMemberIndex(true)
    one.addUser('uid=ada,ou=a,dc=x', ['ada'], 0)
    one.addUser('uid=ada,ou=b,dc=x', ['ada'], 1)
    expect(one.forget('uid=ada,ou=a,dc=x', ['ada'], { kind: 'user', index: 0 })).toBe(false)
  })
})

describe('what users say of their groups', () => {
  const groups = () => {
    const one = index()
    for (const [at, cn] of ['a', 'b'].entries()) one.addGroup(`cn=${cn},dc=x`, at)
    return one
  }
  const claim = (groupDns: readonly string[], groupSid?: string) => ({ groupDns, groupSid })

  test('memberOf leads into the groups that are here, by any spelling, and into nobody else', () => {
    const claimed = new Map([
      [0, claim(['CN=A, DC=X', 'cn=elsewhere,dc=x'])],
      [1, claim(['cn=b,dc=x', 'uid=ada,ou=people,dc=x'])],
    ])
    const empty = [{ members: [] }, { members: [] }]
    expect(resolve(empty, groups(), false, claimed)).toEqual({ users: [[0], [1]], outside: 0, groupsInside: 0 })
  })
  test('the primary group is found by its identifier, and counts in groups around it', () => {
    const list = [{ members: ['cn=b,dc=x'] }, { members: [], sid: 'S-1-5-21-1-2-3-513' }]
    const claimed = new Map([
      [0, claim([], 'S-1-5-21-1-2-3-513')],
      [1, claim([], 'S-1-5-21-9-9-9-513')],
    ])
    expect(resolve(list, groups(), true, claimed).users).toEqual([[0], [0]])
    expect(resolve(list, groups(), false, claimed).users).toEqual([[], [0]])
  })
})

test('an index that was emptied keeps its numbers and forgets everybody', () => {
  const index = createMemberIndex(false)
  index.addUser('uid=ada,dc=example', ['ada'], 0)
  index.addUser('uid=twin,dc=example', ['ada'], 1)
  const listed = ['uid=ADA,dc=example', 'uid=grace,dc=example', 'ada'].map(index.number)
  const next = index.emptied() ?? createMemberIndex(false)
  expect(['uid=ADA,dc=example', 'uid=grace,dc=example', 'ada'].map(next.number)).toEqual(listed)
  expect(listed.map(next.place)).toEqual([undefined, undefined, undefined])
  next.addUser('uid=grace,dc=example', ['ada'], 0)
  expect(listed.map(next.place)).toEqual([undefined, 0, 0])
})
