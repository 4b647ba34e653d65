// The run that goes on, as server-sent events: a page or a script follows it without asking again and again. For administrators.
import { setTimeout as delay } from 'node:timers/promises'
import { Hono } from 'hono'
import { type SSEStreamingApi, streamSSE } from 'hono/streaming'
import { commonErrors } from '#core/errors.ts'
import { describe } from '#core/http/contract.ts'
import type { HostEnv } from '#core/kernel/plugin.ts'
import type { LdapHost } from '../sync.ts'
import type { FollowedWork } from '../thread.ts'

/** Said again after so long, for proxies that end silent connections. */
const heartbeatMilliseconds = 15_000
/** After this the browser asks again by itself, and again has to be an administrator's. */
const longestMilliseconds = 5 * 60_000
/** Every page follows once; more is a fault somewhere. */
const mostFollowers = 50

/** @param closing ends every stream */
export function progressRoutes(host: LdapHost, work: FollowedWork, closing: AbortSignal) {
  let followers = 0
  return new Hono<HostEnv>().get(
    '/api/ldap/progress',
    describe({
      id: 'followLdapRun',
      tag: 'LDAP',
      ofCopies: true,
      summary:
        'The run that goes on in this process, as server-sent events: `progress` with kind, stage, done, total, startedAt and percent as JSON; `idle` while there is none',
      answers: { 200: 'text/event-stream' },
      refusals: ['not_signed_in', 'forbidden', 'unavailable'],
    }),
    host.identity.requireAdmin,
    (c) => {
      if (followers >= mostFollowers)
        throw commonErrors.refuse('unavailable', { message: 'Too many follow this run already. Close a page and try again.' })
      followers++
      // Some proxies would collect the answer before they pass it on.
      c.header('x-accel-buffering', 'no')
      return streamSSE(c, (stream) =>
        tell(stream, work, AbortSignal.any([closing, AbortSignal.timeout(longestMilliseconds)])).finally(() => {
          followers--
        }),
      )
    },
  )
}

/** Says where the run is now, and again at each step; to a slow listener only the latest. */
async function tell(stream: SSEStreamingApi, work: FollowedWork, closing: AbortSignal): Promise<void> {
  const gone = new AbortController()
  stream.onAbort(() => gone.abort())
  const over = AbortSignal.any([closing, gone.signal])
  let news = new AbortController()
  const unfollow = work.follow(() => news.abort())
  try {
    while (!over.aborted) {
      news = new AbortController()
      const progress = work.progress()
      await stream.writeSSE({ event: progress ? 'progress' : 'idle', data: JSON.stringify(progress ?? {}) })
      await delay(heartbeatMilliseconds, undefined, { signal: AbortSignal.any([news.signal, over]), ref: false }).catch(
        () => undefined,
      )
    }
  } finally {
    unfollow()
  }
}
