// Pure: what somebody sends who signs up, and the account that becomes of it.
import * as v from 'valibot'
import { Email, plainText, Username } from '#core/http/account-fields.ts'
import type { NewUser } from '#core/identity/users.ts'

/** Pocket ID's SignUp. */
export const SignUp = v.object({
  username: Username,
  email: v.nullish(Email),
  firstName: plainText({ least: 1, most: 50 }),
  lastName: v.nullish(plainText({ most: 50 })),
})
export type SignUp = v.InferOutput<typeof SignUp>

/** The account that a sign-up asks for. */
export function accountOf({ username, email, firstName, lastName }: SignUp, emailsVerified: boolean): NewUser {
  return {
    username,
    email: email || null,
    emailVerified: emailsVerified && Boolean(email),
    firstName,
    lastName: lastName ?? '',
    displayName: [firstName, lastName].filter(Boolean).join(' '),
  }
}
