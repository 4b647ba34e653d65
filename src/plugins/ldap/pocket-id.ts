// Who came from the directory at a Pocket ID comes from it here: the next run finds its entries by their ids and changes nothing.
import { sql } from 'drizzle-orm'
import { textOrNull } from '#core/transfer/fields.ts'
import { inParts, type TakeOver } from '#core/transfer/predecessor.ts'
import { sourceOf } from './source.ts'

export const takeOver: TakeOver = async (from, host) => {
  const { db, pictures, profilePictures } = host
  const source = sourceOf(host)
  const linked = (table: string) =>
    from.rows(table).flatMap((row) => {
      const externalId = textOrNull(row, 'ldap_id')
      return externalId === null ? [] : [{ id: String(row.id), externalId }]
    })
  const people = linked('users')
  const tables = [
    ['users', people],
    ['groups', linked('user_groups')],
  ] as const
  await db.write(async (tx) => {
    for (const [table, rows] of tables)
      for (const part of inParts(rows, 1_000))
        await tx.run(sql`update ${sql.identifier(table)} set source = ${source}, external_id = link.value ->> 'externalId'
          from json_each(${JSON.stringify(part)}) as link where ${sql.identifier(table)}.id = link.value ->> 'id'`)
  })
  const configured = from
    .rows('app_config_variables')
    .some(({ key, value }) => key === 'ldapAttributeUserProfilePicture' && value)
  if (!configured && !(host.settings as Readonly<Record<string, unknown>>).ldapAttributeUserProfilePicture) return {}
  // The directory brings them, so that it may go on doing so.
  for (const { id } of people) {
    const file = from.files.find((name) => name.startsWith(`profile-pictures/${id}.`))
    const redrawn = file === undefined ? undefined : await pictures.square(await from.file(file))
    if (redrawn?.kind === 'drawn') await profilePictures.put(id, 'source', redrawn)
  }
  return {}
}
