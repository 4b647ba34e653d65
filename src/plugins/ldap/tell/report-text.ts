// Pure: a report as people read it: one line, or every change as a diff for the terminal.
import type { SyncCounts } from '#core/events.ts'
import { type Change, changeCount, type SyncReport } from './report.ts'

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
  const why = run.reasons.join(' ')
  // A run with a number had begun to write; its reasons say what became of that.
  if (run.outcome === 'failed') return run.run === null ? `Nothing was changed. ${why}` : why
  if (run.outcome === 'refused')
    return `Nothing was changed. ${why}${run.plan ? ` If it is meant, apply this plan: \`ldap apply ${run.plan}\`.` : ''}`
  if (run.outcome === 'applied' && run.read.pages === 0) return `Undone: ${partsOf(run)}.`
  const seen = `${counted(run.read.users, 'users and')} ${counted(run.read.groups, 'groups read')}`
  const would = run.outcome === 'planned' && changeCount(run) > 0 ? 'a run would bring: ' : ''
  const apply = run.plan ? [`To carry it out: \`ldap apply ${run.plan}\`.`] : []
  return [`${seen}; ${would}${partsOf(run)}.`, ...run.reasons, ...apply].join(' ')
}

/** "1 user created", "2 users created". */
const counted = (many: number, label: string): string => `${many} ${many === 1 ? label.replace(/^(\w+)s /, '$1 ') : label}`

function partsOf(run: SyncReport): string {
  const numbers = labels.map(([key, label]) => [run.counts[key], label] as const)
  const pictures = [
    [run.pictures?.changed ?? 0, 'pictures changed'],
    [run.pictures?.removed ?? 0, 'pictures removed'],
  ] as const
  const parts = [...numbers, ...pictures].flatMap(([many, label]) => (many === 0 ? [] : [counted(many, label)]))
  return parts.length === 0 ? 'nothing to change' : parts.join(', ')
}

const signs: Readonly<Record<Change['action'], string>> = {
  ...{ create: '+', adopt: '~', return: '+', update: '~', enable: '+', disable: '-', remove: '-' },
  ...{ 'make admin': '+', 'no longer admin': '-', 'add members': '+', 'remove members': '-' },
}

/** Every change as a line of a diff, what was left out and why, and the sum of it. */
export function textTable(run: SyncReport): string {
  const rows = run.changes.map((one) => [`${signs[one.action]} ${one.action}`, one.entity, one.name, details(one)])
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

function details({ dn, before, after, members, who = [] }: Change): string {
  if (members !== undefined) return `${members}: ${who.join(', ')}${who.length < members ? ', ...' : ''}`
  const fields = Object.keys({ ...before, ...after })
  if (fields.length === 0) return dn ?? ''
  return fields.map((field) => `${field}: ${shown(before?.[field])}${after ? ` -> ${shown(after[field])}` : ''}`).join(', ')
}

const shown = (value: unknown): string => (value === null || value === undefined || value === '' ? '(empty)' : String(value))
/** What the directory says must not be able to steer the terminal. */
export const printable = (line: string): string => line.replace(/[\p{Cc}\u2028\u2029]/gu, '?')
