// How long a run takes, and each of its stages.
import type { Clock } from '#core/clock.ts'
import type { Frame, SyncReport } from './report.ts'

type Stage = SyncReport['stages'][number]['name']

export interface Stopwatch {
  /** When the run began. */
  readonly at: Date
  /** Does the work and adds its time to the stage's. */
  during<T>(stage: Stage, work: () => Promise<T>): Promise<T>
  /** The times up to now, for a report. */
  frame(outcome: Frame['outcome']): Pick<Frame, 'outcome' | 'at' | 'durationMilliseconds' | 'stages'>
}

export function startWatch(clock: Clock): Stopwatch {
  const at = clock.now()
  const begun = performance.now()
  const stages = new Map<Stage, number>()
  return {
    at,
    async during(stage, work) {
      const before = performance.now()
      try {
        return await work()
      } finally {
        stages.set(stage, (stages.get(stage) ?? 0) + performance.now() - before)
      }
    },
    frame: (outcome) => ({
      outcome,
      at,
      durationMilliseconds: Math.round(performance.now() - begun),
      stages: [...stages].map(([name, milliseconds]) => ({ name, milliseconds: Math.round(milliseconds) })),
    }),
  }
}
