// Carries out a plan. A small one is one transaction; a big one is many short ones, in an order in which every prefix is consistent.
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Database, Transaction } from '#core/db/client.ts'
import type { SourcedMembers, SourceWriter } from '#core/identity/source-writer.ts'
import type { GroupWrite, Membership, SyncPlan, UserCreation, UserUpdate } from '../plan/plan.ts'
import { weight } from '../plan/plan.ts'

type Step = (tx: Transaction) => Promise<void>
/** Statements that belong into one transaction whatever its length. */
type Block = readonly Step[]

/** Plans up to this many rows are one transaction: the daily case. */
const smallPlanRows = 2_000
const sliceRows = 500
/** Some 30 ms in one statement, a fifth less than in four: a new row touches a page of each index, which others of its statement touch too. */
const sliceCreations = 2_000
/** A statement of these takes some 20 ms, a fifth less than five of a fifth would: it writes them in the order of the index. */
const sliceMembers = 5_000
/** The first transactions of a big plan are short, so that the first accounts are there at once; each next one is twice as long. */
const firstMilliseconds = 50
/**
 * A transaction touches leaves all over the indexes, however few rows it has: were it to end as soon as somebody waits, a busy
 * server would write the same pages hundreds of times.
 */
const leastMilliseconds = 30

export interface ApplyOptions {
  /** Plans up to this many rows are one transaction. */
  readonly small?: number
  /** Hears how many rows are written, of how many. */
  wrote?(done: number, total: number): void
}

/**
 * Writes the plan. Whatever a kill leaves of it, the database is consistent and the next run does the rest: rights go first and
 * come last, and a group's digest is written only after its members.
 *
 * @param signal checked between transactions
 */
export async function apply(
  db: Database,
  writer: SourceWriter,
  plan: SyncPlan,
  signal: AbortSignal,
  { small = smallPlanRows, wrote }: ApplyOptions = {},
): Promise<void> {
  const blocks = steps(writer, plan)
  const rows = weight(plan)
  if (rows <= small) {
    wrote?.(0, rows)
    if (blocks.length > 0) await db.write((tx) => run(tx, blocks.flat()))
    return
  }
  let next = 0
  let longest = firstMilliseconds
  while (next < blocks.length) {
    signal.throwIfAborted()
    // Most blocks take about as long as each other.
    wrote?.(Math.round((next / blocks.length) * rows), rows)
    await db.write(async (tx, turn) => {
      const begun = performance.now()
      const most = () => Math.min(turn.wanted.aborted ? leastMilliseconds : longest, turn.longestMilliseconds)
      do await run(tx, blocks[next++] ?? [])
      while (next < blocks.length && performance.now() - begun < most())
    })
    longest *= 2
    await nextTurn()
  }
}

async function run(tx: Transaction, steps: Block): Promise<void> {
  for (const step of steps) {
    await step(tx)
    await nextTurn()
  }
}

function steps(writer: SourceWriter, { users, groups }: SyncPlan): readonly Block[] {
  const standing = users.standing.map(({ id, was, isNow }) => {
    const isAdmin = was.isAdmin && isNow.isAdmin
    return {
      id,
      less: { id, isAdmin, sourceDisabled: was.sourceDisabled || isNow.sourceDisabled },
      full: { id, ...isNow },
      was,
      isNow,
    }
  })
  const lessened = standing.filter(({ less, was }) => less.isAdmin !== was.isAdmin || less.sourceDisabled !== was.sourceDisabled)
  const raised = standing.filter(
    ({ less, isNow }) => less.isAdmin !== isNow.isAdmin || less.sourceDisabled !== isNow.sourceDisabled,
  )
  const removed = users.leaving.flatMap(({ id, how }) => (how === 'remove' ? [id] : []))
  const flat = (some: readonly UserCreation[]) =>
    some.map(({ id, externalId, dn, isAdmin, sourceDisabled, digest, fields }) => ({
      ...{ id, externalId, isAdmin, sourceDisabled, digest, entry: dn },
      ...fields,
    }))
  const newGroups = groups.create.map(withEntry)
  return [
    ...each(users.adopt, (tx, some) => writer.adoptUsers(tx, some)),
    ...each(
      lessened.map(({ less }) => less),
      (tx, some) => writer.setStanding(tx, some),
    ),
    ...each(packs(groups.removeMembers), (tx, [some = []]) => writer.removeMembers(tx, some.map(opened)), 1),
    ...each(
      groups.remove.map(({ id }) => id),
      (tx, some) => writer.removeGroups(tx, some),
    ),
    ...each(removed, (tx, some) => writer.removeUsers(tx, some)),
    ...userUpdates(writer, users.update, new Set(users.park)),
    ...each(
      users.create.filter(({ returns }) => !returns),
      (tx, some) => writer.createUsers(tx, flat(some)),
      sliceCreations,
    ),
    ...each(
      users.create.filter(({ returns }) => returns),
      (tx, some) => writer.returnUsers(tx, flat(some)),
    ),
    ...groupUpdates(writer, groups),
    ...each(
      newGroups.filter(({ returns }) => !returns),
      (tx, some) => writer.createGroups(tx, some),
    ),
    ...each(
      newGroups.filter(({ returns }) => returns),
      (tx, some) => writer.returnGroups(tx, some),
    ),
    ...each(packs(groups.addMembers), (tx, [some = []]) => writer.addMembers(tx, some.map(opened)), 1),
    ...each(groups.digests, (tx, some) => writer.setGroupDigests(tx, some)),
    ...each(groups.moved, (tx, some) => writer.moveGroups(tx, some)),
    ...each(
      raised.map(({ full }) => full),
      (tx, some) => writer.setStanding(tx, some),
    ),
  ]
}

const withEntry = (group: GroupWrite) => ({ ...group, entry: group.dn })

/** Rows whose name another takes over step aside and get their new one in a single transaction: nobody ever sees them parked. */
function userUpdates(writer: SourceWriter, update: readonly UserUpdate[], parked: ReadonlySet<string>): readonly Block[] {
  const rows = update.map(({ id, fields, digest, dn }) => ({ id, digest, ...fields, entry: dn, parked: parked.has(id) }))
  const aside = rows.filter((row) => row.parked)
  const write = (tx: Transaction, some: typeof rows) => writer.updateUsers(tx, some)
  const moves = [
    ...each([...parked], (tx, some) => writer.parkUsers(tx, some)),
    ...each(aside, (tx, some) => write(tx, [...some])),
  ].flat()
  return [
    ...(aside.length > 0 ? [moves] : []),
    ...each(
      rows.filter((row) => !row.parked),
      (tx, some) => write(tx, [...some]),
    ),
  ]
}

function groupUpdates(writer: SourceWriter, { update, park }: SyncPlan['groups']): readonly Block[] {
  const parked = new Set(park)
  const rows = update.map(withEntry)
  const aside = rows.filter(({ id }) => parked.has(id))
  const moves = [
    ...each(park, (tx, some) => writer.parkGroups(tx, some)),
    ...each(aside, (tx, some) => writer.updateGroups(tx, some)),
  ].flat()
  return [
    ...(aside.length > 0 ? [moves] : []),
    ...each(
      rows.filter(({ id }) => !parked.has(id)),
      (tx, some) => writer.updateGroups(tx, some),
    ),
  ]
}

/** Each slice is cut when its turn comes: of a first run the whole list would be there twice. */
const each = <T>(
  list: readonly T[],
  write: (tx: Transaction, some: readonly T[]) => Promise<void>,
  size = sliceRows,
): readonly Block[] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, part) => [
    (tx: Transaction) => write(tx, list.slice(part * size, (part + 1) * size)),
  ])

/** Some members of a group, whose ids are made when they are written. */
interface Part extends Membership {
  readonly from: number
  readonly to: number
}

const opened = ({ groupId, userIds, from, to }: Part): SourcedMembers => ({ groupId, userIds: userIds.slice(from, to) })

/** Memberships in packs of at most `sliceMembers` values: small groups together, a big one in parts. */
function packs(memberships: readonly Membership[]): readonly (readonly Part[])[] {
  const all: Part[][] = []
  let pack: Part[] = []
  let size = 0
  for (const { groupId, userIds } of memberships) {
    for (let from = 0; from < userIds.length; from += sliceMembers) {
      const to = Math.min(from + sliceMembers, userIds.length)
      if (size + to - from > sliceMembers && pack.length > 0) {
        all.push(pack)
        pack = []
        size = 0
      }
      pack.push({ groupId, userIds, from, to })
      size += to - from
    }
  }
  return pack.length > 0 ? [...all, pack] : all
}
