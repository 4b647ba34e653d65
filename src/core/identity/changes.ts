// Pure: which fields of a row became what, for whoever keeps a record of it.
import type { FieldChanges } from '../events.ts'

/** Not what people mean by a change: times, and what belongs to the source of a row. */
const unsaid = new Set(['createdAt', 'updatedAt', 'sourceDigest', 'sourceClaims', 'externalId', 'source'])

/** The fields in which two states of one row differ. */
export function changesOf<Row extends object>(before: Row, after: Row): FieldChanges {
  const was = before as Readonly<Record<string, unknown>>
  const fields = Object.entries(after).filter(([name, value]) => !unsaid.has(name) && value !== was[name])
  return Object.fromEntries(fields.map(([name, value]) => [name, { before: text(was[name]), after: text(value) }]))
}

const text = (value: unknown): string => (value === null || value === undefined ? '' : String(value))
