// Pure: entries that differ from our rows, and accounts that are to be made of them, as windows on what was read.
import { choose } from '../read/choices.ts'
import type { DesiredUser, DesiredUsers } from '../read/desired.ts'
import type { Profile } from '../read/map.ts'
import type { TextColumn } from '../read/texts.ts'
import { plainProfile } from '../read/values.ts'
import type { HeldUser, UserCreation, UserFields } from './plan.ts'

/** An entry whose values may differ from our row's. A class, because values are made when they are asked for. */
export class Changed {
  readonly at: number
  readonly row: HeldUser | undefined
  readonly #among: DesiredUsers
  readonly #held: UserFields | undefined

  constructor(among: DesiredUsers, at: number, row: HeldUser | undefined, held: UserFields | undefined) {
    this.#among = among
    this.at = at
    this.row = row
    this.#held = held
  }

  get user(): DesiredUser {
    return this.#among.at(this.at) ?? nobody
  }

  /** The entry's values, where it leaves a choice the ones that we hold. */
  get profile(): Profile {
    const { profile, choices } = this.user
    return choose(profile ?? noProfile, choices, this.#held)
  }
}

const noProfile: Profile = { username: '', email: null, firstName: '', lastName: '', displayName: '', claims: null }
const nobody: DesiredUser = { externalId: '', dn: '', shutOut: false, digest: undefined, profile: undefined }

/** What the run decides about an account, beside its entry. Of very many it is the same. */
export type CreationTerms = Pick<UserCreation, 'isAdmin' | 'returns'> & Pick<UserFields, 'emailVerified'>

/** An account that is to be made. There may be very many, and each needs its values once. */
export class Creation implements UserCreation {
  readonly #ids: TextColumn
  readonly #terms: CreationTerms
  readonly #among: DesiredUsers
  readonly #at: number

  /** @param ids of those who are to be made, by place */
  constructor(among: DesiredUsers, at: number, ids: TextColumn, terms: CreationTerms) {
    this.#ids = ids
    this.#terms = terms
    this.#among = among
    this.#at = at
  }

  get #user(): DesiredUser {
    return this.#among.at(this.#at) ?? nobody
  }

  get id(): string {
    return this.#ids.at(this.#at) ?? ''
  }

  get isAdmin(): boolean {
    return this.#terms.isAdmin
  }

  get returns(): boolean {
    return this.#terms.returns
  }

  get externalId(): string {
    return this.#user.externalId
  }

  get dn(): string {
    return this.#user.dn
  }

  get digest(): string {
    return this.#user.digest ?? ''
  }

  get sourceDisabled(): boolean {
    return this.#user.shutOut
  }

  get username(): string {
    return this.#user.profile?.username ?? ''
  }

  get fields(): UserFields {
    return { ...plainProfile(this.#user.profile ?? noProfile), emailVerified: this.#terms.emailVerified }
  }
}
