// APIs (resource servers) with their permissions.
import { and, count, eq, inArray, sql } from 'drizzle-orm'
import { newId } from '#core/crypto.ts'
import type { Transaction } from '#core/db/client.ts'
import { uniqueViolation } from '#core/db/violations.ts'
import { alreadyInUse, commonErrors, invalidFields } from '#core/errors.ts'
import { type ListColumns, listParts, pagination } from '#core/http/listing.ts'
import type { Api, Apis, NewPermission } from '#core/ports-apis.ts'
import { createApiAccess } from './api-access.ts'
import { apisJson } from './api-wire.ts'
import { standardScopes } from './protocol/claims.ts'
import { isResource, isScopeToken } from './protocol/resources.ts'
import type { OidcHost } from './provider.ts'
import { apiPermissions, apis } from './tables.ts'

const permissionCount = sql<number>`(select count(*) from oidc_api_permissions where oidc_api_permissions.api_id = oidc_apis.id)`
const columns: ListColumns = {
  sortable: { name: apis.name, resource: apis.identifier, createdAt: apis.createdAt, permissionCount },
  filterable: { name: apis.name, resource: apis.identifier },
  searched: [apis.name, apis.identifier],
  byDefault: apis.name,
  tie: apis.id,
}
/** Names that mean something in tokens already. */
const reserved: ReadonlySet<string> = new Set([...standardScopes, 'email_verified'])

const apiNotFound = () => commonErrors.refuse('not_found', { message: 'There is no such API.' })

export function createApis({ db, clock, core }: Pick<OidcHost, 'db' | 'clock' | 'core'>): Apis {
  const rowOf = async (id: string) => {
    const [row] = await db.read.select().from(apis).where(eq(apis.id, id))
    if (!row) throw apiNotFound()
    return row
  }
  const get = async (id: string): Promise<Api> => {
    const [json] = await apisJson({ db }, [await rowOf(id)])
    if (!json) throw apiNotFound()
    return json
  }

  return {
    ...createApiAccess({ db }, rowOf),
    async list(query) {
      const { where, orderBy } = listParts(columns, query)
      const total = (await db.read.select({ total: count() }).from(apis).where(where))[0]?.total ?? 0
      const at = pagination(query, total)
      const rows = await db.read
        .select({ api: apis, permissionCount })
        .from(apis)
        .where(where)
        .orderBy(...orderBy)
        .limit(query.limit)
        .offset(at.offset)
      const data = rows.map(({ api: { id, name, identifier, createdAt }, ...counted }) => ({
        ...{ id, name, resource: identifier, createdAt: createdAt.toISOString() },
        ...counted,
      }))
      return { data, pagination: at.pagination }
    },
    get,
    async create({ name, resource }) {
      refuseResource(resource, core.appUrl)
      const now = clock.now()
      const row = { id: newId(), name, identifier: resource, createdAt: now, updatedAt: now }
      await db
        .write((tx) => tx.insert(apis).values(row))
        .catch((error: unknown) => {
          throw uniqueViolation(error) === 'oidc_apis.identifier' ? alreadyInUse('resource') : error
        })
      return get(row.id)
    },
    async rename(id, name) {
      await rowOf(id)
      await db.write((tx) => tx.update(apis).set({ name, updatedAt: clock.now() }).where(eq(apis.id, id)))
      return get(id)
    },
    async remove(id) {
      await rowOf(id)
      await db.write((tx) => tx.delete(apis).where(eq(apis.id, id)))
    },
    async setPermissions(id, permissions) {
      await rowOf(id)
      refuseKeys(permissions)
      await db.write(async (tx) => {
        await replacePermissions(tx, id, permissions)
        await tx.update(apis).set({ updatedAt: clock.now() }).where(eq(apis.id, id))
      })
      return get(id)
    },
    async setDocumentAccess(id, { open, permissionIds }) {
      await rowOf(id)
      await db.write(async (tx) => {
        await tx.update(apis).set({ openToDocuments: open, updatedAt: clock.now() }).where(eq(apis.id, id))
        const chosen = sql`${apiPermissions.id} in (select value from json_each(${JSON.stringify(permissionIds)}))`
        await tx.update(apiPermissions).set({ openToDocuments: chosen }).where(eq(apiPermissions.apiId, id))
      })
      return get(id)
    },
  }
}

async function replacePermissions(tx: Transaction, apiId: string, permissions: readonly NewPermission[]): Promise<void> {
  const held = await tx.select().from(apiPermissions).where(eq(apiPermissions.apiId, apiId))
  const gone = held.filter(({ key }) => !permissions.some((wanted) => wanted.key === key)).map(({ id }) => id)
  if (gone.length > 0) await tx.delete(apiPermissions).where(inArray(apiPermissions.id, gone))
  for (const { key, name, description } of permissions) {
    const same = and(eq(apiPermissions.apiId, apiId), eq(apiPermissions.key, key))
    if (held.some((row) => row.key === key)) await tx.update(apiPermissions).set({ name, description }).where(same)
    else await tx.insert(apiPermissions).values({ id: newId(), apiId, key, name, description })
  }
}

function refuseResource(resource: string, issuer: string): void {
  const fault = (message: string) => invalidFields([{ field: 'resource', code: 'invalid', message }])
  if (!isResource(resource))
    throw fault('Must be an absolute address or URN without a fragment, such as https://api.example.org.')
  // Tokens for it would look like those that open a user's account here.
  const isOurs = resource === issuer || (URL.canParse(resource) && new URL(resource).origin === issuer)
  if (isOurs) throw fault('Is this server itself; name the API by an address of its own.')
}

function refuseKeys(permissions: readonly NewPermission[]): void {
  const seen = new Set<string>()
  permissions.forEach(({ key }, index) => {
    const fault = !isScopeToken(key)
      ? 'Must be printable ASCII without blanks, quotes and backslashes.'
      : reserved.has(key.toLowerCase())
        ? `The name ${key} has a meaning of its own.`
        : seen.has(key) && `The key ${key} stands twice in the list.`
    if (fault) throw invalidFields([{ field: `permissions.${index}.key`, code: 'invalid', message: fault }])
    seen.add(key)
  })
}
