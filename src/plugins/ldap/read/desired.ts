// Pure: what the directory wants to be true here, after mapping and before anything is compared.

import type { Proof } from '../wire/paging.ts'
import type { Choices } from './choices.ts'
import type { Profile, Skipped } from './map.ts'

/** One user entry. Little is kept of it: what equals our row is known by its digest alone. */
export interface DesiredUser {
  readonly externalId: string
  readonly dn: string
  readonly shutOut: boolean
  /** Of the mapped values; undefined when the entry was skipped and only protects the row linked to its id. */
  readonly digest: string | undefined
  /** Undefined when the digest says that our row has these values already. */
  readonly profile: Profile | undefined
  /** Where the directory leaves a choice, which what we hold decides. */
  readonly choices?: Choices | undefined
}

/** Whether somebody is to be shut out. An entry that was skipped lets nobody in, and keeps nobody here by being skipped. */
export const staysOut = ({ digest, shutOut }: DesiredUser, before: boolean): boolean =>
  shutOut || (digest === undefined && before)

/** Users by position; not every position has one. A list of them will do. */
export interface DesiredUsers {
  /** Every position is below. */
  readonly length: number
  at(position: number): DesiredUser | undefined
  entries(): Iterable<[number, DesiredUser]>
}

export interface DesiredGroup {
  readonly externalId: string
  readonly dn: string
  readonly name: string
  readonly friendlyName: string
  /** Positions in the list of users: of every member, or, where `since` is there, of those who are new since. */
  readonly members: readonly number[]
  readonly since?: Since
  /** The entry was skipped: the row linked to its id stays as it is. */
  readonly untouched: boolean
}

/** The members a group had when our rows were last made to equal them: what changed since is enough to plan with. */
export interface Since {
  /** The digest our row has of them. */
  readonly digest: string
  readonly count: number
  /** External ids of those who left. */
  readonly left: readonly string[]
}

export interface Desired {
  readonly users: DesiredUsers
  readonly groups: readonly DesiredGroup[]
  /** Positions of the users in the admin group. */
  readonly admins: ReadonlySet<number>
  readonly skipped: readonly Skipped[]
  readonly warnings: readonly string[]
  readonly usersRead: number
  readonly groupsRead: number
  /** Member values that are nobody here. */
  readonly outside: number
  /** Of those, how many are groups inside groups that are switched off; undefined where only changes were read. */
  readonly groupsInside?: number
  readonly proof: { readonly users: Proof; readonly groups: Proof }
}
