// Routes about what a run would do: plans, those that wait, applying one, and a limit raised for a while. All for administrators.
import { Hono } from 'hono'
import * as v from 'valibot'
import { describe, valid } from '#core/http/contract.ts'
import { pageOf } from '#core/http/listing.ts'
import { actorOf } from '#core/identity/actor.ts'
import type { HostEnv } from '#core/kernel/plugin.ts'
import { ldapErrors } from '../errors.ts'
import { allow, allowanceNow } from '../plan/allowances.ts'
import { findPlan, type KeptPlan, livePlans } from '../plan/plans.ts'
import { applyPlan, byRequest } from '../run.ts'
import { sourceOf } from '../source.ts'
import type { LdapHost } from '../sync.ts'
import { wholeList } from '../tell/long-lists.ts'
import { change, problemsOf, SyncReport } from '../tell/report.ts'
import { changesSheet, problemsSheet } from '../tell/report-csv.ts'
import { summary } from '../tell/report-text.ts'
import type { Work } from '../thread.ts'
import { changesPage, csv, describeSheet } from './lists.ts'

const Plan = v.object({ hash: v.string(), keptAt: v.string(), expiresAt: v.string(), report: SyncReport })
const Allowance = v.object({ percent: v.nullable(v.number()), expiresAt: v.nullable(v.string()) })
const NewAllowance = v.object({
  percent: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(100)),
  minutes: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(24 * 60, 'Must be at most a day, 1440.')), 60),
})

const tag = 'LDAP'
const asked = ['not_signed_in', 'forbidden']
const notFound = [...asked, 'ldap_plan_not_found']
const path = '/api/ldap/plans'
const which = valid('param', v.object({ hash: v.string() }))

/** @param stopping ends what still runs when the plugin stops */
export function planRoutes(host: LdapHost, work: Work, stopping: AbortSignal) {
  const { db, clock, identity } = host
  const source = sourceOf(host)
  const find = async (hash: string) => {
    const plan = await findPlan(db, clock, source, hash)
    if (!plan) throw ldapErrors.refuse('ldap_plan_not_found')
    return plan
  }
  const plan = (request: Request) => work.sync({ dryRun: true, signal: AbortSignal.any([request.signal, stopping]) })
  return new Hono<HostEnv>()
    .post(
      '/api/ldap/plan',
      describe({
        id: 'planLdapSync',
        tag,
        ofCopies: true,
        summary: 'What a sync would change; its hash applies it',
        answers: { 200: SyncReport },
        refusals: asked,
      }),
      identity.requireAdmin,
      async (c) => c.json(await plan(c.req.raw), 200),
    )
    .post(
      '/api/ldap/preview',
      describe({
        id: 'previewLdapSync',
        tag,
        ofCopies: true,
        summary: 'The same as a plan',
        answers: { 200: SyncReport },
        refusals: asked,
      }),
      identity.requireAdmin,
      async (c) => c.json(await plan(c.req.raw), 200),
    )
    .get(
      path,
      describe({
        id: 'listLdapPlans',
        tag,
        ofCopies: true,
        summary: 'Plans that wait for an administrator',
        answers: { 200: v.object({ data: v.array(Plan) }) },
        refusals: asked,
      }),
      identity.requireAdmin,
      async (c) => c.json({ data: (await livePlans(db, clock, source)).map(wire) }, 200),
    )
    .get(
      `${path}/:hash`,
      describe({
        id: 'getLdapPlan',
        tag,
        ofCopies: true,
        summary: 'What a plan changes',
        answers: { 200: Plan },
        refusals: notFound,
      }),
      identity.requireAdmin,
      which,
      async (c) => c.json(wire(await find(c.req.valid('param').hash)), 200),
    )
    .get(
      `${path}/:hash/changes.csv`,
      describeSheet('getLdapPlanChanges', 'What a plan changes, a field a line', notFound),
      identity.requireAdmin,
      which,
      async (c) => {
        const { hash, report } = await find(c.req.valid('param').hash)
        return csv(c, 'plan-changes', changesSheet, wholeList(db, { source, plan: hash }, 'changes', report.changes))
      },
    )
    .get(
      `${path}/:hash/problems.csv`,
      describeSheet('getLdapPlanProblems', 'Which entries a plan leaves out, and why', notFound),
      identity.requireAdmin,
      which,
      async (c) => {
        const { hash, report } = await find(c.req.valid('param').hash)
        return csv(c, 'plan-problems', problemsSheet, wholeList(db, { source, plan: hash }, 'problems', problemsOf(report)))
      },
    )
    .get(
      `${path}/:hash/changes`,
      describe({
        id: 'listLdapPlanChanges',
        tag,
        ofCopies: true,
        summary: 'All changes of a plan, by page; search looks at names and DNs',
        list: true,
        answers: { 200: pageOf(change) },
        refusals: notFound,
      }),
      identity.requireAdmin,
      which,
      async (c) => {
        const { hash, report } = await find(c.req.valid('param').hash)
        return c.json(await changesPage(db, { source, plan: hash }, report, c.req.url), 200)
      },
    )
    .post(
      `${path}/:hash/apply`,
      describe({
        id: 'applyLdapPlan',
        tag,
        ofCopies: true,
        summary: 'Carry out a plan that waits, if it is still what a sync would do',
        answers: { 200: SyncReport },
        refusals: [...notFound, 'ldap_sync_refused', 'ldap_sync_running'],
      }),
      identity.requireAdmin,
      which,
      async (c) => {
        // Not tied to this request: a browser that goes away must not stop it half-way.
        const report = await applyPlan(host, work, c.req.valid('param').hash, byRequest(actorOf(c).user), stopping)
        if (report.outcome !== 'applied')
          throw ldapErrors.refuse('ldap_sync_refused', { message: summary(report), details: { plan: report.plan } })
        return c.json(report, 200)
      },
    )
    .get(
      '/api/ldap/allowance',
      describe({
        id: 'getLdapAllowance',
        tag,
        ofCopies: true,
        summary: 'The raised limit that holds now',
        answers: { 200: Allowance },
        refusals: asked,
      }),
      identity.requireAdmin,
      async (c) => c.json(wireAllowance(await allowanceNow(db, clock, source)), 200),
    )
    .put(
      '/api/ldap/allowance',
      describe({
        id: 'setLdapAllowance',
        tag,
        ofCopies: true,
        summary: 'Let runs remove up to this share for some minutes; it ends by itself, at once with 0 minutes',
        answers: { 200: Allowance },
        refusals: asked,
      }),
      identity.requireAdmin,
      valid('json', NewAllowance),
      async (c) => {
        const { percent, minutes } = c.req.valid('json')
        return c.json(
          wireAllowance(await allow(db, clock, source, { percent, seconds: minutes * 60, userId: actorOf(c).user.id })),
          200,
        )
      },
    )
}

const wire = ({ keptAt, expiresAt, ...plan }: KeptPlan) => ({
  ...plan,
  keptAt: keptAt.toISOString(),
  expiresAt: expiresAt.toISOString(),
})

const wireAllowance = (allowance: { readonly percent: number; readonly expiresAt: Date } | undefined) => ({
  percent: allowance?.percent ?? null,
  expiresAt: allowance?.expiresAt.toISOString() ?? null,
})
