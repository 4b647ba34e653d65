// Pure: values of another product's rows, in whichever of its forms they come: from SQLite or Postgres, older or newer.

/** A row by column. */
export type Fields = Readonly<Record<string, unknown>>

/** `UsageLimit` as `usageLimit`, and `ID` as `id`: the encoder takes the names of Go's fields where none is said. */
export function fieldsOf(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {}
  return Object.fromEntries(Object.entries(value).map(([name, held]) => [inSmall(name), held]))
}

const inSmall = (name: string): string => name.replace(/^[A-Z]+(?=[A-Z][a-z])|^[A-Z]+$|^[A-Z]/, (start) => start.toLowerCase())

/** A text; an empty one for nothing. */
export const textOf = (row: Fields, column: string): string => textOrNull(row, column) ?? ''

/** A text, or null for nothing and for an empty one. */
export function textOrNull(row: Fields, column: string): string | null {
  const value = row[column]
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : null
}

export const flagOf = (row: Fields, column: string): boolean => [true, 1, '1', 'true'].includes(row[column] as string)

export function numberOf(row: Fields, column: string, otherwise: number): number {
  const value = row[column]
  const number = typeof value === 'string' && value !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : otherwise
}

/** A moment: seconds since 1970, or a date as ISO 8601 writes it. */
export function momentOf(row: Fields, column: string): Date | null {
  const value = row[column]
  if (value instanceof Date) return value
  if (typeof value === 'number') return new Date(value * 1000)
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(time) ? null : new Date(time)
}

/** Bytes, which JSON carries as base64. */
export function bytesOf(row: Fields, column: string): Uint8Array {
  const text = binaryIn(row[column]) ?? row[column]
  return typeof text === 'string' ? new Uint8Array(Buffer.from(text, 'base64')) : new Uint8Array()
}

/** The base64 of bytes that stand where no column says that they are some. */
const binaryIn = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && '__binary__' in value ? value.__binary__ : undefined

/** A document: as it is, as JSON, or as the base64 of JSON. */
export function documentOf(row: Fields, column: string): unknown {
  const value = binaryIn(row[column]) ?? row[column]
  if (typeof value !== 'string') return value ?? undefined
  return parsed(value) ?? parsed(Buffer.from(value, 'base64').toString('utf8'))
}

/** A list of texts in a document. */
export function textsOf(row: Fields, column: string): readonly string[] {
  const list = documentOf(row, column)
  return Array.isArray(list) ? list.filter((one) => typeof one === 'string') : []
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) ?? undefined
  } catch {
    return undefined
  }
}
