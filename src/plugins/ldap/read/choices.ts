// Pure: an attribute with several values is a set. Which of them counts: the one we hold, while it is there; else the one in the
// entry's name; else the first.
import { namesEntry } from '../wire/dn.ts'
import { allTexts, type Entry } from '../wire/entry.ts'
import { type ClaimSets, chooseClaims, claimsPart } from './claims.ts'
import type { MappedUser, Profile } from './map.ts'
import { plainProfile } from './values.ts'

type Field = 'username' | 'email' | 'firstName' | 'lastName' | 'displayName'

/** The sets behind fields that have more than one value. An empty set: the display name is made of first and last name. */
export type Choices = { readonly [F in Field]?: readonly string[] } & { readonly claims?: ClaimSets }

/** What an attribute offers for a field. */
export interface Offer {
  /** The value to take where nothing is held yet; empty: there is none. */
  readonly value: string
  /** All of them where there are several. */
  readonly all: readonly string[] | undefined
}

const nothing: Offer = { value: '', all: undefined }

/** @param fits values that do not fit are passed over while another one does */
export function offerOf(entry: Entry, attribute: string, fits: (value: string) => boolean): Offer {
  const found = allTexts(entry, attribute)
  if (found.length < 2) return found[0] === undefined ? nothing : { value: found[0], all: undefined }
  const fitting = found.filter(fits)
  const all = fitting.length === 0 ? found : fitting
  const value = all.find((one) => namesEntry(entry.dn, attribute, one)) ?? all[0] ?? ''
  return { value, all: all.length > 1 ? all : undefined }
}

/** The values to store, beside those that are. */
export function choose(
  profile: Profile,
  choices: Choices | undefined,
  held: Pick<Profile, Field | 'claims'> | undefined,
): Profile {
  if (!choices || !held) return profile
  const kept = (field: Field) => {
    const value = held[field]
    return value !== null && choices[field]?.includes(value) ? { [field]: value } : {}
  }
  const claims = chooseClaims(profile.claims, choices.claims, held.claims)
  const chosen = {
    ...plainProfile(profile),
    claims,
    ...kept('username'),
    ...kept('email'),
    ...kept('firstName'),
    ...kept('lastName'),
  }
  if (choices.displayName?.length === 0) return { ...chosen, displayName: madeOfNames(chosen) }
  return { ...chosen, ...kept('displayName') }
}

/** First and last name, or the user name where there are none. */
export const madeOfNames = ({ firstName, lastName, username }: Pick<Profile, 'firstName' | 'lastName' | 'username'>): string =>
  `${firstName} ${lastName}`.trim() || username

/** What a digest is made of: sets in order, so that one sent in another order is no change. */
export function digestParts({ profile, choices = {} }: Pick<MappedUser, 'profile' | 'choices'>): readonly unknown[] {
  const part = (field: Field) => (choices[field] ? [...choices[field]].sort() : profile[field])
  return [
    part('username'),
    part('email'),
    part('firstName'),
    part('lastName'),
    part('displayName'),
    claimsPart(profile.claims, choices.claims),
  ]
}
