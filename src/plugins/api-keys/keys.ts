// API keys: made, recognised, renewed, removed. Only a hash of each is stored.
import { and, count, eq, gt, lte } from 'drizzle-orm'
import type { ApiKey, ApiKeys, NewApiKey } from '#core/account-ports.ts'
import { newId, randomText, sha256Hex } from '#core/crypto.ts'
import { users } from '#core/db/tables.ts'
import { type ListColumns, listParts, pagination } from '#core/http/listing.ts'
import { isDisabled, type UserActor } from '#core/identity/actor.ts'
import type { Host } from '#core/kernel/plugin.ts'
import { apiKeyErrors } from './errors.ts'
import { apiKeys } from './tables.ts'

export interface KeyRing extends ApiKeys {
  /** Who a key stands for; undefined for one that is unknown, has run out or belongs to somebody who is locked out. */
  recognise(token: string): Promise<UserActor | undefined>
}

type Row = typeof apiKeys.$inferSelect

// As Pocket ID makes them: 32 letters and digits are 190 bits.
const keyLength = 32
/** A key in constant use is not written down anew each time. */
const noteEveryMilliseconds = 60_000

const columns: ListColumns = {
  sortable: {
    name: apiKeys.name,
    description: apiKeys.description,
    expiresAt: apiKeys.expiresAt,
    lastUsedAt: apiKeys.lastUsedAt,
  },
  filterable: {},
  searched: [apiKeys.name, apiKeys.description],
  byDefault: apiKeys.createdAt,
  tie: apiKeys.id,
}

export function createKeyRing({ db, clock }: Pick<Host, 'db' | 'clock'>): KeyRing {
  const owned = (userId: string, id: string) => and(eq(apiKeys.id, id), eq(apiKeys.userId, userId))
  const mustLieAhead = (expiresAt: Date) => {
    if (expiresAt <= clock.now()) throw apiKeyErrors.refuse('invalid_api_key_expiration')
  }
  const noteUse = async ({ id, lastUsedAt }: Row) => {
    const now = clock.now()
    if (lastUsedAt && now.getTime() - lastUsedAt.getTime() < noteEveryMilliseconds) return
    await db.write((tx) => tx.update(apiKeys).set({ lastUsedAt: now }).where(eq(apiKeys.id, id)))
  }
  return {
    async list(userId, query) {
      const { where, orderBy } = listParts(columns, query)
      const mine = and(where, eq(apiKeys.userId, userId))
      const counted = await db.read.select({ total: count() }).from(apiKeys).where(mine)
      const at = pagination(query, counted[0]?.total ?? 0)
      const rows = db.read.select().from(apiKeys).where(mine)
      const data = await rows
        .orderBy(...orderBy)
        .limit(query.limit)
        .offset(at.offset)
      return { data: data.map(withoutHash), pagination: at.pagination }
    },
    async create(userId, { name, description, expiresAt }) {
      mustLieAhead(expiresAt)
      const { token, keyHash } = newKey()
      const made = { id: newId(), userId, name, description, keyHash, expiresAt, createdAt: clock.now(), lastUsedAt: null }
      const row: Row = { ...made, expirationEmailSent: false }
      await db.write((tx) => tx.insert(apiKeys).values(row))
      return { apiKey: withoutHash(row), token }
    },
    async renew(userId, id, expiresAt): Promise<NewApiKey> {
      mustLieAhead(expiresAt)
      const { token, keyHash } = newKey()
      const runOut = and(owned(userId, id), lte(apiKeys.expiresAt, clock.now()))
      const values = { keyHash, expiresAt, expirationEmailSent: false }
      const [row] = await db.write((tx) => tx.update(apiKeys).set(values).where(runOut).returning())
      if (row) return { apiKey: withoutHash(row), token }
      const [live] = await db.read.select({ id: apiKeys.id }).from(apiKeys).where(owned(userId, id))
      throw apiKeyErrors.refuse(live ? 'api_key_not_expired' : 'api_key_not_found')
    },
    async remove(userId, id) {
      const removed = await db.write((tx) => tx.delete(apiKeys).where(owned(userId, id)).returning({ id: apiKeys.id }))
      if (removed.length === 0) throw apiKeyErrors.refuse('api_key_not_found')
    },
    expiringUntil(then) {
      const { id, userId, name, expiresAt, expirationEmailSent } = apiKeys
      const soon = and(gt(expiresAt, clock.now()), lte(expiresAt, then), eq(expirationEmailSent, false))
      return db.read.select({ id, userId, name, expiresAt }).from(apiKeys).where(soon).orderBy(expiresAt)
    },
    async noteExpiryLetter(id) {
      await db.write((tx) => tx.update(apiKeys).set({ expirationEmailSent: true }).where(eq(apiKeys.id, id)))
    },
    async recognise(token) {
      const live = and(eq(apiKeys.keyHash, sha256Hex(token)), gt(apiKeys.expiresAt, clock.now()))
      const [found] = await db.read
        .select({ user: users, key: apiKeys })
        .from(apiKeys)
        .innerJoin(users, eq(users.id, apiKeys.userId))
        .where(live)
      if (!found || isDisabled(found.user)) return undefined
      await noteUse(found.key)
      return { kind: 'user', user: found.user, by: 'api-key' }
    },
  }
}

function newKey(): { readonly token: string; readonly keyHash: string } {
  const token = randomText(keyLength)
  return { token, keyHash: sha256Hex(token) }
}

function withoutHash({ keyHash: _hash, userId: _owner, ...rest }: Row): ApiKey {
  return rest
}
