// APIs (resource servers) and their permissions, over REST.
import { Hono } from 'hono'
import * as v from 'valibot'
import { plainText } from '#core/http/account-fields.ts'
import { describe, valid } from '#core/http/contract.ts'
import { pageOf, readListQuery } from '#core/http/listing.ts'
import type { HostEnv } from '#core/identity/actor.ts'
import type { Apis } from '#core/ports-apis.ts'
import { Api, ApiListed } from './api-wire.ts'
import type { OidcHost } from './provider.ts'

const tag = 'APIs'
const refusals = ['not_found']
const Name = plainText({ least: 1, most: 50 })
const Permissions = v.object({
  permissions: v.optional(
    v.array(
      v.object({
        key: plainText({ least: 1, most: 128 }),
        name: Name,
        description: v.optional(v.nullable(plainText({ most: 200 }))),
      }),
    ),
    [],
  ),
})
export function apiRoutes({ identity: { requireAdmin } }: Pick<OidcHost, 'identity'>, apis: Apis) {
  return new Hono<HostEnv>()
    .get(
      '/api/apis',
      describe({ id: 'listApis', tag, summary: 'All APIs, by page', list: true, answers: { 200: pageOf(ApiListed) } }),
      requireAdmin,
      async (c) => c.json(await apis.list(readListQuery(c.req.url))),
    )
    .post(
      '/api/apis',
      describe({ id: 'createApi', tag, summary: 'Add an API', answers: { 201: Api }, refusals: ['already_in_use'] }),
      requireAdmin,
      valid('json', v.object({ name: Name, resource: plainText({ least: 1, most: 350 }) })),
      async (c) => c.json({ ...(await apis.create(c.req.valid('json'))) }, 201),
    )
    .get(
      '/api/apis/:id',
      describe({ id: 'getApi', tag, summary: 'One API with its permissions', answers: { 200: Api }, refusals }),
      requireAdmin,
      async (c) => c.json(await apis.get(c.req.param('id'))),
    )
    .put(
      '/api/apis/:id',
      describe({ id: 'updateApi', tag, summary: 'Rename an API', answers: { 200: Api }, refusals }),
      requireAdmin,
      valid('json', v.object({ name: Name })),
      async (c) => c.json(await apis.rename(c.req.param('id'), c.req.valid('json').name)),
    )
    .delete(
      '/api/apis/:id',
      describe({ id: 'removeApi', tag, summary: 'Remove an API and all grants of it', answers: { 204: null }, refusals }),
      requireAdmin,
      async (c) => {
        await apis.remove(c.req.param('id'))
        return c.body(null, 204)
      },
    )
    .put(
      '/api/apis/:id/permissions',
      describe({ id: 'setApiPermissions', tag, summary: 'Replace the permissions of an API', answers: { 200: Api }, refusals }),
      requireAdmin,
      valid('json', Permissions),
      async (c) => {
        const permissions = c.req.valid('json').permissions.map((one) => ({ ...one, description: one.description ?? '' }))
        return c.json(await apis.setPermissions(c.req.param('id'), permissions))
      },
    )
    .put(
      '/api/apis/:id/cimd-access',
      describe({
        id: 'setApiDocumentAccess',
        tag,
        summary: 'Open an API, and some of its permissions, to every app that is described by a metadata document',
        answers: { 200: Api },
        refusals,
      }),
      requireAdmin,
      valid('json', v.object({ enabled: v.boolean(), permissionIds: v.optional(v.nullable(v.array(v.string()))) })),
      async (c) => {
        const { enabled, permissionIds } = c.req.valid('json')
        return c.json(await apis.setDocumentAccess(c.req.param('id'), { open: enabled, permissionIds: permissionIds ?? [] }))
      },
    )
}
