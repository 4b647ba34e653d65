// The administration of apps behind the REST routes and the pages (the port `apps`), as far as it is about the apps themselves.
import { and, count, eq, sql } from 'drizzle-orm'
import * as v from 'valibot'
import { newId } from '#core/crypto.ts'
import { uniqueViolation } from '#core/db/violations.ts'
import { commonErrors } from '#core/errors.ts'
import { parse } from '#core/http/contract.ts'
import { type ListColumns, listParts, pagination } from '#core/http/listing.ts'
import { builtInAdmin } from '#core/identity/actor.ts'
import type { AppInput, Apps } from '#core/ports-apps.ts'
import { ClientId, type ClientInput, clientInput, columnsOf } from './client-input.ts'
import type { ClientLogos } from './client-logos.ts'
import type { ClientSecrets } from './client-secrets.ts'
import { cardsOf, detailsOf, listedOf, secretJson } from './client-wire.ts'
import { oidcErrors } from './errors.ts'
import type { MetadataDocuments } from './metadata-documents.ts'
import type { OidcHost } from './provider.ts'
import { type ClientRow, clientGroups, clients } from './tables.ts'

export type ClientAdministration = Omit<Apps, 'preview' | 'accessibleTo' | 'authorizedBy' | 'revoke'>

export interface AdministrationDeps {
  readonly host: Pick<OidcHost, 'db' | 'clock' | 'settings' | 'log' | 'events'>
  readonly secrets: ClientSecrets
  readonly logos: ClientLogos
  readonly documents: MetadataDocuments
}

const columns: ListColumns = {
  sortable: { name: clients.name, createdAt: clients.createdAt, description: clients.description, isPublic: clients.isPublic },
  filterable: {
    isPublic: clients.isPublic,
    pkceEnabled: clients.pkceEnabled,
    requiresReauthentication: clients.requiresReauthentication,
    requiresPushedAuthorizationRequests: clients.requiresPushedRequests,
    skipConsent: clients.skipConsent,
    isGroupRestricted: clients.isGroupRestricted,
    origin: clients.origin,
  },
  searched: [clients.name, clients.id, clients.description],
  byDefault: sql`${clients.name} collate nocase`,
  tie: clients.id,
}

export const appNotFound = (id: string) =>
  commonErrors.refuse('not_found', { message: `There is no app with the id ${id.slice(0, 200)}.` })

export function createClientAdministration({ host, secrets, logos, documents }: AdministrationDeps): ClientAdministration {
  const { db, clock, settings, log, events } = host
  const algorithms = [...new Set([settings.oidcSigningAlgorithm, 'ES256', 'RS256'])]
  const Input = clientInput(settings.allowInsecureCallbackUrls, algorithms)

  const rowOf = async (id: string): Promise<ClientRow> => {
    const [row] = await db.read.select().from(clients).where(eq(clients.id, id))
    if (!row) throw appNotFound(id)
    return row
  }
  const details = async (row: ClientRow) => {
    const found = await detailsOf(host, row)
    if (!found) throw appNotFound(row.id)
    return found
  }

  /** Logos are downloaded before anything is written: an address that does not answer changes nothing. */
  const download = async ({ logoUrl, darkLogoUrl }: ClientInput) => ({
    light: logoUrl ? await logos.download(logoUrl) : undefined,
    dark: darkLogoUrl ? await logos.download(darkLogoUrl) : undefined,
  })
  const keepLogos = async (id: string, { light, dark }: Awaited<ReturnType<typeof download>>) => {
    if (light) await logos.write(id, 'light', light)
    if (dark) await logos.write(id, 'dark', dark)
  }

  return {
    async list(query) {
      const { where, orderBy } = listParts(columns, query)
      const total = (await db.read.select({ total: count() }).from(clients).where(where))[0]?.total ?? 0
      const at = pagination(query, total)
      const rows = await db.read
        .select()
        .from(clients)
        .where(where)
        .orderBy(...orderBy)
        .limit(query.limit)
        .offset(at.offset)
      return { data: await listedOf(host, rows), pagination: at.pagination }
    },
    get: async (id) => details(await rowOf(id)),
    async create({ id: wantedId, ...input }, actorId) {
      const id = wantedId ? parse(v.object({ id: ClientId }), { id: wantedId }).id : newId()
      const read = parse(Input, input)
      const pictures = await download(read)
      const now = clock.now()
      const row = {
        ...columnsOf(read),
        id,
        createdBy: actorId === builtInAdmin.id ? null : actorId,
        createdAt: now,
        updatedAt: now,
      }
      const created = await db
        .write(async (tx) => (await tx.insert(clients).values(row).returning())[0])
        .catch((error: unknown) => {
          throw uniqueViolation(error) === 'oidc_clients.id' ? oidcErrors.refuse('client_id_already_exists') : error
        })
      if (!created) throw appNotFound(id)
      await keepLogos(id, pictures)
      log.info('An app was added', { client: id, actor: actorId })
      return details(created)
    },
    async update(id, input: AppInput, actorId) {
      const row = await rowOf(id)
      const read = parse(Input, input)
      const pictures = await download(read)
      const changes = { ...(row.origin === 'metadata-document' ? ownChoices(read) : columnsOf(read)), updatedAt: clock.now() }
      const [updated] = await db.write((tx) => tx.update(clients).set(changes).where(eq(clients.id, id)).returning())
      if (!updated) throw appNotFound(id)
      await keepLogos(id, pictures)
      log.info('An app was changed', { client: id, actor: actorId })
      events.publish('app.changed', { clientId: id, actorId })
      return details(updated)
    },
    async remove(id, actorId) {
      const { id: known } = await rowOf(id)
      await logos.remove(known, 'light')
      await logos.remove(known, 'dark')
      await db.write((tx) => tx.delete(clients).where(eq(clients.id, known)))
      log.info('An app was removed', { client: known, actor: actorId })
      events.publish('app.changed', { clientId: known, actorId })
    },
    refresh: async (id) => {
      await rowOf(id)
      return details(await documents.refresh(id))
    },
    async setGroups(id, groupIds) {
      const { id: clientId } = await rowOf(id)
      const wanted = JSON.stringify([...new Set(groupIds)])
      await db.write(async (tx) => {
        const [unknown] = await tx.all<{ id: string }>(
          sql`select value as id from json_each(${wanted}) where value not in (select id from groups) limit 1`,
        )
        if (unknown) throw commonErrors.refuse('not_found', { message: `There is no group with the id ${unknown.id}.` })
        await tx.delete(clientGroups).where(eq(clientGroups.clientId, clientId))
        await tx.run(
          sql`insert into oidc_client_groups (client_id, group_id) select ${clientId}, value from json_each(${wanted})`,
        )
      })
      events.publish('app.changed', { clientId, actorId: null })
      return details(await rowOf(id))
    },
    async secrets(id) {
      await rowOf(id)
      return (await secrets.list(id)).map((row) => secretJson(row, clock.now()))
    },
    async addSecret(id, wanted) {
      await rowOf(id)
      const { row, secret } = await secrets.create(id, wanted)
      return { ...secretJson(row, clock.now()), secret }
    },
    async removeSecret(id, secretId) {
      await rowOf(id)
      if (!(await secrets.remove(id, secretId)))
        throw commonErrors.refuse('not_found', { message: 'This app has no such secret.' })
    },
    async setLogo(id, variant, bytes) {
      await rowOf(id)
      await logos.write(id, variant, bytes)
    },
    async removeLogo(id, variant) {
      await rowOf(id)
      await logos.remove(id, variant)
    },
    async ofGroup(groupId) {
      const rows = await db.read
        .select({ client: clients })
        .from(clientGroups)
        .innerJoin(clients, eq(clients.id, clientGroups.clientId))
        .where(eq(clientGroups.groupId, groupId))
        .orderBy(sql`${clients.name} collate nocase`)
      return cardsOf(
        host,
        rows.map(({ client }) => client),
      )
    },
    async setOfGroup(groupId, clientIds) {
      const wanted = JSON.stringify([...new Set(clientIds)])
      const known = sql`(select value from json_each(${wanted}) where value in (select id from oidc_clients))`
      await db.write(async (tx) => {
        await tx.delete(clientGroups).where(and(eq(clientGroups.groupId, groupId), sql`${clientGroups.clientId} not in ${known}`))
        await tx.run(sql`insert or ignore into oidc_client_groups (client_id, group_id) select value, ${groupId} from ${known}`)
      })
      for (const clientId of new Set(clientIds)) events.publish('app.changed', { clientId, actorId: null })
    },
  }
}

/** Of an app that describes itself an administrator decides who may use it and how; the rest is what its document says. */
function ownChoices(input: ClientInput) {
  const { requiresReauthentication, skipConsent, isGroupRestricted, accessTokenMinutes, refreshTokenMinutes } = columnsOf(input)
  return { requiresReauthentication, skipConsent, isGroupRestricted, accessTokenMinutes, refreshTokenMinutes }
}
