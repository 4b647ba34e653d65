// Pure: the values of those whose rows do not have them, as columns outside of the heap, from the reading until they are written.
import type { Choices } from './choices.ts'
import type { DesiredUser, DesiredUsers } from './desired.ts'
import type { Profile } from './map.ts'
import { type People, Person } from './people.ts'
import { TextColumn } from './texts.ts'

type Field = keyof Profile

/** By place. */
export class Values {
  readonly #columns: Readonly<Record<Field, TextColumn>> = {
    ...{ username: new TextColumn(), email: new TextColumn(), firstName: new TextColumn() },
    ...{ lastName: new TextColumn(), displayName: new TextColumn(), claims: new TextColumn() },
  }
  readonly #choices = new Map<number, Choices>()

  set(place: number, profile: Profile, choices: Choices | undefined): void {
    for (const field of Object.keys(this.#columns) as Field[]) this.#columns[field].set(place, profile[field] ?? undefined)
    if (choices) this.#choices.set(place, choices)
  }

  has(place: number): boolean {
    return this.#columns.username.has(place)
  }

  drop(place: number): void {
    this.#columns.username.set(place, undefined)
  }

  text(place: number, field: Field): string | undefined {
    return this.#columns[field].at(place)
  }

  choices(place: number): Choices | undefined {
    return this.#choices.get(place)
  }
}

/** Everybody, those with their values of whom we have others. */
export const withValues = (people: People, values: Values): DesiredUsers => ({
  length: people.length,
  at: (place) => (values.has(place) && people.isHere(place) ? new Wanted(people, place, values) : people.at(place)),
  *entries() {
    for (const [place, seen] of people.entries()) yield [place, values.has(place) ? new Wanted(people, place, values) : seen]
  },
})

/** Somebody with values. Texts are made when they are asked for. */
class Wanted extends Person implements DesiredUser {
  readonly #values: Values

  constructor(people: People, place: number, values: Values) {
    super(people, place)
    this.#values = values
  }

  get profile(): Profile {
    return new ProfileThere(this.#values, this.place)
  }

  get choices(): Choices | undefined {
    return this.#values.choices(this.place)
  }
}

class ProfileThere implements Profile {
  readonly #values: Values
  readonly #place: number

  constructor(values: Values, place: number) {
    this.#values = values
    this.#place = place
  }

  get username(): string {
    return this.#values.text(this.#place, 'username') ?? ''
  }

  get email(): string | null {
    return this.#values.text(this.#place, 'email') ?? null
  }

  get firstName(): string {
    return this.#values.text(this.#place, 'firstName') ?? ''
  }

  get lastName(): string {
    return this.#values.text(this.#place, 'lastName') ?? ''
  }

  get displayName(): string {
    return this.#values.text(this.#place, 'displayName') ?? ''
  }

  get claims(): string | null {
    return this.#values.text(this.#place, 'claims') ?? null
  }
}

/** The same as a plain object, where it shows values that are kept elsewhere. */
export const plainProfile = ({ username, email, firstName, lastName, displayName, claims }: Profile): Profile => ({
  ...{ username, email, firstName, lastName, displayName, claims },
})
