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
const policyHeader = 'content-security-policy'
const cacheHeader = 'cache-control'

/** What stands on it together with a request's id: for answers that are made with all their headers at once. */
export const headed = (head: Headers, id: string, headers: Headers): Headers => ({ ...head, [idHeader]: id, ...headers })

/** Answers that were made on the letterhead. */
const made = new WeakSet<Response>()

/**
 * JSON that nobody stores, with every header at once: for what apps ask all the time. Adding them one by one to a `Headers` costs as much
 * as a query.
 */
export function jsonAtOnce(c: Context<HostEnv>, value: object, status: number, headers: Headers): Response {
  const own = { 'content-type': 'application/json', [cacheHeader]: 'no-store', ...headers }
  const answer = new Response(JSON.stringify(value), { status, headers: headed(c.get('letterhead'), c.get('requestId'), own) })
  made.add(answer)
  return answer
}

/**
 * Puts every answer on the letterhead. An answer that brings a policy of its own keeps it; what is under /api is stored by nobody, unless
 * it says otherwise.
 */
export const onLetterhead = (head: Headers): MiddlewareHandler<HostEnv> => {
  const all = Object.entries(head)
  return async (c, next) => {
    const id = newId()
    c.set('requestId', id)
    c.set('letterhead', head)
    await next()
    if (made.has(c.res)) return
    const { headers } = c.res
    const policy = headers.get(policyHeader)
    for (const [name, value] of all) headers.set(name, value)
    if (policy !== null) headers.set(policyHeader, policy)
    if (c.req.path.startsWith('/api/') && !headers.has(cacheHeader)) headers.set(cacheHeader, 'no-store')
    headers.set(idHeader, id)
  }
}
