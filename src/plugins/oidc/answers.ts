// How the protocol's endpoints answer apps: JSON that nobody stores, refusals in the protocol's words, and open to apps in browsers.
import type { Context } from 'hono'
import type { AppError } from '#core/errors.ts'
import { jsonAtOnce } from '#core/http/letterhead.ts'
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
  // Apps send more than they need, such as their tracing's; the star does not stand for authorization, nor for old browsers.
  'access-control-allow-headers': 'authorization, content-type, dpop, *',
  'access-control-expose-headers': 'dpop-nonce, www-authenticate',
  'access-control-max-age': '86400',
} as const

/** @param headers of the answer, whatever it will be */
type Handler = (c: Context<HostEnv>, headers: Record<string, string>) => Promise<object>

const always = {
  ...openToApps,
  'access-control-expose-headers': preflight['access-control-expose-headers'],
  'cache-control': 'no-store',
  // RFC 6749 section 5.1 demands it of answers with tokens, for caches of its time.
  pragma: 'no-cache',
} as const

/** Answers an object as JSON, OAuthError as its JSON, and opens the endpoint to scripts of other origins. */
export const forApps =
  (handler: Handler) =>
  async (c: Context<HostEnv>): Promise<Response> => {
    const headers: Record<string, string> = { ...always }
    try {
      const answer = await handler(c, headers)
      if (!(answer instanceof Response)) return jsonAtOnce(c, answer, 200, headers)
      for (const [name, value] of Object.entries(headers)) answer.headers.set(name, value)
      return answer
    } catch (error) {
      if (!(error instanceof OAuthError)) {
        c.set('failureWords', { body: (failure) => failureBody(failure, c.get('requestId')), headers })
        throw error
      }
      c.set('refusal', error.code)
      return jsonAtOnce(c, errorBody(error), error.status, { ...headers, ...error.headers })
    }
  }

/** What went wrong beside the protocol, in its words: apps look for a code of RFC 6749 whatever happens. */
function failureBody({ status, message }: AppError, requestId: string): object {
  const isPassing = status === 429 || status === 503
  const code = isPassing ? 'temporarily_unavailable' : status < 500 ? 'invalid_request' : 'server_error'
  const why = status === 500 ? `The log of the server holds the cause under ${requestId}.` : message
  return errorBody(new OAuthError(code, why))
}

/** Answers the browser's question before a request of another origin. */
export const answerPreflight = (c: Context<HostEnv>): Response => c.body(null, 204, preflight)
