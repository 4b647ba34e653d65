// Pure: what somebody sends who signs up, and the account that becomes of it.
import * as v from 'valibot'
import { Email, plainText, Username } from '#core/http/account-fields.ts'
import type { NewUser } from '#core/identity/users.ts'
import type { NewPerson } from '#core/sign-up-port.ts'

/** Pocket ID's SignUp. */
export const SignUp = v.object({
  username: Username,
  email: v.nullish(Email),
  firstName: plainText({ least: 1, most: 50 }),
  lastName: v.nullish(plainText({ most: 50 })),
})
export type SignUp = v.InferOutput<typeof SignUp>

/** The same, with the token of an invitation. */
export const SignUpWithToken = v.object({
  ...SignUp.entries,
  token: v.nullish(v.pipe(v.string(), v.trim(), v.maxLength(200)), ''),
})

export const personOf = ({ username, email, firstName, lastName }: SignUp): NewPerson => ({
  username,
  email: email ?? '',
  firstName,
  lastName: lastName ?? '',
})

/** The account that a sign-up asks for. */
export const accountOf = ({ username, email, firstName, lastName }: NewPerson, emailsVerified: boolean): NewUser => ({
  username,
  email: email || null,
  emailVerified: emailsVerified && email !== '',
  firstName,
  lastName,
  displayName: [firstName, lastName].filter(Boolean).join(' '),
})
