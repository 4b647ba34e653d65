// Pure: a plan and how it ended -> the report, as JSON, as one log line's fields, as a table for the terminal.
import * as v from 'valibot'
import type { SyncCounts } from '#core/events.ts'
import type { Desired } from './desired.ts'
import type { SyncPlan } from './plan.ts'

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
const change = v.object({
  entity: v.picklist(['user', 'group']),
  action: v.picklist([
    'create',
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
})
const problem = v.object({ entity: v.picklist(['user', 'group']), dn: v.string(), why: v.string() })

/** What a run found and did. The wire form of preview and runs. */
export const SyncReport = v.object({
  /** planned: a dry run; refused: the safety check said no; failed: the directory or the settings did. */
  outcome: v.picklist(['applied', 'planned', 'refused', 'failed']),
  at: v.string(),
  durationMilliseconds: count,
  url: v.nullable(v.string()),
  read: v.object({ users: count, groups: count, pages: count, referrals: count, membersOutside: count, whole: v.boolean() }),
  counts,
  /** Why nothing was changed; empty when it was. */
  reasons: v.array(v.string()),
  warnings: v.array(v.string()),
  skipped: v.array(problem),
  conflicts: v.array(problem),
  changes: v.array(change),
  changesNotShown: count,
  /** Pictures of people that were brought in or taken away; absent where nobody looked. */
  pictures: v.optional(v.object({ changed: count, removed: count })),
})
export type SyncReport = v.InferOutput<typeof SyncReport>
export type Change = v.InferOutput<typeof change>

/** What is known of the frame of a run. */
export interface Frame {
  readonly outcome: SyncReport['outcome']
  readonly at: Date
  readonly durationMilliseconds: number
  readonly url: string | null
  readonly reasons: readonly string[]
}

const mostChanges = 1_000
const mostProblems = 1_000

const nothing: SyncCounts = {
  ...{ created: 0, updated: 0, disabled: 0, removed: 0, groupsCreated: 0, groupsUpdated: 0, groupsRemoved: 0 },
  ...{ membersAdded: 0, membersRemoved: 0, skipped: 0 },
}
const head = ({ at, reasons, ...frame }: Frame) => ({ ...frame, at: at.toISOString(), reasons: [...reasons] })

/** A run that did not get as far as a plan. */
export const failedReport = (frame: Frame): SyncReport => ({
  ...head(frame),
  read: { users: 0, groups: 0, pages: 0, referrals: 0, membersOutside: 0, whole: false },
  counts: nothing,
  ...{ warnings: [], skipped: [], conflicts: [], changes: [], changesNotShown: 0 },
})

/** A run that has a plan, carried out or not. */
export function report(frame: Frame, plan: SyncPlan, desired: Desired): SyncReport {
  const { users, groups } = desired.proof
  const changes = [...userChanges(plan), ...groupChanges(plan)]
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
    counts: countChanges(plan),
    warnings: [...desired.warnings],
    skipped: desired.skipped.slice(0, mostProblems).map(({ entity, dn, why }) => ({ entity, dn, why })),
    conflicts: [...plan.users.conflicts, ...plan.groups.conflicts]
      .slice(0, mostProblems)
      .map(({ entity, dn, why }) => ({ entity, dn, why })),
    changes: changes.slice(0, mostChanges),
    changesNotShown: Math.max(0, changes.length - mostChanges),
  }
}

/** A report with what became of the pictures, after the plan was carried out. */
export const withPictures = (
  run: SyncReport,
  { changed, removed, warnings }: { readonly changed: number; readonly removed: number; readonly warnings: readonly string[] },
): SyncReport => ({
  ...run,
  warnings: [...run.warnings, ...warnings],
  ...(changed + removed > 0 ? { pictures: { changed, removed } } : {}),
})

/** The numbers of a plan. */
export function countChanges({ users, groups, skipped }: SyncPlan): SyncCounts {
  const members = (list: SyncPlan['groups']['addMembers']) => list.reduce((sum, { userIds }) => sum + userIds.length, 0)
  const disabled = users.standing.filter(({ was, isNow }) => isNow.sourceDisabled && !was.sourceDisabled)
  const updated = new Set([
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

function userChanges({ users }: SyncPlan): Change[] {
  const user = (action: Change['action'], name: string | undefined, rest: Partial<Change> = {}): Change => ({
    entity: 'user',
    action,
    name: name ?? '',
    ...rest,
  })
  return [
    ...users.create.map(({ fields, dn }) => user('create', fields.username, { dn })),
    ...users.update.flatMap(({ username, dn, before, after }) =>
      Object.keys(after).length === 0 ? [] : [user('update', username, { dn, before, after })],
    ),
    ...users.standing.flatMap(({ username, was, isNow }) => [
      ...(was.sourceDisabled === isNow.sourceDisabled ? [] : [user(isNow.sourceDisabled ? 'disable' : 'enable', username)]),
      ...(was.isAdmin === isNow.isAdmin ? [] : [user(isNow.isAdmin ? 'make admin' : 'no longer admin', username)]),
    ]),
    ...users.leaving.flatMap(({ username, how }) => (how === 'remove' ? [user('remove', username)] : [])),
  ]
}

function groupChanges({ groups }: SyncPlan): Change[] {
  const members =
    (action: 'add members' | 'remove members') =>
    (one: { readonly groupId: string; readonly userIds: readonly string[] }): Change => ({
      entity: 'group',
      action,
      name: groups.names.get(one.groupId) ?? one.groupId,
      members: one.userIds.length,
    })
  return [
    ...groups.create.map(({ name, dn }): Change => ({ entity: 'group', action: 'create', name, dn })),
    ...groups.update.map(({ name, dn, before }): Change => ({ entity: 'group', action: 'update', name, dn, before })),
    ...groups.remove.map(({ name }): Change => ({ entity: 'group', action: 'remove', name })),
    ...groups.addMembers.map(members('add members')),
    ...groups.removeMembers.map(members('remove members')),
  ]
}

/** How many rows a run changed, or would. */
export const changeCount = ({ counts: { skipped: _skipped, ...changed } }: Pick<SyncReport, 'counts'>): number =>
  Object.values(changed).reduce((sum, one) => sum + one, 0)

const labels: readonly (readonly [keyof SyncCounts, string])[] = [
  ['created', 'users created'],
  ['updated', 'users updated'],
  ['disabled', 'users disabled'],
  ['removed', 'users removed'],
  ['groupsCreated', 'groups created'],
  ['groupsUpdated', 'groups updated'],
  ['groupsRemoved', 'groups removed'],
  ['membersAdded', 'members added'],
  ['membersRemoved', 'members removed'],
  ['skipped', 'skipped'],
]

/** One line for people: "12 users created, 3 members added", or why nothing was done. */
export function summary(run: SyncReport): string {
  if (run.outcome === 'failed' || run.outcome === 'refused') return `Nothing was changed. ${run.reasons.join(' ')}`
  const numbers = labels.map(([key, label]) => [run.counts[key], label] as const)
  const pictures = [
    [run.pictures?.changed ?? 0, 'pictures changed'],
    [run.pictures?.removed ?? 0, 'pictures removed'],
  ] as const
  const parts = [...numbers, ...pictures].flatMap(([many, label]) => (many === 0 ? [] : [`${many} ${label}`]))
  const seen = `${run.read.users} users and ${run.read.groups} groups read`
  return `${seen}; ${parts.length === 0 ? 'nothing to change' : parts.join(', ')}.`
}

/** The table a terminal shows. */
export function textTable(run: SyncReport): string {
  const rows = run.changes.map((one) => [one.action, one.entity, one.name, details(one)])
  const widths = [0, 1, 2].map((at) => Math.min(40, Math.max(0, ...rows.map((row) => row[at]?.length ?? 0))))
  const lines = rows.map((row) =>
    row
      .map((cell, at) => (at < 3 ? cell.padEnd(widths[at] ?? 0) : cell))
      .join('  ')
      .trimEnd(),
  )
  const more = run.changesNotShown > 0 ? [`... and ${run.changesNotShown} more changes`] : []
  const problems = [
    ...run.skipped.map((one) => `skipped   ${one.dn}: ${one.why}`),
    ...run.conflicts.map((one) => `conflict  ${one.dn}: ${one.why}`),
  ]
  const warnings = run.warnings.map((warning) => `warning   ${warning}`)
  return [...lines, ...more, ...problems, ...warnings, summary(run)].map(printable).join('\n')
}

function details({ before, after, members }: Change): string {
  if (members !== undefined) return String(members)
  const fields = Object.keys({ ...before, ...after })
  return fields.map((field) => `${field}: ${shown(before?.[field])}${after ? ` -> ${shown(after[field])}` : ''}`).join(', ')
}

const shown = (value: unknown): string => (value === null || value === undefined || value === '' ? '(empty)' : String(value))
// What the directory says must not be able to steer the terminal.
const printable = (line: string): string => line.replace(/[\p{Cc}\u2028\u2029]/gu, '?')
