// Decodes what a directory sends (RFC 4511 over BER), with bounds on every length: a hostile answer ends in an error, not in a loop.
import { bytes, type Cursor, cursorOn, integer, MalformedAnswer, nextTag, open, string } from './ber.ts'
import type { Entry } from './entry.ts'
import { type Decoding, EntryAsSent } from './entry-as-sent.ts'

/** What came back for one message id. A `result` ends an answer: of a search, a bind, an extended operation. */
export type WireMessage =
  | { readonly kind: 'entry'; readonly id: number; readonly entry: Entry; readonly controls: Controls }
  | { readonly kind: 'reference'; readonly id: number }
  | { readonly kind: 'intermediate'; readonly id: number; readonly name: string; readonly value: Uint8Array }
  | {
      readonly kind: 'result'
      readonly id: number
      readonly tag: number
      readonly code: number
      readonly text: string
      readonly controls: Controls
      /** Of the paged results control (RFC 2696); undefined when the server sent no such control. */
      readonly cookie: Uint8Array | undefined
    }

/** What came with a message beside it: the values of controls, by OID. */
export type Controls = ReadonlyMap<string, Uint8Array>

const tags = {
  sequence: 0x30,
  boolean: 0x01,
  enumerated: 0x0a,
  octets: 0x04,
  entry: 0x64,
  bound: 0x61,
  done: 0x65,
  reference: 0x73,
  extended: 0x78,
  intermediate: 0x79,
  controls: 0xa0,
  name: 0x80,
  value: 0x81,
}
const results: readonly number[] = [tags.bound, tags.done, tags.extended]
const none: Controls = new Map()
const nothing = Buffer.alloc(0)
const pagedResults = '1.2.840.113556.1.4.319'

/**
 * Takes bytes as they arrive and gives whole messages.
 *
 * @param raw attributes (lower case) whose values stay bytes: unique ids and pictures
 * @param maxMessageBytes a longer message is refused before it is stored
 */
export function createMessageReader(raw: ReadonlySet<string>, maxMessageBytes: number) {
  // What has arrived of a message, in a place that has room for as much of it as is known of: it is there once, however long it is.
  let begun = nothing
  let held = 0
  const begin = (head: Buffer, size = head.length + 1) => {
    begun = Buffer.allocUnsafe(size)
    held = head.copy(begun)
  }
  const decoding: Decoding = { raw }

  function* messages(chunk: Buffer): Generator<WireMessage> {
    let at = 0
    while (held > 0) {
      const copied = chunk.copy(begun, held, at)
      held += copied
      at += copied
      if (held < begun.length) return
      const bytes = begun
      const size = messageSize(bytes, 0, maxMessageBytes)
      if (size === bytes.length) {
        begin(nothing)
        yield decode({ bytes, at: 0, end: size }, decoding)
      } else begin(bytes, size)
    }
    for (;;) {
      const size = messageSize(chunk, at, maxMessageBytes)
      if (size === undefined || at + size > chunk.length) return begin(chunk.subarray(at), size)
      yield decode({ bytes: chunk, at, end: at + size }, decoding)
      at += size
    }
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

function decode(cursor: Cursor, decoding: Decoding): WireMessage {
  const message = open(cursor, tags.sequence)
  const id = integer(message)
  const tag = message.bytes[message.at] ?? 0
  const body = open(message, tag)
  const controls = message.at < message.end ? readControls(open(message, tags.controls)) : none
  if (tag === tags.entry) return { kind: 'entry', id, entry: new EntryAsSent(body, decoding), controls }
  if (tag === tags.reference) return { kind: 'reference', id }
  if (tag === tags.intermediate) return { kind: 'intermediate', id, ...intermediate(body) }
  if (!results.includes(tag)) throw new MalformedAnswer(`a message of type ${tag} has no place in an answer`)
  const code = integer(body, tags.enumerated)
  open(body, tags.octets)
  const text = string(body)
  return { kind: 'result', id, tag, code, text, controls, cookie: pagingCookie(controls.get(pagedResults)) }
}

/** RFC 4511 section 4.13: both parts may be absent. */
function intermediate(body: Cursor): { readonly name: string; readonly value: Uint8Array } {
  const name = nextTag(body) === tags.name ? Buffer.from(bytes(body, tags.name)).toString('latin1') : ''
  return { name, value: nextTag(body) === tags.value ? bytes(body, tags.value) : new Uint8Array() }
}

function readControls(list: Cursor): Controls {
  const controls = new Map<string, Uint8Array>()
  while (list.at < list.end) {
    const control = open(list, tags.sequence)
    const oid = string(control)
    if (nextTag(control) === tags.boolean) open(control, tags.boolean)
    controls.set(oid, nextTag(control) === undefined ? new Uint8Array() : bytes(control))
  }
  return controls
}

function pagingCookie(control: Uint8Array | undefined): Uint8Array | undefined {
  if (!control?.length) return undefined
  const value = open(cursorOn(control), tags.sequence)
  integer(value)
  return bytes(value)
}
