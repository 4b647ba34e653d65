// Pure: an entry of the directory and the settings -> the account or group it stands for, or why it stands for none.
import type { LdapSettings } from './check.ts'
import { claimAttributes, claimsOf } from './claims.ts'
import { type Entry, firstText, identifier, values } from './entry.ts'
import { fillTemplate, templateAttributes } from './rules.ts'
import { isShutOut, standingAttributes } from './standing.ts'

/** What of an account the directory decides. */
export interface Profile {
  readonly username: string
  readonly email: string | null
  readonly firstName: string
  readonly lastName: string
  readonly displayName: string
  /** Further attributes as claims: a JSON object of texts, names in order, or null for none. */
  readonly claims: string | null
}

export interface MappedUser {
  readonly kind: 'user'
  readonly externalId: string
  readonly dn: string
  readonly profile: Profile
  /** Disabled, locked or expired in the directory. */
  readonly shutOut: boolean
}

export interface MappedGroup {
  readonly kind: 'group'
  readonly externalId: string
  readonly dn: string
  readonly name: string
  readonly friendlyName: string
  /** As the directory has them: DNs, or names where the attribute holds names. */
  readonly members: readonly string[]
}

/** An entry that is left out. Its id, where it has one, protects the row already linked to it. */
export interface Skipped {
  readonly kind: 'skipped'
  readonly entity: 'user' | 'group'
  readonly dn: string
  readonly externalId: string
  readonly why: string
}

/** Everything mapping depends on beside the entry. */
export interface Mapping {
  readonly settings: LdapSettings
  readonly requireEmail: boolean
  readonly now: Date
}

const longest = { id: 500, username: 50, name: 50, displayName: 100, email: 254, groupName: 255, friendlyName: 50 } as const
const usernamePattern = /^[a-zA-Z0-9]([a-zA-Z0-9_.@-]*[a-zA-Z0-9])?$/
const emailPattern = /^[^\s@<>()[\]\\,;:"]+@[^\s@<>()[\]\\,;:"]+$/

/** The attributes a user search asks for, by name: `*` would bring what nobody asked for, and no operational ones. */
export function userAttributes(settings: LdapSettings): readonly string[] {
  const named = [
    settings.ldapAttributeUserUniqueIdentifier,
    settings.ldapAttributeUserUsername,
    settings.ldapAttributeUserEmail,
    settings.ldapAttributeUserFirstName,
    settings.ldapAttributeUserLastName,
    settings.ldapAttributeUserDisplayName,
    'cn',
    ...claimAttributes(settings.ldapClaims),
    ...templateAttributes(settings.ldapDisplayNameTemplate),
  ]
  return distinct([...named, ...(settings.ldapRespectDisabled ? standingAttributes : [])])
}

export const groupAttributes = (settings: LdapSettings): readonly string[] =>
  distinct([settings.ldapAttributeGroupUniqueIdentifier, settings.ldapAttributeGroupName, settings.ldapAttributeGroupMember])

/** Attributes whose values must stay bytes, in lower case. */
export const rawAttributes = (settings: LdapSettings): ReadonlySet<string> =>
  new Set([settings.ldapAttributeUserUniqueIdentifier.toLowerCase(), settings.ldapAttributeGroupUniqueIdentifier.toLowerCase()])

function distinct(names: readonly string[]): readonly string[] {
  const byLower = new Map(names.filter((name) => name !== '').map((name) => [name.toLowerCase(), name]))
  return [...byLower.values()]
}

/** The account an entry stands for. */
export function mapUser(entry: Entry, { settings, requireEmail, now }: Mapping): MappedUser | Skipped {
  const externalId = identifier(entry, settings.ldapAttributeUserUniqueIdentifier)
  const firstName = firstText(entry, settings.ldapAttributeUserFirstName)
  const lastName = firstText(entry, settings.ldapAttributeUserLastName)
  const username = firstText(entry, settings.ldapAttributeUserUsername)
  const names = [
    fillTemplate(settings.ldapDisplayNameTemplate, (name) => firstText(entry, name)),
    firstText(entry, settings.ldapAttributeUserDisplayName),
    firstText(entry, 'cn'),
    `${firstName} ${lastName}`.trim(),
    username,
  ]
  const displayName = names.find((name) => name !== '') ?? ''
  const email = firstText(entry, settings.ldapAttributeUserEmail) || null
  const claims = claimsOf(entry, settings.ldapClaims)
  const profile = { username, email, firstName, lastName, displayName, claims }
  const why = idFault(externalId, settings.ldapAttributeUserUniqueIdentifier) ?? profileFault(profile, settings, requireEmail)
  if (why !== undefined) return { kind: 'skipped', entity: 'user', dn: entry.dn, externalId, why }
  return { kind: 'user', externalId, dn: entry.dn, profile, shutOut: settings.ldapRespectDisabled && isShutOut(entry, now) }
}

function profileFault(
  { username, email, firstName, lastName, displayName }: Profile,
  settings: LdapSettings,
  requireEmail: boolean,
) {
  if (username === '') return `has no user name (${settings.ldapAttributeUserUsername})`
  if (username.length > longest.username) return `the user name is longer than ${longest.username} characters`
  if (!usernamePattern.test(username)) return `the user name "${username}" has characters other than letters, digits, _ . @ -`
  if (email === null && requireEmail) {
    const attribute = settings.ldapAttributeUserEmail
    return attribute === ''
      ? 'has no e-mail address, because LDAP_ATTRIBUTE_USER_EMAIL is not set'
      : `has no e-mail address (${attribute})`
  }
  if (email !== null && (email.length > longest.email || !emailPattern.test(email)))
    return `the e-mail address "${email.slice(0, 80)}" is not valid`
  if (firstName.length > longest.name) return `the first name is longer than ${longest.name} characters`
  if (lastName.length > longest.name) return `the last name is longer than ${longest.name} characters`
  return displayName.length > longest.displayName
    ? `the display name is longer than ${longest.displayName} characters`
    : undefined
}

const idFault = (id: string, attribute: string): string | undefined =>
  id === ''
    ? `has no unique id (${attribute})`
    : id.length > longest.id
      ? `the unique id (${attribute}) is longer than ${longest.id} characters`
      : undefined

/** The group an entry stands for. */
export function mapGroup(entry: Entry, { settings }: Mapping): MappedGroup | Skipped {
  const externalId = identifier(entry, settings.ldapAttributeGroupUniqueIdentifier)
  const name = firstText(entry, settings.ldapAttributeGroupName)
  const nameAttribute = settings.ldapAttributeGroupName
  const why =
    idFault(externalId, settings.ldapAttributeGroupUniqueIdentifier) ??
    (name === '' ? `has no name (${nameAttribute})` : undefined)
  const tooLong = name.length > longest.groupName ? `the name is longer than ${longest.groupName} characters` : undefined
  if (why !== undefined || tooLong !== undefined)
    return { kind: 'skipped', entity: 'group', dn: entry.dn, externalId, why: why ?? tooLong ?? '' }
  const members = values(entry, settings.ldapAttributeGroupMember).filter((value): value is string => typeof value === 'string')
  return { kind: 'group', externalId, dn: entry.dn, name, friendlyName: cut(name, longest.friendlyName), members }
}

/** Cuts without tearing a character of two code units apart. */
function cut(text: string, length: number): string {
  const last = text.charCodeAt(length - 1)
  return text.length > length && last >= 0xd800 && last < 0xdc00 ? text.slice(0, length - 1) : text.slice(0, length)
}
