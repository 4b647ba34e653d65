// What fails is tried again after a while, each time a longer one.
import { expect, test } from 'vitest'
import { createBackOff } from '../../../src/plugins/ldap/changes/back-off.ts'

test('pauses double up to the longest, begin anew after success, and differ from one server to the next', () => {
  const backOff = createBackOff(500, 3_000, () => 0.5)
  expect([1, 2, 3, 4, 5].map(() => backOff.failed())).toEqual([500, 1_000, 2_000, 3_000, 3_000])
  backOff.passed()
  expect(backOff.failed()).toBe(500)
  expect(createBackOff(1_000, 1_000, () => 0).failed()).toBe(750)
  expect(createBackOff(1_000, 1_000, () => 1).failed()).toBe(1_250)
})
