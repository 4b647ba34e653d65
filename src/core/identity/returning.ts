// Accounts and groups that come back to their source within the time that removed ones are kept: the old row, with what hung on it.
import { sql } from 'drizzle-orm'
import type { Reads, Transaction } from '../db/client.ts'
import { putBack } from '../db/revert.ts'

type Table = 'users' | 'groups'

/** Rows of the source that are kept aside: their ids by external id. */
export async function keptAside(
  db: Pick<Reads, 'all'>,
  table: Table,
  source: string,
  externalIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await db.all<{ externalId: string; id: string }>(sql`
    select image ->> 'external_id' as externalId, root_id as id from kept_rows
    where table_name = ${table} and depth = 0 and image ->> 'source' = ${source}
    and image ->> 'external_id' in (select value from json_each(${JSON.stringify(externalIds)}))
    and root_id not in (select id from ${sql.identifier(table)}) order by change_id`)
  return new Map(rows.map(({ externalId, id }) => [externalId, id]))
}

/** Whether anything is kept aside at all: before the first removal nobody need be looked for. */
export const anythingKept = async (db: Pick<Reads, 'all'>): Promise<boolean> =>
  (await db.all(sql`select 1 from kept_rows limit 1`)).length > 0

/**
 * Puts rows back under a name that nobody can have; the caller gives them their own in the same transaction. Their places in groups
 * of a source, and the members of such groups, are the source's to say anew.
 */
export async function putAccountsBack(tx: Transaction, table: Table, ids: readonly string[]): Promise<void> {
  const among = sql`(select value from json_each(${JSON.stringify(ids)}))`
  const which = sql`k.root_id in ${among} and k.change_id = (select max(change_id) from kept_rows l where l.root_id = k.root_id)`
  const parked = sql`'parked:' || k.root_id`
  await putBack(tx, which, table === 'users' ? { username: parked, email: sql`null` } : { name: parked })
  await tx.run(
    table === 'users'
      ? sql`delete from group_members where user_id in ${among} and group_id in (select id from groups where source is not null)`
      : sql`delete from group_members where group_id in ${among}`,
  )
  await tx.run(sql`delete from kept_rows where root_id in ${among}`)
}
