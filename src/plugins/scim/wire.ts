// Pure: people and groups as SCIM resources (RFC 7643 sections 4.1 and 4.2).
import type { GroupRow, UserRow } from '#core/identity/actor.ts'

export type Resource = Readonly<Record<string, unknown>>

const schema = (name: 'User' | 'Group') => [`urn:ietf:params:scim:schemas:core:2.0:${name}`]
const withContent = (all: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''))

/** @param active false for somebody who is locked out: the app keeps what is theirs */
export function userResource(user: UserRow, active: boolean): Resource {
  const formatted = [user.firstName, user.lastName].filter((part) => part !== '').join(' ')
  const display = user.displayName || formatted
  return {
    schemas: schema('User'),
    externalId: user.id,
    userName: user.username,
    name: withContent({ formatted: formatted || display, givenName: user.firstName, familyName: user.lastName }),
    ...withContent({ displayName: display }),
    ...(user.email ? { emails: [{ value: user.email, type: 'work', primary: true }] } : {}),
    active,
  }
}

/** @param members the ids under which the app keeps them */
export const groupResource = (group: GroupRow, members: readonly string[]): Resource => ({
  schemas: schema('Group'),
  externalId: group.id,
  displayName: group.friendlyName || group.name,
  members: members.map((value) => ({ value, type: 'User' })),
})

/** A query for what has this value (RFC 7644 section 3.4.2.2). */
export const equals = (attribute: string, value: string): string =>
  `${attribute} eq "${value.replace(/[\\"]/g, (character) => `\\${character}`)}"`
