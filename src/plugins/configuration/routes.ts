// The application configuration over REST, and the run of a directory on demand where Pocket ID has it.
import { Hono } from 'hono'
import * as v from 'valibot'
import { directory } from '#core/directory-ports.ts'
import { describe, valid } from '#core/http/contract.ts'
import { actorOf, type HostEnv } from '#core/identity/actor.ts'
import type { Host } from '#core/kernel/plugin.ts'
import { errors } from './errors.ts'
import { PublicVariable, publicVariables, Variable, variables } from './wire.ts'

const tag = 'Application configuration'
const path = '/api/application-configuration'

/** Text, as Pocket ID has it; a plain true or a number is meant the same. */
const Text = v.pipe(v.union([v.string(), v.boolean(), v.number()], 'Must be a text.'), v.transform(String))
const Changes = v.pipe(
  v.unknown(),
  v.check((body) => !Array.isArray(body), 'Must be an object: a text for each key.'),
  v.record(v.string(), Text),
)

/** The routes under /api/application-configuration. */
export function routes(host: Host) {
  const { configuration, identity } = host
  return new Hono<HostEnv>()
    .get(
      path,
      describe({
        id: 'listPublicConfiguration',
        tag,
        summary: 'What everybody may know of the configuration',
        answers: { 200: v.array(PublicVariable) },
      }),
      (c) => c.json(publicVariables(configuration.entries(), host.core.uiConfigDisabled)),
    )
    .get(
      `${path}/all`,
      describe({
        id: 'listConfiguration',
        tag,
        summary: 'The whole configuration, secrets masked',
        answers: { 200: v.array(Variable) },
      }),
      identity.requireAdmin,
      (c) => c.json(variables(configuration.entries())),
    )
    .put(
      path,
      describe({
        id: 'changeConfiguration',
        tag,
        summary:
          'Change settings; all or nothing. An empty text goes back to the default, the mask keeps a secret. Secrets that were sent stand in the answer',
        answers: { 200: v.array(Variable) },
        refusals: ['ui_config_disabled', 'validation_failed'],
      }),
      identity.requireAdmin,
      valid('json', Changes),
      async (c) => {
        const changes = c.req.valid('json')
        await configuration.change(changes, actorOf(c).user.id)
        return c.json(variables(configuration.entries(), changes))
      },
    )
    .post(
      `${path}/sync-ldap`,
      describe({
        id: 'syncDirectory',
        tag,
        summary: 'Bring accounts in line with the directory and answer when that is done',
        answers: { 204: null },
        refusals: Object.keys(errors.table),
      }),
      identity.requireAdmin,
      async (c) => {
        // Not tied to this request: a proxy that gives up waiting must not stop the run.
        const all = host.seekAll(directory)
        if (all.length === 0) throw errors.refuse('ldap_disabled')
        const by = actorOf(c).user
        const runs = await Promise.all(all.map(async (one) => ({ source: one.source, ...(await one.syncNow(undefined, by)) })))
        const held = runs.filter(({ outcome }) => outcome !== 'applied')
        if (held.length === 0) return c.body(null, 204)
        const message = held.map(({ source, summary }) => (all.length > 1 ? `${source}: ${summary}` : summary)).join(' ')
        const code = held.some(({ outcome }) => outcome === 'failed') ? 'directory_sync_failed' : 'directory_sync_refused'
        throw errors.refuse(code, { message })
      },
    )
}
