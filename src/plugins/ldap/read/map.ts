// Pure: an entry of the directory and the settings -> the account or group it stands for, or why it stands for none.
import type { LdapSettings } from '../check.ts'
import { namesEntry } from '../wire/dn.ts'
import { type Entry, identifier, textsOf, type Values, values } from '../wire/entry.ts'
import { primaryGroupSid, sidOf } from '../wire/sid.ts'
import { type Choices, madeOfNames, type Offer, offerOf } from './choices.ts'
import { claimAttributes, offerClaims } from './claims.ts'
import type { Claimed } from './members.ts'
import { fillTemplate, templateAttributes } from './rules.ts'
import { type Lock, type Standing, standingAttributes, standingOf } from './standing.ts'

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
  /** Where attributes have several values. */
  readonly choices?: Choices
  /** Disabled, locked or expired in the directory. */
  readonly shutOut: boolean
  /** That it is locked for a time is all that shuts it out; the directory's policy says for how long. */
  readonly lock?: Lock
  /** What the entry itself says of its groups, where the settings ask for that. */
  readonly claimed?: Claimed
}

export interface MappedGroup {
  readonly kind: 'group'
  readonly externalId: string
  readonly dn: string
  readonly name: string
  readonly friendlyName: string
  /** As the directory has them: DNs, or names where the attribute holds names. */
  readonly members: Values
  readonly sid?: string | undefined
}

/** An entry that is left out. Its id, where it has one, protects the row already linked to it. */
export interface Skipped {
  readonly kind: 'skipped'
  readonly entity: 'user' | 'group'
  readonly dn: string
  readonly externalId: string
  readonly why: string
  /** What an account entry says of access counts all the same, as far as it takes it away. */
  readonly standing?: Standing
}

/** Everything mapping depends on beside the entry. */
export interface Mapping {
  readonly settings: LdapSettings
  readonly requireEmail: boolean
  readonly now: Date
}

const longest = { id: 500, username: 50, name: 50, displayName: 100, email: 254, groupName: 255, friendlyName: 50 } as const
const usernamePattern = /^[a-zA-Z0-9]([a-zA-Z0-9_.@-]*[a-zA-Z0-9])?$/
const emailPattern = /^[^\s\p{C}@<>()[\]\\,;:"]+@[^\s\p{C}@<>()[\]\\,;:"]+$/u

/** The attributes a user search asks for, by name: `*` would bring what nobody asked for, and no operational ones. */
export function userAttributes(settings: LdapSettings): readonly string[] {
  const named = [
    settings.ldapAttributeUserUniqueIdentifier,
    settings.ldapAttributeUserUsername,
    settings.ldapAttributeUserEmail,
    settings.ldapAttributeUserFirstName,
    settings.ldapAttributeUserLastName,
    settings.ldapAttributeUserDisplayName,
    settings.ldapAttributeUserMemberOf,
    ...(settings.ldapPrimaryGroup ? ['objectSid', 'primaryGroupID'] : []),
    'cn',
    ...claimAttributes(settings.ldapClaims),
    ...templateAttributes(settings.ldapDisplayNameTemplate),
  ]
  return distinct([...named, ...(settings.ldapRespectDisabled ? standingAttributes : [])])
}

export const groupAttributes = (settings: LdapSettings): readonly string[] =>
  distinct([
    settings.ldapAttributeGroupUniqueIdentifier,
    settings.ldapAttributeGroupName,
    settings.ldapAttributeGroupMember,
    ...(settings.ldapPrimaryGroup ? ['objectSid'] : []),
  ])

/** Attributes whose values must stay bytes, in lower case. */
export const rawAttributes = (settings: LdapSettings): ReadonlySet<string> =>
  new Set([
    settings.ldapAttributeUserUniqueIdentifier.toLowerCase(),
    settings.ldapAttributeGroupUniqueIdentifier.toLowerCase(),
    'objectsid',
  ])

function distinct(names: readonly string[]): readonly string[] {
  const byLower = new Map(names.filter((name) => name !== '').map((name) => [name.toLowerCase(), name]))
  return [...byLower.values()]
}

/** The account an entry stands for. */
export function mapUser(entry: Entry, { settings, requireEmail, now }: Mapping): MappedUser | Skipped {
  const externalId = identifier(entry, settings.ldapAttributeUserUniqueIdentifier)
  const { profile, choices } = readProfile(entry, settings)
  const why = idFault(externalId, settings.ldapAttributeUserUniqueIdentifier) ?? profileFault(profile, settings, requireEmail)
  const standing = settings.ldapRespectDisabled ? standingOf(entry, now) : { shutOut: false }
  if (why !== undefined) return { kind: 'skipped', entity: 'user', dn: entry.dn, externalId, why, standing }
  const claimed = claimedGroups(entry, settings)
  return {
    ...{ kind: 'user', externalId, dn: entry.dn, profile, ...standing },
    ...(Object.keys(choices).length === 0 ? {} : { choices }),
    ...(claimed ? { claimed } : {}),
  }
}

const atMost = (length: number) => (text: string) => text.length <= length
const isUsername = (text: string) => text.length <= longest.username && usernamePattern.test(text)
const isEmail = (text: string) => text.length <= longest.email && emailPattern.test(text)

function readProfile(entry: Entry, settings: LdapSettings): { readonly profile: Profile; readonly choices: Choices } {
  const username = offerOf(entry, settings.ldapAttributeUserUsername, isUsername)
  const email = offerOf(entry, settings.ldapAttributeUserEmail, isEmail)
  const firstName = offerOf(entry, settings.ldapAttributeUserFirstName, atMost(longest.name))
  const lastName = offerOf(entry, settings.ldapAttributeUserLastName, atMost(longest.name))
  const names = { username: username.value, firstName: firstName.value, lastName: lastName.value }
  const shown = offerShown(entry, settings)
  const { claims, sets } = offerClaims(entry, settings.ldapClaims)
  const isMade = shown.value === '' && (username.all ?? firstName.all ?? lastName.all) !== undefined
  const choices = Object.entries({ username, email, firstName, lastName, displayName: isMade ? { all: [] } : shown })
  return {
    profile: {
      ...names,
      email: email.value || null,
      displayName: shown.value || madeOfNames(names),
      claims,
    },
    choices: {
      ...Object.fromEntries(choices.flatMap(([field, { all }]) => (all ? [[field, all]] : []))),
      ...(sets ? { claims: sets } : {}),
    },
  }
}

/** More mixes than these are not made. */
const mostFills = 64

/** What a template makes of an entry: first of the values that count, then of every other one an attribute has. */
function templateFills(entry: Entry, template: string): readonly string[] {
  if (template === '') return []
  const names = [...new Set(templateAttributes(template))]
  const offers = new Map(names.map((name) => [name, offerOf(entry, name, () => true)]))
  const first = fillTemplate(template, (name) => offers.get(name)?.value ?? '')
  if (first === '') return []
  let mixes: readonly ReadonlyMap<string, string>[] = [new Map()]
  // In order, so that the order in which a server sends values does not count.
  for (const [name, { value, all = [value] }] of offers)
    mixes = mixes.slice(0, mostFills).flatMap((mix) => [...all].sort().map((one) => new Map([...mix, [name, one]])))
  const fills = mixes.slice(0, mostFills).map((mix) => fillTemplate(template, (name) => mix.get(name) ?? ''))
  return [...new Set([first, ...fills])]
}

/** The display name: by template, else by its attribute, else cn. */
function offerShown(entry: Entry, settings: LdapSettings): Offer {
  const [filled, ...more] = templateFills(entry, settings.ldapDisplayNameTemplate)
  if (filled !== undefined) return { value: filled, all: more.length === 0 ? undefined : [filled, ...more] }
  const fits = atMost(longest.displayName)
  const own = offerOf(entry, settings.ldapAttributeUserDisplayName, fits)
  return own.value === '' ? offerOf(entry, 'cn', fits) : own
}

function claimedGroups(entry: Entry, settings: LdapSettings): Claimed | undefined {
  const { ldapAttributeUserMemberOf: attribute, ldapPrimaryGroup } = settings
  if (attribute === '' && !ldapPrimaryGroup) return undefined
  const groupDns = attribute === '' ? [] : textsOf(entry, attribute)
  return { groupDns, groupSid: ldapPrimaryGroup ? primaryGroupSid(entry) : undefined }
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
  const nameAttribute = settings.ldapAttributeGroupName
  const name = groupName(entry, nameAttribute)
  const why =
    idFault(externalId, settings.ldapAttributeGroupUniqueIdentifier) ??
    (name === '' ? `has no name (${nameAttribute})` : undefined)
  const tooLong = name.length > longest.groupName ? `the name is longer than ${longest.groupName} characters` : undefined
  if (why !== undefined || tooLong !== undefined)
    return { kind: 'skipped', entity: 'group', dn: entry.dn, externalId, why: why ?? tooLong ?? '' }
  const members = values(entry, settings.ldapAttributeGroupMember)
  const sid = settings.ldapPrimaryGroup ? { sid: sidOf(entry) } : {}
  return { kind: 'group', externalId, dn: entry.dn, name, friendlyName: cut(name, longest.friendlyName), members, ...sid }
}

/** Of several names the one that the entry is called by, else the first by the alphabet: servers send them in any order. */
function groupName(entry: Entry, attribute: string): string {
  const { value, all = [] } = offerOf(entry, attribute, atMost(longest.groupName))
  return all.find((one) => namesEntry(entry.dn, attribute, one)) ?? [...all].sort()[0] ?? value
}

/** Cuts without tearing a character of two code units apart. */
function cut(text: string, length: number): string {
  const last = text.charCodeAt(length - 1)
  return text.length > length && last >= 0xd800 && last < 0xdc00 ? text.slice(0, length - 1) : text.slice(0, length)
}
