// Users, groups, memberships and claims of another product's export, with their ids.
import { customClaims, groupMembers, groups, users } from '../db/tables.ts'
import type { Host } from '../kernel/plugin.ts'
import { flagOf, momentOf, textOf, textOrNull } from './fields.ts'
import { inParts, type Predecessor, type TakenOver } from './predecessor.ts'

export async function takeOverPeople(from: Predecessor, { db, clock }: Pick<Host, 'db' | 'clock'>): Promise<TakenOver> {
  const now = clock.now()
  const notes: string[] = []
  const addresses = new Set<string>()
  const twice: string[] = []
  // Before each address had a word of its own, one setting spoke for all of them.
  const allVerified = from.rows('app_config_variables').some((row) => row.key === 'emailsVerified' && row.value === 'true')
  // An address here belongs to one person, whatever its letters' case.
  const emailOf = (email: string | null, username: string): string | null => {
    const same = email?.toLowerCase()
    if (same === undefined || !addresses.has(same)) {
      if (same !== undefined) addresses.add(same)
      return email
    }
    twice.push(username)
    return null
  }
  const people = from.rows('users').map((row) => ({
    id: textOf(row, 'id'),
    username: textOf(row, 'username'),
    email: emailOf(textOrNull(row, 'email'), textOf(row, 'username')),
    emailVerified: 'email_verified' in row ? flagOf(row, 'email_verified') : allVerified,
    firstName: textOf(row, 'first_name'),
    lastName: textOf(row, 'last_name'),
    displayName: textOrNull(row, 'display_name') ?? `${textOf(row, 'first_name')} ${textOf(row, 'last_name')}`.trim(),
    isAdmin: flagOf(row, 'is_admin'),
    locale: textOrNull(row, 'locale'),
    disabled: flagOf(row, 'disabled'),
    createdAt: momentOf(row, 'created_at') ?? now,
    updatedAt: momentOf(row, 'updated_at') ?? momentOf(row, 'created_at') ?? now,
  }))
  const held = from.rows('user_groups').map((row) => ({
    id: textOf(row, 'id'),
    name: textOf(row, 'name'),
    friendlyName: textOf(row, 'friendly_name'),
    createdAt: momentOf(row, 'created_at') ?? now,
    updatedAt: momentOf(row, 'updated_at') ?? momentOf(row, 'created_at') ?? now,
  }))
  const members = from
    .rows('user_groups_users')
    .map((row) => ({ groupId: textOf(row, 'user_group_id'), userId: textOf(row, 'user_id') }))
  const claims = from.rows('custom_claims').map((row) => ({
    id: textOf(row, 'id'),
    userId: textOrNull(row, 'user_id'),
    groupId: textOrNull(row, 'user_group_id'),
    key: textOf(row, 'key'),
    value: textOf(row, 'value'),
  }))
  await db.write(async (tx) => {
    for (const part of inParts(people)) await tx.insert(users).values(part)
    for (const part of inParts(held)) await tx.insert(groups).values(part)
    for (const part of inParts(members)) await tx.insert(groupMembers).values(part)
    for (const part of inParts(claims)) await tx.insert(customClaims).values(part)
  })
  if (twice.length > 0) notes.push(`Somebody else has the same e-mail address as ${twice.join(', ')}, who come without one.`)
  return { notes }
}
