// The daily clean-up: what has run out goes, what somebody may still come with stays.
import { expect, test } from 'vitest'
import type { Clock } from '#core/clock.ts'
import type { Host } from '#core/kernel/plugin.ts'
import { createDevices } from '../../src/plugins/oidc/devices.ts'
import { createGrants } from '../../src/plugins/oidc/grants.ts'
import { createInteractions } from '../../src/plugins/oidc/interactions.ts'
import { createPushedRequests } from '../../src/plugins/oidc/request-sources.ts'
import { codes, deviceCodes, grants, interactions, pushedRequests, refreshTokens } from '../../src/plugins/oidc/tables.ts'
import { authorizePath, basic, codeFor, post, redeem, registerApp, tokens } from '../support/apps.ts'
import { instance, person, useProvider } from '../support/provider.ts'

useProvider()

test('the clean-up removes what has run out and nothing else', async () => {
  const { db, vault } = instance.ground
  const [app, { visitor }] = [await registerApp(db, { skipConsent: false }), await person()]
  const set = await tokens(redeem(instance, app, await codeFor(visitor, app)))
  await codeFor(visitor, app)
  await visitor.get(authorizePath(app, { prompt: 'consent' }))
  await post(instance, '/api/oidc/par', { redirect_uri: app.callback, response_type: 'code' }, basic(app))
  await post(instance, '/api/oidc/device/authorize', { scope: 'openid' }, basic(app))

  const tables = { codes, refreshTokens, grants, interactions, pushedRequests, deviceCodes }
  const count = async () =>
    Object.fromEntries(
      await Promise.all(Object.entries(tables).map(async ([name, table]) => [name, await db.read.$count(table)])),
    )
  const sweepAfter = async (days: number) => {
    const clock: Clock = { now: () => new Date(Date.now() + days * 24 * 3600 * 1000) }
    const host = { db, clock, vault } as unknown as Host
    const parts = [createGrants(host), createInteractions(host), createPushedRequests(host)]
    const devices = createDevices({ host } as unknown as Parameters<typeof createDevices>[0])
    for (const part of [...parts, devices]) await part.sweep()
  }
  await sweepAfter(0)
  expect(await count()).toEqual({ codes: 2, refreshTokens: 1, grants: 2, interactions: 1, pushedRequests: 1, deviceCodes: 1 })
  // Of two grants one has a refresh token of thirty days, the other a code that nobody came with.
  await sweepAfter(2)
  expect(await count()).toEqual({ codes: 0, refreshTokens: 1, grants: 1, interactions: 0, pushedRequests: 0, deviceCodes: 0 })
  const refreshed = await post(
    instance,
    '/api/oidc/token',
    { grant_type: 'refresh_token', refresh_token: set.refresh_token },
    basic(app),
  )
  expect(refreshed.status).toBe(200)
  await sweepAfter(32)
  expect(await count()).toEqual({ codes: 0, refreshTokens: 0, grants: 0, interactions: 0, pushedRequests: 0, deviceCodes: 0 })
})
