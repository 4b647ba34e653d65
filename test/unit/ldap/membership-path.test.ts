// On which way somebody is in a group, and filters for one value.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createMemberIndex } from '../../../src/plugins/ldap/read/member-index.ts'
import { type ListedGroup, lookAlikes, pathsOf } from '../../../src/plugins/ldap/read/membership-path.ts'
import { equals, hasId } from '../../../src/plugins/ldap/wire/assertion.ts'
import { filterFault } from '../../../src/plugins/ldap/wire/filter.ts'

const ada = 'uid=ada,ou=people,dc=example,dc=org'
const dnOf = (name: string) => `cn=${name},ou=groups,dc=example,dc=org`
const listed = (name: string, ...members: string[]): ListedGroup => ({ dn: dnOf(name), name, members })

function paths(groups: readonly ListedGroup[], own: ReadonlySet<number> = new Set()): Record<string, string> {
  const index = createMemberIndex(false)
  index.addUser(ada, ['ada'], 0)
  for (const [at, { dn }] of groups.entries()) index.addGroup(dn, at)
  const found = [...pathsOf(groups, index, own)]
  return Object.fromEntries(found.map(([at, path]) => [groups[at]?.name ?? '', path.map(({ name }) => name).join(' < ')]))
}

describe('the way into a group', () => {
  test('is direct where the group lists somebody, in whatever spelling', () => {
    expect(paths([listed('a', 'UID=Ada, OU=people,dc=example,dc=org'), listed('b')])).toEqual({ a: 'a' })
  })
  test('leads through other groups, the shortest way first, and ends in circles too', () => {
    const groups = [listed('a', ada, dnOf('c')), listed('b', dnOf('a')), listed('c', dnOf('b')), listed('d', dnOf('x'))]
    expect(paths(groups)).toEqual({ a: 'a', b: 'a < b', c: 'a < b < c' })
  })
  test('may be what the entry itself says', () => {
    expect(paths([listed('a'), listed('b', dnOf('a'))], new Set([0]))).toEqual({ a: 'a', b: 'a < b' })
  })
  test('is not taken by whoever only looks alike', () => {
    const stranger = 'uid=ada,ou=contractors,dc=elsewhere'
    expect(paths([listed('a', stranger)])).toEqual({})
    expect(lookAlikes(listed('a', stranger, ada), ada)).toEqual([stranger])
  })
})

describe('a filter for one value', () => {
  test('is a filter, and says what it was given, whatever that is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const filter = equals('uid', value)
        expect(filterFault(filter)).toBeUndefined()
        const bytes = filter.slice('(uid='.length, -1).match(/\\[0-9a-f]{2}|[^\\]/g) ?? []
        const back = Uint8Array.from(bytes, (one) => (one.length === 3 ? Number.parseInt(one.slice(1), 16) : one.charCodeAt(0)))
        expect(new TextDecoder().decode(back)).toBe(value.toWellFormed())
      }),
    )
  })
  test.each([
    ['abc', '(id=abc)'],
    [
      '00112233-4455-6677-8899-aabbccddeeff',
      String.raw`(|(id=00112233-4455-6677-8899-aabbccddeeff)(id=\00\11\223DUfw\88\99\aa\bb\cc\dd\ee\ff))`,
    ],
    ['/w==', String.raw`(|(id=\2fw\3d\3d)(id=\ff))`],
  ])('an id %s is asked for as text and as bytes', (id, filter) => {
    expect(hasId('id', id)).toBe(filter)
  })
})
