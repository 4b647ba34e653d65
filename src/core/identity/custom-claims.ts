// Claims of users and groups: what is edited here, and what the source of a user decides, which comes first.
import { type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import type { Reads } from '../db/client.ts'
import { customClaims } from '../db/tables.ts'
import type { UserRow } from './actor.ts'

export interface Claim {
  readonly key: string
  readonly value: string
}

/** What the source decides, by name. */
export const claimsOfSource = ({ sourceClaims }: Pick<UserRow, 'sourceClaims'>): ReadonlyMap<string, string> =>
  new Map(Object.entries(sourceClaims === null ? {} : (JSON.parse(sourceClaims) as Record<string, string>)))

/**
 * The claims of a user as apps see them, by name. Where both have a name the source's value counts, as with every other field
 * of a synced account; the one edited here stays beneath it and comes back when the source drops the name.
 */
export function effectiveClaims(row: Pick<UserRow, 'sourceClaims'>, edited: readonly Claim[]): readonly Claim[] {
  const ofSource = [...claimsOfSource(row)].map(([key, value]) => ({ key, value }))
  const names = new Set(ofSource.map(({ key }) => key))
  return [...ofSource, ...edited.filter(({ key }) => !names.has(key))].sort((left, right) => (left.key < right.key ? -1 : 1))
}

/** The claims edited here, by their owner's id. */
export async function editedClaims(
  read: Reads,
  owner: typeof customClaims.userId | typeof customClaims.groupId,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly Claim[]>> {
  const rows = await read
    .select({ owner, key: customClaims.key, value: customClaims.value })
    .from(customClaims)
    .where(among(owner, ids))
    .orderBy(customClaims.key)
  const byOwner = new Map<string, Claim[]>()
  for (const { owner: id, key, value } of rows) if (id) byOwner.set(id, [...(byOwner.get(id) ?? []), { key, value }])
  return byOwner
}

// One bound value however many ids: no limit on parameters is met.
const among = (column: SQLiteColumn, ids: readonly string[]): SQL =>
  sql`${column} in (select value from json_each(${JSON.stringify(ids)}))`
