// The audit log's rows: written as facts come in, read by page, removed when their time is over.
import { and, asc, count, eq, inArray, isNotNull, lt, min, sql } from 'drizzle-orm'
import type { AuditEntry, AuditLog } from '#core/account-ports.ts'
import { newSortableId } from '#core/crypto.ts'
import { users } from '#core/db/tables.ts'
import { deviceName } from '#core/http/device-name.ts'
import { type ListColumns, listParts, pagination } from '#core/http/listing.ts'
import { builtInAdmin } from '#core/identity/actor.ts'
import type { Host } from '#core/kernel/plugin.ts'
import { nowhere, places } from '#core/places-port.ts'
import type { Noted } from './entries.ts'
import { auditEntries } from './tables.ts'

export interface AuditTrail extends AuditLog {
  note(noted: Noted): Promise<void>
  /** Removes what is older than this. */
  sweep(before: Date): Promise<void>
}

const columns: ListColumns = {
  sortable: {
    createdAt: auditEntries.createdAt,
    event: auditEntries.event,
    username: auditEntries.username,
    ipAddress: auditEntries.ipAddress,
    device: auditEntries.device,
    userAgent: auditEntries.device,
    country: auditEntries.country,
    city: auditEntries.city,
  },
  filterable: {
    // The wire's own name, and the one that clients of Pocket ID take for it.
    userID: auditEntries.userId,
    userId: auditEntries.userId,
    event: auditEntries.event,
    clientName: auditEntries.clientName,
    // internal or external, as far as places are known.
    location: sql`case ${auditEntries.country} when '' then '' when 'Internal Network' then 'internal' else 'external' end`,
  },
  searched: [auditEntries.username, auditEntries.actorUsername, auditEntries.event, auditEntries.ipAddress, auditEntries.data],
  byDefault: auditEntries.createdAt,
  tie: auditEntries.id,
}
const newestFirst = { column: 'createdAt', descending: true } as const

export function createAuditTrail({ db, clock, seek }: Pick<Host, 'db' | 'clock' | 'seek'>): AuditTrail {
  const namesOf = async (ids: readonly string[]): Promise<ReadonlyMap<string, string>> => {
    const rows = await db.read
      .select({ id: users.id, username: users.username })
      .from(users)
      .where(inArray(users.id, [...ids]))
    return new Map([[builtInAdmin.id, builtInAdmin.username], ...rows.map(({ id, username }) => [id, username] as const)])
  }
  return {
    async note({ event, userId, username, actorId, ipAddress = null, userAgent = null, clientName = null, data = {} }) {
      // At once: looking things up takes one entry longer than another, and those that wait for the database are written together.
      const noted = { id: newSortableId(), createdAt: clock.now() }
      const about = [userId, actorId].filter((id) => id !== null && id !== undefined)
      const names = await namesOf(about)
      const actor = actorId && actorId !== userId ? (names.get(actorId) ?? null) : null
      const place = (await seek(places)?.of(ipAddress)) ?? nowhere
      await db.writeTogether((tx) =>
        tx.insert(auditEntries).values({
          ...{ ...noted, event, ipAddress, clientName, data, actorUsername: actor },
          ...place,
          device: deviceName(userAgent),
          userId: userId ?? '',
          username: username ?? names.get(userId ?? '') ?? '',
        }),
      )
    },
    async list(query, userId) {
      const { where, orderBy } = listParts(columns, { ...query, sort: query.sort ?? newestFirst })
      const seen = and(where, userId === undefined ? undefined : eq(auditEntries.userId, userId))
      const counted = await db.read.select({ total: count() }).from(auditEntries).where(seen)
      const at = pagination(query, counted[0]?.total ?? 0)
      const rows = db.read.select().from(auditEntries).where(seen)
      const data = await rows
        .orderBy(...orderBy)
        .limit(query.limit)
        .offset(at.offset)
      return { data: data.map(withoutClient), pagination: at.pagination }
    },
    async users() {
      // One name for each person, though entries keep the names of their time.
      const username = min(auditEntries.username)
      const rows = db.read.select({ id: auditEntries.userId, username }).from(auditEntries).groupBy(auditEntries.userId)
      return (await rows.orderBy(asc(username))).flatMap(({ id, username: name }) => (id && name ? [{ id, username: name }] : []))
    },
    async clientNames() {
      const named = db.read.selectDistinct({ name: auditEntries.clientName }).from(auditEntries)
      const rows = await named.where(isNotNull(auditEntries.clientName)).orderBy(asc(auditEntries.clientName))
      return rows.flatMap(({ name }) => name ?? [])
    },
    async sweep(before) {
      await db.write((tx) => tx.delete(auditEntries).where(lt(auditEntries.createdAt, before)))
    },
  }
}

const withoutClient = ({ clientName: _name, ...entry }: typeof auditEntries.$inferSelect): AuditEntry => entry
