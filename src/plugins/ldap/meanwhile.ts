// While a plan waits for an administrator: whom the directory shuts out is out at once all the same.
import type { Memory, Reading } from './changes/reading.ts'
import { mayShutOut } from './plan/judge.ts'
import type { StandingChange } from './plan/plan.ts'
import { readUsernames } from './plan/snapshot.ts'
import { onlyStanding, shutOutMeanwhile, type Waiting } from './plan/urgent.ts'
import type { SyncReport } from './tell/report.ts'
import { carry, told, type Walk } from './walk.ts'

/**
 * Brings in who lost access while a plan waits, and nothing else: that is for whole runs to plan, and waits with the rest.
 *
 * @returns undefined where nobody did
 */
export async function meanwhile(walk: Walk, found: Reading, memory: Memory, waiting: Waiting): Promise<SyncReport | undefined> {
  const { 'shut out': said, gone } = shutOutMeanwhile(found.lost ?? new Map(), found.snapshot.users)
  const all = waiting.oneByOne || gone.length === 0 ? undefined : await shutOut(walk, found, [...said, ...gone], waiting.gone)
  const done = all ?? (await shutOut(walk, found, said, []))
  if (done?.outcome === 'failed') return done
  found.remember(onlyStanding([]))
  memory.without = 'consent'
  if (all) memory.waiting = { ...waiting, gone: [...waiting.gone, ...gone] }
  return done
}

/** Shuts these out, unless they are too many, together with those before them. */
export async function shutOut(
  walk: Walk,
  found: Reading,
  these: readonly StandingChange[],
  before: readonly StandingChange[],
): Promise<SyncReport | undefined> {
  const { host, source } = walk
  if (these.length === 0) return undefined
  if (!(await mayShutOut(host, source, { ...found, plan: onlyStanding([...before, ...these]) }))) return undefined
  const names = new Map(
    await readUsernames(
      host.db,
      these.map(({ id }) => id),
    ),
  )
  const plan = onlyStanding(these.map((one) => ({ ...one, username: names.get(one.id) })))
  const changes = { ...walk, scope: 'changes' } as const
  return carry(changes, told(changes, found, plan, names), 'wait')
}
