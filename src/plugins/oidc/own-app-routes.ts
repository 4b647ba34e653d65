// A person's own apps over REST, and for administrators those of anybody.
import { Hono } from 'hono'
import * as v from 'valibot'
import { describe } from '#core/http/contract.ts'
import { pageOf, readListQuery } from '#core/http/listing.ts'
import { actorOf, type HostEnv } from '#core/identity/actor.ts'
import type { Apps } from '#core/ports-apps.ts'
import { Card } from './client-wire.ts'
import type { OidcHost } from './provider.ts'

const tag = 'Own apps'
const Accessible = v.object({ ...Card.entries, lastUsedAt: v.nullable(v.string()) })
const Authorized = v.object({ scope: v.string(), client: Card, lastUsedAt: v.string() })

export function ownAppRoutes({ identity }: Pick<OidcHost, 'identity'>, apps: Apps) {
  const { requireUser, requireAdmin, users } = identity
  return new Hono<HostEnv>()
    .get(
      '/api/oidc/users/me/clients',
      describe({ id: 'listOwnApps', tag, summary: 'The apps you may open', list: true, answers: { 200: pageOf(Accessible) } }),
      requireUser,
      async (c) => c.json(await apps.accessibleTo(actorOf(c).user.id, readListQuery(c.req.url))),
    )
    .get(
      '/api/oidc/users/me/authorized-clients',
      describe({
        id: 'listOwnAuthorizedApps',
        tag,
        summary: 'The apps you gave access',
        list: true,
        answers: { 200: pageOf(Authorized) },
      }),
      requireUser,
      async (c) => c.json(await apps.authorizedBy(actorOf(c).user.id, readListQuery(c.req.url))),
    )
    .delete(
      '/api/oidc/users/me/authorized-clients/:clientId',
      describe({ id: 'revokeOwnApp', tag, summary: 'Take an app’s access away', answers: { 204: null } }),
      requireUser,
      async (c) => {
        await apps.revoke(actorOf(c).user.id, c.req.param('clientId'))
        return c.body(null, 204)
      },
    )
    .get(
      '/api/oidc/users/:id/authorized-clients',
      describe({
        id: 'listAuthorizedApps',
        tag,
        summary: 'The apps a user gave access',
        list: true,
        answers: { 200: pageOf(Authorized) },
        refusals: ['user_not_found'],
      }),
      requireAdmin,
      async (c) => {
        const { id } = await users.get(c.req.param('id'))
        return c.json(await apps.authorizedBy(id, readListQuery(c.req.url)))
      },
    )
    .delete(
      '/api/oidc/users/:id/authorized-clients/:clientId',
      describe({
        id: 'revokeApp',
        tag,
        summary: 'Take an app’s access to a user away',
        answers: { 204: null },
        refusals: ['user_not_found'],
      }),
      requireAdmin,
      async (c) => {
        const { id } = await users.get(c.req.param('id'))
        await apps.revoke(id, c.req.param('clientId'))
        return c.body(null, 204)
      },
    )
}
