// Where accounts and groups come from, as the rows say it: asked of the database alone, so that a directory that is away changes nothing.
import { eq } from 'drizzle-orm'
import { groups, users } from '#core/db/tables.ts'
import type { DirectoryOrigin, DirectoryOrigins, OriginField } from '#core/directory-ports.ts'
import { claimsOfSource } from '#core/identity/custom-claims.ts'
import { inWordsOf, labelOf, sourceOf } from '../source.ts'
import type { LdapHost } from '../sync.ts'
import { windowsGuid } from '../wire/sid.ts'
import { originOfGroup, originOfUser } from './origin.ts'
import { lastWholeAt } from './runs.ts'

type Row = { readonly source: string | null; readonly externalId: string | null; readonly sourceEntry: string | null }

export function createOrigins(host: LdapHost): DirectoryOrigins {
  const { db, settings } = host
  const source = sourceOf(host)
  const origin = async (
    row: Row,
    idAttribute: string,
    left: boolean,
    fields: readonly OriginField[],
  ): Promise<DirectoryOrigin> => ({
    ...{ source, label: labelOf(host), dn: row.sourceEntry, externalId: row.externalId ?? '' },
    shownId: (idAttribute.toLowerCase() === 'objectguid' && windowsGuid(row.externalId ?? '')) || null,
    seenAt: left ? null : ((await lastWholeAt(db, source)) ?? null),
    fields: fields.map((field) => ({
      ...field,
      setting: inWordsOf(host, field.setting),
      note: field.note === null ? null : inWordsOf(host, field.note),
    })),
  })
  return {
    source,
    async user(id) {
      const [row] = await db.read.select().from(users).where(eq(users.id, id))
      if (row?.source !== source) return undefined
      // Whoever left keeps the account, disabled, until somebody removes it; of somebody who is locked the same is said.
      return origin(
        row,
        settings.ldapAttributeUserUniqueIdentifier,
        row.sourceDisabled,
        originOfUser(row, claimsOfSource(row), settings, host.core.emailsVerified),
      )
    },
    async group(id) {
      const [row] = await db.read.select().from(groups).where(eq(groups.id, id))
      return row?.source === source
        ? origin(row, settings.ldapAttributeGroupUniqueIdentifier, false, originOfGroup(row, settings))
        : undefined
    },
  }
}
