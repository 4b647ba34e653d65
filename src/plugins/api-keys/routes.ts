// API keys over REST: everybody's own. Making one takes a person at a browser, so that a stolen key cannot make more.
import { Hono } from 'hono'
import * as v from 'valibot'
import type { ApiKey } from '#core/account-ports.ts'
import { plainText } from '#core/http/account-fields.ts'
import { describe, valid } from '#core/http/contract.ts'
import { pageOf, readListQuery } from '#core/http/listing.ts'
import { actorOf, type HostEnv } from '#core/identity/actor.ts'
import type { Host } from '#core/kernel/plugin.ts'
import type { KeyRing } from './keys.ts'

const tag = 'API keys'
const Key = v.object({
  id: v.string(),
  name: v.string(),
  description: v.nullable(v.string()),
  expiresAt: v.string(),
  lastUsedAt: v.nullable(v.string()),
  createdAt: v.string(),
  expirationEmailSent: v.boolean(),
})
const NewKey = v.object({ apiKey: Key, token: v.string() })
const Instant = v.pipe(
  v.string(),
  v.isoTimestamp('Must be a time such as 2027-01-31T12:00:00Z.'),
  v.transform((text) => new Date(text)),
  v.check((date) => !Number.isNaN(date.getTime()), 'Must be a time such as 2027-01-31T12:00:00Z.'),
)
const KeyInput = v.object({
  name: plainText({ least: 3, most: 50 }),
  description: v.optional(v.nullable(plainText({ most: 1000 })), null),
  expiresAt: Instant,
})
const Renewal = v.object({ expiresAt: Instant })

export function routes({ identity }: Host, keys: KeyRing): Hono<HostEnv> {
  const { requireUser, requireBrowser } = identity
  const refusals = ['not_signed_in', 'api_key_auth_not_allowed', 'invalid_api_key_expiration']
  return new Hono<HostEnv>()
    .get(
      '/api/api-keys',
      describe({ id: 'listApiKeys', tag, summary: 'Your API keys', answers: { 200: pageOf(Key) }, list: true }),
      requireUser,
      async (c) => {
        const { data, pagination } = await keys.list(actorOf(c).user.id, readListQuery(c.req.url))
        return c.json({ data: data.map(wire), pagination }, 200)
      },
    )
    .post(
      '/api/api-keys',
      describe({ id: 'createApiKey', tag, summary: 'Make an API key; it is shown once', answers: { 201: NewKey }, refusals }),
      requireBrowser,
      valid('json', KeyInput),
      async (c) => {
        const { description, ...input } = c.req.valid('json')
        const { apiKey, token } = await keys.create(actorOf(c).user.id, { ...input, description: description || null })
        return c.json({ apiKey: wire(apiKey), token }, 201)
      },
    )
    .post(
      '/api/api-keys/:id/renew',
      describe({
        id: 'renewApiKey',
        tag,
        summary: 'Give a key that has run out a new secret and a new end',
        answers: { 200: NewKey },
        refusals: [...refusals, 'api_key_not_found', 'api_key_not_expired'],
      }),
      requireBrowser,
      valid('json', Renewal),
      async (c) => {
        const { apiKey, token } = await keys.renew(actorOf(c).user.id, c.req.param('id'), c.req.valid('json').expiresAt)
        return c.json({ apiKey: wire(apiKey), token }, 200)
      },
    )
    .delete(
      '/api/api-keys/:id',
      describe({
        id: 'removeApiKey',
        tag,
        summary: 'Remove an API key',
        answers: { 204: null },
        refusals: ['api_key_not_found'],
      }),
      requireUser,
      async (c) => {
        await keys.remove(actorOf(c).user.id, c.req.param('id'))
        return c.body(null, 204)
      },
    )
}

const wire = ({ expiresAt, lastUsedAt, createdAt, ...key }: ApiKey) => ({
  ...key,
  expiresAt: expiresAt.toISOString(),
  lastUsedAt: lastUsedAt?.toISOString() ?? null,
  createdAt: createdAt.toISOString(),
})
