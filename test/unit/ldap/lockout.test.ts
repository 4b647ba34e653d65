// A lock after wrong passwords ends when the policy says so.
import { describe, expect, test } from 'vitest'
import { lockHolds } from '../../../src/plugins/ldap/read/lockout.ts'

const now = new Date('2026-01-01T12:00:00Z')
const lockedMinutesAgo = (minutes: number, policy = '') => ({
  kind: 'policy' as const,
  since: now.getTime() - minutes * 60_000,
  policy,
})
const policies = (entries: Readonly<Record<string, number>>) => new Map(Object.entries(entries))

describe('a lock', () => {
  test('holds as long as the only policy says', () => {
    expect(lockHolds(lockedMinutesAgo(9), policies({ 'cn=default,dc=x': 600 }), now)).toBe(true)
    expect(lockHolds(lockedMinutesAgo(11), policies({ 'cn=default,dc=x': 600 }), now)).toBe(false)
  })
  test('holds as long as the policy of the account says, however its DN is written', () => {
    const two = policies({ 'cn=default,dc=x': 60, 'cn=strict,dc=x': 86_400 })
    expect(lockHolds(lockedMinutesAgo(11, 'CN=Strict, DC=X'), two, now)).toBe(true)
    expect(lockHolds(lockedMinutesAgo(11, 'cn=default,dc=x'), two, now)).toBe(false)
  })
  test.each([
    ['0 means until an administrator lifts it', lockedMinutesAgo(100_000), { 'cn=default,dc=x': 0 }],
    ['no policy that can be read', lockedMinutesAgo(100_000), {}],
    ['several policies and none named', lockedMinutesAgo(100_000), { 'cn=a,dc=x': 60, 'cn=b,dc=x': 60 }],
    ['a policy that is not there', lockedMinutesAgo(100_000, 'cn=c,dc=x'), { 'cn=a,dc=x': 60 }],
  ])('holds for good: %s', (_what, lock, held) => {
    expect(lockHolds(lock, policies(held as Record<string, number>), now)).toBe(true)
  })
})
