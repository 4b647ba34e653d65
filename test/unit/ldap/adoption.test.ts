// Which accounts an entry takes over.
import { describe, expect, test } from 'vitest'
import { type AdoptionPolicy, adoptions } from '../../../src/plugins/ldap/plan/adoption.ts'
import type { NameOwner } from '../../../src/plugins/ldap/plan/names.ts'
import { profile, row, wanted } from './plan-model.ts'

const local = (username: string, verified = true): NameOwner => ({
  rowId: `local-${username}`,
  username,
  source: null,
  verified,
  left: false,
})
const ask = (policy: AdoptionPolicy, more: { usernames?: NameOwner[]; emails?: [string, NameOwner][]; whole?: boolean } = {}) =>
  adoptions(
    [wanted('1', profile('ada'), [])],
    {
      held: new Map(),
      usernames: new Map((more.usernames ?? [local('ada')]).map((owner) => [owner.username, owner])),
      emails: new Map(more.emails ?? []),
      source: 'ldap',
      whole: more.whole ?? true,
    },
    policy,
  ).map(({ id }) => id)
const byMail = (owner: NameOwner) => ({ usernames: [], emails: [['ada@example.org', owner]] as [string, NameOwner][] })

describe('a new entry', () => {
  test.each<[AdoptionPolicy, readonly string[]]>([
    ['no', []],
    ['username', ['local-ada']],
    ['email', []],
    ['both', ['local-ada']],
  ])('by the policy %s, with a local account of the same user name', (policy, expected) => {
    expect(ask(policy)).toEqual(expected)
  })

  test.each<[AdoptionPolicy, boolean, readonly string[]]>([
    ['no', true, []],
    ['username', true, []],
    ['email', true, ['local-countess']],
    ['email', false, []],
    ['both', true, ['local-countess']],
    ['both', false, []],
  ])('by the policy %s, with a local account of the same address (verified: %s)', (policy, verified, expected) => {
    expect(ask(policy, byMail(local('countess', verified)))).toEqual(expected)
  })

  test('never takes over an account of another directory', () => {
    expect(ask('both', { usernames: [{ ...local('ada'), source: 'ldap-2' }] })).toEqual([])
  })

  test('that was made anew takes over the account of the entry that is gone, if name and address are the same', () => {
    const gone = row('0', 'ada')
    const owner: NameOwner = { rowId: gone.id, username: 'ada', source: 'ldap', verified: false, left: true }
    const desired = [wanted('1', profile('ada'), [])]
    const ground = { held: new Map([['0', gone]]), source: 'ldap', whole: true }
    const both = { usernames: new Map([['ada', owner]]), emails: new Map([['ada@example.org', owner]]) }
    expect(adoptions(desired, { ...ground, ...both }, 'username')).toMatchObject([{ id: gone.id, externalId: '1', was: '0' }])
    expect(adoptions(desired, { ...ground, ...both }, 'no')).toEqual([])
    expect(adoptions(desired, { ...ground, ...both, whole: false }, 'both')).toEqual([])
    expect(adoptions(desired, { ...ground, ...both, emails: new Map() }, 'both')).toEqual([])
    // The entry is still there: somebody else, or two entries with one name.
    expect(adoptions([...desired, wanted('0', profile('ada'), [gone])], { ...ground, ...both }, 'both')).toEqual([])
  })

  test('gets nothing where another new entry would take over the same account', () => {
    const owner = local('ada')
    const two = [wanted('1', profile('ada', 'x@example.org'), []), wanted('2', profile('other', 'ada@example.org'), [])]
    const ground = { held: new Map(), usernames: new Map([['ada', owner]]), emails: new Map([['ada@example.org', owner]]) }
    expect(adoptions(two, { ...ground, source: 'ldap', whole: true }, 'both')).toEqual([])
  })
})
