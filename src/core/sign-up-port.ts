// The port of sign-up: who may make an account, and the invitations that administrators hand out.

import type { ListQuery, Page } from './http/listing.ts'
import type { GroupRow, UserRow } from './identity/actor.ts'
import type { Port } from './ports.ts'

export type SignUpMode = 'disabled' | 'withToken' | 'open'

/** An invitation: whoever has its token may make an account, until it is used up or over. */
export interface SignUpToken {
  readonly id: string
  readonly token: string
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly usageLimit: number
  readonly usageCount: number
  /** The groups that its accounts are put into. */
  readonly groups: readonly GroupRow[]
}

/** Who signs up, before it is known whether that may be. */
export interface NewPerson {
  readonly username: string
  /** An empty text for none. */
  readonly email: string
  readonly firstName: string
  readonly lastName: string
}

/** Where a request comes from: for the log, and for the language of a first letter. */
export interface Origin {
  readonly ipAddress: string | null
  readonly userAgent: string | null
  /** As Accept-Language has it. */
  readonly language: string | null
}

export interface SignUps {
  readonly mode: SignUpMode
  /**
   * Makes the account; the caller signs it in. Of any number of requests at once a token lets in as many as it says.
   *
   * @param token an empty text for none
   * @throws AppError open_signup_disabled, token_invalid_or_expired, already_in_use, validation_failed for a missing e-mail address
   */
  signUp(person: NewPerson, token: string, origin: Origin): Promise<UserRow>
  /** Whether somebody with this token may sign up now. @throws AppError as `signUp` does before it looks at the person */
  check(token: string): Promise<void>
  tokens(query: ListQuery): Promise<Page<SignUpToken>>
  /** @throws AppError group_not_found */
  createToken(wanted: {
    readonly lifetimeSeconds: number
    readonly usageLimit: number
    readonly groupIds: readonly string[]
  }): Promise<SignUpToken>
  /** @throws AppError signup_token_not_found */
  removeToken(id: string): Promise<void>
}

export const signUps: Port<SignUps> = { name: 'sign-ups' }
