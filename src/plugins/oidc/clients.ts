// Apps as the protocol's endpoints see them: found by id, open to this user or not, with their callbacks and keys.
import { and, eq, sql } from 'drizzle-orm'
import { packed } from '#core/db/packed.ts'
import { groupMembers } from '#core/db/tables.ts'
import type { KeySets } from './key-sets.ts'
import type { MetadataDocuments } from './metadata-documents.ts'
import type { ClientDirectory } from './parts.ts'
import type { OidcHost } from './provider.ts'
import { type ClientRow, clientGroups, clients } from './tables.ts'

export interface ClientsDeps {
  readonly host: Pick<OidcHost, 'db' | 'clock'>
  readonly keySets: KeySets
  readonly documents: MetadataDocuments
}

/** Who named an app's addresses. */
export const namedBy = ({ origin }: Pick<ClientRow, 'origin'>) => (origin === 'admin' ? 'administrator' : 'stranger')

export function createClients({ host: { db, clock }, keySets, documents }: ClientsDeps): ClientDirectory {
  const byId = db.read
    .select({ row: packed(clients) })
    .from(clients)
    .where(eq(clients.id, sql.placeholder('id')))
    .prepare()
  const rowOf = db.remember(async (id) => (await byId.execute({ id }))[0]?.row)
  return {
    async find(id) {
      const row = await rowOf(id)
      if (row && row.origin !== 'metadata-document') return row
      return documents.isOne(id) ? documents.resolve(id, row) : undefined
    },
    async admits(client, userId) {
      if (!client.isGroupRestricted) return true
      const [member] = await db.read
        .select({ groupId: clientGroups.groupId })
        .from(clientGroups)
        .innerJoin(groupMembers, eq(groupMembers.groupId, clientGroups.groupId))
        .where(and(eq(clientGroups.clientId, client.id), eq(groupMembers.userId, userId)))
        .limit(1)
      return member !== undefined
    },
    async learnCallback(client, redirectUri) {
      if (client.origin !== 'admin') return false
      const callbackUrls = [redirectUri]
      const without = and(eq(clients.id, client.id), sql`${clients.callbackUrls} in ('[]', ${JSON.stringify(callbackUrls)})`)
      const changes = { callbackUrls, updatedAt: clock.now() }
      const learned = await db.write((tx) => tx.update(clients).set(changes).where(without).returning({ id: clients.id }))
      return learned.length === 1
    },
    async notePkce({ id, pkceEnabled, pkceSupported }) {
      if (pkceEnabled || pkceSupported) return
      await db.write((tx) => tx.update(clients).set({ pkceSupported: true }).where(eq(clients.id, id)))
    },
    async keysOf(client, fresh = false) {
      if (client.jwks) return client.jwks
      return client.jwksUri === null ? undefined : keySets.read(client.jwksUri, namedBy(client), fresh)
    },
  }
}
