// Pure: the entries that a run left out, as CSV (RFC 4180) for whoever mends the directory.
import type { DirectoryReport } from '#core/directory-ports.ts'

/** One line each: user or group, DN, why. */
export const leftOutCsv = ({ problems }: Pick<DirectoryReport, 'problems'>): string =>
  [['entity', 'dn', 'why'], ...problems.map(({ entity, dn, why }) => [entity, dn, why])]
    .map((line) => `${line.map(cell).join(',')}\r\n`)
    .join('')

/** A spreadsheet takes what begins like this for a formula, and a DN may be anybody's text. */
const formula = /^[=+\-@\t\r]/

const cell = (text: string): string => `"${(formula.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`
