// Where a user or a group comes from, field by field: of a local row nowhere, of one from a directory what that directory says.
import { Hono } from 'hono'
import * as v from 'valibot'
import { type DirectoryOrigin, directoryOrigins } from '#core/directory-ports.ts'
import { describe } from '#core/http/contract.ts'
import type { HostEnv } from '#core/identity/actor.ts'
import type { AccountsHost } from './wire.ts'

const Text = v.string()
const OrNull = v.nullable(v.string())
const Origin = v.object({
  /** Null: edited here. */
  source: OrNull,
  label: OrNull,
  dn: OrNull,
  externalId: OrNull,
  shownId: OrNull,
  seenAt: OrNull,
  fields: v.array(
    v.object({
      field: Text,
      value: v.nullable(v.union([Text, v.boolean()])),
      setting: Text,
      attribute: OrNull,
      note: OrNull,
    }),
  ),
})

const local = { source: null, label: null, dn: null, externalId: null, shownId: null, seenAt: null, fields: [] }

/** @param seekAll finds what directories say */
export function originRoutes(host: AccountsHost) {
  const { users, groups, requireAdmin } = host.identity
  const of = (source: string | null) => host.seekAll(directoryOrigins).find((one) => one.source === source)
  return new Hono<HostEnv>()
    .get(
      '/api/users/:id/origin',
      describe({
        id: 'getUserOrigin',
        tag: 'Users',
        summary: 'Where each field of a user comes from: the setting, the attribute, the DN',
        answers: { 200: Origin },
        refusals: ['user_not_found'],
      }),
      requireAdmin,
      async (c) => {
        const row = await users.get(c.req.param('id'))
        return c.json(wire(row, await of(row.source)?.user(row.id)), 200)
      },
    )
    .get(
      '/api/user-groups/:id/origin',
      describe({
        id: 'getGroupOrigin',
        tag: 'User groups',
        summary: 'Where a group and its members come from: the setting, the attribute, the DN',
        answers: { 200: Origin },
        refusals: ['group_not_found'],
      }),
      requireAdmin,
      async (c) => {
        const row = await groups.get(c.req.param('id'))
        return c.json(wire(row, await of(row.source)?.group(row.id)), 200)
      },
    )
}

type Row = { readonly source: string | null; readonly externalId: string | null; readonly sourceEntry: string | null }

/** A row whose directory is switched off still says where it came from. */
function wire({ source, externalId, sourceEntry }: Row, origin: DirectoryOrigin | undefined): v.InferOutput<typeof Origin> {
  if (source === null) return local
  if (!origin) return { ...local, source, dn: sourceEntry, externalId }
  return { ...origin, seenAt: origin.seenAt?.toISOString() ?? null, fields: [...origin.fields] }
}
