// Tells those who watch how each request was answered. Stands outermost, so it sees what the fences refuse too.
import type { MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import type { HostEnv } from '../identity/actor.ts'

/** How one request was answered. Nothing in it is of the sender's choosing, so there are only so many different ones. */
export interface Answered {
  readonly method: string
  /** The pattern that matched, such as /api/users/:id; empty where none did. */
  readonly route: string
  readonly status: number
  /** The code of the refusal, if it was one. */
  readonly refusal: string | undefined
  readonly seconds: number
}

/** The middleware; the app has it only while somebody watches. */
export const observed =
  (observers: readonly ((answered: Answered) => void)[]): MiddlewareHandler<HostEnv> =>
  async (c, next) => {
    const begun = performance.now()
    await next()
    const route = matchedRoutes(c).findLast(({ method }) => method !== 'ALL')?.path ?? ''
    const seconds = (performance.now() - begun) / 1000
    for (const tell of observers) tell({ method: c.req.method, route, status: c.res.status, refusal: c.get('refusal'), seconds })
  }
