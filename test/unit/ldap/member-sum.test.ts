// The digest of a group's members: the same for the same people in any order, and gone on from without looking at everybody.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sha256Integers } from '#core/crypto.ts'
import { changedSum, createMemberSums, isSum } from '../../../src/plugins/ldap/plan/member-sum.ts'

const sumOf = (ids: readonly string[]) => createMemberSums(ids, sha256Integers)(ids.map((_, at) => at))
const people = fc.uniqueArray(fc.uuid(), { maxLength: 30 })

test('does not depend on the order, and does on who is in', () => {
  fc.assert(
    fc.property(people, fc.uuid(), (ids, other) => {
      expect(sumOf([...ids].reverse())).toBe(sumOf(ids))
      if (!ids.includes(other)) expect(sumOf([...ids, other])).not.toBe(sumOf(ids))
    }),
  )
})

test('with those who joined added and those who left taken away it is the digest of those who are in', () => {
  fc.assert(
    fc.property(people, fc.nat(), (ids, cut) => {
      const [left, rest] = [ids.slice(0, cut % 10), ids.slice(cut % 10)]
      const [stay, joined] = [rest.slice(0, cut % 7), rest.slice(cut % 7)]
      expect(changedSum(sumOf([...left, ...stay]), joined, left, sha256Integers)).toBe(sumOf([...stay, ...joined]))
    }),
  )
})

test('people without a row here do not count', () => {
  expect(createMemberSums(['a', undefined, 'b'], sha256Integers)([0, 1, 2])).toBe(sumOf(['a', 'b']))
  expect([isSum(sumOf([])), isSum(null), isSum('the digest of an earlier version')]).toEqual([true, false, false])
})
