// Pure: Windows' security identifiers, by which Active Directory says which group is somebody's primary one ([MS-DTYP] section 2.4.2).
import { type Entry, firstText, values } from './entry.ts'

/** S-1-5-21-...: revision, a count, six bytes of authority, then 32 bits little-endian each. Undefined for what is none. */
export function sidText(bytes: Uint8Array): string | undefined {
  const count = bytes[1] ?? 0
  if (bytes[0] !== 1 || bytes.length !== 8 + count * 4) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const authority = view.getUint16(2) * 2 ** 32 + view.getUint32(4)
  const parts = Array.from({ length: count }, (_, at) => view.getUint32(8 + at * 4, true))
  return ['S-1', authority, ...parts].join('-')
}

/** The identifier of an entry that has one; Samba's tools and some gateways send it as text. */
export function sidOf(entry: Entry): string | undefined {
  const [value] = values(entry, 'objectSid')
  if (value === undefined) return undefined
  const text = typeof value === 'string' ? value : (sidText(value) ?? new TextDecoder().decode(value))
  return /^S-1(-\d+)+$/.test(text) ? text : undefined
}

/**
 * An objectGUID as Windows prints it. It is stored here in the order of its bytes, as Pocket ID stores it; Windows reads the first
 * three parts as numbers with the least byte first ([MS-DTYP] section 2.3.4).
 */
export function windowsGuid(id: string): string | undefined {
  const parts = /^([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4}-[0-9a-f]{12})$/i.exec(id)
  if (!parts) return undefined
  const turned = parts.slice(1, 4).map((part) => (part.match(/../g) ?? []).reverse().join(''))
  return [...turned, parts[4]].join('-')
}

/** The primary group's identifier: that of the user with the last part exchanged, since both are of one domain. */
export function primaryGroupSid(entry: Entry): string | undefined {
  const own = sidOf(entry)
  const relative = firstText(entry, 'primaryGroupID')
  return own !== undefined && /^\d+$/.test(relative) ? own.replace(/\d+$/, relative) : undefined
}
