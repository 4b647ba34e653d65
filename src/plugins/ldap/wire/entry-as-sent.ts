// An entry as the directory sent it: decoded when somebody first looks at it. Whoever knows the very same bytes need not look.
import { fingerprint } from '#core/crypto.ts'
import { bytes, type Cursor, open, string } from './ber.ts'
import type { AttributeValue, Entry, Values } from './entry.ts'

const tags = { octets: 0x04, sequence: 0x30, set: 0x31 } as const

/** How the entries of one connection are decoded. */
export interface Decoding {
  /** Attributes (lower case) whose values stay bytes. */
  readonly raw: ReadonlySet<string>
  /** The entry looked at last: of a page with a thousand, what was made of the others is not kept while they wait. */
  latest?: { readonly of: EntryAsSent; readonly made: Entry }
}

/** RFC 4511 section 4.5.2. A class for what it decodes once, as long as one entry is looked at after the other. */
export class EntryAsSent implements Entry {
  readonly #bytes: Buffer
  readonly #decoding: Decoding

  /**
   * @param body the window on the entry within the message
   * @throws MalformedAnswer at once, so that decoding it later never does
   */
  constructor({ bytes, at, end }: Cursor, decoding: Decoding) {
    this.#bytes = bytes.subarray(at, end)
    assertWhole(all(this.#bytes))
    this.#decoding = decoding
  }

  get dn(): string {
    return this.#look().dn
  }

  get attributes(): Entry['attributes'] {
    return this.#look().attributes
  }

  /** Equal where the bytes are, and nowhere else. */
  fingerprint(): string {
    return fingerprint(this.#bytes)
  }

  /** Whether the text stands anywhere in it, be it in a name or a value. */
  contains(text: string): boolean {
    return this.#bytes.includes(text, 0, 'latin1')
  }

  #look(): Entry {
    const { latest } = this.#decoding
    if (latest?.of === this) return latest.made
    const made = decode(all(this.#bytes), this.#decoding)
    this.#decoding.latest = { of: this, made }
    return made
  }
}

const all = (bytes: Buffer): Cursor => ({ bytes, at: 0, end: bytes.length })

/** Steps through as decoding does, and makes nothing of it. @throws MalformedAnswer */
function assertWhole(body: Cursor): void {
  open(body, tags.octets)
  const list = open(body, tags.sequence)
  while (list.at < list.end) {
    const attribute = open(list, tags.sequence)
    open(attribute, tags.octets)
    const set = open(attribute, tags.set)
    while (set.at < set.end) open(set, tags.octets)
  }
}

function decode(body: Cursor, { raw }: Decoding): Entry {
  const dn = string(body)
  const list = open(body, tags.sequence)
  const attributes = new Map<string, Values>()
  while (list.at < list.end) {
    const attribute = open(list, tags.sequence)
    const name = string(attribute).toLowerCase()
    const set = open(attribute, tags.set)
    const read = raw.has(name) ? bytes : string
    attributes.set(name, set.end - set.at > longListBytes ? new LongList(set, read) : shortList(set, read))
  }
  return { dn, attributes }
}

type Read = (set: Cursor) => AttributeValue

function shortList(set: Cursor, read: Read): Values {
  const values: AttributeValue[] = []
  while (set.at < set.end) values.push(read(set))
  return values
}

/** What a group lists may be everybody: more than this is decoded value by value, each time that it is gone through. */
const longListBytes = 16_384

class LongList implements Values {
  readonly length: number
  readonly #set: Readonly<Cursor>
  readonly #read: Read

  constructor(set: Cursor, read: Read) {
    this.#set = { ...set }
    this.#read = read
    let length = 0
    for (const rest = { ...set }; rest.at < rest.end; length++) open(rest, tags.octets)
    this.length = length
  }

  get 0(): AttributeValue | undefined {
    const [first] = this
    return first
  }

  *[Symbol.iterator](): Generator<AttributeValue> {
    const rest = { ...this.#set }
    while (rest.at < rest.end) yield this.#read(rest)
  }
}
