// Pure: BER as LDAP uses it (X.690, RFC 4511 section 5.1), read with a bound on every length.

/** The bytes were not LDAP. */
export class MalformedAnswer extends Error {
  constructor(what: string) {
    super(`The directory sent an answer that is not valid LDAP: ${what}.`)
    this.name = 'MalformedAnswer'
  }
}

/** A window on the bytes; `at` moves, `end` never grows. */
export interface Cursor {
  readonly bytes: Buffer
  at: number
  readonly end: number
}

const tags = { integer: 0x02, octets: 0x04, boolean: 0x01 } as const

/** Steps into the element at the cursor and moves the cursor behind it. */
export function open(cursor: Cursor, tag: number): Cursor {
  const { bytes } = cursor
  if (cursor.at + 2 > cursor.end) throw new MalformedAnswer('an element is cut off')
  if (bytes[cursor.at] !== tag) throw new MalformedAnswer(`an element of type ${tag} was expected`)
  const first = bytes[cursor.at + 1] ?? 0
  let start = cursor.at + 2
  let length = first
  if (first >= 0x80) {
    const count = first & 0x7f
    if (count === 0 || count > 4 || start + count > cursor.end) throw new MalformedAnswer('a length cannot be read')
    length = bytes.readUIntBE(start, count)
    start += count
  }
  if (start + length > cursor.end) throw new MalformedAnswer('an element is longer than what holds it')
  cursor.at = start + length
  return { bytes, at: start, end: start + length }
}

export function integer(cursor: Cursor, tag: number = tags.integer): number {
  const { bytes, at, end } = open(cursor, tag)
  if (end === at || end - at > 4) throw new MalformedAnswer('a number has an unusual length')
  return bytes.readIntBE(at, end - at)
}

export function string(cursor: Cursor): string {
  const { bytes, at, end } = open(cursor, tags.octets)
  return bytes.toString('utf8', at, end)
}

// A copy: a view would keep the whole network buffer in memory for sixteen bytes.
export function bytes(cursor: Cursor, tag: number = tags.octets): Uint8Array {
  const inner = open(cursor, tag)
  return Uint8Array.prototype.slice.call(inner.bytes, inner.at, inner.end)
}

/** All of a buffer. */
export const cursorOn = (given: Uint8Array): Cursor => ({ bytes: Buffer.from(given), at: 0, end: given.length })

/** The tag of the element that comes next; undefined at the end. */
export const nextTag = ({ bytes, at, end }: Cursor): number | undefined => (at < end ? bytes[at] : undefined)

/** A boolean, where there is one. */
export function boolean(cursor: Cursor, byDefault: boolean): boolean {
  if (nextTag(cursor) !== tags.boolean) return byDefault
  const { bytes, at, end } = open(cursor, tags.boolean)
  if (end - at !== 1) throw new MalformedAnswer('a boolean has an unusual length')
  return bytes[at] !== 0
}

/** Writes one element. */
export function element(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts)
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body])
  const length = Buffer.alloc(5, 0x84)
  length.writeUInt32BE(body.length, 1)
  return Buffer.concat([Buffer.from([tag]), length, body])
}

/** Writes a number of up to four bytes. */
export function number(value: number, tag: number = tags.integer): Buffer {
  const body = Buffer.alloc(4)
  body.writeInt32BE(value)
  return element(tag, body)
}
