// Pure: everybody whom the directory was seen to have, as columns outside of the heap: for planning, for later changes, and
// for the next whole reading.
import type { InUse } from './fill.ts'
import { type MemberIndex, nameText } from './member-index.ts'
import type { Claimed } from './members.ts'
import { Prints } from './prints.ts'
import type { Seen } from './seen.ts'
import { longer, Placed, TextColumn, Texts } from './texts.ts'

const marks = { here: 1, shutOut: 2 } as const

/**
 * A table with a place for each external id, which is its own for as long as the table lives, whether or not somebody is there.
 * What is handed out are windows on it: they show what is there when they are looked through.
 */
export class People {
  /** The place of each external id, and of more that somebody else numbers there: rows of ours without an entry. */
  readonly ids: Texts
  /** Shared with an index, which finds people by the same texts. */
  readonly texts: Texts
  readonly #prints = new Prints()
  readonly #digests = new TextColumn()
  readonly #claimed = new Map<number, Claimed>()
  readonly #lacks = createSets()
  /** The names of those who have not just one. */
  readonly #otherNames = new Map<number, readonly number[]>()
  #marks = new Uint8Array(32)
  #dns = new Int32Array(32)
  #names = new Int32Array(32)
  #lacking = new Int32Array(32)
  #count = 0
  #active = 0

  /** @param seed any number that nobody else knows */
  constructor(seed = 0) {
    this.ids = new Texts(seed)
    this.texts = new Texts(seed)
  }

  /** Every place is below. */
  get length(): number {
    return this.ids.size
  }

  /** How many are here. */
  get count(): number {
    return this.#count
  }

  /** How many of them the directory does not shut out. Counted along: going through very many takes as long as asking the directory. */
  get active(): number {
    return this.#active
  }

  /** The place of somebody who is here. */
  placeOf = (externalId: string): number | undefined => {
    const place = this.ids.find(externalId)
    return this.#is(place, marks.here) ? place : undefined
  }

  at(place: number): Seen | undefined {
    return this.#is(place, marks.here) ? new Remembered(this, place) : undefined
  }

  get(externalId: string): Seen | undefined {
    return this.at(this.ids.find(externalId))
  }

  *entries(): Generator<[number, Seen]> {
    for (let place = 0; place < this.length; place++) if (this.#is(place, marks.here)) yield [place, new Remembered(this, place)]
  }

  /** External ids of those who are here. */
  *present(): Generator<string> {
    for (const [place] of this.entries()) yield this.ids.at(place)
  }

  /** What those who are here say of their groups. */
  claims(): Map<number, Claimed> {
    return new Map([...this.#claimed].filter(([place]) => this.#is(place, marks.here)))
  }

  /** Takes somebody in, or what is new of somebody. @returns the place */
  enter(seen: Seen): number {
    const place = this.ids.add(seen.externalId)
    while (place >= this.#marks.length) {
      this.#marks = longer(this.#marks)
      this.#dns = longer(this.#dns)
      this.#names = longer(this.#names)
      this.#lacking = longer(this.#lacking)
    }
    this.#leave(place)
    this.#prints.forget(place)
    this.#dns[place] = this.texts.add(seen.dn)
    this.#enterNames(place, seen.names)
    this.#digests.set(place, seen.digest)
    this.#lacking[place] = this.#lacks.number(seen.lacking)
    if (seen.claimed) this.#claimed.set(place, seen.claimed)
    else this.#claimed.delete(place)
    this.#arrive(place, seen.shutOut)
    return place
  }

  #enterNames(place: number, names: readonly string[]): void {
    const numbers = names.map((name) => this.texts.add(nameText(name)))
    this.#otherNames.delete(place)
    this.#names[place] = numbers[0] ?? 0
    if (numbers.length !== 1) this.#otherNames.set(place, numbers)
  }

  drop(externalId: string): void {
    this.#leave(this.ids.find(externalId))
  }

  /** Of somebody of whom cannot be known which of two entries is meant. */
  disown(place: number): void {
    this.letIn(place)
    this.#digests.set(place, undefined)
    this.#prints.forget(place)
  }

  letIn(place: number): void {
    this.#leave(place)
    this.#arrive(place, false)
  }

  /** Remembers of which bytes this was made. */
  note(place: number, print: string): void {
    this.#prints.set(place, print)
  }

  /** Who was made of these bytes, be it in an earlier reading. */
  recall(print: string): { readonly place: number; readonly seen: Seen } | undefined {
    const place = this.#prints.find(print)
    return place < 0 ? undefined : { place, seen: new Remembered(this, place) }
  }

  /** They are here as they were. @returns the place */
  again(place: number): number {
    this.#leave(place)
    this.#arrive(place, this.isShutOut(place))
    return place
  }

  /** Nobody is here, for the next whole reading; what was seen of them can be recalled. */
  empty(): void {
    for (let place = 0; place < this.#marks.length; place++) this.#marks[place] = (this.#marks[place] ?? 0) & ~marks.here
    this.#count = this.#active = 0
  }

  /** Enters somebody into an index that has the same texts. @returns false where one of the names was somebody else's */
  index(index: MemberIndex, place: number): boolean {
    return index.addNumbered(this.#dns[place] ?? 0, this.#otherNames.get(place) ?? [this.#names[place] ?? 0], place)
  }

  dnAt(place: number): string {
    return this.texts.at(this.#dns[place] ?? 0)
  }

  digestAt(place: number): string | undefined {
    return this.#digests.at(place)
  }

  namesAt(place: number): readonly string[] {
    const numbers = this.#otherNames.get(place) ?? [this.#names[place] ?? 0]
    return numbers.map((number) => this.texts.at(number).slice(1))
  }

  isHere(place: number): boolean {
    return this.#is(place, marks.here)
  }

  isShutOut(place: number): boolean {
    return this.#is(place, marks.shutOut)
  }

  claimedAt(place: number): Claimed | undefined {
    return this.#claimed.get(place)
  }

  lackingAt(place: number): readonly InUse[] {
    return this.#lacks.at(this.#lacking[place] ?? 0)
  }

  #is(place: number, mark: number): boolean {
    return ((this.#marks[place] ?? 0) & mark) !== 0
  }

  #arrive(place: number, shutOut: boolean): void {
    this.#marks[place] = marks.here | (shutOut ? marks.shutOut : 0)
    this.#count++
    if (!shutOut) this.#active++
  }

  #leave(place: number): void {
    if (!this.#is(place, marks.here)) return
    this.#marks[place] = (this.#marks[place] ?? 0) & ~marks.here
    this.#count--
    if (!this.isShutOut(place)) this.#active--
  }
}

/** Somebody in the table. Texts are made when they are asked for. */
export class Person extends Placed {
  readonly #people: People

  constructor(people: People, place: number) {
    super(people.ids, place)
    this.#people = people
  }

  get dn(): string {
    return this.#people.dnAt(this.place)
  }

  get digest(): string | undefined {
    return this.#people.digestAt(this.place)
  }

  get names(): readonly string[] {
    return this.#people.namesAt(this.place)
  }

  get shutOut(): boolean {
    return this.#people.isShutOut(this.place)
  }

  get claimed(): Claimed | undefined {
    return this.#people.claimedAt(this.place)
  }

  get lacking(): readonly InUse[] {
    return this.#people.lackingAt(this.place)
  }
}

class Remembered extends Person implements Seen {
  get profile(): undefined {
    return undefined
  }
}

/** Sets of attributes, each kept once: there are few, and an entry with each. */
function createSets() {
  const all: (readonly InUse[])[] = []
  const numbers = new Map<string, number>()
  return {
    at: (number: number): readonly InUse[] => all[number] ?? [],
    number(set: readonly InUse[]): number {
      const text = set.length === 0 ? '' : JSON.stringify(set)
      const known = numbers.get(text)
      if (known !== undefined) return known
      numbers.set(text, all.push(set) - 1)
      return all.length - 1
    },
  }
}
