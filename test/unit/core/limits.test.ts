// Buckets of requests, by a clock that is moved.
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import type { Clock } from '#core/clock.ts'
import { createRateLimiter } from '#core/http/limits.ts'
import type { HostEnv } from '#core/identity/actor.ts'

test('a clock that is set back takes nothing from anybody', async () => {
  let now = new Date('2030-01-01T00:00:00Z')
  const clock: Clock = { now: () => now }
  const { limit } = createRateLimiter(clock, false)
  const app = new Hono<HostEnv>().use(limit({ perSecond: 1, burst: 3 })).get('/', (c) => c.text('in'))
  app.onError((_refusal, c) => c.text('out', 429))
  const ask = async () => (await app.request('/')).status
  expect(await ask()).toBe(200)
  now = new Date('2026-01-01T00:00:00Z')
  expect([await ask(), await ask(), await ask()]).toEqual([200, 200, 429])
  now = new Date('2026-01-01T00:00:01Z')
  expect(await ask()).toBe(200)
})
