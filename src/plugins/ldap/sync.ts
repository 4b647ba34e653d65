// The walk: settings -> directory -> desired -> snapshot -> plan -> safety -> apply -> report. A dry run stops before apply.

import { newSortableId, sha256 } from '#core/crypto.ts'
import type { Database } from '#core/db/client.ts'
import { uniqueViolation } from '#core/db/violations.ts'
import { createSourceWriter } from '#core/identity/source-writer.ts'
import type { Host } from '#core/kernel/plugin.ts'
import { apply } from './apply.ts'
import { check, type LdapSettings, variable } from './check.ts'
import { digestParts } from './choices.ts'
import { collect } from './collect.ts'
import type { Desired, DesiredUser } from './desired.ts'
import { openDirectory } from './directory.ts'
import { DirectoryFailure } from './failures.ts'
import { type MappedUser, rawAttributes } from './map.ts'
import { foldName } from './names.ts'
import { syncPictures } from './pictures.ts'
import { isEmpty, type SyncPlan } from './plan.ts'
import { planGroups, settleGroups } from './plan-groups.ts'
import { planUsers } from './plan-users.ts'
import { countChanges, type Frame, failedReport, report, type SyncReport, withPictures } from './report.ts'
import { keepRun } from './runs.ts'
import { refusals } from './safety.ts'
import type { settings } from './settings.ts'
import { readFields, readMembers, readOwners, readSnapshot, type Snapshot } from './snapshot.ts'
import { sourceOf } from './source.ts'

export type LdapHost = Host<typeof settings>
/** What of the host a run needs. It is lent in the directory's own thread (thread-worker.ts), where nothing else of the host is. */
export type SyncHost = Pick<LdapHost, 'instance' | 'settings' | 'core' | 'db' | 'clock' | 'log' | 'events'>

export interface SyncOptions {
  readonly signal: AbortSignal
  readonly dryRun?: boolean
  /** Removals beyond the allowed share are meant, this once. */
  readonly removalsAccepted?: boolean
}

/** No run goes on for longer than this, whatever the directory does. */
const longestRunMilliseconds = 30 * 60_000

/**
 * Runs once. Expected failures are reports, not exceptions: `failed` when the directory or the settings are at fault, `refused`
 * when the safety check is; then nothing was changed.
 */
export async function sync(
  host: SyncHost,
  { signal, dryRun = false, removalsAccepted = false }: SyncOptions,
): Promise<SyncReport> {
  const source = sourceOf(host)
  const at = host.clock.now()
  const begun = performance.now()
  const frame = (outcome: Frame['outcome'], url: string | null, reasons: readonly string[] = []): Frame => {
    return { outcome, at, url, reasons, durationMilliseconds: Math.round(performance.now() - begun) }
  }
  const limited = AbortSignal.any([signal, AbortSignal.timeout(longestRunMilliseconds)])
  const finish = async (done: SyncReport) => {
    if (!dryRun) await keepRun(host.db, source, done)
    return done
  }
  const faults = check(host.settings)
  if (faults.length > 0)
    return finish(
      failedReport(
        frame(
          'failed',
          null,
          faults.map(({ field, message }) => `${variable(field as keyof LdapSettings)}: ${message}`),
        ),
      ),
    )
  try {
    const { url, desired, snapshot } = await read(host, at, limited)
    const plan = await makePlan(host, desired, snapshot)
    const groups = [...snapshot.groups.values()]
    const limits = { maxRemovalPercent: host.settings.ldapMaxRemovalPercent, removalsAccepted }
    const refused = refusals(
      plan,
      { desired, users: [...snapshot.users.values()], groups, otherAdmins: snapshot.otherAdmins },
      limits,
    )
    if (refused.length > 0) return await finish(report(frame('refused', url, refused), plan, desired))
    if (dryRun) return report(frame('planned', url), plan, desired)
    if (!isEmpty(plan)) {
      await apply(host.db, createSourceWriter(source, host.clock), plan, limited)
      host.events.publish('directory.synced', { source, counts: countChanges(plan) })
    }
    const done = report(frame('applied', url), plan, desired)
    return await finish(withPictures(done, await syncPictures(host, signal)))
  } catch (error) {
    const reason = expected(error)
    if (reason === undefined || signal.aborted) throw error
    return finish(failedReport(frame('failed', null, [reason])))
  }
}

/** The sentence of a failure an administrator can do something about. */
function expected(error: unknown): string | undefined {
  if (error instanceof DirectoryFailure) return error.message
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return `${variable('ldapUrl')}: the run took longer than ${longestRunMilliseconds / 60_000} minutes and was ended.`
  if (uniqueViolation(error)) return 'A name was taken here while the run was writing. The next run settles it.'
  return undefined
}

/** Everything the directory says, over one connection, and everything we hold. */
async function read(
  host: SyncHost,
  now: Date,
  signal: AbortSignal,
): Promise<{ url: string; desired: Desired; snapshot: Snapshot }> {
  const directory = await openDirectory(host.settings, rawAttributes(host.settings), signal)
  try {
    const snapshot = await readSnapshot(host.db, sourceOf(host))
    const mapping = { settings: host.settings, requireEmail: host.core.requireUserEmail, now }
    const desired = await collect(directory, mapping, {
      digestOf: (user) => digestOf(user, host.core.emailsVerified),
      heldDigest: (externalId) => snapshot.users.get(externalId)?.digest,
    })
    return { url: directory.url, desired, snapshot }
  } finally {
    await directory.close()
  }
}

const digest = (text: string): string => sha256(text).slice(0, 22)

// What else decides about the stored values belongs into the digest, or a changed setting would go unnoticed.
const digestOf = (user: MappedUser, emailsVerified: boolean): string =>
  digest(JSON.stringify([1, ...digestParts(user), emailsVerified]))

async function makePlan(host: SyncHost, desired: Desired, snapshot: Snapshot): Promise<SyncPlan> {
  const { db } = host
  const wanted = desired.users.flatMap(({ profile }) => profile ?? [])
  const rules = { mayRemove: desired.proof.users.whole && desired.proof.groups.whole, newId: newSortableId, digest }
  const users = planUsers(
    desired.users,
    {
      held: snapshot.users,
      fields: await readFields(db, idsToRead(desired, snapshot)),
      usernames: await readOwners(
        db,
        'username',
        wanted.map(({ username }) => foldName(username)),
      ),
      emails: await readOwners(
        db,
        'email',
        wanted.flatMap(({ email }) => (email === null ? [] : foldName(email))),
      ),
    },
    {
      ...rules,
      admins: desired.admins,
      emailsVerified: host.core.emailsVerified,
      leavers: host.settings.ldapSoftDeleteUsers ? 'disable' : 'remove',
    },
  )
  const ground = { held: snapshot.groups, names: await groupOwners(db, desired, snapshot) }
  const settled = settleGroups(desired.groups, users.rowIds, ground, rules)
  const members = await readMembers(
    db,
    settled.dirty.flatMap(({ row }) => row?.id ?? []),
  )
  return { users, groups: planGroups(settled, members, ground, rules), skipped: desired.skipped }
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
