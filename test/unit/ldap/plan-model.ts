// A database on paper: carries a plan out step by step, in apply's order, and minds the unique names at each step.

import { foldName, type NameOwner } from '../../../src/plugins/ldap/plan/names.ts'
import type { HeldUser, UserFields, UserPlan } from '../../../src/plugins/ldap/plan/plan.ts'
import { planUsers, type UserRules } from '../../../src/plugins/ldap/plan/plan-users.ts'
import type { DesiredUser } from '../../../src/plugins/ldap/read/desired.ts'
import type { Profile } from '../../../src/plugins/ldap/read/map.ts'

export interface Row {
  readonly id: string
  readonly source: string | null
  readonly externalId: string
  readonly fields: UserFields
  readonly digest: string | null
  readonly isAdmin: boolean
  readonly disabled: boolean
  readonly sourceDisabled: boolean
}

export const digestOf = (profile: Profile): string =>
  JSON.stringify([profile.username, profile.email, profile.firstName, profile.lastName, profile.displayName, profile.claims])

/** An entry as collect keeps it: without its values where the row's digest says they are equal. */
export function wanted(externalId: string, profile: Profile, rows: readonly Row[], shutOut = false): DesiredUser {
  const digest = digestOf(profile)
  const row = rows.find((one) => one.source === 'ldap' && one.externalId === externalId)
  return {
    externalId,
    dn: `uid=${externalId},dc=example,dc=org`,
    shutOut,
    digest,
    profile: row?.digest === digest ? undefined : profile,
  }
}

export function planFor(
  desired: readonly DesiredUser[],
  rows: readonly Row[],
  rules: Partial<UserRules> = {},
): Omit<UserPlan, 'adopt'> {
  let last = rows.length
  const held = new Map(rows.filter(({ source }) => source === 'ldap').map((row): [string, HeldUser] => [row.externalId, row]))
  const owners = (nameOf: (fields: UserFields) => string | null) =>
    new Map(
      rows.flatMap((row): [string, NameOwner][] => {
        const name = nameOf(row.fields)
        return name === null
          ? []
          : [
              [
                foldName(name),
                {
                  rowId: row.id,
                  username: row.fields.username,
                  source: row.source,
                  left: row.sourceDisabled,
                  verified: row.fields.emailVerified,
                },
              ],
            ]
      }),
    )
  const ground = {
    held,
    fields: new Map(rows.map(({ id, fields }) => [id, fields])),
    usernames: owners(({ username }) => username),
    emails: owners(({ email }) => email),
    kept: new Map(),
  }
  const newId = () => `new-${++last}-${rows.length}`
  return planUsers(desired, ground, {
    admins: new Set(),
    emailsVerified: false,
    leavers: 'disable',
    mayRemove: true,
    newId,
    ...rules,
  })
}

/** @throws Error when two rows would have one name at any moment */
export function carryOut(plan: Omit<UserPlan, 'adopt'>, before: readonly Row[]): readonly Row[] {
  let rows = [...before]
  const change = (id: string, patch: Partial<Row>) => {
    rows = rows.map((row) => (row.id === id ? { ...row, ...patch } : row))
    assertUnique(rows)
  }
  for (const { id, isNow } of plan.standing) change(id, isNow)
  const gone = new Set(plan.leaving.flatMap(({ id, how }) => (how === 'remove' ? [id] : [])))
  rows = rows.filter(({ id }) => !gone.has(id))
  const parked = new Set(plan.park)
  for (const row of rows)
    if (parked.has(row.id)) change(row.id, { fields: { ...row.fields, username: `parked:${row.id}`, email: null } })
  const write = ({ id, fields, digest }: UserPlan['update'][number]) => change(id, { fields, digest })
  plan.update.filter(({ id }) => parked.has(id)).forEach(write)
  plan.update.filter(({ id }) => !parked.has(id)).forEach(write)
  for (const { id, externalId, fields, digest, isAdmin, sourceDisabled } of plan.create) {
    rows = [...rows, { id, externalId, fields, digest, isAdmin, sourceDisabled, source: 'ldap', disabled: false }]
    assertUnique(rows)
  }
  return rows
}

function assertUnique(rows: readonly Row[]): void {
  for (const names of [rows.map(({ fields }) => fields.username), rows.flatMap(({ fields }) => fields.email ?? [])]) {
    const folded = names.map(foldName)
    if (new Set(folded).size < folded.length) throw new Error(`Two rows have one name: ${folded.join(' ')}`)
  }
}

export const profile = (username: string, email: string | null = `${username}@example.org`): Profile => ({
  username,
  email,
  firstName: username,
  lastName: '',
  displayName: username,
  claims: null,
})

export const row = (externalId: string, username: string, rest: Partial<Row> = {}): Row => ({
  id: `row-${externalId}`,
  source: 'ldap',
  externalId,
  fields: { ...profile(username), emailVerified: false },
  digest: digestOf(profile(username)),
  isAdmin: false,
  disabled: false,
  sourceDisabled: false,
  ...rest,
})
