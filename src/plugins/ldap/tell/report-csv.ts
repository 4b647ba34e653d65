// Pure: what of a report goes into a spreadsheet.
import type { Change, Rest } from './report.ts'

/** A kind of spreadsheet: its first line, and the lines of some of its items. */
export interface Sheet<T> {
  readonly head: string
  lines(items: readonly T[]): string
}

/** What was left out: an entry a line, with both sides of a conflict in its reason. */
export const problemsSheet: Sheet<Rest['problems'][number]> = {
  head: csv([['kind', 'entity', 'dn', 'attribute', 'other', 'reason']]),
  lines: (problems) =>
    csv(problems.map(({ kind, entity, dn, attribute = '', other = '', why }) => [kind, entity, dn, attribute, other, why])),
}

/** What was changed, or would be: a field a line. */
export const changesSheet: Sheet<Change> = {
  head: csv([['action', 'entity', 'name', 'dn', 'field', 'before', 'after']]),
  lines: (changes) => csv(changes.flatMap(changeLines)),
}

function changeLines({
  action,
  entity,
  name,
  dn = '',
  before,
  after,
  members,
  who = [],
}: Change): readonly (readonly string[])[] {
  const head = [action, entity, name, dn]
  if (members !== undefined) {
    const listed = `${who.join(' ')}${who.length < members ? ` and ${members - who.length} more` : ''}`.trim()
    return [[...head, 'members', ...(action === 'remove members' ? [listed, ''] : ['', listed])]]
  }
  const fields = Object.keys({ ...before, ...after })
  return fields.length === 0
    ? [[...head, '', '', '']]
    : fields.map((field) => [...head, field, text(before?.[field]), text(after?.[field])])
}

const text = (value: unknown): string => (value === null || value === undefined ? '' : String(value))

function csv(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('')
}

/** RFC 4180; and a cell that a spreadsheet would take for a formula begins with an apostrophe, because the directory wrote it. */
function cell(value: string): string {
  const plain = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}
