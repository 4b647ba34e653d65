// Pure: what of a plan that waits is done all the same: whoever the directory itself shuts out, one by one, is out at once.
import type { DesiredUser, DesiredUsers } from '../read/desired.ts'
import type { HeldUsers } from './held-rows.ts'
import type { StandingChange, SyncPlan } from './plan.ts'

/** How somebody lost access since the directory was read last: the entry says so, or is not there any more. */
export type Loss = 'shut out' | 'gone'

/** Why changes wait, as far as what comes meanwhile goes by it. */
export interface Waiting {
  /** Whoever goes one by one is what is held; otherwise they are others than those who wait. */
  readonly oneByOne: boolean
  /** Who went meanwhile and was shut out for it. Together they are measured like one plan, so that nothing slips by in portions. */
  readonly gone: readonly StandingChange[]
}

/**
 * Those whose entries are there and say that they are shut out. A mistyped filter or base, or rights that the bind account lost, make
 * entries disappear; they make none say this.
 */
export function shutOutIn({ users: { standing, leaving } }: SyncPlan): readonly StandingChange[] {
  const left = new Set(leaving.map(({ id }) => id))
  return standing.flatMap(({ id, username, was, isNow }) =>
    isNow.sourceDisabled && !was.sourceDisabled && !left.has(id)
      ? [{ id, username, was, isNow: { isAdmin: was.isAdmin, sourceDisabled: true } }]
      : [],
  )
}

/** Of those who were let in before, whom the directory shuts out now. Who was gone already is not told of again. */
export function lossesIn(
  asked: readonly string[],
  before: (id: string) => DesiredUser | undefined,
  now: DesiredUsers,
): ReadonlyMap<string, Loss> {
  const found = new Map([...now.entries()].map(([, user]) => [user.externalId, user]))
  return new Map(
    asked.flatMap((id): [string, Loss][] => {
      const user = found.get(id)
      if (before(id)?.shutOut !== false) return []
      if (!user) return [[id, 'gone']]
      return user.shutOut ? [[id, 'shut out']] : []
    }),
  )
}

/** Rows of those who lost access while a plan waits. Nobody is removed: should they come back, the next whole run lets them in again. */
export function shutOutMeanwhile(
  lost: ReadonlyMap<string, Loss>,
  rows: HeldUsers,
): Readonly<Record<Loss, readonly StandingChange[]>> {
  const of = (loss: Loss) =>
    [...lost].flatMap(([externalId, how]): StandingChange[] => {
      const row = rows.get(externalId)
      if (how !== loss || !row || row.sourceDisabled) return []
      const { id, isAdmin } = row
      const was = { isAdmin, sourceDisabled: false }
      return [{ id, username: undefined, was, isNow: { isAdmin: isAdmin && loss === 'shut out', sourceDisabled: true } }]
    })
  return { 'shut out': of('shut out'), gone: of('gone') }
}

/** A plan that does this and nothing else. */
export const onlyStanding = (standing: readonly StandingChange[]): SyncPlan => ({
  users: {
    ...{ adopt: [], create: [], update: [], leaving: [], park: [], conflicts: [] },
    standing,
    rowIds: { length: 0, at: () => undefined },
  },
  groups: {
    ...{ create: [], update: [], remove: [], park: [], addMembers: [], removeMembers: [], digests: [], moved: [], conflicts: [] },
    names: new Map(),
  },
  skipped: [],
})

/** What is left of a plan once this is done. */
export function withoutStanding(plan: SyncPlan, done: readonly StandingChange[]): SyncPlan {
  const byId = new Map(done.map((one) => [one.id, one.isNow]))
  const standing = plan.users.standing.flatMap((one) => {
    const was = byId.get(one.id)
    if (!was) return [one]
    return was.isAdmin === one.isNow.isAdmin ? [] : [{ ...one, was }]
  })
  return { ...plan, users: { ...plan.users, standing } }
}
