// Pure: what callers send of a user, and what of it becomes a change: by an administrator, or by the user himself.
import * as v from 'valibot'
import { Email, plainText, Username } from '#core/http/account-fields.ts'
import type { UserRow } from '#core/identity/actor.ts'
import type { UserPatch } from '#core/identity/ownership.ts'

const Locale = v.pipe(plainText({ most: 35 }), v.regex(/^[A-Za-z0-9-]*$/, 'Must be a language tag such as en or pt-BR.'))

/** Pocket ID's UserInput: a PUT replaces everything, so what is left out is empty or false. */
export const UserInput = v.object({
  username: Username,
  email: v.nullish(Email),
  emailVerified: v.optional(v.boolean()),
  firstName: v.optional(plainText({ most: 50 }), ''),
  lastName: v.nullish(plainText({ most: 50 })),
  displayName: v.optional(plainText({ most: 100 }), ''),
  isAdmin: v.optional(v.boolean(), false),
  locale: v.nullish(Locale),
  disabled: v.optional(v.boolean(), false),
})
export type UserInput = v.InferOutput<typeof UserInput>

/** A new user may also bring its id and its groups. */
export const NewUserInput = v.object({
  ...UserInput.entries,
  id: v.optional(v.pipe(v.string(), v.uuid('Must be a UUID.'), v.toLowerCase())),
  userGroupIds: v.optional(v.array(v.string()), []),
})

/** What an administrator's input changes; `known` is undefined for a new user. */
export function adminPatch(input: UserInput, known: UserRow | undefined, emailsVerified: boolean) {
  const person = personPatch(input)
  const emailVerified = input.emailVerified ?? verified(person.email, known, emailsVerified)
  return { ...person, emailVerified, isAdmin: input.isAdmin, disabled: input.disabled } satisfies UserPatch
}

/** What a user's own input changes: never what only an administrator may decide. */
export function ownPatch(input: UserInput, known: UserRow, settings: OwnEditSettings): UserPatch {
  const person = personPatch(input)
  if (!settings.allowOwnAccountEdit) return { locale: person.locale }
  return { ...person, emailVerified: verified(person.email, known, settings.emailsVerified) }
}

export interface OwnEditSettings {
  readonly allowOwnAccountEdit: boolean
  readonly emailsVerified: boolean
}

function personPatch({ username, email, firstName, lastName, displayName, locale }: UserInput) {
  return {
    username,
    email: email || null,
    firstName,
    lastName: lastName ?? '',
    displayName: displayName || [firstName, lastName].filter(Boolean).join(' ') || username,
    locale: locale || null,
  }
}

// Another address is as unproven as that of a new account.
const verified = (email: string | null, known: UserRow | undefined, emailsVerified: boolean): boolean =>
  known && known.email === email ? known.emailVerified : emailsVerified && email !== null
