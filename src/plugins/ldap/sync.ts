// The walk: settings -> directory -> desired -> snapshot -> plan -> verdict -> apply -> report. A dry run stops before apply.
import { sha256Hex } from '#core/crypto.ts'
import type { Initiator } from '#core/directory-ports.ts'
import { createSourceWriter } from '#core/identity/source-writer.ts'
import type { Host } from '#core/kernel/plugin.ts'
import { type Memory, type Reading, readChanges, readEverything } from './changes/reading.ts'
import { check, type LdapSettings, variable } from './check.ts'
import { judge, type Planned } from './plan/judge.ts'
import { planHash } from './plan/plan-hash.ts'
import { makePlan, memberNames } from './plan/planning.ts'
import { isKept, keepPlan } from './plan/plans.ts'
import type { settings } from './settings.ts'
import { inWordsOf, sourceOf } from './source.ts'
import { keepRest } from './tell/long-lists.ts'
import type { Tell } from './tell/progress.ts'
import {
  changeCount,
  countChanges,
  type Frame,
  failedReport,
  type Rest,
  report,
  restOf,
  reworded,
  type SyncReport,
  withPictures,
} from './tell/report.ts'
import { changesOf } from './tell/report-changes.ts'
import { bySchedule, closeRun, endKilledRuns, keepRun } from './tell/runs.ts'
import { type Stopwatch, startWatch } from './tell/stopwatch.ts'
import { DirectoryFailure } from './wire/failures.ts'
import { apply } from './write/apply.ts'
import { carryOut } from './write/carry-out.ts'
import { syncPictures } from './write/pictures.ts'

export type LdapHost = Host<typeof settings>
/** What of the host a run needs. It is lent in the directory's own thread (thread-worker.ts), where nothing else of the host is. */
export type SyncHost = Pick<LdapHost, 'instance' | 'settings' | 'core' | 'db' | 'clock' | 'log' | 'events'> & {
  /** Hears how far the run is. */
  readonly tell?: Tell
}

export interface SyncOptions {
  readonly signal: AbortSignal
  /** Who asked for it; absent: the schedule. */
  readonly by?: Initiator
  readonly dryRun?: boolean
  /** Removals beyond the allowed share are meant, this once. */
  readonly removalsAccepted?: boolean
  /** The hash of a plan that was looked at: it is applied, whatever holds it, provided that it is still what a run would do. */
  readonly plan?: string
}

/** No run goes on for longer than this, whatever the directory does. */
const longestRunMilliseconds = 30 * 60_000

/**
 * Runs once. Expected failures are reports, not exceptions: `failed` when the directory or the settings are at fault, `refused`
 * when the plan must not be carried out, or not before an administrator said so; then nothing was changed.
 */
export async function sync(host: SyncHost, options: SyncOptions, memory: Memory = {}): Promise<SyncReport> {
  const walk = setOut(host, options, 'everything')
  const faults = check(host.settings)
  const reasons = faults.map(({ field, message }) => `${variable(field as keyof LdapSettings)}: ${message}`)
  if (reasons.length > 0) return fail(walk, reasons)
  return orFail(walk, async () => {
    if (!options.dryRun) await endKilledRuns(host.db, walk.source)
    const kept = options.dryRun ? {} : memory
    const found = await walk.watch.during('read', () => readEverything(host, walk.watch.at, walk.limited, kept))
    return go(walk, found, kept)
  })
}

/**
 * Brings in what changed since the last run that this memory knows. It writes no report where it changed nothing.
 *
 * @returns undefined when nothing changed in the directory, or when there is nothing to go on from: then the next whole run will do
 */
export async function syncChanges(host: SyncHost, options: SyncOptions, memory: Memory): Promise<SyncReport | undefined> {
  if (!memory.last) return undefined
  const walk = setOut(host, options, 'changes')
  const found = await walk.watch.during('read', () => readChanges(host, walk.watch.at, walk.limited, memory))
  if (found === 'nothing') return undefined
  return found === 'everything' ? sync(host, options, memory) : orFail(walk, () => go(walk, found, memory))
}

function setOut(host: SyncHost, options: SyncOptions, scope: Walk['scope']): Walk {
  const limited = AbortSignal.any([options.signal, AbortSignal.timeout(longestRunMilliseconds)])
  return { host, source: sourceOf(host), options, scope, limited, watch: startWatch(host.clock) }
}

const fail = (walk: Walk, reasons: readonly string[]): Promise<SyncReport> =>
  finish(walk, worded(walk.host, failedReport({ ...walk.watch.frame('failed'), url: null, reasons })))

async function orFail(walk: Walk, work: () => Promise<SyncReport>): Promise<SyncReport> {
  try {
    return await work()
  } catch (error) {
    const reason = expected(error)
    if (reason === undefined || walk.options.signal.aborted) throw error
    return fail(walk, [reason])
  }
}

/** Plans, decides, and remembers the reading if it was carried out. */
async function go(walk: Walk, found: Reading, memory: Memory): Promise<SyncReport> {
  const prepared = await prepare(walk, found)
  const done = await decide(walk, prepared)
  if (done.outcome === 'applied') found.remember(prepared.plan)
  else if (done.outcome !== 'failed') memory.without = 'consent'
  return done
}

/** One run on its way. */
interface Walk {
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
interface Prepared extends Planned {
  readonly changes: number
  /** Undefined where nothing is to be changed. A big plan takes seconds to hash, so only who needs it asks. */
  hash(): string | undefined
  told(outcome: Frame['outcome'], more?: Partial<Frame>): SyncReport
  /** What the report leaves out. */
  rest(): Rest
}

async function prepare({ host, source, scope, watch }: Walk, { url, desired, snapshot }: Reading): Promise<Prepared> {
  const { settings, core } = host
  const leavers = settings.ldapSoftDeleteUsers ? 'disable' : 'remove'
  const rules = { source, emailsVerified: core.emailsVerified, leavers, adopt: settings.ldapAdoptLocalUsers } as const
  host.tell?.({ stage: 'plan', done: 0, total: null })
  const plan = await watch.during('plan', () => makePlan(host.db, desired, snapshot, rules))
  const scoped = scope === 'changes' ? { scope } : {}
  const changes = changeCount({ counts: countChanges(plan) })
  const names = await memberNames(host.db, plan)
  // Made when it is told: of a first run it is long, and there is more room once everything is written.
  const listed = () => changesOf(plan, names)
  const told: Prepared['told'] = (outcome, more) =>
    worded(host, report({ ...watch.frame(outcome), ...scoped, url, reasons: [], ...more }, plan, desired, listed()))
  const rest = () => wordedRest(host, restOf(plan, desired, listed()))
  const hash = () => (changes > 0 ? planHash(plan, source, sha256Hex) : undefined)
  return { plan, desired, snapshot, changes, hash, told, rest }
}

async function decide(walk: Walk, prepared: Prepared): Promise<SyncReport> {
  const { host, source, options, limited, watch } = walk
  const { plan, changes, told } = prepared
  host.tell?.({ stage: 'guard', done: 0, total: null })
  const asked = options.plan === undefined ? undefined : prepared.hash()
  const agreed = options.plan !== undefined && options.plan === asked
  const verdict = await judge(host, source, prepared, { agreed, removalsAccepted: options.removalsAccepted ?? false })
  const reasons = [...(options.plan === undefined || agreed ? [] : [otherPlan(options.plan, asked)]), ...verdict.reasons]
  if (reasons.length > 0 || options.dryRun) {
    const hash = verdict.acceptable ? prepared.hash() : undefined
    const waiting = hash === undefined ? {} : { plan: hash }
    const outcome = reasons.length === 0 || verdict.staged ? 'planned' : 'refused'
    return hold(walk, told(outcome, { reasons, ...waiting }), prepared.rest())
  }
  if (changes === 0) {
    // Digests may differ where nothing else does.
    await watch.during('write', () => apply(host.db, createSourceWriter(source, host.clock), plan, limited))
    return walk.scope === 'changes'
      ? told('applied')
      : finish(walk, withPictures(told('applied'), await syncPictures(host, limited)), prepared.rest())
  }
  const failed = (run: number, reason: string) => told('failed', { run, reasons: [reason] })
  const done = (run: number) => told('applied', { run })
  const order = { source, plan, changes, by: options.by ?? bySchedule, signal: limited, done, failed }
  const written = await watch.during('write', () => carryOut(host, order))
  if (written.outcome !== 'applied') return written
  publish(walk, written)
  if (written.run !== null) await keepRest(host.db, { run: written.run }, prepared.rest())
  // Pictures are looked at by whole runs: each is a file of its own, and nobody waits for one.
  if (walk.scope === 'changes') return written
  const whole = withPictures(written, await syncPictures(host, limited))
  await closeRun(host.db, source, whole)
  return whole
}

/** Several directories have the same settings under different names. */
const worded = (host: SyncHost, run: SyncReport): SyncReport =>
  host.instance === 1 ? run : reworded(run, (text) => inWordsOf(host, text))
const wordedRest = (host: SyncHost, { changes, problems }: Rest): Rest => ({
  changes,
  problems: problems.map((one) => ({ ...one, why: inWordsOf(host, one.why) })),
})

const otherPlan = (asked: string, hash: string | undefined): string =>
  hash === undefined
    ? `Plan ${asked} is done with: there is nothing to change any more.`
    : `Plan ${asked} is not what a run would do now, because the directory or the accounts here changed since it was made. Look at plan ${hash}.`

/** Keeps the plan for an administrator, where one may apply it: with all that has to be seen before. */
async function hold(walk: Walk, held: SyncReport, rest: Rest): Promise<SyncReport> {
  const { host, source, options } = walk
  if (held.plan !== null) {
    const known = await isKept(host.db, host.clock, source, held.plan)
    await keepPlan(host.db, host.clock, source, held.plan, held)
    // A plan that is known has the same changes; what it leaves out may be another list.
    if (!known || rest.problems.length > 0) await keepRest(host.db, { source, plan: held.plan }, rest)
    if (!known && !options.dryRun) host.events.publish('directory.held', { source, plan: held.plan, reasons: held.reasons })
  }
  // What it would change is the plan's to tell.
  return finish(walk, held, { changes: [], problems: rest.problems })
}

async function finish({ host, source, options }: Walk, done: SyncReport, rest?: Rest): Promise<SyncReport> {
  if (options.dryRun) return done
  const run = await keepRun(host.db, source, done, options.by ?? bySchedule)
  if (rest && run !== undefined) await keepRest(host.db, { run }, rest)
  return done
}

function publish({ host, source, options }: Walk, { counts, run }: SyncReport): void {
  host.events.publish('directory.synced', { source, counts, run, actorId: options.by?.userId ?? null })
}

/** The sentence of a failure an administrator can do something about. */
function expected(error: unknown): string | undefined {
  if (error instanceof DirectoryFailure) return error.message
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return `${variable('ldapUrl')}: the run took longer than ${longestRunMilliseconds / 60_000} minutes and was ended.`
  return undefined
}
