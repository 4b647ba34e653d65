// Which run goes on in this process and how far it is, for whoever wants to follow it: pages, server-sent events, the terminal.
import type { Clock } from '#core/clock.ts'
import type { DirectoryInsight, DirectoryProgress } from '#core/directory-ports.ts'
import { type ProgressKind, percentOf, type Tell } from './progress.ts'

export interface Following extends Pick<DirectoryInsight, 'progress' | 'follow'> {
  /** Does a run's work and tells whoever follows. Of runs that go on beside each other (a plan may) the last that spoke is shown. */
  during<T>(kind: ProgressKind, work: (tell: Tell) => Promise<T>): Promise<T>
}

export function createFollowing(clock: Clock): Following {
  const followers = new Set<(progress: DirectoryProgress | undefined) => void>()
  const going = new Map<symbol, DirectoryProgress>()
  const now = () => [...going.values()].at(-1)
  const tellAll = () => {
    for (const heard of followers) heard(now())
  }
  return {
    progress: now,
    follow(heard) {
      followers.add(heard)
      return () => void followers.delete(heard)
    },
    async during(kind, work) {
      const run = Symbol(kind)
      const startedAt = clock.now()
      let percent = 0
      const tell: Tell = (step) => {
        percent = Math.max(percent, percentOf(kind, step))
        going.delete(run)
        going.set(run, { kind, ...step, startedAt, percent })
        tellAll()
      }
      tell({ stage: kind === 'undo' ? 'undo' : 'connect', done: 0, total: null })
      try {
        return await work(tell)
      } finally {
        going.delete(run)
        tellAll()
      }
    },
  }
}
