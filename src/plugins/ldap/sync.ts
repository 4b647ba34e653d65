// The walk: settings -> directory -> desired -> snapshot -> plan -> verdict -> apply -> report. A dry run stops before apply.
import type { Initiator } from '#core/directory-ports.ts'
import { createSourceWriter } from '#core/identity/source-writer.ts'
import type { Host } from '#core/kernel/plugin.ts'
import { type Memory, type Reading, readChanges, readEverything } from './changes/reading.ts'
import { check, type LdapSettings, variable } from './check.ts'
import { meanwhile, shutOut } from './meanwhile.ts'
import { judge, type Verdict } from './plan/judge.ts'
import { makePlan, memberNames } from './plan/planning.ts'
import { isKept, keepPlan } from './plan/plans.ts'
import { shutOutIn, withoutStanding } from './plan/urgent.ts'
import type { settings } from './settings.ts'
import { sourceOf } from './source.ts'
import { keepRest } from './tell/long-lists.ts'
import type { Tell } from './tell/progress.ts'
import { failedReport, type Rest, type SyncReport, withPictures } from './tell/report.ts'
import { bySchedule, closeRun, endKilledRuns, isHeld, keepRun } from './tell/runs.ts'
import { startWatch } from './tell/stopwatch.ts'
import { carry, type Prepared, told, type Walk, worded } from './walk.ts'
import { DirectoryFailure } from './wire/failures.ts'
import { apply } from './write/apply.ts'
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
    // Whoever lost access since is told from those who wait by what was read before, which is about to be read anew.
    if (kept.waiting) await syncMeanwhile(host, options, kept)
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
  const found = await readSince(walk, memory)
  if (found === 'nothing') return undefined
  if (found === 'everything') return sync(host, options, memory)
  return orFail(walk, async () => {
    // A replica that did not hold the plan itself must not bring it in by portions; one that did goes on once another has it in.
    const held = await isHeld(host.db, walk.source)
    if (held) return meanwhile(walk, found, memory, memory.waiting ?? { oneByOne: false, gone: [] })
    return go(walk, found, memory)
  })
}

const readSince = ({ host, watch, limited }: Walk, memory: Memory) =>
  watch.during('read', () => readChanges(host, watch.at, limited, memory))

/** As `syncChanges` does while a plan waits, short of reading everything. */
async function syncMeanwhile(host: SyncHost, options: SyncOptions, memory: Memory): Promise<void> {
  if (!memory.last || !memory.waiting) return
  const walk = setOut(host, options, 'changes')
  const found = await readSince(walk, memory)
  if (typeof found !== 'string') await meanwhile(walk, found, memory, memory.waiting)
}

function setOut(host: SyncHost, options: SyncOptions, scope: Walk['scope']): Walk {
  const limited = AbortSignal.any([options.signal, AbortSignal.timeout(longestRunMilliseconds)])
  return { host, source: sourceOf(host), options, scope, limited, watch: startWatch(host.clock) }
}

const fail = (walk: Walk, reasons: readonly string[]): Promise<SyncReport> =>
  finish(walk, worded(walk.host, failedReport({ ...walk.watch.frame('failed'), url: null, reasons })))

async function orFail<T>(walk: Walk, work: () => Promise<T>): Promise<T | SyncReport> {
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
  const verdict = await decide(walk, prepared)
  if (verdict.reasons.length === 0 && !walk.options.dryRun) return carryThrough(walk, found, prepared, memory)
  if (verdict.heldBy.length > 0 && !walk.options.dryRun) return wait(walk, found, prepared, verdict, memory)
  memory.waiting = undefined
  memory.without = 'consent'
  return hold(walk, prepared, verdict)
}

async function carryThrough(walk: Walk, found: Reading, prepared: Prepared, memory: Memory): Promise<SyncReport> {
  const done = await write(walk, prepared)
  if (done.outcome !== 'applied') return done
  memory.waiting = undefined
  found.remember(prepared.plan)
  return done
}

/** Holds a plan that the guards object to, but for those whom the directory itself shuts out. */
async function wait(walk: Walk, found: Reading, prepared: Prepared, verdict: Verdict, memory: Memory): Promise<SyncReport> {
  const urgent = shutOutIn(prepared.plan)
  const done = await shutOut(walk, found, urgent, [])
  const rest = done?.outcome === 'applied' ? told(walk, found, withoutStanding(prepared.plan, urgent), prepared.names) : prepared
  // It was all there was to do.
  if (rest.changes === 0 && verdict.acceptable) return carryThrough(walk, found, rest, memory)
  found.remember(rest.plan)
  memory.without = 'consent'
  memory.waiting ??= { oneByOne: walk.scope === 'changes' && verdict.heldBy.includes('fewer'), gone: [] }
  return hold(walk, rest, verdict)
}

async function prepare(walk: Walk, found: Reading): Promise<Prepared> {
  const { host, source, watch } = walk
  const { settings, core } = host
  const leavers = settings.ldapSoftDeleteUsers ? 'disable' : 'remove'
  const rules = { source, emailsVerified: core.emailsVerified, leavers, adopt: settings.ldapAdoptLocalUsers } as const
  host.tell?.({ stage: 'plan', done: 0, total: null })
  const plan = await watch.during('plan', () => makePlan(host.db, found.desired, found.snapshot, rules))
  return told(walk, found, plan, await memberNames(host.db, plan))
}

async function decide({ host, source, options }: Walk, prepared: Prepared): Promise<Verdict> {
  host.tell?.({ stage: 'guard', done: 0, total: null })
  const asked = options.plan === undefined ? undefined : prepared.hash()
  const agreed = options.plan !== undefined && options.plan === asked
  const judged = await judge(host, source, prepared, { agreed, removalsAccepted: options.removalsAccepted ?? false })
  const reasons = [...(options.plan === undefined || agreed ? [] : [otherPlan(options.plan, asked)]), ...judged.reasons]
  return { ...judged, reasons }
}

async function write(walk: Walk, prepared: Prepared): Promise<SyncReport> {
  const { host, source, limited, watch } = walk
  const { plan, changes, told } = prepared
  if (changes === 0) {
    // Digests may differ where nothing else does.
    await watch.during('write', () => apply(host.db, createSourceWriter(source, host.clock), plan, limited))
    return walk.scope === 'changes'
      ? told('applied')
      : finish(walk, withPictures(told('applied'), await syncPictures(host, limited)), prepared.rest())
  }
  const written = await carry(walk, prepared)
  // Pictures are looked at by whole runs: each is a file of its own, and nobody waits for one.
  if (written.outcome !== 'applied' || walk.scope === 'changes') return written
  const whole = withPictures(written, await syncPictures(host, limited))
  await closeRun(host.db, source, whole)
  return whole
}

const otherPlan = (asked: string, hash: string | undefined): string =>
  hash === undefined
    ? `Plan ${asked} is done with: there is nothing to change any more.`
    : `Plan ${asked} is not what a run would do now, because the directory or the accounts here changed since it was made. Look at plan ${hash}.`

/** Keeps the plan for an administrator, where one may apply it: with all that has to be seen before. */
async function hold(walk: Walk, prepared: Prepared, { reasons, acceptable, staged }: Verdict): Promise<SyncReport> {
  const { host, source, options } = walk
  const hash = acceptable ? prepared.hash() : undefined
  const outcome = reasons.length === 0 || staged ? 'planned' : 'refused'
  const held = prepared.told(outcome, { reasons, ...(hash === undefined ? {} : { plan: hash }) })
  const rest = prepared.rest()
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

/** The sentence of a failure an administrator can do something about. */
function expected(error: unknown): string | undefined {
  if (error instanceof DirectoryFailure) return error.message
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return `${variable('ldapUrl')}: the run took longer than ${longestRunMilliseconds / 60_000} minutes and was ended.`
  return undefined
}
