// What the directory wants x what the database holds -> the plan. Reads what planning compares with, and only that.
import { newSortableId, sha256Integers, shortSha256 } from '#core/crypto.ts'
import type { Database } from '#core/db/client.ts'
import { anythingKept, keptAside } from '#core/identity/returning.ts'
import { type Desired, type DesiredUser, staysOut } from '../read/desired.ts'
import { mostNamed } from '../tell/report-changes.ts'
import { type AdoptionPolicy, adoptions } from './adoption.ts'
import { rowOf } from './held-rows.ts'
import { foldName } from './names.ts'
import type { AdoptedUser, Adoption, HeldUser, SyncPlan } from './plan.ts'
import { membersNeeded, planGroups, settleGroups } from './plan-groups.ts'
import { planUsers, rowsWithoutEntry } from './plan-users.ts'
import { cut, readFields, readMembers, readOwners, readStandings, readUsernames, type Snapshot } from './snapshot.ts'

/** What settings decide about a plan. */
export interface PlanningRules {
  readonly emailsVerified: boolean
  readonly leavers: 'disable' | 'remove'
  readonly source: string
  readonly adopt: AdoptionPolicy
}

/** Short enough to keep one per row, long enough that two never meet by accident. */
export const digest = shortSha256

/** Plans what brings the database in line with the directory. Writes nothing. */
export async function makePlan(
  db: Database,
  desired: Desired,
  snapshot: Snapshot,
  { emailsVerified, leavers, source, adopt: policy }: PlanningRules,
): Promise<SyncPlan> {
  const whole = desired.proof.users.whole && desired.proof.groups.whole
  const rules = { mayRemove: whole, newId: newSortableId, hash: sha256Integers }
  const owners = await nameOwners(db, desired, source)
  const taken = adoptions(desired.users, { held: snapshot.users, ...owners, source, whole }, policy)
  const { held, adopt } = await withAdopted(db, snapshot.users, taken)
  const kept = await keptFor(db, source, desired, { users: held, groups: snapshot.groups })
  const users = planUsers(
    desired.users,
    { held, ...owners, fields: await readFields(db, idsToRead(desired, held)), kept: kept.users },
    { ...rules, admins: desired.admins, emailsVerified, leavers },
  )
  const ground = { held: snapshot.groups, names: await groupOwners(db, desired, snapshot, source), kept: kept.groups }
  const { rowIds } = users
  const rows = { length: rowIds.length, at: rowIds.at, of: (externalId: string) => snapshot.users.get(externalId)?.id }
  const settled = settleGroups(desired.groups, rows, ground, rules)
  const groups = planGroups(settled, await readMembers(db, membersNeeded(settled)), ground, rules)
  const moved = desired.groups.flatMap(({ externalId, dn }) => {
    const row = snapshot.groups.get(externalId)
    return row && row.dn !== dn ? [{ id: row.id, entry: dn }] : []
  })
  return { users: { ...users, adopt }, groups: { ...groups, moved }, skipped: desired.skipped }
}

/** Who has each name that an entry wants. */
async function nameOwners(db: Database, { users }: Desired, source: string) {
  function* wanted(field: 'username' | 'email') {
    for (const [, { profile }] of users.entries()) {
      const name = profile?.[field] ?? ''
      if (name !== '') yield foldName(name)
    }
  }
  const owners = (field: 'username' | 'email') => readOwners(db, field, wanted(field), source)
  return { usernames: await owners('username'), emails: await owners('email') }
}

/** The rows of the source as they are once it has taken over what it adopts. */
async function withAdopted(db: Database, rows: Snapshot['users'], adopt: readonly Adoption[]) {
  if (adopt.length === 0) return { held: rows, adopt: [] }
  const standings = new Map<string, Pick<HeldUser, 'isAdmin' | 'disabled' | 'sourceDisabled'>>()
  for (const some of cut(adopt))
    for (const [id, one] of await readStandings(
      db,
      some.map(({ id }) => id),
    ))
      standings.set(id, one)
  const held = new Map([...rows.values()].map((row) => [row.externalId, row]))
  const adopted: AdoptedUser[] = []
  for (const one of adopt) {
    const standing = standings.get(one.id)
    if (!standing) continue
    held.delete(one.was)
    held.set(one.externalId, { id: one.id, externalId: one.externalId, digest: null, ...standing })
    adopted.push({ ...one, wasAdmin: standing.isAdmin && !standing.disabled && !standing.sourceDisabled })
  }
  return { held, adopt: adopted }
}

/** What is kept aside of the entries that are about to become accounts and groups. */
async function keptFor(
  db: Database,
  source: string,
  { users, groups }: Desired,
  held: { readonly users: Snapshot['users']; readonly groups: Snapshot['groups'] },
) {
  const found = { users: new Map<string, string>(), groups: new Map<string, string>() }
  if (!(await anythingKept(db.read))) return found
  const fresh = {
    users: [...users.entries()].flatMap(([, { profile, externalId }]) =>
      profile && !held.users.has(externalId) ? [externalId] : [],
    ),
    groups: groups.flatMap(({ externalId }) => (held.groups.has(externalId) ? [] : [externalId])),
  }
  for (const table of ['users', 'groups'] as const)
    for (const some of cut(fresh[table]))
      for (const [externalId, id] of await keptAside(db.read, table, source, some)) found[table].set(externalId, id)
  return found
}

/** The user names that a report mentions as members, as far as it names them. */
export async function memberNames(db: Database, { users, groups }: SyncPlan): Promise<ReadonlyMap<string, string>> {
  const named = [...groups.removeMembers, ...groups.addMembers].slice(0, mostGroupsNamed)
  const ids = new Set(named.flatMap(({ userIds }) => userIds.slice(0, mostNamed)))
  const names = new Map(users.create.flatMap((one) => (ids.has(one.id) ? [[one.id, one.username]] : [])))
  const unknown = [...ids].filter((id) => !names.has(id))
  for (const some of cut(unknown)) for (const [id, name] of await readUsernames(db, some)) names.set(id, name)
  return names
}

const mostGroupsNamed = 1_000

/** Rows whose values the plan or the report needs: those that may change, and those that go. */
function idsToRead({ users, admins }: Desired, held: Snapshot['users']): readonly string[] {
  const ids = rowsWithoutEntry(users, held).map(({ id }) => id)
  for (const [at, user] of users.entries()) {
    const row = rowOf(held, user)
    if (row && (user.profile || admins.has(at) !== row.isAdmin || changesAccess(user, row.sourceDisabled))) ids.push(row.id)
  }
  return ids
}

const changesAccess = (user: DesiredUser, sourceDisabled: boolean): boolean => staysOut(user, sourceDisabled) !== sourceDisabled

const groupOwners = (db: Database, desired: Desired, snapshot: Snapshot, source: string) =>
  readOwners(
    db,
    'group',
    desired.groups.flatMap(({ externalId, name }) =>
      snapshot.groups.get(externalId)?.name === name || name === '' ? [] : foldName(name),
    ),
    source,
  )
