// Rows of people and groups -> the JSON that Pocket ID's clients know. In core because several plugins answer with a user.
import { setImmediate as pause } from 'node:timers/promises'
import { eq, type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import * as v from 'valibot'
import type { Database } from '../db/client.ts'
import { customClaims, groupMembers, groups } from '../db/tables.ts'
import { type GroupRow, isDisabled, type UserRow } from '../identity/actor.ts'
import { type Claim, claimsOfSource, editedClaims, effectiveClaims } from '../identity/custom-claims.ts'
import type { Guard } from '../identity/guard.ts'

const Text = v.string()
const OrNull = v.nullable(v.string())

/** Ours: `source`, the directory that decides this claim, where one does. */
export const CustomClaim = v.object({ key: Text, value: Text, source: v.optional(Text) })
export type CustomClaim = v.InferOutput<typeof CustomClaim>

/** A group without its members, as it stands inside a user and in lists. */
export const GroupMinimal = v.object({
  id: Text,
  friendlyName: Text,
  name: Text,
  customClaims: v.array(CustomClaim),
  userCount: v.number(),
  ldapId: OrNull,
  createdAt: Text,
})
export type GroupMinimal = v.InferOutput<typeof GroupMinimal>

/** A user on the wire. Ours: `source`, the directory it comes from, and `locked`, the fields that are edited there and not here. */
export const User = v.object({
  id: Text,
  username: Text,
  email: OrNull,
  emailVerified: v.boolean(),
  firstName: Text,
  lastName: OrNull,
  displayName: Text,
  isAdmin: v.boolean(),
  locale: OrNull,
  customClaims: v.array(CustomClaim),
  userGroups: v.array(GroupMinimal),
  ldapId: OrNull,
  disabled: v.boolean(),
  source: OrNull,
  locked: v.array(Text),
})
export type User = v.InferOutput<typeof User>

/** What the builders read from; every plugin's host fits. */
export interface WireSources {
  readonly db: Pick<Database, 'read'>
  readonly identity: { readonly guard: Pick<Guard, 'locked'> }
}

/** How many users share one round of queries: enough for a list's page, little enough not to hold up the event loop. */
const sliceSize = 500

/** One user with claims and groups. */
export async function userJson(sources: WireSources, row: UserRow): Promise<User> {
  return oneUser(sources, row, await contextOf(sources, [row.id]))
}

/** Many users, in the order given, with four queries for every 500. */
export async function usersJson(sources: WireSources, rows: readonly UserRow[]): Promise<User[]> {
  const all: User[] = []
  for (let at = 0; at < rows.length; at += sliceSize) {
    // The native client works synchronously: without a pause nobody else would be answered meanwhile.
    if (at > 0) await pause()
    const slice = rows.slice(at, at + sliceSize)
    const context = await contextOf(
      sources,
      slice.map(({ id }) => id),
    )
    for (const row of slice) all.push(oneUser(sources, row, context))
  }
  return all
}

/** Groups without members, in the order given. A row that already carries its `userCount` is not counted again. */
export async function groupsJson(
  { db }: Pick<WireSources, 'db'>,
  rows: readonly (GroupRow & { readonly userCount?: number })[],
): Promise<GroupMinimal[]> {
  const claims = await editedClaims(
    db.read,
    customClaims.groupId,
    rows.map(({ id }) => id),
  )
  const uncounted = rows.filter(({ userCount }) => userCount === undefined).map(({ id }) => id)
  const counts = new Map(uncounted.length === 0 ? [] : await countMembers(db, uncounted))
  return rows.map((row) => ({
    id: row.id,
    friendlyName: row.friendlyName,
    name: row.name,
    customClaims: [...(claims.get(row.id) ?? [])],
    userCount: row.userCount ?? counts.get(row.id) ?? 0,
    ldapId: row.externalId,
    createdAt: row.createdAt.toISOString(),
  }))
}

interface WireContext {
  readonly claims: ReadonlyMap<string, readonly Claim[]>
  readonly groups: ReadonlyMap<string, readonly GroupMinimal[]>
}

async function contextOf({ db }: WireSources, userIds: readonly string[]): Promise<WireContext> {
  const memberships = await db.read
    .select({ userId: groupMembers.userId, group: groups })
    .from(groupMembers)
    .innerJoin(groups, eq(groups.id, groupMembers.groupId))
    .where(among(groupMembers.userId, userIds))
    .orderBy(groups.name)
  const distinct = [...new Map(memberships.map(({ group }) => [group.id, group])).values()]
  const wire = new Map((await groupsJson({ db }, distinct)).map((group) => [group.id, group]))
  const held = new Map<string, GroupMinimal[]>()
  for (const { userId, group } of memberships) {
    const json = wire.get(group.id)
    if (json) held.set(userId, [...(held.get(userId) ?? []), json])
  }
  return { claims: await editedClaims(db.read, customClaims.userId, userIds), groups: held }
}

function oneUser({ identity }: WireSources, row: UserRow, context: WireContext): User {
  return {
    id: row.id,
    username: row.username,
    email: row.email,
    emailVerified: row.emailVerified,
    firstName: row.firstName,
    lastName: row.lastName === '' ? null : row.lastName,
    displayName: row.displayName,
    isAdmin: row.isAdmin,
    locale: row.locale,
    customClaims: claimsJson(identity.guard, row, context.claims.get(row.id) ?? []),
    userGroups: [...(context.groups.get(row.id) ?? [])],
    ldapId: row.externalId,
    disabled: isDisabled(row),
    source: row.source,
    locked: [...identity.guard.locked('user', row).fields],
  }
}

/** Whoever may edit a claim here is not told of a source: with the directory switched off nobody owns it any more. */
export function claimsJson(guard: Pick<Guard, 'locked'>, row: UserRow, edited: readonly Claim[]): CustomClaim[] {
  const owned = guard.locked('user', row).by === undefined ? new Map<string, string>() : claimsOfSource(row)
  return effectiveClaims(row, edited).map((claim) =>
    row.source !== null && owned.has(claim.key) ? { ...claim, source: row.source } : claim,
  )
}

async function countMembers(db: WireSources['db'], groupIds: readonly string[]): Promise<[string, number][]> {
  const userCount = sql<number>`count(*)`
  const rows = await db.read
    .select({ id: groupMembers.groupId, userCount })
    .from(groupMembers)
    .where(among(groupMembers.groupId, groupIds))
    .groupBy(groupMembers.groupId)
  return rows.map((row) => [row.id, row.userCount])
}

// One bound value however many ids: no limit on parameters is met.
const among = (column: SQLiteColumn, ids: readonly string[]): SQL =>
  sql`${column} in (select value from json_each(${JSON.stringify(ids)}))`
