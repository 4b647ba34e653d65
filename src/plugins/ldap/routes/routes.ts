// Our own routes about the directory: try the settings; plans and runs have files of their own. All for administrators.
import { Hono } from 'hono'
import * as v from 'valibot'
import { describe, valid } from '#core/http/contract.ts'
import type { HostEnv } from '#core/kernel/plugin.ts'
import { ldapErrors } from '../errors.ts'
import type { LdapHost } from '../sync.ts'
import { detect, ProbeReport, withValues } from '../tell/probe.ts'
import { directoryState } from '../tell/state.ts'
import type { FollowedWork } from '../thread.ts'
import { DirectoryFailure } from '../wire/failures.ts'
import { explainRoutes } from './explain-routes.ts'
import { planRoutes } from './plan-routes.ts'
import { progressRoutes } from './progress-routes.ts'
import { runRoutes } from './run-routes.ts'

const Texts = v.record(v.string(), v.string())
/** Settings that are not stored yet, by key; nothing: those that are. */
const Unsaved = v.optional(v.record(v.string(), v.pipe(v.union([v.string(), v.boolean(), v.number()]), v.transform(String))), {})
const Detected = v.object({ label: v.string(), evidence: v.array(v.string()), settings: Texts, fills: Texts })
const refusals = ['not_signed_in', 'forbidden']
const TextOrNull = v.nullable(v.string())
const Status = v.object({
  source: v.string(),
  lastRunAt: TextOrNull,
  lastOutcome: v.nullable(v.picklist(['applied', 'planned', 'refused', 'failed'])),
  lastSummary: TextOrNull,
  lastDurationMilliseconds: v.nullable(v.number()),
  lastGoodAt: TextOrNull,
  nextRunAt: v.string(),
  users: v.number(),
  groups: v.number(),
  plansWaiting: v.number(),
})

/** When things end: what still runs when the plugin stops; answers without an end of their own before that. */
interface Ends {
  readonly stopping: AbortSignal
  readonly closing: AbortSignal
}

export const routes = (host: LdapHost, work: FollowedWork, { stopping, closing }: Ends) =>
  new Hono<HostEnv>()
    .route('/', explainRoutes(host, work, stopping))
    .get(
      '/api/ldap/status',
      describe({
        id: 'getLdapStatus',
        tag: 'LDAP',
        ofCopies: true,
        summary: 'The last run, the last good one, the next one, and how much is here',
        answers: { 200: Status },
        refusals,
      }),
      host.identity.requireAdmin,
      async (c) => {
        const { lastRunAt, lastGoodAt, nextRunAt, ...state } = await directoryState(host)
        const [last, good] = [lastRunAt, lastGoodAt].map((at) => at?.toISOString() ?? null)
        return c.json({ ...state, lastRunAt: last ?? null, lastGoodAt: good ?? null, nextRunAt: nextRunAt.toISOString() }, 200)
      },
    )
    .post(
      '/api/ldap/test',
      describe({
        id: 'testLdap',
        tag: 'LDAP',
        ofCopies: true,
        summary: 'Try the settings on the directory, step by step; the body may hold settings that are not stored yet',
        answers: { 200: ProbeReport },
        refusals: [...refusals, 'validation_failed'],
      }),
      host.identity.requireAdmin,
      valid('json', Unsaved),
      async (c) => {
        const { settings } = withValues(host, c.req.valid('json'))
        return c.json(await work.probe(settings, AbortSignal.any([c.req.raw.signal, stopping])), 200)
      },
    )
    .post(
      '/api/ldap/detect',
      describe({
        id: 'detectLdap',
        tag: 'LDAP',
        ofCopies: true,
        summary: 'Ask the server what it is, and which settings go with that',
        answers: { 200: Detected },
        refusals: [...refusals, 'validation_failed', 'ldap_unreachable'],
      }),
      host.identity.requireAdmin,
      valid('json', Unsaved),
      async (c) => {
        const signal = AbortSignal.any([c.req.raw.signal, stopping])
        const found = await detect(withValues(host, c.req.valid('json')), signal).catch((error: unknown) => {
          throw error instanceof DirectoryFailure ? ldapErrors.refuse('ldap_unreachable', { message: error.message }) : error
        })
        return c.json({ ...found, evidence: [...found.evidence] }, 200)
      },
    )
    .route('/', planRoutes(host, work, stopping))
    .route('/', runRoutes(host, work, stopping))
    .route('/', progressRoutes(host, work, closing))
