// May this plan be written now? The guards, a staged directory, a run that was undone: each holds it until an administrator says so.

import { variable } from '../check.ts'
import type { Desired } from '../read/desired.ts'
import { claimRule } from '../read/rules.ts'
import type { SyncHost } from '../sync.ts'
import { findRun, lastChangingRun, lastWholeRun } from '../tell/runs.ts'
import { allowanceNow } from './allowances.ts'
import type { SyncPlan } from './plan.ts'
import { type Limits, type Objection, objections, objectionsToShutOut, type Situation } from './safety.ts'
import type { Snapshot } from './snapshot.ts'

export interface Verdict {
  /** Why the plan is not written; empty: it may be. */
  readonly reasons: readonly string[]
  /** An administrator may have it written all the same. */
  readonly acceptable: boolean
  /** Held for no fault of its own: the directory is staged. */
  readonly staged: boolean
  /** The guards that hold it, where nothing else does. */
  readonly heldBy: readonly Objection['guard'][]
}

/** A plan and what it was made of. */
export interface Planned {
  readonly plan: SyncPlan
  readonly desired: Desired
  readonly snapshot: Snapshot
}

/** What somebody said beforehand. */
export interface Consent {
  /** Removals beyond the limits are meant, this once. */
  readonly removalsAccepted: boolean
  /** This very plan was looked at and agreed to. */
  readonly agreed: boolean
}

export async function judge(
  { db, clock, settings }: Pick<SyncHost, 'db' | 'clock' | 'settings'>,
  source: string,
  { plan, desired, snapshot, changes }: Planned & { readonly changes: number },
  { removalsAccepted, agreed }: Consent,
): Promise<Verdict> {
  // Not the last one of changes alone: many who go one after the other would each be the first.
  const last = (await lastWholeRun(db, source))?.report.read
  const limits = await limitsNow({ db, clock, settings }, source)
  const all = objections(plan, situationOf(desired, snapshot, plan, last), limits)
  const acceptable = all.every((one) => one.acceptable)
  // Where nothing changes there is nothing to hold; an answer without users is a fault all the same.
  const accepted = removalsAccepted || agreed || changes === 0
  const against = all.filter((one) => !(one.acceptable && accepted))
  const open = against.map(({ why }) => why)
  const heldBy = against.map(({ guard }) => guard)
  if (agreed || changes === 0) return { reasons: open, acceptable, staged: false, heldBy }
  const undone = await undoneBefore(db, source)
  const reasons = [...open, ...(undone ? [undone] : [])]
  if (!settings.ldapStaged) return { reasons, acceptable, staged: false, heldBy: undone ? [] : heldBy }
  const waits = `${variable('ldapStaged')} is on: runs plan and report, and write nothing.`
  return { reasons: [...reasons, waits], acceptable, staged: reasons.length === 0, heldBy: [] }
}

/** Whether these few may be shut out while a plan waits. */
export async function mayShutOut(
  host: Pick<SyncHost, 'db' | 'clock' | 'settings'>,
  source: string,
  { plan, desired, snapshot }: Planned,
): Promise<boolean> {
  if (host.settings.ldapStaged || (await undoneBefore(host.db, source))) return false
  const situation = situationOf(desired, snapshot, plan, undefined)
  return objectionsToShutOut(plan, situation, await limitsNow(host, source)).length === 0
}

async function limitsNow({ db, clock, settings }: Pick<SyncHost, 'db' | 'clock' | 'settings'>, source: string): Promise<Limits> {
  const allowance = await allowanceNow(db, clock, source)
  const { ldapMaxRemovalPercent, ldapMaxRemovalCount, ldapMaxMemberRemovalPercent } = settings
  return {
    maxRemovalPercent: Math.max(ldapMaxRemovalPercent, allowance?.percent ?? 0),
    maxRemovalCount: allowance ? Number.POSITIVE_INFINITY : ldapMaxRemovalCount,
    maxMemberRemovalPercent: Math.max(ldapMaxMemberRemovalPercent, allowance?.percent ?? 0),
    claims: settings.ldapClaims.flatMap((text) => claimRule(text)?.claim ?? []),
  }
}

function situationOf(
  desired: Desired,
  { users, totals }: Snapshot,
  { users: { adopt } }: SyncPlan,
  lastRead: Situation['lastRead'],
): Situation {
  // Who is adopted is the directory's from here on.
  const adopted = adopt.filter(({ was, wasAdmin }) => wasAdmin && was === 'local').map(({ id }) => id)
  return {
    ...totals,
    read: { users: desired.usersRead, groups: desired.groupsRead },
    lastRead,
    admins: new Set([...totals.admins, ...adopted]),
    otherAdmins: totals.otherAdmins - adopted.length,
    disabledHere: idsOfDisabled(users),
    whole: desired.proof.users.whole && desired.proof.groups.whole,
  }
}

function idsOfDisabled(users: Snapshot['users']): ReadonlySet<string> {
  const ids = new Set<string>()
  for (const one of users.values()) if (one.disabled) ids.add(one.id)
  return ids
}

/** Whoever undid a run does not want the next hour to do it again. Undoing the undoing means that it may. */
async function undoneBefore(db: SyncHost['db'], source: string): Promise<string | undefined> {
  const last = await lastChangingRun(db, source)
  let undone = false
  for (let run = last; run?.kind === 'undo'; run = run.undoes === null ? undefined : await findRun(db, source, run.undoes))
    undone = !undone
  return undone ? `Run ${last?.undoes} was undone: what comes next waits until an administrator has looked at it.` : undefined
}
