// The SCIM servers of apps over REST, as Pocket ID has them; tokens are shown as a mask but to whoever sends them, and the mask keeps what is stored.
import { Hono } from 'hono'
import * as v from 'valibot'
import { commonErrors } from '#core/errors.ts'
import { describe, valid } from '#core/http/contract.ts'
import type { HostEnv } from '#core/identity/actor.ts'
import type { Host } from '#core/kernel/plugin.ts'
import type { Scim } from '#core/scim-port.ts'
import { Input } from './input.ts'

const tag = 'SCIM'
const path = '/api/scim/service-provider'
const Text = v.string()
const OrNull = v.nullable(Text)

const Provider = v.object({
  id: Text,
  endpoint: Text,
  token: Text,
  createdAt: Text,
  lastSyncedAt: OrNull,
  lastFault: OrNull,
  oidcClient: v.object({ id: Text, name: Text, hasLogo: v.boolean(), hasDarkLogo: v.boolean(), clientType: Text }),
})

export function routes({ identity: { requireAdmin } }: Pick<Host, 'identity'>, scim: Scim) {
  return new Hono<HostEnv>()
    .get(
      '/api/oidc/clients/:id/scim-service-provider',
      describe({
        id: 'getScimProvider',
        tag,
        summary: 'The SCIM server of an app',
        answers: { 200: Provider },
        refusals: ['not_found'],
      }),
      requireAdmin,
      async (c) => {
        const found = await scim.ofClient(c.req.param('id'))
        if (!found) throw commonErrors.refuse('not_found', { message: 'This app has no SCIM server.' })
        return c.json(found)
      },
    )
    .post(
      path,
      describe({
        id: 'createScimProvider',
        tag,
        summary: 'Tell an app’s SCIM server of people and groups from now on',
        answers: { 201: Provider },
        refusals: ['not_found', 'already_in_use'],
      }),
      requireAdmin,
      valid('json', Input),
      async (c) => c.json(await scim.create(c.req.valid('json')), 201),
    )
    .put(
      `${path}/:id`,
      describe({
        id: 'updateScimProvider',
        tag,
        summary: 'Change address or token',
        answers: { 200: Provider },
        refusals: ['not_found'],
      }),
      requireAdmin,
      valid('json', Input),
      async (c) => c.json(await scim.update(c.req.param('id'), c.req.valid('json'))),
    )
    .delete(
      `${path}/:id`,
      describe({
        id: 'removeScimProvider',
        tag,
        summary: 'Tell the app nothing more',
        answers: { 204: null },
        refusals: ['not_found'],
      }),
      requireAdmin,
      async (c) => {
        await scim.remove(c.req.param('id'))
        return c.body(null, 204)
      },
    )
    .post(
      `${path}/:id/sync`,
      describe({
        id: 'syncScimProvider',
        tag,
        summary: 'Tell the app everything now',
        answers: { 200: null },
        refusals: ['not_found', 'scim_sync_failed', 'scim_sync_running'],
      }),
      requireAdmin,
      async (c) => {
        await scim.sync(c.req.param('id'))
        return c.body(null, 200)
      },
    )
}
