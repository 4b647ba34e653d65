// Pure: how far a run is: which stage, how many of how many, and what part of the whole that is.
import type { DirectoryProgress } from '#core/directory-ports.ts'

export type ProgressKind = DirectoryProgress['kind']

/** What the work itself says; `total` is null where nobody knows it beforehand. */
export type Step = Pick<DirectoryProgress, 'stage' | 'done' | 'total'>
export type Tell = (step: Step) => void

/** Which part of a run each stage is, in percent: measured on a first run of many users, so that the bar moves evenly there. */
const shares: Readonly<Record<Step['stage'], readonly [from: number, to: number]>> = {
  connect: [0, 2],
  users: [2, 40],
  groups: [40, 52],
  plan: [52, 62],
  guard: [62, 65],
  write: [65, 97],
  pictures: [97, 100],
  undo: [0, 100],
}
/** A plan ends with the guard. */
const wholeOf = (kind: ProgressKind): number => (kind === 'plan' ? shares.guard[1] : 100)
/** With nothing to compare, so many entries are half of the stage: the bar moves, and never stands at its end. */
const halfOfUnknown = 5_000

/** How far a run is, in whole percent. */
export function percentOf(kind: ProgressKind, { stage, done, total }: Step): number {
  const [from, to] = shares[stage]
  const part = total === null ? done / (done + halfOfUnknown) : total === 0 ? 1 : Math.min(1, done / total)
  return Math.min(100, Math.floor(((from + (to - from) * part) / wholeOf(kind)) * 100))
}

const milliseconds = 100

/** Passes on the first step of each stage, and of the others one in a while: who listens is not to be drowned. */
export function seldom(tell: Tell, now: () => number): Tell {
  let stage: Step['stage'] | undefined
  let next = 0
  return (step) => {
    const at = now()
    if (step.stage === stage && at < next) return
    stage = step.stage
    next = at + milliseconds
    tell(step)
  }
}

const words: Readonly<Record<Step['stage'], string>> = {
  connect: 'connecting',
  users: 'reading users',
  groups: 'reading groups',
  plan: 'planning',
  guard: 'checking the plan',
  write: 'writing',
  pictures: 'looking at pictures',
  undo: 'undoing',
}
const barWidth = 24

/** A bar for the terminal, in one line: `[#########---------------]  38 %  reading users 4,000 of 10,000`. */
export function barOf(percent: number, { stage, done, total }: Step): string {
  const full = Math.round((percent / 100) * barWidth)
  const count =
    done === 0 && !total ? '' : ` ${done.toLocaleString('en')}${total === null ? '' : ` of ${total.toLocaleString('en')}`}`
  return `[${'#'.repeat(full)}${'-'.repeat(barWidth - full)}] ${String(percent).padStart(3)} %  ${words[stage]}${count}`
}
