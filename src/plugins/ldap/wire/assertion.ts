// Pure: search filters for one value (RFC 4515), whatever the value holds.

/** One comparison, such as `(uid=ada)`. Everything but plain letters and digits is escaped, so a value cannot end its filter. */
export function equals(attribute: string, value: string | Uint8Array): string {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value
  return `(${attribute}=${[...bytes].map(escaped).join('')})`
}

const plain = /[A-Za-z0-9@._ -]/

function escaped(byte: number): string {
  const char = String.fromCharCode(byte)
  return plain.test(char) ? char : `\\${byte.toString(16).padStart(2, '0')}`
}

/** Entries that fit any of the filters. */
export const anyOf = (filters: readonly string[]): string =>
  filters.length === 1 ? (filters[0] ?? '') : `(|${filters.join('')})`

/**
 * The entry with a unique id, from the id as we store it (see `identifier` in entry.ts).
 *
 * A stored id does not tell whether the directory holds text or bytes, so both are asked for; a server passes over the one
 * that does not go with the attribute's syntax.
 */
export function hasId(attribute: string, externalId: string): string {
  const bytes = bytesOf(externalId)
  return anyOf([equals(attribute, externalId), ...(bytes ? [equals(attribute, bytes)] : [])])
}

function bytesOf(externalId: string): Uint8Array | undefined {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(externalId)) {
    return Uint8Array.from(externalId.replaceAll('-', '').match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
  }
  if (externalId === '' || !/^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(externalId)) return undefined
  return Uint8Array.from(atob(externalId), (char) => char.charCodeAt(0))
}
