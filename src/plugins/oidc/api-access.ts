// Which apps may use which APIs, seen from both sides: what administrators granted, and what is open to every app with a document.
import { and, count, eq, type SQL, sql } from 'drizzle-orm'
import type { Transaction } from '#core/db/client.ts'
import { type ListColumns, type ListQuery, listParts, pagination } from '#core/http/listing.ts'
import type { Api, ApiAccess, ApiGrant, Apis } from '#core/ports-apis.ts'
import { type ApiRow, among, apisJson } from './api-wire.ts'
import { appNotFound } from './client-administration.ts'
import { cardsOf } from './client-wire.ts'
import type { OidcHost } from './provider.ts'
import { apiAccess, apiGrants, apiPermissions, apis, type ClientRow, clients } from './tables.ts'

type Subject = 'user' | 'client'
type Access = Pick<
  Apis,
  'accessOf' | 'setAccess' | 'clientsOf' | 'assignableClients' | 'setGrant' | 'removeGrant' | 'apisOf' | 'assignableApis'
>

const clientColumns: ListColumns = {
  sortable: { name: clients.name, clientType: clients.origin, createdAt: clients.createdAt },
  filterable: { isPublic: clients.isPublic },
  searched: [clients.name, clients.id],
  byDefault: sql`${clients.name} collate nocase`,
  tie: clients.id,
}
const apiColumns: ListColumns = {
  sortable: { name: apis.name, resource: apis.identifier, createdAt: apis.createdAt },
  filterable: {},
  searched: [apis.name, apis.identifier],
  byDefault: sql`${apis.name} collate nocase`,
  tie: apis.id,
}

/** An administrator let this app use this API. Either may be a column, or an id. */
const isGranted = (apiId: unknown, clientId: unknown): SQL =>
  sql`exists (select 1 from oidc_api_reach where oidc_api_reach.api_id = ${apiId} and oidc_api_reach.client_id = ${clientId})`
const isDocument: SQL = sql`${clients.origin} = 'metadata-document'`

/** @param api finds an API or throws not_found */
export function createApiAccess({ db }: Pick<OidcHost, 'db'>, api: (id: string) => Promise<ApiRow>): Access {
  const client = async (id: string): Promise<ClientRow> => {
    const [row] = await db.read.select().from(clients).where(eq(clients.id, id))
    if (!row) throw appNotFound(id)
    return row
  }
  const accessOf = async (clientId: string): Promise<ApiAccess> => {
    const rows = await db.read.select().from(apiGrants).where(eq(apiGrants.clientId, clientId)).orderBy(apiGrants.permissionId)
    const of = (subject: Subject) => rows.filter((row) => row.subject === subject).map((row) => row.permissionId)
    return { userDelegatedPermissionIds: of('user'), clientPermissionIds: of('client') }
  }

  const pageOfClients = async (query: ListQuery, which: SQL | undefined) => {
    const { where, orderBy } = listParts(clientColumns, query)
    const total = (await db.read.select({ total: count() }).from(clients).where(and(where, which)))[0]?.total ?? 0
    const at = pagination(query, total)
    const rows = await db.read
      .select()
      .from(clients)
      .where(and(where, which))
      .orderBy(...orderBy)
      .limit(query.limit)
      .offset(at.offset)
    const cards = await cardsOf({ db }, rows)
    const data = cards.map(({ id, name, clientType, hasLogo, hasDarkLogo }, index) => ({
      ...{ id, name, clientType, hasLogo, hasDarkLogo, isPublic: rows[index]?.isPublic ?? false },
    }))
    return { data, pagination: at.pagination }
  }

  /** What was granted between these apps and these APIs, asked once for all of them. */
  const grantsBetween = async (these: readonly { readonly id: string }[], apiRows: readonly { readonly id: string }[]) => {
    const access = await db.read
      .select()
      .from(apiAccess)
      .where(and(among(apiAccess.clientId, these), among(apiAccess.apiId, apiRows)))
    const grants = await db.read
      .select({ clientId: apiGrants.clientId, subject: apiGrants.subject, id: apiPermissions.id, apiId: apiPermissions.apiId })
      .from(apiGrants)
      .innerJoin(apiPermissions, eq(apiPermissions.id, apiGrants.permissionId))
      .where(and(among(apiGrants.clientId, these), among(apiPermissions.apiId, apiRows)))
      .orderBy(apiPermissions.key)
    return (clientId: string, apiId: string): ApiGrant => {
      const isBetween = (row: { readonly clientId: string; readonly apiId: string }) =>
        row.clientId === clientId && row.apiId === apiId
      const ids = (subject: Subject) => grants.filter((row) => isBetween(row) && row.subject === subject).map(({ id }) => id)
      const reaches = (subject: Subject) =>
        ids(subject).length > 0 || access.some((row) => isBetween(row) && row.subject === subject)
      return {
        userDelegatedAccess: reaches('user'),
        clientAccess: reaches('client'),
        userDelegatedPermissionIds: ids('user'),
        clientPermissionIds: ids('client'),
      }
    }
  }

  return {
    async accessOf(clientId) {
      await client(clientId)
      return accessOf(clientId)
    },
    async setAccess(clientId, access) {
      await client(clientId)
      await db.write(async (tx) => {
        await tx.delete(apiAccess).where(eq(apiAccess.clientId, clientId))
        await tx.delete(apiGrants).where(eq(apiGrants.clientId, clientId))
        await grant(tx, clientId, access)
      })
      return accessOf(clientId)
    },
    async clientsOf(id, query) {
      const [json] = await apisJson({ db }, [await api(id)])
      const isOpen = json?.allowCimdClients ? sql`(${isGranted(id, clients.id)} or ${isDocument})` : isGranted(id, clients.id)
      const page = await pageOfClients(query, isOpen)
      const between = await grantsBetween(page.data, [{ id }])
      const data = page.data.map((one) => ({
        ...{ client: one, ...between(one.id, id), ...byDocument(json, one.clientType === 'cimd') },
      }))
      return { data, pagination: page.pagination }
    },
    async assignableClients(id, query) {
      await api(id)
      return pageOfClients(query, sql`not ${isGranted(id, clients.id)}`)
    },
    async setGrant(id, clientId, wanted) {
      await api(id)
      await client(clientId)
      await db.write(async (tx) => {
        await revoke(tx, clientId, id)
        const subjects = [wanted.userDelegatedAccess && 'user', wanted.clientAccess && 'client'] as const
        for (const subject of subjects) if (subject) await tx.insert(apiAccess).values({ clientId, apiId: id, subject })
        await grant(tx, clientId, wanted, id)
      })
      return (await grantsBetween([{ id: clientId }], [{ id }]))(clientId, id)
    },
    async removeGrant(id, clientId) {
      await api(id)
      await client(clientId)
      await db.write((tx) => revoke(tx, clientId, id))
    },
    async apisOf(clientId) {
      const { origin } = await client(clientId)
      const isDescribed = origin === 'metadata-document'
      const open = isDescribed ? sql`(${isGranted(apis.id, clientId)} or ${apis.openToDocuments})` : isGranted(apis.id, clientId)
      const rows = await db.read.select().from(apis).where(open).orderBy(apiColumns.byDefault, apis.id)
      const between = await grantsBetween([{ id: clientId }], rows)
      return (await apisJson({ db }, rows)).map((one) => ({
        ...{ api: one, ...between(clientId, one.id), ...byDocument(one, isDescribed) },
      }))
    },
    async assignableApis(clientId, query) {
      const { origin } = await client(clientId)
      const { where, orderBy } = listParts(apiColumns, query)
      const closed = origin === 'metadata-document' ? sql`not ${apis.openToDocuments}` : undefined
      const which = and(where, sql`not ${isGranted(apis.id, clientId)}`, closed)
      const total = (await db.read.select({ total: count() }).from(apis).where(which))[0]?.total ?? 0
      const at = pagination(query, total)
      const rows = await db.read
        .select()
        .from(apis)
        .where(which)
        .orderBy(...orderBy)
        .limit(query.limit)
        .offset(at.offset)
      return { data: await apisJson({ db }, rows), pagination: at.pagination }
    },
  }
}

/** What an app has because the API is open to documents: for its users alone, never for itself. */
function byDocument(api: Api | undefined, isDescribed: boolean) {
  const isOpen = isDescribed && (api?.allowCimdClients ?? false)
  const open = isOpen ? (api?.permissions.filter(({ allowedForCimdClients }) => allowedForCimdClients) ?? []) : []
  return { cimdGrantedAccess: isOpen, cimdGrantedPermissionIds: open.map(({ id }) => id) }
}

/** Grants those of the permissions that there are; of one API alone where it is named. */
async function grant(tx: Transaction, clientId: string, access: ApiAccess, apiId?: string): Promise<void> {
  const wanted = { user: access.userDelegatedPermissionIds, client: access.clientPermissionIds }
  for (const [subject, ids] of Object.entries(wanted)) {
    await tx.run(sql`insert or ignore into oidc_api_grants (client_id, permission_id, subject)
      select ${clientId}, id, ${subject} from oidc_api_permissions
      where id in (select value from json_each(${JSON.stringify(ids)})) ${apiId === undefined ? sql`` : sql`and api_id = ${apiId}`}`)
  }
}

async function revoke(tx: Transaction, clientId: string, apiId: string): Promise<void> {
  await tx.delete(apiAccess).where(and(eq(apiAccess.clientId, clientId), eq(apiAccess.apiId, apiId)))
  const ofApi = sql`${apiGrants.permissionId} in (select id from oidc_api_permissions where api_id = ${apiId})`
  await tx.delete(apiGrants).where(and(eq(apiGrants.clientId, clientId), ofApi))
}
