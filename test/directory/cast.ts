// The people and groups of `describeDirectory`, for directories that hold what is written into them.
import { userName } from './conformance.ts'

export interface CastMember {
  readonly username: string
  readonly first: string
  readonly last: string
  readonly mail: boolean
}

export interface CastGroup {
  readonly name: string
  readonly users: readonly string[]
  readonly groups: readonly string[]
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => userName(from + at))

/** u00000 and on, one whose DN has everything that must be escaped, one without an address. */
export const people = (users: number): readonly CastMember[] => [
  ...range(0, users).map((username) => ({ username, first: 'Björn', last: 'Müller', mail: true })),
  { username: 'jdoe', first: 'John', last: 'Doe', mail: true },
  { username: 'nomail', first: 'No', last: 'Mail', mail: false },
]

const group = (name: string, users: readonly string[], groups: readonly string[] = []): CastGroup => ({ name, users, groups })

/** The groups every directory has; `nested` are those that hold others. */
export const groups = (users: number): readonly CastGroup[] => [
  group('all-users', range(0, users)),
  group('_pocket_id_admins', range(0, 2)),
  group('escapes', ['jdoe']),
  group('empty', []),
]
export const nestedGroups: readonly CastGroup[] = [
  group('nested-a', range(6, 8), ['nested-b']),
  group('nested-b', range(4, 6), ['nested-c']),
  group('nested-c', range(2, 4)),
  group('cycle-x', range(8, 9), ['cycle-y']),
  group('cycle-y', range(9, 10), ['cycle-x']),
]
