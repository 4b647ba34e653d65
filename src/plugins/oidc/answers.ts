// How the protocol's endpoints answer apps: JSON that nobody stores, refusals in the protocol's words, and open to apps in browsers.
import type { Context } from 'hono'
import type { HostEnv } from '#core/identity/actor.ts'
import { errorBody, OAuthError } from './protocol/errors.ts'

/**
 * Lets scripts of any origin read an answer. What apps call is proven by tokens in headers and bodies, never by our cookie, so
 * there is nothing for another site to borrow.
 */
export const openToApps = { 'access-control-allow-origin': '*' } as const

const preflight = {
  ...openToApps,
  'access-control-allow-methods': 'GET, POST, OPTIONS',
  'access-control-allow-headers': 'authorization, content-type, dpop',
  'access-control-expose-headers': 'dpop-nonce, www-authenticate',
  'access-control-max-age': '86400',
} as const

type Handler = (c: Context<HostEnv>) => Promise<Response>

/** Answers OAuthError as its JSON and opens the endpoint to scripts of other origins. */
export const forApps =
  (handler: Handler): Handler =>
  async (c) => {
    for (const [name, value] of Object.entries(openToApps)) c.header(name, value)
    c.header('access-control-expose-headers', preflight['access-control-expose-headers'])
    c.header('cache-control', 'no-store')
    try {
      return await handler(c)
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error
      c.set('refusal', error.code)
      for (const [name, value] of Object.entries(error.headers)) c.header(name, value)
      return c.json(errorBody(error), error.status as 400)
    }
  }

/** Answers the browser's question before a request of another origin. */
export const answerPreflight = (c: Context<HostEnv>): Response => c.body(null, 204, preflight)
