// Which apps may use which APIs, over REST: from the API's side and from the app's.
import { Hono } from 'hono'
import * as v from 'valibot'
import { describe, valid } from '#core/http/contract.ts'
import { pageOf, readListQuery } from '#core/http/listing.ts'
import type { HostEnv } from '#core/identity/actor.ts'
import type { Apis } from '#core/ports-apis.ts'
import { Api, ApiAccess, ApiClient, ApiClientGrant, ApiGrant, ClientApiGrant } from './api-wire.ts'
import type { OidcHost } from './provider.ts'

const tag = 'APIs'
const refusals = ['not_found']

const Ids = v.optional(
  v.pipe(
    v.nullable(v.array(v.string())),
    v.transform((ids) => ids ?? []),
  ),
  [],
)
const permissions = { userDelegatedPermissionIds: Ids, clientPermissionIds: Ids }
const AccessInput = v.object(permissions)
const GrantInput = v.object({
  userDelegatedAccess: v.optional(v.boolean(), false),
  clientAccess: v.optional(v.boolean(), false),
  ...permissions,
})

export const apiAccessRoutes = (host: Pick<OidcHost, 'identity'>, apis: Apis): Hono<HostEnv> =>
  new Hono<HostEnv>().route('/', ofApis(host, apis)).route('/', ofClients(host, apis))

const ofApis = ({ identity: { requireAdmin } }: Pick<OidcHost, 'identity'>, apis: Apis) =>
  new Hono<HostEnv>()
    .get(
      '/api/apis/:id/clients',
      describe({
        id: 'listApiClients',
        tag,
        summary: 'The apps that may use an API, by page',
        list: true,
        answers: { 200: pageOf(ApiClientGrant) },
        refusals,
      }),
      requireAdmin,
      async (c) => c.json(await apis.clientsOf(c.req.param('id'), readListQuery(c.req.url))),
    )
    .get(
      '/api/apis/:id/assignable-clients',
      describe({
        id: 'listAssignableClients',
        tag,
        summary: 'The apps that nobody let use an API yet, by page',
        list: true,
        answers: { 200: pageOf(ApiClient) },
        refusals,
      }),
      requireAdmin,
      async (c) => c.json(await apis.assignableClients(c.req.param('id'), readListQuery(c.req.url))),
    )
    .put(
      '/api/apis/:id/clients/:clientId',
      describe({
        id: 'setApiGrant',
        tag,
        summary: 'Replace what one app may do at one API',
        answers: { 200: ApiGrant },
        refusals,
      }),
      requireAdmin,
      valid('json', GrantInput),
      async (c) => c.json(await apis.setGrant(c.req.param('id'), c.req.param('clientId'), c.req.valid('json'))),
    )
    .delete(
      '/api/apis/:id/clients/:clientId',
      describe({ id: 'removeApiGrant', tag, summary: 'Take an API away from an app', answers: { 204: null }, refusals }),
      requireAdmin,
      async (c) => {
        await apis.removeGrant(c.req.param('id'), c.req.param('clientId'))
        return c.body(null, 204)
      },
    )

const ofClients = ({ identity: { requireAdmin } }: Pick<OidcHost, 'identity'>, apis: Apis) =>
  new Hono<HostEnv>()
    .get(
      '/api/api-access/:clientId',
      describe({ id: 'getApiAccess', tag, summary: 'What an app may do at APIs', answers: { 200: ApiAccess }, refusals }),
      requireAdmin,
      async (c) => c.json(await apis.accessOf(c.req.param('clientId'))),
    )
    .put(
      '/api/api-access/:clientId',
      describe({ id: 'setApiAccess', tag, summary: 'Replace what an app may do at APIs', answers: { 200: ApiAccess }, refusals }),
      requireAdmin,
      valid('json', AccessInput),
      async (c) => c.json(await apis.setAccess(c.req.param('clientId'), c.req.valid('json'))),
    )
    .get(
      '/api/api-access/:clientId/apis',
      describe({
        id: 'listApisOfClient',
        tag,
        summary: 'The APIs that an app may use',
        answers: { 200: v.array(ClientApiGrant) },
        refusals,
      }),
      requireAdmin,
      async (c) => c.json([...(await apis.apisOf(c.req.param('clientId')))]),
    )
    .get(
      '/api/api-access/:clientId/assignable-apis',
      describe({
        id: 'listAssignableApis',
        tag,
        summary: 'The APIs that an app may not use yet, by page',
        list: true,
        answers: { 200: pageOf(Api) },
        refusals,
      }),
      requireAdmin,
      async (c) => c.json(await apis.assignableApis(c.req.param('clientId'), readListQuery(c.req.url))),
    )
