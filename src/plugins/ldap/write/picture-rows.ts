// What is known here of the pictures in the directory: one row a person of this source, read in slices.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import type { Database } from '#core/db/client.ts'

/** The last look at somebody's picture. */
export interface PictureRow {
  readonly userId: string
  /** When the entry was changed, as the directory says it; undefined before the first look. */
  readonly stamp: string | undefined
  /** Of the bytes as the directory has them; null when there are none, or none that could be used. */
  readonly digest: string | null
  readonly fault: string | null
}

export interface Look {
  readonly userId: string
  readonly stamp: string
  readonly digest: string | null
  readonly fault: string | null
}

const sliceRows = 2_000

/** Everybody of this source by external id. */
export async function readPictureRows(db: Database, source: string): Promise<ReadonlyMap<string, PictureRow>> {
  type Row = [externalId: string, userId: string, stamp: string | null, digest: string | null, fault: string | null]
  const rows = new Map<string, PictureRow>()
  for (let last = ''; ; await nextTurn()) {
    const [found] = await db.read.all<{ rows: string }>(sql`
      select json_group_array(json_array(external_id, id, stamp, digest, fault)) as rows from (
        select users.external_id, users.id, ldap_pictures.stamp, ldap_pictures.digest, ldap_pictures.fault from users
        left join ldap_pictures on ldap_pictures.user_id = users.id
        where users.source = ${source} and users.external_id > ${last} order by users.external_id limit ${sliceRows})`)
    const slice = JSON.parse(found?.rows ?? '[]') as Row[]
    for (const [externalId, userId, stamp, digest, fault] of slice)
      rows.set(externalId, { userId, stamp: stamp ?? undefined, digest, fault })
    last = slice.at(-1)?.[0] ?? ''
    if (slice.length < sliceRows) return rows
  }
}

/** Keeps what a look met; somebody who was removed meanwhile is passed over. */
export async function keepLooks(db: Database, looks: readonly Look[]): Promise<void> {
  if (looks.length === 0) return
  const rows = JSON.stringify(looks.map(({ userId, stamp, digest, fault }) => [userId, stamp, digest, fault]))
  await db.write((tx) =>
    tx.run(sql`
      insert into ldap_pictures (user_id, stamp, digest, fault)
      select value ->> 0, value ->> 1, value ->> 2, value ->> 3 from json_each(${rows}) where value ->> 0 in (select id from users)
      on conflict (user_id) do update set stamp = excluded.stamp, digest = excluded.digest, fault = excluded.fault`),
  )
}

/** Forgets every look at this source's pictures. @returns whose picture came from there */
export async function forgetLooks(db: Database, source: string): Promise<readonly string[]> {
  // Pictures first, of which there are few or none: otherwise everybody would be walked.
  const any = await db.read.all(sql`
    select 1 from ldap_pictures cross join users on users.id = user_id where users.source = ${source} limit 1`)
  if (any.length === 0) return []
  const gone = await db.write((tx) =>
    tx.all<{ id: string }>(sql`
      delete from ldap_pictures where user_id in (select id from users where source = ${source}) returning user_id as id`),
  )
  return gone.map(({ id }) => id)
}
