// Hands the kernel the page of numbers, what is counted for it, and who may read it.
import { Hono } from 'hono'
import { equalInConstantTime } from '#core/crypto.ts'
import { describe } from '#core/http/contract.ts'
import type { HostEnv } from '#core/identity/actor.ts'
import { start } from '#core/kernel/plugin.ts'
import { contentType, exposition } from './exposition.ts'
import { gauges } from './gauges.ts'
import { settings } from './settings.ts'

const boundsInSeconds = [0.005, 0.025, 0.1, 0.5, 2.5]

export default start(settings, (host) => {
  const { meter } = host
  const requests = meter.counter('http_requests_total', 'Requests that were answered.', ['method', 'route', 'status'])
  const refusals = meter.counter('refusals_total', 'Requests that were refused, by error code.', ['route', 'code'])
  const durations = meter.histogram('http_request_duration_seconds', 'How long answers took.', boundsInSeconds, ['route'])
  const signIns = meter.counter('sign_ins_total', 'People who signed in.', ['method'])
  return {
    gauges: gauges(host),
    on: { 'user.signed-in': ({ method }) => signIns.add(1, method) },
    observe({ method, route, status, refusal, seconds }) {
      requests.add(1, method, route, String(status))
      durations.observe(seconds, route)
      if (refusal !== undefined) refusals.add(1, route, refusal)
    },
    routes: new Hono<HostEnv>().get(
      '/metrics',
      describe({
        id: 'metrics',
        tag: 'Server',
        summary: 'Numbers for monitoring, in the text format of Prometheus',
        answers: { 200: 'text/plain' },
        refusals: ['not_signed_in', 'forbidden'],
      }),
      (c, next) => (holdsToken(c.req.raw, host.settings.metricsToken) ? next() : host.identity.requireAdmin(c, next)),
      async (c) => c.body(exposition(await host.measured()), 200, { 'content-type': contentType, 'cache-control': 'no-store' }),
    ),
  }
})

/** A monitoring system's own token: it opens nothing else. */
function holdsToken(request: Request, token: string): boolean {
  const [, given] = /^Bearer (.+)$/i.exec(request.headers.get('authorization') ?? '') ?? []
  return token !== '' && given !== undefined && equalInConstantTime(token, given)
}
