// The registration endpoint (RFC 7591) and what a registration may do with itself (RFC 7592).
import { type Context, Hono } from 'hono'
import type { HostEnv } from '#core/identity/actor.ts'
import { answerPreflight, forApps } from '../answers.ts'
import { OAuthError } from '../protocol/errors.ts'
import type { Registrations } from '../registration.ts'

const path = '/api/oidc/register'
const maxBytes = 64 * 1024

export function registrationEndpoints(registrations: Registrations): Hono<HostEnv> {
  const one = `${path}/:id`
  return new Hono<HostEnv>()
    .options(path, answerPreflight)
    .post(
      path,
      forApps(async (c) => c.json(await registrations.register(bearer(c), await metadata(c)), 201)),
    )
    .get(
      one,
      forApps(async (c) => c.json(await registrations.read(c.req.param('id') ?? '', bearer(c)))),
    )
    .put(
      one,
      forApps(async (c) => c.json(await registrations.update(c.req.param('id') ?? '', bearer(c), await metadata(c)))),
    )
    .delete(
      one,
      forApps(async (c) => {
        await registrations.remove(c.req.param('id') ?? '', bearer(c))
        return c.body(null, 204)
      }),
    )
}

const bearer = (c: Context): string | undefined => /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1]

async function metadata(c: Context): Promise<unknown> {
  const text = await c.req.text()
  try {
    if (text.length <= maxBytes) return JSON.parse(text)
  } catch {
    // Not JSON: the sentence below says what was expected.
  }
  throw new OAuthError('invalid_client_metadata', 'The body must be JSON, of at most 64 KiB.')
}
