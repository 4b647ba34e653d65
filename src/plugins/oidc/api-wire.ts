// Rows of APIs -> the JSON that Pocket ID's clients know, and its schemas.
import { asc, type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import * as v from 'valibot'
import type { Api as ApiJson } from '#core/ports-apis.ts'
import type { OidcHost } from './provider.ts'
import { apiPermissions, type apis } from './tables.ts'

const Text = v.string()
const Ids = v.array(Text)
const short = { id: Text, name: Text, resource: Text, createdAt: Text }

export const Api = v.object({
  ...short,
  allowCimdClients: v.boolean(),
  permissions: v.array(v.object({ id: Text, key: Text, name: Text, description: Text, allowedForCimdClients: v.boolean() })),
})
export const ApiListed = v.object({ ...short, permissionCount: v.number() })
export const ApiAccess = v.object({ userDelegatedPermissionIds: Ids, clientPermissionIds: Ids })
export const ApiGrant = v.object({ userDelegatedAccess: v.boolean(), clientAccess: v.boolean(), ...ApiAccess.entries })
const byDocument = { cimdGrantedAccess: v.boolean(), cimdGrantedPermissionIds: Ids }
export const ApiClient = v.object({
  id: Text,
  name: Text,
  clientType: Text,
  isPublic: v.boolean(),
  hasLogo: v.boolean(),
  hasDarkLogo: v.boolean(),
})
export const ApiClientGrant = v.object({ client: ApiClient, ...ApiGrant.entries, ...byDocument })
export const ClientApiGrant = v.object({ api: Api, ...ApiGrant.entries, ...byDocument })

export type ApiRow = typeof apis.$inferSelect

/** APIs with their permissions, in the order given. */
export async function apisJson({ db }: Pick<OidcHost, 'db'>, rows: readonly ApiRow[]): Promise<ApiJson[]> {
  const permissions = await db.read
    .select()
    .from(apiPermissions)
    .where(among(apiPermissions.apiId, rows))
    .orderBy(asc(apiPermissions.key))
  return rows.map(({ id, name, identifier, createdAt, openToDocuments }) => ({
    ...{ id, name, resource: identifier, createdAt: createdAt.toISOString(), allowCimdClients: openToDocuments },
    permissions: permissions.flatMap(({ apiId, openToDocuments: open, ...one }) =>
      apiId === id ? [{ ...one, allowedForCimdClients: open }] : [],
    ),
  }))
}

/** Whether a column holds the id of one of these rows. */
export const among = (column: SQLiteColumn, rows: readonly { readonly id: string }[]): SQL =>
  sql`${column} in (select value from json_each(${JSON.stringify(rows.map(({ id }) => id))}))`
