// Routes about runs: what they did, as data and as spreadsheets, and the way back. All for administrators.
import { Hono } from 'hono'
import * as v from 'valibot'
import { describe, valid } from '#core/http/contract.ts'
import { pageOf, pagination, readListQuery } from '#core/http/listing.ts'
import { actorOf } from '#core/identity/actor.ts'
import type { HostEnv } from '#core/kernel/plugin.ts'
import { ldapErrors } from '../errors.ts'
import { byRequest, undoInTurn } from '../run.ts'
import { sourceOf } from '../source.ts'
import type { LdapHost } from '../sync.ts'
import { wholeList } from '../tell/long-lists.ts'
import { change, problemsOf, SyncReport } from '../tell/report.ts'
import { changesSheet, problemsSheet } from '../tell/report-csv.ts'
import { countRuns, findRun, type KeptRun, listRuns } from '../tell/runs.ts'
import type { Work } from '../thread.ts'
import { changesPage, csv, describeSheet } from './lists.ts'

const id = v.pipe(v.number(), v.integer())
const Run = v.object({
  id,
  kind: v.picklist(['sync', 'undo']),
  startedAt: v.string(),
  finishedAt: v.string(),
  repeats: v.number(),
  by: v.object({
    how: v.picklist(['schedule', 'request', 'command line']),
    userId: v.nullable(v.string()),
    name: v.nullable(v.string()),
  }),
  undoable: v.boolean(),
  undoneBy: v.nullable(id),
  undoes: v.nullable(id),
  report: SyncReport,
})

const tag = 'LDAP'
const asked = ['not_signed_in', 'forbidden']
const notFound = [...asked, 'ldap_run_not_found']
const path = '/api/ldap/runs'
const which = valid(
  'param',
  v.object({ id: v.pipe(v.string(), v.regex(/^\d{1,15}$/, 'Must be the number of a run.'), v.transform(Number)) }),
)

/** @param stopping ends what still runs when the plugin stops */
export function runRoutes(host: LdapHost, work: Work, stopping: AbortSignal) {
  const { db, identity } = host
  const source = sourceOf(host)
  const find = async (run: number) => {
    const found = await findRun(db, source, run)
    if (!found) throw ldapErrors.refuse('ldap_run_not_found', { message: `There is no run ${run}.` })
    return found
  }
  return new Hono<HostEnv>()
    .get(
      path,
      describe({
        id: 'listLdapRuns',
        tag,
        ofCopies: true,
        summary: 'The latest runs, newest first',
        list: true,
        answers: { 200: pageOf(Run) },
        refusals: asked,
      }),
      identity.requireAdmin,
      async (c) => {
        const query = readListQuery(c.req.url)
        const at = pagination(query, await countRuns(db, source))
        const runs = await listRuns(db, source, query.limit, at.offset)
        return c.json({ data: runs.map(wire), pagination: at.pagination }, 200)
      },
    )
    .get(
      `${path}/:id`,
      describe({
        id: 'getLdapRun',
        tag,
        ofCopies: true,
        summary: 'What a run read, changed and left out',
        answers: { 200: Run },
        refusals: notFound,
      }),
      identity.requireAdmin,
      which,
      async (c) => c.json(wire(await find(c.req.valid('param').id)), 200),
    )
    .get(
      `${path}/:id/changes`,
      describe({
        id: 'listLdapRunChanges',
        tag,
        ofCopies: true,
        summary: 'All changes of a run, by page; search looks at names and DNs',
        list: true,
        answers: { 200: pageOf(change) },
        refusals: notFound,
      }),
      identity.requireAdmin,
      which,
      async (c) => {
        const { id: run, report } = await find(c.req.valid('param').id)
        return c.json(await changesPage(db, { run }, report, c.req.url), 200)
      },
    )
    .get(
      `${path}/:id/changes.csv`,
      describeSheet('getLdapRunChanges', 'What a run changed, a field a line', notFound),
      identity.requireAdmin,
      which,
      async (c) => {
        const { id: run, report } = await find(c.req.valid('param').id)
        return csv(c, `run-${run}-changes`, changesSheet, wholeList(db, { run }, 'changes', report.changes))
      },
    )
    .get(
      `${path}/:id/problems.csv`,
      describeSheet('getLdapRunProblems', 'Which entries a run left out, and why', notFound),
      identity.requireAdmin,
      which,
      async (c) => {
        const { id: run, report } = await find(c.req.valid('param').id)
        return csv(c, `run-${run}-problems`, problemsSheet, wholeList(db, { run }, 'problems', problemsOf(report)))
      },
    )
    .post(
      `${path}/:id/undo`,
      describe({
        id: 'undoLdapRun',
        tag,
        ofCopies: true,
        summary: 'Take back what a run changed; removed users return with passkeys and memberships',
        answers: { 200: SyncReport },
        refusals: [...notFound, 'ldap_undo_refused', 'ldap_sync_running'],
      }),
      identity.requireAdmin,
      which,
      // Not tied to this request: a browser that goes away must not stop it half-way.
      async (c) => {
        const which = { run: c.req.valid('param').id, by: byRequest(actorOf(c).user), signal: stopping }
        return c.json(await undoInTurn(host, work, which), 200)
      },
    )
}

const wire = ({ startedAt, finishedAt, ...run }: KeptRun) => ({
  ...run,
  startedAt: startedAt.toISOString(),
  finishedAt: finishedAt.toISOString(),
})
