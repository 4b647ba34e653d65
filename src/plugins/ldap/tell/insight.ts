// What pages may learn of the directory and decide: past runs, a test, a preview, plans that wait, and the way back.
import type { DirectoryInsight, DirectoryReport, DirectoryRunFacts } from '#core/directory-ports.ts'
import type { Watch } from '../changes/watch.ts'
import { findPlan, livePlans } from '../plan/plans.ts'
import { applyPlan, byRequest, undoInTurn } from '../run.ts'
import { sourceOf } from '../source.ts'
import type { LdapHost } from '../sync.ts'
import type { FollowedWork } from '../thread.ts'
import { detect, withValues } from './probe.ts'
import type { SyncReport } from './report.ts'
import { countRuns, findRun, type KeptRun, lastWholeAt, listRuns } from './runs.ts'
import { directoryState } from './state.ts'

/** @param stopping ends what still runs when the plugin stops */
export function createInsight(
  host: LdapHost,
  work: FollowedWork,
  watch: Pick<Watch, 'freshness'>,
  stopping: AbortSignal,
): DirectoryInsight {
  const { db, clock } = host
  const source = sourceOf(host)
  return {
    runs: async (limit, offset = 0) => (await listRuns(db, source, limit, offset)).map(insightOfRun),
    countRuns: () => countRuns(db, source),
    async run(id) {
      const run = await findRun(db, source, id)
      return run && insightOfRun(run)
    },
    freshness: async () => ({ ...watch.freshness(), wholeAt: await lastWholeAt(db, source) }),
    state: () => directoryState(host),
    async test(signal, { values, onStep } = {}) {
      const { settings } = withValues(host, values)
      return (await work.probe(settings, AbortSignal.any([signal, stopping]), onStep)).steps
    },
    detect: (signal, values) => detect(withValues(host, values), AbortSignal.any([signal, stopping])),
    preview: async (signal) => insightOf(await work.sync({ dryRun: true, signal: AbortSignal.any([signal, stopping]) })),
    plans: async () =>
      (await livePlans(db, clock, source)).map(({ report, ...plan }) => ({ ...plan, report: insightOf(report) })),
    async plan(hash) {
      const plan = await findPlan(db, clock, source, hash)
      return plan && { ...plan, report: insightOf(plan.report) }
    },
    applyPlan: async (hash, by) => insightOf(await applyPlan(host, work, hash, byRequest(by), stopping)),
    undoRun: async (run, by) => insightOf(await undoInTurn(host, work, { run, by: byRequest(by), signal: stopping })),
    progress: work.progress,
    follow: work.follow,
  }
}

function insightOfRun({ report, finishedAt, startedAt: _startedAt, repeats, ...run }: KeptRun): DirectoryReport {
  return { ...insightOf(report, run), at: finishedAt, repeats }
}

function insightOf(
  { url: _url, run: _run, skipped, conflicts, at, ...report }: SyncReport,
  run?: DirectoryRunFacts,
): DirectoryReport {
  const problems = [
    ...skipped.map((one) => ({ kind: 'skipped' as const, ...one })),
    ...conflicts.map((one) => ({ kind: 'conflict' as const, ...one })),
  ]
  return { ...report, at: new Date(at), repeats: 1, run, problems }
}
