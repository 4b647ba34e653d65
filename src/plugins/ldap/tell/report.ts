// Pure: a plan and how it ended -> the report, as JSON, as one log line's fields, as a table for the terminal.
import * as v from 'valibot'
import type { SyncCounts } from '#core/events.ts'
import type { Conflict, SyncPlan } from '../plan/plan.ts'
import type { Desired } from '../read/desired.ts'
import type { Proof } from '../wire/paging.ts'

const count = v.pipe(v.number(), v.integer(), v.minValue(0))
const counts = v.object({
  created: count,
  updated: count,
  disabled: count,
  removed: count,
  groupsCreated: count,
  groupsUpdated: count,
  groupsRemoved: count,
  membersAdded: count,
  membersRemoved: count,
  skipped: count,
})
const anyValue = v.union([v.string(), v.boolean(), v.null()])
export const change = v.object({
  entity: v.picklist(['user', 'group']),
  action: v.picklist([
    'create',
    'adopt',
    'return',
    'update',
    'enable',
    'disable',
    'remove',
    'make admin',
    'no longer admin',
    'add members',
    'remove members',
  ]),
  name: v.string(),
  dn: v.optional(v.string()),
  before: v.optional(v.record(v.string(), anyValue)),
  after: v.optional(v.record(v.string(), anyValue)),
  members: v.optional(count),
  /** The first of them, by user name. */
  who: v.optional(v.array(v.string())),
})
const problem = v.object({
  entity: v.picklist(['user', 'group']),
  dn: v.string(),
  /** What cannot be had: username, email, name. */
  attribute: v.optional(v.string()),
  /** In a conflict the other side: the DN of an entry, or the account that is here. */
  other: v.optional(v.string()),
  why: v.string(),
})

/**
 * How a search was proven complete. A run goes no further without a connection that is the same before and after and the result code
 * 0 of each page; `whole` says that the last cookie was empty, or, without pages, that the number of entries is no page's worth.
 */
const proof = v.object({ entries: count, pages: count, referrals: count, paged: v.boolean(), whole: v.boolean() })

/** What a run found and did. The wire form of preview and runs. */
export const SyncReport = v.object({
  /** planned: a dry run; refused: the safety check said no; failed: the directory or the settings did. */
  outcome: v.picklist(['applied', 'planned', 'refused', 'failed']),
  at: v.string(),
  durationMilliseconds: count,
  url: v.nullable(v.string()),
  /** The number of the run, where it wrote something. */
  run: v.nullable(count),
  /** The hash of the plan, where it waits for an administrator who may apply it. */
  plan: v.nullable(v.string()),
  stages: v.array(v.object({ name: v.picklist(['read', 'plan', 'write', 'undo']), milliseconds: count })),
  read: v.object({ users: count, groups: count, pages: count, referrals: count, membersOutside: count, whole: v.boolean() }),
  /** Of both searches; absent where the run did not get as far. */
  proof: v.optional(v.object({ users: proof, groups: proof })),
  counts,
  /** Why nothing was changed; empty when it was. */
  reasons: v.array(v.string()),
  warnings: v.array(v.string()),
  skipped: v.array(problem),
  conflicts: v.array(problem),
  changes: v.array(change),
  changesNotShown: count,
  /** Only what changed was looked at; absent: everything. */
  scope: v.optional(v.literal('changes')),
  /** Pictures of people that were brought in or taken away; absent where nobody looked. */
  pictures: v.optional(v.object({ changed: count, removed: count })),
})
export type SyncReport = v.InferOutput<typeof SyncReport>
export type Change = v.InferOutput<typeof change>
export type Problem = v.InferOutput<typeof problem>

/** What does not fit into a report. */
export interface Rest {
  readonly changes: Iterable<Change>
  readonly problems: readonly (Problem & { readonly kind: 'skipped' | 'conflict' })[]
}

/** What is known of the frame of a run. */
export interface Frame {
  readonly outcome: SyncReport['outcome']
  readonly at: Date
  readonly durationMilliseconds: number
  readonly url: string | null
  readonly reasons: readonly string[]
  readonly stages: SyncReport['stages']
  /** The number of the run. */
  readonly run?: number
  /** The hash of a plan that waits. */
  readonly plan?: string
  readonly scope?: 'changes'
}

const mostChanges = 1_000
const mostProblems = 1_000

/** The counts of a run that changed nothing. */
export const nothing: SyncCounts = {
  ...{ created: 0, updated: 0, disabled: 0, removed: 0, groupsCreated: 0, groupsUpdated: 0, groupsRemoved: 0 },
  ...{ membersAdded: 0, membersRemoved: 0, skipped: 0 },
}
const unread = {
  read: { users: 0, groups: 0, pages: 0, referrals: 0, membersOutside: 0, whole: false },
  counts: nothing,
  ...{ warnings: [], skipped: [], conflicts: [], changes: [], changesNotShown: 0 },
}
/** Proof of completeness is missing: the run may add and update only. */
const notWhole =
  'The directory’s answer could not be proven complete, so this run removes and disables nobody and takes nothing away. Check LDAP_PAGE_SIZE and the size limit of the bind account.'
const head = ({ at, reasons, run, plan, ...frame }: Frame): Omit<SyncReport, keyof typeof unread> => {
  return { ...frame, run: run ?? null, plan: plan ?? null, at: at.toISOString(), reasons: [...reasons] }
}

/** A run that did not get as far as a plan. */
export const failedReport = (frame: Frame): SyncReport => ({ ...head(frame), ...unread })

/** A run that has a plan, carried out or not; of long lists the first. */
export function report(frame: Frame, plan: SyncPlan, desired: Desired, changes: Iterable<() => Change>): SyncReport {
  const shown: Change[] = []
  let all = 0
  for (const make of changes) if (++all <= mostChanges) shown.push(make())
  const { users, groups } = desired.proof
  return {
    ...head(frame),
    read: {
      users: desired.usersRead,
      groups: desired.groupsRead,
      pages: users.pages + groups.pages,
      referrals: users.references + groups.references,
      membersOutside: desired.outside,
      whole: users.whole && groups.whole,
    },
    proof: { users: proofOf(users), groups: proofOf(groups) },
    counts: countChanges(plan),
    warnings: [...desired.warnings, ...(users.whole && groups.whole ? [] : [notWhole])],
    skipped: desired.skipped.slice(0, mostProblems).map(skipped),
    conflicts: [...plan.users.conflicts, ...plan.groups.conflicts].slice(0, mostProblems).map(conflict),
    changes: shown,
    changesNotShown: all - shown.length,
  }
}

const proofOf = ({ references: referrals, ...rest }: Proof) => ({ referrals, ...rest })
const skipped = ({ entity, dn, why }: Desired['skipped'][number]): Problem => ({ entity, dn, why })
const conflict = ({ entity, dn, field, other, why }: Conflict): Problem => ({ entity, dn, attribute: field, other, why })

/** What a report leaves out of its lists. */
export function restOf(plan: SyncPlan, desired: Desired, changes: Iterable<() => Change>): Rest {
  const conflicts = [...plan.users.conflicts, ...plan.groups.conflicts].slice(mostProblems)
  return {
    changes: after(changes, mostChanges),
    problems: [
      ...desired.skipped.slice(mostProblems).map((one) => ({ kind: 'skipped' as const, ...skipped(one) })),
      ...conflicts.map((one) => ({ kind: 'conflict' as const, ...conflict(one) })),
    ],
  }
}

function* after<T>(list: Iterable<() => T>, first: number): Generator<T> {
  let count = 0
  for (const make of list) if (++count > first) yield make()
}

/** What was left out of a run, with both sides of a conflict. */
export const problemsOf = ({ skipped, conflicts }: Pick<SyncReport, 'skipped' | 'conflicts'>): Rest['problems'] => [
  ...skipped.map((one) => ({ kind: 'skipped' as const, ...one })),
  ...conflicts.map((one) => ({ kind: 'conflict' as const, ...one })),
]

/** A report with what became of the pictures, after the plan was carried out. */
export const withPictures = (
  run: SyncReport,
  { changed, removed, warnings }: { readonly changed: number; readonly removed: number; readonly warnings: readonly string[] },
): SyncReport => ({
  ...run,
  warnings: [...run.warnings, ...warnings],
  ...(changed + removed > 0 ? { pictures: { changed, removed } } : {}),
})

/** A report whose sentences name the variables of its own directory. */
export function reworded(run: SyncReport, say: (text: string) => string): SyncReport {
  const why = <T extends { readonly why: string }>(one: T): T => ({ ...one, why: say(one.why) })
  const { reasons, warnings, skipped, conflicts } = run
  return {
    ...run,
    reasons: reasons.map(say),
    warnings: warnings.map(say),
    skipped: skipped.map(why),
    conflicts: conflicts.map(why),
  }
}

/** The numbers of a plan. */
export function countChanges({ users, groups, skipped }: SyncPlan): SyncCounts {
  const members = (list: SyncPlan['groups']['addMembers']) => list.reduce((sum, { userIds }) => sum + userIds.length, 0)
  const disabled = users.standing.filter(({ was, isNow }) => isNow.sourceDisabled && !was.sourceDisabled)
  const updated = new Set([
    ...users.adopt.map(({ id }) => id),
    ...users.update.filter(({ after }) => Object.keys(after).length > 0).map(({ id }) => id),
    ...users.standing.filter((one) => !disabled.includes(one)).map(({ id }) => id),
  ])
  return {
    created: users.create.length,
    updated: updated.size,
    disabled: disabled.length,
    removed: users.leaving.filter(({ how }) => how === 'remove').length,
    groupsCreated: groups.create.length,
    groupsUpdated: groups.update.length,
    groupsRemoved: groups.remove.length,
    membersAdded: members(groups.addMembers),
    membersRemoved: members(groups.removeMembers),
    skipped: skipped.length + users.conflicts.length + groups.conflicts.length,
  }
}

/** How many rows a run changed, or would. */
export const changeCount = ({ counts: { skipped: _skipped, ...changed } }: Pick<SyncReport, 'counts'>): number =>
  Object.values(changed).reduce((sum, one) => sum + one, 0)

/** A report that lists no more than so many changes. */
export function shortened(run: SyncReport, most: number): SyncReport {
  const hidden = Math.max(0, run.changes.length - most)
  return hidden === 0 ? run : { ...run, changes: run.changes.slice(0, most), changesNotShown: run.changesNotShown + hidden }
}
