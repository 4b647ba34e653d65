// Pure: which claims a scope opens, and what a user's claims are (OpenID Connect Core section 5).
import type { UserRow } from '#core/identity/actor.ts'

export const standardScopes = ['openid', 'profile', 'email', 'groups', 'offline_access'] as const

/** Scopes that say something of the person: a token that has one may be used at userinfo. */
export const identityScopes: readonly string[] = ['openid', 'profile', 'email', 'groups']

/** Of the token and the sign-in, and not of the person. */
const claimsOfTokens = ['iss', 'sub', 'aud', 'exp', 'iat', 'auth_time', 'nonce', 'acr', 'amr', 'sid']

export const standardClaims: readonly string[] = [
  ...claimsOfTokens,
  ...['name', 'given_name', 'family_name', 'display_name', 'preferred_username', 'picture'],
  ...['email', 'email_verified', 'groups'],
]

/** The scope that a claim is part of, undefined where it needs none. Whatever else somebody asks for may be a custom claim. */
export function scopeOfClaim(name: string): (typeof standardScopes)[number] | undefined {
  if (claimsOfTokens.includes(name)) return undefined
  if (name === 'groups') return 'groups'
  return name === 'email' || name === 'email_verified' ? 'email' : 'profile'
}

export type Claims = Readonly<Record<string, unknown>>

/** A person with everything that claims are made of. */
export interface Subject {
  readonly user: Pick<UserRow, 'id' | 'username' | 'email' | 'emailVerified' | 'firstName' | 'lastName' | 'displayName'>
  readonly groups: readonly string[]
  /** Custom claims; of two with one name the later counts. */
  readonly custom: readonly { readonly key: string; readonly value: string }[]
  readonly issuer: string
}

/** Everything a scope opens, `sub` apart. */
export function claimsOf(subject: Subject, scope: readonly string[], requested: readonly string[] = []): Claims {
  const all = { profile: profileOf(subject), email: emailOf(subject), groups: { groups: [...subject.groups] } }
  const opened = Object.entries(all).flatMap(([name, claims]) => (scope.includes(name) ? Object.entries(claims) : []))
  const single = Object.values(all).flatMap((claims) => Object.entries(claims).filter(([name]) => requested.includes(name)))
  return Object.fromEntries([...opened, ...single])
}

/**
 * Our own claims win over custom ones of the same name, which can exist where a name was free before. A name that nobody has is left
 * out, and no empty text stands for it (section 5.3.2).
 */
const profileOf = ({ user, custom, issuer }: Subject): Claims => ({
  ...Object.fromEntries(custom.map(({ key, value }) => [key, jsonOrText(value)])),
  ...withContent({ given_name: user.firstName, family_name: user.lastName, display_name: user.displayName }),
  name: [user.firstName, user.lastName].filter((part) => part !== '').join(' ') || user.displayName || user.username,
  preferred_username: user.username,
  picture: `${issuer}/api/users/${user.id}/profile-picture.png`,
})

const withContent = (claims: Readonly<Record<string, string>>): Claims =>
  Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== ''))

/** Without an address there is nothing that could be verified. */
const emailOf = ({ user }: Subject): Claims => (user.email ? { email: user.email, email_verified: user.emailVerified } : {})

/** A custom claim may hold a JSON document: `true`, `["a","b"]`. */
function jsonOrText(value: string): unknown {
  try {
    return JSON.parse(value)
  } catch {
    // Then it is what it says.
    return value
  }
}
