// The audit log over REST: everybody sees their own part, administrators all of it.
import { Hono } from 'hono'
import * as v from 'valibot'
import type { AuditEntry, AuditLog } from '#core/account-ports.ts'
import { describe } from '#core/http/contract.ts'
import { pageOf, readListQuery } from '#core/http/listing.ts'
import { actorOf, type HostEnv } from '#core/identity/actor.ts'
import type { Host } from '#core/kernel/plugin.ts'

const tag = 'Audit log'
const Entry = v.object({
  id: v.string(),
  createdAt: v.string(),
  event: v.string(),
  ipAddress: v.nullable(v.string()),
  country: v.string(),
  city: v.string(),
  device: v.string(),
  userID: v.string(),
  username: v.string(),
  actorUsername: v.nullable(v.string()),
  data: v.record(v.string(), v.string()),
})

export function routes({ identity }: Host, log: AuditLog): Hono<HostEnv> {
  const { requireUser, requireAdmin } = identity
  return new Hono<HostEnv>()
    .get(
      '/api/audit-logs',
      describe({
        id: 'listOwnAuditLog',
        tag,
        summary: 'What happened with your account',
        answers: { 200: pageOf(Entry) },
        list: true,
      }),
      requireUser,
      async (c) => c.json(page(await log.list(readListQuery(c.req.url), actorOf(c).user.id)), 200),
    )
    .get(
      '/api/audit-logs/all',
      describe({ id: 'listAuditLog', tag, summary: 'What happened', answers: { 200: pageOf(Entry) }, list: true }),
      requireAdmin,
      async (c) => c.json(page(await log.list(readListQuery(c.req.url))), 200),
    )
    .get(
      '/api/audit-logs/filters/client-names',
      describe({ id: 'listAuditedApps', tag, summary: 'The apps that have entries', answers: { 200: v.array(v.string()) } }),
      requireAdmin,
      async (c) => c.json([...(await log.clientNames())], 200),
    )
    .get(
      '/api/audit-logs/filters/users',
      describe({
        id: 'listAuditedUsers',
        tag,
        summary: 'Everybody who has entries: the name by the id',
        answers: { 200: v.record(v.string(), v.string()) },
      }),
      requireAdmin,
      async (c) => c.json(Object.fromEntries((await log.users()).map(({ id, username }) => [id, username])), 200),
    )
}

const page = ({ data, pagination }: Awaited<ReturnType<AuditLog['list']>>) => ({ data: data.map(wire), pagination })

const wire = ({ userId, createdAt, data, ...entry }: AuditEntry) => ({
  ...entry,
  userID: userId,
  createdAt: createdAt.toISOString(),
  data: { ...data },
})
