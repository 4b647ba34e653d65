// What the directory wants x what the database holds -> the plan. Reads what planning compares with, and only that.
import { newSortableId, sha256 } from '#core/crypto.ts'
import type { Database } from '#core/db/client.ts'
import type { Desired, DesiredUser } from './desired.ts'
import { foldName } from './names.ts'
import type { SyncPlan } from './plan.ts'
import { planGroups, settleGroups } from './plan-groups.ts'
import { planUsers } from './plan-users.ts'
import { readFields, readMembers, readOwners, type Snapshot } from './snapshot.ts'

/** What settings decide about a plan. */
export interface PlanningRules {
  readonly emailsVerified: boolean
  readonly leavers: 'disable' | 'remove'
}

/** Short enough to keep one per row, long enough that two never meet by accident. */
export const digest = (text: string): string => sha256(text).slice(0, 22)

/** Plans what brings the database in line with the directory. Writes nothing. */
export async function makePlan(
  db: Database,
  desired: Desired,
  snapshot: Snapshot,
  { emailsVerified, leavers }: PlanningRules,
): Promise<SyncPlan> {
  const wanted = desired.users.flatMap(({ profile }) => profile ?? [])
  const rules = { mayRemove: desired.proof.users.whole && desired.proof.groups.whole, newId: newSortableId, digest }
  const usernames = wanted.map(({ username }) => foldName(username))
  const emails = wanted.flatMap(({ email }) => (email === null ? [] : foldName(email)))
  const users = planUsers(
    desired.users,
    {
      held: snapshot.users,
      fields: await readFields(db, idsToRead(desired, snapshot)),
      usernames: await readOwners(db, 'username', usernames),
      emails: await readOwners(db, 'email', emails),
    },
    { ...rules, admins: desired.admins, emailsVerified, leavers },
  )
  const ground = { held: snapshot.groups, names: await groupOwners(db, desired, snapshot) }
  const settled = settleGroups(desired.groups, users.rowIds, ground, rules)
  const dirty = settled.dirty.flatMap(({ row }) => row?.id ?? [])
  return { users, groups: planGroups(settled, await readMembers(db, dirty), ground, rules), skipped: desired.skipped }
}

/** Rows whose values the plan or the report needs: those that may change, and those that go. */
function idsToRead({ users, admins }: Desired, snapshot: Snapshot): readonly string[] {
  const here = new Map(users.map((user, at) => [user.externalId, { user, admin: admins.has(at) }]))
  return [...snapshot.users.values()].flatMap((row) => {
    const found = here.get(row.externalId)
    return !found || found.user.profile || found.admin !== row.isAdmin || changesAccess(found.user, row.sourceDisabled)
      ? [row.id]
      : []
  })
}

const changesAccess = (user: DesiredUser, sourceDisabled: boolean): boolean =>
  user.digest !== undefined && user.shutOut !== sourceDisabled

const groupOwners = (db: Database, desired: Desired, snapshot: Snapshot) =>
  readOwners(
    db,
    'group',
    desired.groups.flatMap(({ externalId, name }) =>
      snapshot.groups.get(externalId)?.name === name || name === '' ? [] : foldName(name),
    ),
  )
