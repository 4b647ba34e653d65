// Pure: finds places by the fingerprint of the bytes that were seen there, in a third of the memory that a map of texts takes.
import { longer } from './texts.ts'

/** So much of a fingerprint is kept: two entries never meet by accident, and nobody finds a second one for somebody else's. */
const printBytes = 16

/** A hash table with open addressing, at most half full. A fingerprint is evenly spread, so its first bytes say where to look. */
export class Prints {
  /** By place; nothing but zeros: none. */
  #prints = new Uint8Array(32 * printBytes)
  /** Places, counted from 1; 0 is free. One whose print was forgotten fits nothing until the table grows. */
  #slots = new Int32Array(64)
  #used = 0

  /** -1: nowhere. @param print of a byte in each character */
  find(print: string): number {
    return (this.#slots[this.#slotOf(print)] ?? 0) - 1
  }

  set(place: number, print: string): void {
    while ((place + 1) * printBytes > this.#prints.length) this.#prints = longer(this.#prints)
    this.forget(place)
    if (this.#used * 2 >= this.#slots.length) this.#spread()
    const slot = this.#slotOf(print)
    if ((this.#slots[slot] ?? 0) !== 0) return
    for (let at = 0; at < printBytes; at++) this.#prints[place * printBytes + at] = print.charCodeAt(at)
    this.#slots[slot] = place + 1
    this.#used++
  }

  forget(place: number): void {
    this.#prints.fill(0, place * printBytes, (place + 1) * printBytes)
  }

  /** Where the print is, or would be. */
  #slotOf(print: string): number {
    const mask = this.#slots.length - 1
    let slot =
      (print.charCodeAt(0) | (print.charCodeAt(1) << 8) | (print.charCodeAt(2) << 16) | (print.charCodeAt(3) << 24)) & mask
    for (let held = this.#slots[slot] ?? 0; held !== 0; held = this.#slots[slot] ?? 0) {
      if (this.#is(held - 1, print)) break
      slot = (slot + 1) & mask
    }
    return slot
  }

  #is(place: number, print: string): boolean {
    for (let at = 0; at < printBytes; at++) if (this.#prints[place * printBytes + at] !== print.charCodeAt(at)) return false
    return true
  }

  /** Puts what is still known into a table with room for as much again. */
  #spread(): void {
    const places = new Set(this.#slots)
    places.delete(0)
    const known = [...places].filter((one) =>
      this.#prints.subarray((one - 1) * printBytes, one * printBytes).some((byte) => byte !== 0),
    )
    let length = 64
    while (length < known.length * 4) length *= 2
    this.#slots = new Int32Array(length)
    this.#used = known.length
    const mask = length - 1
    for (const one of known) {
      const from = (one - 1) * printBytes
      const [a = 0, b = 0, c = 0, d = 0] = this.#prints.subarray(from, from + 4)
      let slot = (a | (b << 8) | (c << 16) | (d << 24)) & mask
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
      this.#slots[slot] = one
    }
  }
}
