// The headers that every answer carries: what browsers may do with it, and the request's id.
import type { Context, MiddlewareHandler } from 'hono'
import { newId } from '../crypto.ts'
import type { HostEnv } from '../identity/actor.ts'

export type Headers = Readonly<Record<string, string>>

/**
 * What browsers are told with every answer. Nothing on our pages is inline and nothing comes from another host, so the policy needs no
 * nonce.
 */
export const letterhead = (appUrl: string): Headers => ({
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "manifest-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'permissions-policy': 'publickey-credentials-get=(self), camera=(), microphone=(), geolocation=()',
  'referrer-policy': 'same-origin',
  ...(appUrl.startsWith('https:') ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'DENY',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
})

export const idHeader = 'x-request-id'
const cacheHeader = 'cache-control'

/** For pictures that other sites show in their pages. */
export const shownAnywhere = { 'cross-origin-resource-policy': 'cross-origin' } as const

/**
 * For pages that an app may open in a window of its own to sign somebody in: its page hears of the end of it from that window. Every
 * answer on the way has to say so, redirects too.
 */
export const keepsOpener: MiddlewareHandler<HostEnv> = async (c, next) => {
  await next()
  c.header('cross-origin-opener-policy', 'unsafe-none')
}

/** What stands on it together with a request's id: for answers that are made with all their headers at once. */
export const headed = (head: Headers, id: string, headers: Headers): Headers => ({ ...head, [idHeader]: id, ...headers })

/** On the answer itself that was made on the letterhead: a set beside it would have to be tidied up after every answer. */
const made = Symbol('made on the letterhead')
type Made = Response & { [made]?: true }

/**
 * JSON that nobody stores, with every header at once: for what apps ask all the time. Adding them one by one to a `Headers` costs as much
 * as a query.
 */
export function jsonAtOnce(c: Context<HostEnv>, value: object, status: number, headers: Headers): Response {
  const own = { 'content-type': 'application/json', [cacheHeader]: 'no-store', ...headers }
  const answer: Made = new Response(JSON.stringify(value), {
    status,
    headers: headed(c.get('letterhead'), c.get('requestId'), own),
  })
  answer[made] = true
  return answer
}

/**
 * Puts every answer on the letterhead. What an answer says of its own accord it keeps; what is under /api is stored by nobody, unless it
 * says otherwise.
 */
export const onLetterhead = (head: Headers): MiddlewareHandler<HostEnv> => {
  const all = Object.entries(head)
  return async (c, next) => {
    const id = newId()
    c.set('requestId', id)
    c.set('letterhead', head)
    await next()
    if ((c.res as Made)[made]) return
    const { headers } = c.res
    for (const [name, value] of all) if (!headers.has(name)) headers.set(name, value)
    if (c.req.path.startsWith('/api/') && !headers.has(cacheHeader)) headers.set(cacheHeader, 'no-store')
    headers.set(idHeader, id)
  }
}
