// What every request passes before its route: body size, origin check, rate limits.
import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Clock } from '../clock.ts'
import { commonErrors } from '../errors.ts'
import type { HostEnv } from '../identity/actor.ts'
import { carryClientAddress, clientAddress } from './client-address.ts'
import { household } from './networks.ts'

/** Bodies larger than this are refused before they are read; a list of 100,000 member ids still fits. */
const maxBodyBytes = 4 * 1024 * 1024

/** An upload may be a photo as a phone makes it. */
const maxUploadBytes = 9 * 1024 * 1024

export function bodySize(maxBytes = maxBodyBytes, maxFormBytes = maxUploadBytes): MiddlewareHandler {
  const plain = sizeLimit(maxBytes, 'payload_too_large')
  const form = sizeLimit(maxFormBytes, 'file_too_large')
  return (c, next) => {
    if (c.req.method === 'GET' || c.req.method === 'HEAD') return next()
    return (/^multipart\/form-data\b/i.test(c.req.header('content-type') ?? '') ? form : plain)(c, next)
  }
}

/** A body whose length is told is not touched: Node reads no more than that, and looking at it makes a stream of it. */
function sizeLimit(maxSize: number, code: 'payload_too_large' | 'file_too_large'): MiddlewareHandler {
  const refuse = (): never => {
    throw commonErrors.refuse(code, { message: `The request body is larger than ${maxSize} bytes.` })
  }
  const counted = bodyLimit({ maxSize, onError: refuse })
  return (c, next) => {
    const told = c.req.header('content-length')
    if (told !== undefined && c.req.header('transfer-encoding') === undefined) return Number(told) > maxSize ? refuse() : next()
    const { raw } = c.req
    // What is counted is read, and goes on as a request of its own.
    return counted(c, () => {
      carryClientAddress(raw, c.req.raw)
      return next()
    })
  }
}

/**
 * Refuses state changes that another site caused (CSRF). Lax cookies already stay away from cross-site posts; this holds for old
 * browsers and for sister sites under one domain too, and where there is no cookie yet: a form of another site must not sign its
 * visitor in to somebody else's account (login CSRF).
 *
 * @param open paths that other sites may post to. Their requests pass, and the cookie counts for nothing.
 */
export const sameOrigin = (appUrl: string, open: ReadonlySet<string> = new Set()): MiddlewareHandler<HostEnv> => {
  return (c, next) => {
    const safe = c.req.method === 'GET' || c.req.method === 'HEAD' || c.req.method === 'OPTIONS'
    const foreign = !safe && !fromHere(c, appUrl) && !hasKeyAlone(c)
    if (foreign && !open.has(c.req.path)) throw commonErrors.refuse('cross_site_request')
    c.set('foreign', foreign)
    return next()
  }
}

/** No page can send this header to another site unasked, so whoever does means it. */
const hasKeyAlone = (c: Context): boolean => c.req.header('x-api-key') !== undefined && c.req.header('cookie') === undefined

function fromHere(c: Context, appUrl: string): boolean {
  const site = c.req.header('sec-fetch-site')
  if (site === 'same-origin' || site === 'none') return true
  const origin = c.req.header('origin')
  if (origin === undefined) return site === undefined
  return origin === appUrl || (URL.canParse(origin) && new URL(origin).host === c.req.header('host'))
}

export interface RateLimit {
  /** Tokens that come back each second. */
  readonly perSecond: number
  /** How many requests may come at once. */
  readonly burst: number
}

export interface RateLimiter {
  /** A middleware that lets `limit` pass for each household of clients and refuses the rest with 429 and Retry-After. */
  limit(limit: RateLimit): MiddlewareHandler<HostEnv>
}

/** So many buckets are kept without a look at which are full again. */
const manyBuckets = 10_000

/** Token buckets in memory; each `limit` has its own, and buckets that are full again are dropped. */
export function createRateLimiter(clock: Clock, off: boolean): RateLimiter {
  return {
    limit({ perSecond, burst }) {
      const buckets = new Map<string, { tokens: number; at: number }>()
      let tidyAt = manyBuckets
      return (c, next) => {
        if (off) return next()
        const now = clock.now().getTime() / 1000
        if (buckets.size > tidyAt) {
          dropFull(buckets, now, perSecond, burst)
          // Under a flood hardly any is full: a look at all of them is worth it again when there are twice as many.
          tidyAt = Math.max(manyBuckets, 2 * buckets.size)
        }
        const key = household(clientAddress(c) ?? '')
        const bucket = buckets.get(key) ?? { tokens: burst, at: now }
        // A clock that was set back takes nothing away.
        const tokens = Math.min(burst, bucket.tokens + Math.max(0, now - bucket.at) * perSecond)
        buckets.set(key, { tokens: Math.max(0, tokens < 1 ? tokens : tokens - 1), at: now })
        if (tokens < 1) {
          const retryAfterSeconds = Math.max(1, Math.ceil((1 - tokens) / perSecond))
          throw commonErrors.refuse('rate_limited', { details: { retryAfterSeconds } })
        }
        return next()
      }
    },
  }
}

function dropFull(buckets: Map<string, { tokens: number; at: number }>, now: number, perSecond: number, burst: number): void {
  for (const [key, bucket] of buckets) if (bucket.tokens + (now - bucket.at) * perSecond >= burst) buckets.delete(key)
}
