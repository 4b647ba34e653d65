// Who owns which field of a row, as tables and as properties.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AppError } from '#core/errors.ts'
import { type Actor, builtInAdmin, type GroupRow, type UserRow } from '#core/identity/actor.ts'
import { admit, admitRemoval, locked, type Ownership, type UserPatch } from '#core/identity/ownership.ts'

const refusal = () => new AppError('kept_elsewhere', { status: 403, message: 'Kept elsewhere.' })
const users: Ownership = {
  entity: 'user',
  source: 'paper',
  label: 'the paper directory',
  fields: ['username', 'email'],
  onEdit: { kind: 'keep' },
  onRemove: (user) => (user.disabled ? undefined : refusal()),
}
const groups: Ownership = {
  entity: 'group',
  source: 'paper',
  label: 'the paper directory',
  fields: ['name', 'members'],
  onEdit: { kind: 'refuse', error: refusal },
  onRemove: refusal,
}
const all = [groups, users]

const admin: Actor = { kind: 'user', user: builtInAdmin, by: 'api-key' }
const source = (name: string): Actor => ({ kind: 'source', name })
const user = (from: string | null, more: Partial<UserRow> = {}): UserRow => ({ ...builtInAdmin, id: 'u', source: from, ...more })
const group = (from: string | null): GroupRow => ({
  id: 'g',
  name: 'crew',
  friendlyName: 'Crew',
  source: from,
  externalId: null,
  sourceEntry: null,
  sourceDigest: null,
  createdAt: new Date(0),
  updatedAt: new Date(0),
})
const patch: UserPatch = { username: 'new', locale: 'de' }

describe('an edit', () => {
  test.each<[string, readonly Ownership[], Actor, UserRow, UserPatch]>([
    ['of a local row passes whole', all, admin, user(null), patch],
    ['of an owned row by an administrator loses what is owned', all, admin, user('paper'), { locale: 'de' }],
    ['of an owned row by its owner passes whole', all, source('paper'), user('paper'), patch],
    ['of an owned row by another source loses what is owned', all, source('other'), user('paper'), { locale: 'de' }],
    ['of a row whose owner is switched off passes whole', [], admin, user('paper'), patch],
    ['of a row of a source that owns only groups passes whole', [groups], admin, user('paper'), patch],
  ])('%s', (_case, ownerships, actor, row, expected) => {
    expect(admit('user', ownerships, actor, row, patch)).toMatchObject({ kind: 'admitted', admitted: { row, patch: expected } })
  })

  test('is refused whole where the owner refuses and something of his is touched', () => {
    expect(admit('group', all, admin, group('paper'), { name: 'x' })).toMatchObject({ kind: 'refused' })
    expect(admit('group', all, admin, group('paper'), { members: [] })).toMatchObject({ kind: 'refused' })
    expect(admit('group', all, admin, group('paper'), { friendlyName: 'x' })).toMatchObject({ kind: 'admitted' })
    expect(admit('group', all, source('paper'), group('paper'), { name: 'x' })).toMatchObject({ kind: 'admitted' })
  })

  test('never lets an owned field through to anybody but its owner', () => {
    const anyPatch = fc.record(
      { username: fc.string(), email: fc.string(), locale: fc.string(), isAdmin: fc.boolean() },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(anyPatch, fc.constantFrom(admin, source('other'), source('')), (any, actor) => {
        const verdict = admit('user', all, actor, user('paper'), any)
        const rest = verdict.kind === 'admitted' ? verdict.admitted.patch : {}
        expect(Object.keys(rest)).toEqual(Object.keys(any).filter((field) => field !== 'username' && field !== 'email'))
      }),
    )
  })
})

describe('a removal', () => {
  test('is as the owner of the row answers', () => {
    expect(admitRemoval('user', all, admin, user('paper')).kind).toBe('refused')
    expect(admitRemoval('user', all, admin, user('paper', { disabled: true })).kind).toBe('admitted')
    expect(admitRemoval('user', all, source('paper'), user('paper')).kind).toBe('admitted')
    expect(admitRemoval('user', all, admin, user(null)).kind).toBe('admitted')
    expect(admitRemoval('user', [], admin, user('paper')).kind).toBe('admitted')
    expect(admitRemoval('group', all, admin, group('paper')).kind).toBe('refused')
  })
})

test('locked names the fields that are edited elsewhere, and where', () => {
  expect(locked('user', all, user('paper'))).toEqual({ fields: ['username', 'email'], by: 'the paper directory' })
  expect(locked('user', all, user(null))).toEqual({ fields: [], by: undefined })
  expect(locked('user', [], user('paper'))).toEqual({ fields: [], by: undefined })
})
