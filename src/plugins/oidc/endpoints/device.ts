// The device flow over HTTP: the device's door (RFC 8628 section 3.1), and the person's, as Pocket ID's pages know it.
import { Hono } from 'hono'
import { getCookie } from 'hono/cookie'
import * as v from 'valibot'
import { clientAddress } from '#core/http/client-address.ts'
import { describe, valid } from '#core/http/contract.ts'
import { createRateLimiter } from '#core/http/limits.ts'
import { actorOf, type HostEnv } from '#core/identity/actor.ts'
import { cookieName } from '#core/identity/session.ts'
import { answerPreflight, forApps } from '../answers.ts'
import { readForm } from '../form.ts'
import { demandGrant, deviceGrant } from '../protocol/grant-types.ts'
import { words } from '../protocol/parameters.ts'
import { readResources } from '../protocol/resources.ts'
import type { Provider } from '../provider.ts'
import { AppMeta, ScopeInfo } from './interactions.ts'

const tag = 'OIDC'
const UserCode = v.object({ code: v.pipe(v.string(), v.minLength(1, 'Must not be empty.'), v.maxLength(64, 'Is too long.')) })
const DeviceInfo = v.object({
  client: v.object({ ...AppMeta.entries, launchURL: v.nullable(v.string()), requiresReauthentication: v.boolean() }),
  scope: v.array(v.string()),
  scopeInfo: v.array(ScopeInfo),
  authorizationRequired: v.boolean(),
  reauthenticationRequired: v.boolean(),
})
const refusals = ['oidc_invalid_device_code', 'oidc_device_code_expired', 'rate_limited']

export function deviceEndpoints(provider: Provider): Hono<HostEnv> {
  const { host, issuer, authentication, resources, devices } = provider
  const { limit } = createRateLimiter(host.clock, host.core.disableRateLimiting)
  // Codes are short: whoever guesses gets few tries. One bucket for reading and for deciding.
  const fewTries = limit({ perSecond: 1, burst: 20 })
  const cookie = cookieName(host.core.appUrl, 'reauthentication_token', '__Secure-')

  return new Hono<HostEnv>()
    .options('/api/oidc/device/authorize', answerPreflight)
    .post(
      '/api/oidc/device/authorize',
      forApps(async (c) => {
        const form = await readForm(c.req.raw)
        const client = await authentication.authenticate(c.req.raw, form)
        demandGrant(client, deviceGrant)
        const wanted = { scope: words(form.scope), resources: readResources(form.resource), subject: 'user' as const }
        const granted = await resources.resolve(client, wanted)
        const begun = await devices.begin(client, { ...granted, ...(form.nonce === undefined ? {} : { nonce: form.nonce }) })
        return c.json({
          device_code: begun.deviceCode,
          user_code: begun.userCode,
          verification_uri: `${issuer}/device`,
          verification_uri_complete: `${issuer}/device?code=${begun.userCode}`,
          expires_in: begun.expiresInSeconds,
          interval: begun.intervalSeconds,
        })
      }),
    )
    .get(
      '/api/oidc/device/info',
      describe({ id: 'deviceInfo', tag, summary: 'What a device asks for', answers: { 200: DeviceInfo }, refusals }),
      fewTries,
      host.identity.requireBrowser,
      valid('query', UserCode),
      async (c) => c.json(await devices.describe(c.req.valid('query').code, actorOf(c))),
    )
    .post(
      '/api/oidc/device/verify',
      describe({
        id: 'verifyDevice',
        tag,
        summary: 'Let a device in',
        answers: { 204: null },
        refusals: [...refusals, 'oidc_access_denied', 'reauthentication_required'],
      }),
      fewTries,
      host.identity.requireBrowser,
      valid('query', UserCode),
      async (c) => {
        const origin = { ipAddress: clientAddress(c), userAgent: c.req.header('user-agent') ?? null }
        const decision = { approve: true, reauthenticationToken: getCookie(c, cookie) ?? '', ...origin }
        await devices.decide(c.req.valid('query').code, actorOf(c), decision)
        return c.body(null, 204)
      },
    )
}
