// What pages may learn of the directory: past runs, a test of the settings, a preview of the next run.
import type { DirectoryInsight, DirectoryReport } from '#core/ports.ts'
import { detect, withValues } from './probe.ts'
import type { SyncReport } from './report.ts'
import { latestRuns } from './runs.ts'
import { sourceOf } from './source.ts'
import type { LdapHost } from './sync.ts'
import type { Work } from './thread.ts'

/** @param stopping ends what still runs when the plugin stops */
export function createInsight(host: LdapHost, work: Work, stopping: AbortSignal): DirectoryInsight {
  return {
    async runs(limit) {
      const runs = await latestRuns(host.db, sourceOf(host), limit)
      return runs.map(({ report, finishedAt, repeats }) => ({ ...insightOf(report, repeats), at: finishedAt }))
    },
    test: async (signal, values) =>
      (await work.probe(withValues(host, values).settings, AbortSignal.any([signal, stopping]))).steps,
    detect: (signal, values) => detect(withValues(host, values), AbortSignal.any([signal, stopping])),
    preview: async (signal) => insightOf(await work.sync({ dryRun: true, signal: AbortSignal.any([signal, stopping]) }), 1),
  }
}

function insightOf({ url: _url, skipped, conflicts, at, ...report }: SyncReport, repeats: number): DirectoryReport {
  return { ...report, at: new Date(at), repeats, problems: [...skipped, ...conflicts] }
}
