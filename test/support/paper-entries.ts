// A directory on paper for tests of planning and applying: its entries become what collecting would make of them, the rows are in a real database.
import { sql } from 'drizzle-orm'
import { systemClock } from '#core/clock.ts'
import type { Database } from '#core/db/client.ts'
import { accountRecorder, recordedWriter } from '#core/identity/recorded-writer.ts'
import { createSourceWriter } from '#core/identity/source-writer.ts'
import { undoChangeset } from '#core/identity/undo.ts'
import type { SyncPlan } from '../../src/plugins/ldap/plan/plan.ts'
import { digest, makePlan, type PlanningRules } from '../../src/plugins/ldap/plan/planning.ts'
import { readSnapshot } from '../../src/plugins/ldap/plan/snapshot.ts'
import type { Desired } from '../../src/plugins/ldap/read/desired.ts'
import { apply } from '../../src/plugins/ldap/write/apply.ts'

export interface PaperUser {
  readonly id: string
  readonly username: string
  readonly email: string | null
  /** As JSON, or null for none. */
  readonly claims?: string | null
  readonly admin?: boolean
  readonly shutOut?: boolean
}
export interface PaperGroup {
  readonly id: string
  readonly name: string
  /** Ids of users; those that are nobody's are passed over. */
  readonly members: readonly string[]
}
export interface PaperEntries {
  readonly users: readonly PaperUser[]
  readonly groups: readonly PaperGroup[]
}

const source = 'ldap'
const signal = new AbortController().signal
const rulesByDefault: PlanningRules = { source, emailsVerified: false, leavers: 'remove', adopt: 'no' }

/** What a run would change. */
export async function planOn(db: Database, entries: PaperEntries, rules: Partial<PlanningRules> = {}): Promise<SyncPlan> {
  const snapshot = await readSnapshot(db, source)
  return makePlan(
    db,
    desiredOf(entries, (id) => snapshot.users.get(id)?.digest),
    snapshot,
    { ...rulesByDefault, ...rules },
  )
}

/** Applies a plan as the changeset. @param atOnce false: one transaction for each step, as a plan of 100,000 rows has them */
export async function applyOn(db: Database, plan: SyncPlan, changeset: string, atOnce = true): Promise<void> {
  const writer = recordedWriter(source, createSourceWriter(source, systemClock), accountRecorder(changeset, systemClock))
  await apply(db, writer, plan, signal, atOnce ? {} : { small: 0 })
}

export const undoOn = (db: Database, changeset: string, as: string) => undoChangeset(db, systemClock, { changeset, as, signal })

function desiredOf({ users, groups }: PaperEntries, heldDigest: (id: string) => string | null | undefined): Desired {
  const proof = { pages: 1, entries: users.length, references: 0, paged: true, whole: true }
  const places = new Map(users.map(({ id }, at) => [id, at]))
  return {
    users: users.map(({ id, username, email, claims = null, shutOut = false }) => {
      const profile = { username, email, firstName: username, lastName: '', displayName: username, claims }
      const own = digest(JSON.stringify(profile))
      const dn = `uid=${id},dc=example,dc=org`
      return { externalId: id, dn, shutOut, digest: own, profile: heldDigest(id) === own ? undefined : profile }
    }),
    groups: groups.map(({ id, name, members }) => ({
      ...{ externalId: id, dn: `cn=${id},dc=example,dc=org`, name, friendlyName: name, untouched: false },
      members: members.flatMap((member) => places.get(member) ?? []),
    })),
    admins: new Set(users.flatMap(({ admin }, at) => (admin ? [at] : []))),
    ...{ skipped: [], warnings: [], usersRead: users.length, groupsRead: groups.length, outside: 0 },
    proof: { users: proof, groups: proof },
  }
}

/** The database as people see it: by names, without ids and times. */
export async function seen(db: Database): Promise<unknown> {
  return {
    users: await db.read.all(sql`
      select username, email, is_admin, disabled, source_disabled, source, external_id, display_name from users order by username`),
    groups: await db.read.all(sql`select name, friendly_name, source, external_id from groups order by name`),
    members: await db.read.all(sql`
      select g.name as name, u.username as username from group_members m join groups g on g.id = m.group_id join users u on u.id = m.user_id
      order by 1, 2`),
  }
}

/** The database row by row, but for times and digests. */
export async function rowsOf(db: Database): Promise<unknown> {
  return {
    users: await db.read.all(sql`
      select id, username, email, is_admin, disabled, source_disabled, source, external_id, display_name, source_claims, created_at from users order by id`),
    groups: await db.read.all(sql`select id, name, friendly_name, source, external_id, created_at from groups order by id`),
    members: await db.read.all(sql`select * from group_members order by 1, 2`),
  }
}

/** The database with the rows alone that are no directory's. */
export async function emptied(db: Database): Promise<void> {
  await db.write(async (tx) => {
    for (const table of ['changes', 'groups', 'users']) await tx.run(sql`delete from ${sql.identifier(table)}`)
  })
}

export async function addLocal(db: Database, username: string, email: string | null): Promise<void> {
  await db.write((tx) =>
    tx.run(
      sql`insert into users (id, username, email, created_at, updated_at) values (${`local-${username}`}, ${username}, ${email}, 0, 0)`,
    ),
  )
}
