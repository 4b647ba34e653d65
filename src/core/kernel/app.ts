// Running plugins -> one Hono: the fences first, then each plugin's routes, then the core's own.
import { Hono } from 'hono'
import * as v from 'valibot'
import { describe, openApiDocument } from '../http/contract.ts'
import { fixedAnswers, type ReadyAnswer } from '../http/fixed.ts'
import { letterhead, onLetterhead } from '../http/letterhead.ts'
import { bodySize, createRateLimiter, sameOrigin } from '../http/limits.ts'
import { observed } from '../http/observe.ts'
import { pathOf } from '../http/path.ts'
import { answerErrors, answerNotFound } from '../http/problems.ts'
import { RememberingRouter } from '../http/router.ts'
import type { HostEnv, UserActor } from '../identity/actor.ts'
import type { Authenticator } from '../identity/session.ts'
import { pocketIdRelease } from '../version.ts'
import type { Commons } from './host.ts'
import type { Running } from './plugin.ts'

export interface RunningPlugin {
  readonly name: string
  /** The plugin it is a copy of, or its own name. Copies answer the same paths, so only the first one's routes are mounted. */
  readonly family: string
  readonly running: Running
}

export interface AppDeps extends Commons {
  readonly appUrl: string
  readonly version: string
  readonly disableRateLimiting: boolean
}

export interface App {
  fetch(request: Request): Response | Promise<Response>
  /** What a GET of this path is answered at once, if anything; the app answers it alike. */
  fixed(path: string): ReadyAnswer | undefined
}

/** Assembles the app. @throws Error naming both plugins when two claim one path */
export function assemble(plugins: readonly RunningPlugin[], deps: AppDeps): App {
  const routed = firstOfEach(plugins)
  refuseDoubleClaims(routed)
  const authenticators = [deps.identity.sessions.authenticate, ...plugins.flatMap(({ running }) => running.authenticators ?? [])]
  const page = plugins.find(({ running }) => running.errorPage)?.running.errorPage
  const open = new Set(plugins.flatMap(({ running }) => running.openToSites ?? []))
  const app = new Hono<HostEnv>({ router: new RememberingRouter(), getPath: pathOf })
  app.onError(answerErrors(deps.log, page))
  app.notFound(answerNotFound(page))
  const observers = plugins.flatMap(({ running }) => running.observe ?? [])
  if (observers.length > 0) app.use(observed(observers))
  const head = letterhead(deps.appUrl)
  app.use(onLetterhead(head), bodySize(), sameOrigin(deps.appUrl, open))
  app.use('/api/*', createRateLimiter(deps.clock, deps.disableRateLimiting).limit({ perSecond: 100, burst: 300 }))
  app.use(async (c, next) => {
    c.set('actor', c.get('foreign') ? undefined : await firstActor(authenticators, c.req.raw))
    await next()
  })
  for (const { running } of routed) if (running.routes) app.route('/', running.routes)
  const fixed = routed.flatMap(({ running }) => running.fixed ?? [])
  // As routes too: for HEAD, with a query, and where every answer is watched.
  for (const { path, body, headers } of fixed) app.get(path, (c) => c.body(body, 200, { ...headers }))
  app.route('/', coreRoutes(app, deps, plugins))
  return { fetch: (request) => app.fetch(request), fixed: fixedAnswers(head, observers.length > 0 ? [] : fixed) }
}

const firstOfEach = (plugins: readonly RunningPlugin[]): readonly RunningPlugin[] =>
  plugins.filter(({ family }, at) => plugins.findIndex((one) => one.family === family) === at)

async function firstActor(authenticators: readonly Authenticator[], request: Request): Promise<UserActor | undefined> {
  for (const authenticate of authenticators) {
    const actor = await authenticate(request)
    if (actor) return actor
  }
  return undefined
}

function refuseDoubleClaims(plugins: readonly RunningPlugin[]): void {
  const claimed = new Map<string, string>([
    ['GET /healthz', 'core'],
    ['GET /api/health', 'core'],
    ['GET /api/version/current', 'core'],
    ['GET /api/version/latest', 'core'],
    ['GET /api/openapi.json', 'core'],
  ])
  for (const { name, running } of plugins) {
    const routes = running.routes?.routes.filter(({ method }) => method !== 'ALL') ?? []
    const fixed = running.fixed?.map(({ path }) => ({ method: 'GET', path })) ?? []
    const mine = new Set([...routes, ...fixed].map(({ method, path }) => `${method} ${path}`))
    for (const path of mine) {
      const other = claimed.get(path)
      if (other) throw new Error(`The plugins ${other} and ${name} both answer ${path}; switch one of them off.`)
      claimed.set(path, name)
    }
  }
}

const Health = v.object({
  ok: v.boolean(),
  parts: v.array(v.object({ name: v.string(), ok: v.boolean(), detail: v.string() })),
})

function coreRoutes(
  app: Hono<HostEnv>,
  { identity, version, appUrl }: AppDeps,
  plugins: readonly RunningPlugin[],
): Hono<HostEnv> {
  let document: Promise<unknown> | undefined
  return new Hono<HostEnv>()
    .get(
      '/healthz',
      describe({ id: 'health', tag: 'Server', summary: 'Whether the server answers', answers: { 204: null } }),
      (c) => c.body(null, 204),
    )
    .get(
      '/api/health',
      describe({
        id: 'healthOfParts',
        tag: 'Server',
        summary: 'How each part fares that has something to say: a directory whose last run failed, and why',
        answers: { 200: Health },
        refusals: ['not_signed_in', 'forbidden'],
      }),
      identity.requireAdmin,
      async (c) => {
        const parts = await Promise.all(
          plugins.flatMap(({ name, running: { health } }) => (health ? [health().then((found) => ({ name, ...found }))] : [])),
        )
        return c.json({ ok: parts.every(({ ok }) => ok), parts }, 200)
      },
    )
    .get(
      '/api/version/current',
      describe({
        id: 'currentVersion',
        tag: 'Server',
        summary: 'The release of Pocket ID that clients may take this for, and the version that runs',
        answers: { 200: v.object({ currentVersion: v.string(), version: v.string() }) },
        refusals: ['not_signed_in'],
      }),
      identity.requireUser,
      (c) => c.json({ currentVersion: pocketIdRelease, version }),
    )
    .get(
      '/api/version/latest',
      describe({
        id: 'latestVersion',
        tag: 'Server',
        summary: 'The same release: nobody outside is asked for a newer one',
        answers: { 200: v.object({ latestVersion: v.string() }) },
      }),
      (c) => c.json({ latestVersion: pocketIdRelease }),
    )
    .get('/api/openapi.json', async (c) => {
      document ??= openApiDocument(app as never, { version, server: appUrl })
      return c.json((await document) as Record<string, unknown>)
    })
}
