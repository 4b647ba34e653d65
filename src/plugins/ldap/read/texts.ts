// Pure: very many texts by number, as bytes outside of the heap: in less than half of the memory that texts and maps of texts take.

/** The first byte of a text says how long it is; this: the next four do. */
const isLong = 255
const longHead = 5

/** A piece is a place of up to so many bytes, each of the first ones twice as long as the one before; a text that is longer has its own. */
const [smallestPiece, pieceBits] = [1_024, 18]
const longestPiece = 1 << pieceBits

/** A text for each number that was set; long ones and many do not trouble the garbage collector. */
export class TextColumn {
  /** One after the other as they are needed: a single one that grows would be there twice while it is copied. */
  readonly #pieces: Buffer[] = []
  #last = Buffer.alloc(0)
  #end = 0
  /** Where the head of each is, the piece in front of the place in it, counted from 1; 0: none. */
  #heads = new Int32Array(32)

  at(number: number): string | undefined {
    const place = (this.#heads[number] ?? 0) - 1
    if (place < 0) return undefined
    const bytes = this.#pieceAt(place)
    const from = textAt(bytes, place)
    return bytes.toString('utf8', from, from + lengthAt(bytes, place))
  }

  has(number: number): boolean {
    return (this.#heads[number] ?? 0) !== 0
  }

  /** What was there before is passed over, and its room is lost: for what seldom changes. */
  set(number: number, text: string | undefined): void {
    if (text === undefined) {
      if (number < this.#heads.length) this.#heads[number] = 0
      return
    }
    this.#makeRoom(text.length * 3 + longHead)
    while (number >= this.#heads.length) this.#heads = longer(this.#heads)
    const [bytes, head] = [this.#last, this.#end]
    const length = write(bytes, text, head + 1)
    bytes[head] = Math.min(length, isLong)
    if (length >= isLong) {
      bytes.copyWithin(head + longHead, head + 1, head + 1 + length)
      bytes.writeUInt32LE(length, head + 1)
    }
    const place = ((this.#pieces.length - 1) << pieceBits) + head
    this.#heads[number] = place + 1
    this.#end = textAt(bytes, place) + length
  }

  #makeRoom(most: number): void {
    if (this.#end + most <= Math.min(this.#last.length, longestPiece)) return
    const usual = Math.min(smallestPiece * 2 ** this.#pieces.length, longestPiece)
    this.#last = Buffer.allocUnsafeSlow(Math.max(usual, most))
    this.#pieces.push(this.#last)
    this.#end = 0
  }

  #pieceAt(place: number): Buffer {
    return this.#pieces[place >>> pieceBits] ?? this.#last
  }

  /** Whether it is the text that these bytes write. */
  is(number: number, bytes: Buffer, length: number): boolean {
    const place = (this.#heads[number] ?? 1) - 1
    const own = this.#pieceAt(place)
    if (lengthAt(own, place) !== length) return false
    const from = textAt(own, place)
    for (let at = 0; at < length; at++) if (own[from + at] !== bytes[at]) return false
    return true
  }

  /** The bytes that write it. */
  bytes(number: number): Buffer {
    const place = (this.#heads[number] ?? 1) - 1
    const own = this.#pieceAt(place)
    const from = textAt(own, place)
    return own.subarray(from, from + lengthAt(own, place))
  }
}

const headAt = (place: number): number => place & (longestPiece - 1)

function lengthAt(piece: Buffer, place: number): number {
  const head = headAt(place)
  const first = piece[head] ?? 0
  return first === isLong ? piece.readUInt32LE(head + 1) : first
}

/** Where the text itself begins in its piece. */
function textAt(piece: Buffer, place: number): number {
  const head = headAt(place)
  return head + (piece[head] === isLong ? longHead : 1)
}

/** Numbers texts in the order in which they come: the same text has the same number for ever. A hash table with open addressing. */
export class Texts {
  readonly #column = new TextColumn()
  /** Numbers, counted from 1; 0 is free. At most half full: fuller, a text that is not there would be compared with eight that are. */
  #slots = new Int32Array(64)
  #size = 0
  #needle = Buffer.alloc(256)
  readonly #seed: number

  /** @param seed any number that nobody knows who may write entries, and could choose texts that all look for the same place */
  constructor(seed = 0) {
    this.#seed = seed
  }

  get size(): number {
    return this.#size
  }

  at(number: number): string {
    return this.#column.at(number) ?? ''
  }

  /** -1: it was never added. */
  find(text: string): number {
    return (this.#slots[this.#slotOf(text)] ?? 0) - 1
  }

  /** Its number, a new one where it is new. */
  add(text: string): number {
    if (this.#size * 2 >= this.#slots.length) this.#spread()
    const slot = this.#slotOf(text)
    const known = this.#slots[slot] ?? 0
    if (known > 0) return known - 1
    this.#column.set(this.#size, text)
    this.#slots[slot] = ++this.#size
    return this.#size - 1
  }

  /** Where the text is, or would be. */
  #slotOf(text: string): number {
    const length = this.#encode(text)
    const mask = this.#slots.length - 1
    let slot = hashOf(this.#needle, length, this.#seed) & mask
    for (let held = this.#slots[slot] ?? 0; held > 0; held = this.#slots[slot] ?? 0) {
      if (this.#column.is(held - 1, this.#needle, length)) break
      slot = (slot + 1) & mask
    }
    return slot
  }

  /** Writes the text into the needle. */
  #encode(text: string): number {
    if (text.length * 3 > this.#needle.length) this.#needle = Buffer.alloc(text.length * 3)
    return write(this.#needle, text, 0)
  }

  #spread(): void {
    this.#slots = new Int32Array(this.#slots.length * 2)
    const mask = this.#slots.length - 1
    for (let number = 0; number < this.#size; number++) {
      const bytes = this.#column.bytes(number)
      let slot = hashOf(bytes, bytes.length, this.#seed) & mask
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
      this.#slots[slot] = number + 1
    }
  }
}

/** Most texts are plain, and quicker written here than by a call into Node. @returns how many bytes it takes */
function write(bytes: Buffer, text: string, from: number): number {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit >= 0x80) return bytes.write(text, from)
    bytes[from + at] = unit
  }
  return text.length
}

/** FNV-1a, its bits mixed once more because the last ones say where to look. */
function hashOf(bytes: Buffer, length: number, seed: number): number {
  let sum = seed
  for (let at = 0; at < length; at++) sum = Math.imul(sum ^ (bytes[at] ?? 0), 0x01000193)
  sum = Math.imul(sum ^ (sum >>> 15), 0x2c1b3c6d)
  return sum ^ (sum >>> 13)
}

/** What stands at a place of a table: whoever has the same numbers finds it without its text. A class, to be known by. */
export class Placed {
  readonly ids: Texts
  readonly place: number

  constructor(ids: Texts, place: number) {
    this.ids = ids
    this.place = place
  }

  get externalId(): string {
    return this.ids.at(this.place)
  }
}

/** Twice as long. @param filling for the new half */
export function longer<T extends Int32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>>(list: T, filling = 0): T {
  const twice = new (list.constructor as new (length: number) => T)(list.length * 2)
  if (filling !== 0) twice.fill(filling, list.length)
  twice.set(list)
  return twice
}
