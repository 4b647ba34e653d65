// Pure: the rows of a source as columns outside of the heap, by the place of their external id.
import { longer, Placed, TextColumn, type Texts } from '../read/texts.ts'
import type { HeldUser } from './plan.ts'

/** Rows by external id, as a map of them has them. */
export interface HeldUsers {
  readonly size: number
  has(externalId: string): boolean
  get(externalId: string): HeldUser | undefined
  values(): Iterable<HeldUser>
}

const marks = { held: 1, isAdmin: 2, disabled: 4, sourceDisabled: 8 } as const

/** A class for its columns. What it hands out are windows on them. */
export class HeldRows implements HeldUsers {
  readonly #places: Texts
  readonly #ids = new TextColumn()
  readonly #digests = new TextColumn()
  #marks = new Uint8Array(32)
  #size = 0

  /** @param places of external ids; others may number theirs there too */
  constructor(places: Texts) {
    this.#places = places
  }

  get size(): number {
    return this.#size
  }

  add({ id, externalId, digest, isAdmin, disabled, sourceDisabled }: HeldUser): void {
    const place = this.#places.add(externalId)
    while (place >= this.#marks.length) this.#marks = longer(this.#marks)
    this.#ids.set(place, id)
    this.#digests.set(place, digest ?? undefined)
    const standing = (isAdmin ? marks.isAdmin : 0) | (disabled ? marks.disabled : 0) | (sourceDisabled ? marks.sourceDisabled : 0)
    this.#marks[place] = marks.held | standing
    this.#size++
  }

  has = (externalId: string): boolean => this.get(externalId) !== undefined

  get = (externalId: string): HeldUser | undefined => (this.#size === 0 ? undefined : this.#at(this.#places.find(externalId)))

  /** Of somebody who may stand at a place that has the same number here. */
  of(user: { readonly externalId: string }): HeldUser | undefined {
    return user instanceof Placed && user.ids === this.#places ? this.#at(user.place) : this.get(user.externalId)
  }

  *values(): Generator<HeldUser> {
    for (let place = 0; place < this.#marks.length; place++) {
      const row = this.#at(place)
      if (row) yield row
    }
  }

  idAt(place: number): string {
    return this.#ids.at(place) ?? ''
  }

  digestAt(place: number): string | null {
    return this.#digests.at(place) ?? null
  }

  #at(place: number): HeldUser | undefined {
    const held = this.#marks[place] ?? 0
    return held === 0 ? undefined : new Window(this, this.#places, place, held)
  }
}

/** The row of somebody who is wanted. */
export const rowOf = (held: HeldUsers, user: { readonly externalId: string }): HeldUser | undefined =>
  held instanceof HeldRows ? held.of(user) : held.get(user.externalId)

/** A row in the columns. Texts are made when they are asked for. */
class Window extends Placed implements HeldUser {
  readonly #rows: HeldRows
  readonly #marks: number

  constructor(rows: HeldRows, places: Texts, place: number, held: number) {
    super(places, place)
    this.#rows = rows
    this.#marks = held
  }

  get id(): string {
    return this.#rows.idAt(this.place)
  }

  get digest(): string | null {
    return this.#rows.digestAt(this.place)
  }

  get isAdmin(): boolean {
    return (this.#marks & marks.isAdmin) !== 0
  }

  get disabled(): boolean {
    return (this.#marks & marks.disabled) !== 0
  }

  get sourceDisabled(): boolean {
    return (this.#marks & marks.sourceDisabled) !== 0
  }
}
