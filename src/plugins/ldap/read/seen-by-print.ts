// Pure: finds what was seen of an entry by the fingerprint of its bytes, in a third of the memory that a map of texts takes.
import type { Seen } from './seen.ts'

/** So much of a fingerprint is kept: two entries never meet by accident, and nobody finds a second one for somebody else's. */
const printBytes = 16

/** A hash table with open addressing, at most half full. A fingerprint is evenly spread, so its first bytes say where to look. */
export class SeenByPrint {
  #prints = Buffer.alloc(512 * printBytes)
  /** Places in `#seen`, counted from 1; 0 is free. */
  #slots = new Int32Array(1024)
  readonly #seen: Seen[] = []

  /** @param print of a byte in each character */
  find(print: string): Seen | undefined {
    const place = this.#slots[this.#slotOf(print)] ?? 0
    return place === 0 ? undefined : this.#seen[place - 1]
  }

  add(print: string, seen: Seen): void {
    if (this.#seen.length * 2 >= this.#slots.length) this.#grow()
    const slot = this.#slotOf(print)
    if (this.#slots[slot] !== 0) return
    this.#prints.write(print, this.#seen.length * printBytes, printBytes, 'latin1')
    this.#slots[slot] = this.#seen.push(seen)
  }

  /** Where the print is, or would be. */
  #slotOf(print: string): number {
    const mask = this.#slots.length - 1
    let slot =
      (print.charCodeAt(0) | (print.charCodeAt(1) << 8) | (print.charCodeAt(2) << 16) | (print.charCodeAt(3) << 24)) & mask
    while (!this.#isFreeOr(print, this.#slots[slot] ?? 0)) slot = (slot + 1) & mask
    return slot
  }

  #isFreeOr(print: string, place: number): boolean {
    if (place === 0) return true
    const from = (place - 1) * printBytes
    for (let at = 0; at < printBytes; at++) if (this.#prints[from + at] !== print.charCodeAt(at)) return false
    return true
  }

  #grow(): void {
    const prints = this.#prints
    this.#slots = new Int32Array(this.#slots.length * 2)
    this.#prints = Buffer.concat([prints], prints.length * 2)
    for (let at = 0; at < this.#seen.length; at++)
      this.#slots[this.#slotOf(prints.toString('latin1', at * printBytes, (at + 1) * printBytes))] = at + 1
  }
}
