// Jobs on croner patterns: leased, logged, never overlapping, stopped with their plugin.
import { setTimeout as delay } from 'node:timers/promises'
import { Cron } from 'croner'
import type { Log } from '../log.ts'
import type { Meter } from '../metrics.ts'
import { type LeaseDeps, withLease } from './lease.ts'

export interface Job {
  /** The name in the log and of the lease, as operators know it: SyncLdap. */
  readonly name: string
  /** A cron pattern, in the process's time zone. */
  readonly schedule: string
  /** Also run once as soon as the plugin is serving. */
  readonly atStart?: boolean
  /** Does the work; what it returns is added to the log line. Ends early when the signal aborts. */
  run(signal: AbortSignal): Promise<Readonly<Record<string, unknown>> | undefined>
}

export interface ScheduleDeps extends LeaseDeps {
  readonly log: Log
  readonly meter: Meter
}

/** Running jobs of one plugin. */
export interface Schedule {
  /** Takes no new run, aborts those that run and waits for them. */
  stop(): Promise<void>
}

/** When a pattern comes round next. */
export function nextTurnOf(pattern: string, after: Date): Date {
  const next = new Cron(pattern).nextRun(after)
  if (!next) throw new Error(`The pattern ${pattern} never comes round.`)
  return next
}

type RunOutcome = 'done' | 'busy'
/** Whoever waits for the server is answered before a long job takes a core and its memory. */
const breathMilliseconds = 250
const busyRetryMilliseconds = 2_000

/** Schedules jobs. Of several processes on one database one runs a job at a time; the others pass over that turn. */
export function schedule(deps: ScheduleDeps, jobs: readonly Job[]): Schedule {
  const stopping = new AbortController()
  const running = new Set<Promise<void>>()
  const track = (work: Promise<void>) => {
    const tracked = work.finally(() => running.delete(tracked))
    running.add(tracked)
    return tracked
  }
  const crons = (deps.clock.silent ? [] : jobs).map(
    (job) => new Cron(job.schedule, { protect: true }, () => track(runJob(deps, job, stopping.signal).then(() => undefined))),
  )
  for (const job of jobs) if (job.atStart) track(runAtStart(deps, job, stopping.signal))
  return {
    async stop() {
      for (const cron of crons) cron.stop()
      stopping.abort(new Error('The server is stopping.'))
      await Promise.allSettled(running)
    },
  }
}

/** A start must not lose its run to another process, which may be gone before it is done: so it waits its turn. */
async function runAtStart(deps: ScheduleDeps, job: Job, signal: AbortSignal): Promise<void> {
  await delay(breathMilliseconds, undefined, { signal }).catch(() => undefined)
  while (!signal.aborted && (await runJob(deps, job, signal)) === 'busy') {
    await delay(busyRetryMilliseconds, undefined, { signal }).catch(() => undefined)
  }
}

/** Runs a job once under its lease and logs how it went. Never rejects: a job that fails runs again at its next turn. */
async function runJob({ db, clock, log, meter }: ScheduleDeps, job: Job, signal: AbortSignal): Promise<RunOutcome> {
  const begun = performance.now()
  const took = () => ({ name: job.name, duration: `${Math.round(performance.now() - begun)}ms` })
  const count = (outcome: 'done' | 'stopped' | 'failed') => {
    meter.counter('job_runs_total', 'Runs of jobs, by how they ended.', ['job', 'outcome']).add(1, job.name, outcome)
    const seconds = meter.counter('job_seconds_total', 'Time that jobs took.', ['job'])
    seconds.add((performance.now() - begun) / 1000, job.name)
    if (outcome !== 'done') return
    const last = meter.level('job_last_success_timestamp_seconds', 'When a job last ended well here.', ['job'])
    last.set(Math.round(clock.now().getTime() / 1000), job.name)
  }
  try {
    const outcome = await withLease({ db, clock }, `job:${job.name}`, signal, (held) => job.run(held))
    if (outcome.kind === 'busy') {
      log.debug('Job passed over: it is running elsewhere', { name: job.name })
      return 'busy'
    }
    log.info('Job run successfully', { ...took(), ...outcome.result })
    count('done')
  } catch (error) {
    if (signal.aborted) log.info('Job stopped', took())
    else log.error('Job failed with error', { ...took(), error })
    count(signal.aborted ? 'stopped' : 'failed')
  }
  return 'done'
}
