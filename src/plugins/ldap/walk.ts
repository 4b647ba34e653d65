// A run on its way: what its steps hand to each other, how it is told, and how its changes are written.
import { sha256Hex } from '#core/crypto.ts'
import type { Reading } from './changes/reading.ts'
import type { Planned } from './plan/judge.ts'
import type { SyncPlan } from './plan/plan.ts'
import { planHash } from './plan/plan-hash.ts'
import { inWordsOf } from './source.ts'
import type { SyncHost, SyncOptions } from './sync.ts'
import { keepRest } from './tell/long-lists.ts'
import { changeCount, countChanges, type Frame, type Rest, report, restOf, reworded, type SyncReport } from './tell/report.ts'
import { changesOf } from './tell/report-changes.ts'
import { bySchedule } from './tell/runs.ts'
import type { Stopwatch } from './tell/stopwatch.ts'
import { carryOut } from './write/carry-out.ts'

/** One run on its way. */
export interface Walk {
  readonly host: SyncHost
  readonly source: string
  readonly options: SyncOptions
  /** The whole directory, or what changed in it. */
  readonly scope: 'everything' | 'changes'
  /** The caller's signal, and the limit of the whole run. */
  readonly limited: AbortSignal
  readonly watch: Stopwatch
}

/** A plan, and how to tell of it. */
export interface Prepared extends Planned {
  readonly changes: number
  /** User names of members that the report mentions. */
  readonly names: ReadonlyMap<string, string>
  /** Undefined where nothing is to be changed. A big plan takes seconds to hash, so only who needs it asks. */
  hash(): string | undefined
  told(outcome: Frame['outcome'], more?: Partial<Frame>): SyncReport
  /** What the report leaves out. */
  rest(): Rest
}

/** A plan of what was read, and how to tell of it. */
export function told(walk: Walk, found: Reading, plan: SyncPlan, names: Prepared['names']): Prepared {
  const { host, source, scope, watch } = walk
  const { url, desired, snapshot } = found
  const scoped = scope === 'changes' ? { scope } : {}
  const changes = changeCount({ counts: countChanges(plan) })
  // Made when it is told: of a first run it is long, and there is more room once everything is written.
  const listed = () => changesOf(plan, names)
  const tell: Prepared['told'] = (outcome, more) =>
    worded(host, report({ ...watch.frame(outcome), ...scoped, url, reasons: [], ...more }, plan, desired, listed()))
  const rest = () => wordedRest(host, restOf(plan, desired, listed()))
  const hash = () => (changes > 0 ? planHash(plan, source, sha256Hex) : undefined)
  return { plan, desired, snapshot, changes, names, hash, told: tell, rest }
}

/** Writes changes as a run. @param others changes that go on waiting */
export async function carry(walk: Walk, { plan, changes, told, rest }: Prepared, others?: 'wait'): Promise<SyncReport> {
  const { host, source, options, limited, watch } = walk
  const failed = (run: number, reason: string) => told('failed', { run, reasons: [reason] })
  const done = (run: number) => told('applied', { run })
  const order = { source, plan, changes, by: options.by ?? bySchedule, signal: limited, others, done, failed }
  const written = await watch.during('write', () => carryOut(host, order))
  if (written.outcome !== 'applied') return written
  publish(walk, written)
  if (written.run !== null) await keepRest(host.db, { run: written.run }, rest())
  return written
}

/** Several directories have the same settings under different names. */
export const worded = (host: SyncHost, run: SyncReport): SyncReport =>
  host.instance === 1 ? run : reworded(run, (text) => inWordsOf(host, text))
const wordedRest = (host: SyncHost, { changes, problems }: Rest): Rest => ({
  changes,
  problems: problems.map((one) => ({ ...one, why: inWordsOf(host, one.why) })),
})

function publish({ host, source, options }: Walk, { counts, run }: SyncReport): void {
  host.events.publish('directory.synced', { source, counts, run, actorId: options.by?.userId ?? null })
}
