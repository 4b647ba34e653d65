// Apps over REST: for administrators, and what everybody may see of one.
import { Hono } from 'hono'
import * as v from 'valibot'
import { commonErrors } from '#core/errors.ts'
import { describe, parse, valid } from '#core/http/contract.ts'
import { pageOf, readListQuery } from '#core/http/listing.ts'
import { actorOf, type HostEnv } from '#core/identity/actor.ts'
import type { AppInput, Apps } from '#core/ports-apps.ts'
import { SecretInput } from './client-input.ts'
import { Card, Details, Listed, NewSecret, Secret } from './client-wire.ts'
import type { OidcHost } from './provider.ts'

const tag = 'Apps'
const missing = 'not_found'

/** Fields are checked by the administration itself, so that pages and REST say the same of them. */
const Body = v.looseObject({ name: v.string(), id: v.optional(v.nullable(v.string())) })
const Claims = v.record(v.string(), v.unknown())
const Preview = v.object({ idToken: Claims, accessToken: Claims, userInfo: Claims })

export function clientRoutes({ identity }: Pick<OidcHost, 'identity'>, apps: Apps) {
  const { requireAdmin } = identity
  return new Hono<HostEnv>()
    .get(
      '/api/oidc/clients',
      describe({ id: 'listApps', tag, summary: 'All apps, by page', list: true, answers: { 200: pageOf(Listed) } }),
      requireAdmin,
      async (c) => c.json(await apps.list(readListQuery(c.req.url))),
    )
    .post(
      '/api/oidc/clients',
      describe({
        id: 'createApp',
        tag,
        summary: 'Add an app',
        answers: { 201: Details },
        refusals: ['client_id_already_exists', 'logo_download_failed', 'logo_type_not_supported', 'logo_too_large'],
      }),
      requireAdmin,
      valid('json', Body),
      async (c) => c.json(await apps.create(c.req.valid('json') as AppInput, actorOf(c).user.id), 201),
    )
    .get(
      '/api/oidc/clients/:id',
      describe({ id: 'getApp', tag, summary: 'One app', answers: { 200: Details }, refusals: [missing] }),
      requireAdmin,
      async (c) => c.json(await apps.get(c.req.param('id'))),
    )
    .get(
      '/api/oidc/clients/:id/meta',
      describe({
        id: 'getAppCard',
        tag,
        summary: 'What everybody may see of an app',
        answers: { 200: Card },
        refusals: [missing],
      }),
      async (c) => c.json(parse(Card, await apps.get(c.req.param('id')))),
    )
    .put(
      '/api/oidc/clients/:id',
      describe({
        id: 'updateApp',
        tag,
        summary: 'Change an app',
        answers: { 200: Details },
        refusals: [missing, 'logo_download_failed', 'logo_type_not_supported', 'logo_too_large'],
      }),
      requireAdmin,
      valid('json', Body),
      async (c) => c.json(await apps.update(c.req.param('id'), c.req.valid('json') as AppInput, actorOf(c).user.id)),
    )
    .delete(
      '/api/oidc/clients/:id',
      describe({
        id: 'removeApp',
        tag,
        summary: 'Remove an app and end its tokens',
        answers: { 204: null },
        refusals: [missing],
      }),
      requireAdmin,
      async (c) => {
        await apps.remove(c.req.param('id'), actorOf(c).user.id)
        return c.body(null, 204)
      },
    )
    .post(
      '/api/oidc/clients/:id/refresh',
      describe({
        id: 'refreshApp',
        tag,
        summary: 'Read the document again that describes an app',
        answers: { 200: Details },
        refusals: [missing, 'oidc_metadata_document_unusable', 'outside_refused', 'outside_failed'],
      }),
      requireAdmin,
      async (c) => c.json(await apps.refresh(c.req.param('id'))),
    )
    .put(
      '/api/oidc/clients/:id/allowed-user-groups',
      describe({
        id: 'setAppGroups',
        tag,
        summary: 'Replace the groups an app is open to',
        answers: { 200: Details },
        refusals: [missing],
      }),
      requireAdmin,
      valid('json', v.object({ userGroupIds: v.array(v.string()) })),
      async (c) => c.json(await apps.setGroups(c.req.param('id'), c.req.valid('json').userGroupIds)),
    )
    .get(
      '/api/oidc/clients/:id/preview/:userId',
      describe({
        id: 'previewApp',
        tag,
        summary: 'What an app would be told of a user',
        answers: { 200: Preview },
        refusals: [missing, 'user_not_found'],
      }),
      requireAdmin,
      async (c) => {
        const scopes = (c.req.query('scopes') ?? '').split(/[\s,]+/).filter((one) => one !== '')
        return c.json({ ...(await apps.preview(c.req.param('id'), c.req.param('userId'), scopes)) })
      },
    )
    .route('/', secretRoutes({ identity }, apps))
}

function secretRoutes({ identity: { requireAdmin } }: Pick<OidcHost, 'identity'>, apps: Apps) {
  return new Hono<HostEnv>()
    .get(
      '/api/oidc/clients/:id/secrets',
      describe({
        id: 'listAppSecrets',
        tag,
        summary: 'The secrets of an app',
        answers: { 200: v.array(Secret) },
        refusals: [missing],
      }),
      requireAdmin,
      async (c) => c.json([...(await apps.secrets(c.req.param('id')))]),
    )
    .post(
      '/api/oidc/clients/:id/secrets',
      describe({
        id: 'addAppSecret',
        tag,
        summary: 'Add a secret; the answer is the only one that shows it',
        answers: { 201: NewSecret },
        refusals: [missing],
      }),
      requireAdmin,
      async (c) => {
        const body = await optionalJson(c.req.raw)
        return c.json({ ...(await apps.addSecret(c.req.param('id'), parse(SecretInput, body))) }, 201)
      },
    )
    .delete(
      '/api/oidc/clients/:id/secrets/:secretId',
      describe({ id: 'removeAppSecret', tag, summary: 'Remove a secret', answers: { 204: null }, refusals: [missing] }),
      requireAdmin,
      async (c) => {
        await apps.removeSecret(c.req.param('id'), c.req.param('secretId'))
        return c.body(null, 204)
      },
    )
    .post(
      '/api/oidc/clients/:id/secret',
      describe({
        id: 'replaceAppSecret',
        tag,
        summary: 'Replace all secrets by one, as older releases did',
        answers: { 200: v.object({ secret: v.string() }) },
        refusals: [missing],
      }),
      requireAdmin,
      async (c) => {
        const id = c.req.param('id')
        const wanted = parse(SecretInput, await optionalJson(c.req.raw))
        const old = await apps.secrets(id)
        const { secret } = await apps.addSecret(id, wanted)
        for (const one of old) await apps.removeSecret(id, one.id)
        return c.json({ secret })
      },
    )
}

/** A body that need not be there. */
async function optionalJson(request: Request): Promise<unknown> {
  const text = await request.text()
  try {
    return text.trim() === '' ? {} : JSON.parse(text)
  } catch (cause) {
    throw commonErrors.refuse('invalid_request_body', { cause })
  }
}
