// Decodes what a directory sends (RFC 4511 over BER), with bounds on every length: a hostile answer ends in an error, not in a loop.
import type { AttributeValue, Entry } from './entry.ts'

/** What came back for one message id. A `result` ends an answer: of a search, a bind, an extended operation. */
export type WireMessage =
  | { readonly kind: 'entry'; readonly id: number; readonly entry: Entry }
  | { readonly kind: 'reference' | 'intermediate'; readonly id: number }
  | {
      readonly kind: 'result'
      readonly id: number
      readonly tag: number
      readonly code: number
      readonly text: string
      readonly cookie: Uint8Array | undefined
    }

/** The bytes were not LDAP. */
export class MalformedAnswer extends Error {
  constructor(what: string) {
    super(`The directory sent an answer that is not valid LDAP: ${what}.`)
    this.name = 'MalformedAnswer'
  }
}

const tags = {
  sequence: 0x30,
  set: 0x31,
  integer: 0x02,
  enumerated: 0x0a,
  octets: 0x04,
  entry: 0x64,
  bound: 0x61,
  done: 0x65,
  reference: 0x73,
  extended: 0x78,
  intermediate: 0x79,
  controls: 0xa0,
}
const results: readonly number[] = [tags.bound, tags.done, tags.extended]
const pagedResults = '1.2.840.113556.1.4.319'

/** A window on the bytes; `at` moves, `end` never grows. */
interface Cursor {
  readonly bytes: Buffer
  at: number
  readonly end: number
}

/**
 * Takes bytes as they arrive and gives whole messages.
 *
 * @param raw attributes (lower case) whose values stay bytes: unique ids and pictures
 * @param maxMessageBytes a longer message is refused before it is stored
 */
export function createMessageReader(raw: ReadonlySet<string>, maxMessageBytes: number) {
  let chunks: Buffer[] = []
  let held = 0
  let needed = 2
  const names = new Map<string, string>()

  function* messages(chunk: Buffer): Generator<WireMessage> {
    chunks.push(chunk)
    held += chunk.length
    if (held < needed) return
    const bytes = chunks.length === 1 ? chunk : Buffer.concat(chunks)
    let at = 0
    for (;;) {
      const size = messageSize(bytes, at, maxMessageBytes)
      if (size === undefined || at + size > bytes.length) {
        needed = size ?? bytes.length - at + 1
        break
      }
      yield decode({ bytes, at, end: at + size }, raw, names)
      at += size
    }
    chunks = [bytes.subarray(at)]
    held = bytes.length - at
  }
  return { messages }
}

/** The size of the message that starts here, header included; undefined while the header itself is not there yet. */
function messageSize(bytes: Buffer, at: number, max: number): number | undefined {
  if (bytes.length - at < 2) return undefined
  if (bytes[at] !== tags.sequence) throw new MalformedAnswer('a message does not begin with a sequence')
  const first = bytes[at + 1] ?? 0
  if (first < 0x80) return 2 + first
  const count = first & 0x7f
  if (count === 0 || count > 4) throw new MalformedAnswer('a length cannot be read')
  if (bytes.length - at < 2 + count) return undefined
  const length = bytes.readUIntBE(at + 2, count)
  if (length > max) throw new MalformedAnswer(`a message claims ${length} bytes, more than the ${max} that are accepted`)
  return 2 + count + length
}

function decode(cursor: Cursor, raw: ReadonlySet<string>, names: Map<string, string>): WireMessage {
  const message = open(cursor, tags.sequence)
  const id = integer(message, tags.integer)
  const tag = message.bytes[message.at] ?? 0
  const body = open(message, tag)
  if (tag === tags.entry) return { kind: 'entry', id, entry: entry(body, raw, names) }
  if (tag === tags.reference) return { kind: 'reference', id }
  if (tag === tags.intermediate) return { kind: 'intermediate', id }
  if (!results.includes(tag)) throw new MalformedAnswer(`a message of type ${tag} has no place in an answer`)
  const code = integer(body, tags.enumerated)
  open(body, tags.octets)
  const text = string(body)
  return {
    kind: 'result',
    id,
    tag,
    code,
    text,
    cookie: message.at < message.end ? cookie(open(message, tags.controls)) : undefined,
  }
}

function entry(body: Cursor, raw: ReadonlySet<string>, names: Map<string, string>): Entry {
  const dn = string(body)
  const list = open(body, tags.sequence)
  const attributes = new Map<string, readonly AttributeValue[]>()
  while (list.at < list.end) {
    const attribute = open(list, tags.sequence)
    const name = lower(string(attribute), names)
    const set = open(attribute, tags.set)
    const asBytes = raw.has(name)
    const values: AttributeValue[] = []
    while (set.at < set.end) values.push(asBytes ? bytes(set) : string(set))
    attributes.set(name, values)
  }
  return { dn, attributes }
}

// A directory has few attribute names and says them with every entry: lower-casing each anew would be the dearest step here.
function lower(name: string, known: Map<string, string>): string {
  const held = known.get(name)
  if (held !== undefined) return held
  const made = name.toLowerCase()
  if (known.size < 1000) known.set(name, made)
  return made
}

/** The cookie of the paged results control (RFC 2696); undefined when the server sent no such control. */
function cookie(controls: Cursor): Uint8Array | undefined {
  while (controls.at < controls.end) {
    const control = open(controls, tags.sequence)
    if (string(control) !== pagedResults) continue
    if (control.bytes[control.at] === 0x01) open(control, 0x01)
    if (control.at >= control.end) return undefined
    const value = open(open(control, tags.octets), tags.sequence)
    integer(value, tags.integer)
    return bytes(value)
  }
  return undefined
}

/** Steps into the element at the cursor and moves the cursor behind it. */
function open(cursor: Cursor, tag: number): Cursor {
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

function integer(cursor: Cursor, tag: number): number {
  const { bytes, at, end } = open(cursor, tag)
  if (end === at || end - at > 4) throw new MalformedAnswer('a number has an unusual length')
  return bytes.readIntBE(at, end - at)
}

function string(cursor: Cursor): string {
  const { bytes, at, end } = open(cursor, tags.octets)
  return bytes.toString('utf8', at, end)
}

// A copy: a view would keep the whole network buffer in memory for sixteen bytes.
function bytes(cursor: Cursor): Uint8Array {
  const inner = open(cursor, tags.octets)
  return Uint8Array.prototype.slice.call(inner.bytes, inner.at, inner.end)
}
