// Who may see a page: people at a browser. API keys are for the API.
import type { MiddlewareHandler } from 'hono'
import { commonErrors } from '#core/errors.ts'
import type { HostEnv } from '#core/identity/actor.ts'
import type { WebHost } from './view.ts'

/** Administrators at a browser. */
export const adminsOnly = ({ host }: WebHost): MiddlewareHandler<HostEnv> => {
  const { requireBrowser, requireAdmin } = host.identity
  return (c, next) => requireBrowser(c, async () => void (await requireAdmin(c, next)))
}

/**
 * Forms of sign-in are posted by somebody who has no cookie yet, so the core's check of the origin passes them. Another site
 * could then sign a visitor in to an account of its own choice (login CSRF).
 */
export const fromThisSite: MiddlewareHandler<HostEnv> = async (c, next) => {
  const site = c.req.header('sec-fetch-site')
  if (site === 'cross-site' || site === 'same-site') throw commonErrors.refuse('cross_site_request')
  await next()
}
