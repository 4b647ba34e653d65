// Pure: desired groups x held rows -> what has to change. Membership is compared only where the digest says it may differ.
import type { DesiredGroup, Since } from '../read/desired.ts'
import { changedSum, createMemberSums, type HashId } from './member-sum.ts'
import { foldName, type NameOwner, settle } from './names.ts'
import type { Conflict, GroupPlan, GroupWrite, HeldGroup, Ids, MemberRemoval, Membership, RowIds } from './plan.ts'

/** Group rows by external id, and who has each name that somebody wants. */
export interface GroupGround {
  readonly held: ReadonlyMap<string, HeldGroup>
  readonly names: ReadonlyMap<string, NameOwner>
  /** Groups that are kept aside, by external id. */
  readonly kept: ReadonlyMap<string, string>
}

export interface GroupRules {
  readonly mayRemove: boolean
  readonly newId: () => string
  readonly hash: HashId
}

/** A group whose row, name and members are settled, ready to be compared with the members it has. */
export interface SettledGroup {
  readonly write: GroupWrite
  readonly row: HeldGroup | undefined
  readonly digest: string | null
  readonly members: EveryMember | MemberChange
}

/** Who shall be in the group: the members it has have to be read. */
interface EveryMember {
  readonly kind: 'every'
  readonly ids: Ids
}

/** Who joins and who leaves a group of so many. */
interface MemberChange {
  readonly kind: 'change'
  readonly join: Ids
  readonly leave: readonly string[]
  readonly of: number
}

export interface SettledGroups {
  /** Only groups that differ from their rows, members included. */
  readonly dirty: readonly SettledGroup[]
  readonly remove: GroupPlan['remove']
  readonly conflicts: readonly Conflict[]
}

/** The row of each desired user by position, and of everybody else by external id. */
export interface MemberRows extends RowIds {
  of(externalId: string): string | undefined
}

/** Settles names and finds the groups that may differ. */
export function settleGroups(
  desired: readonly DesiredGroup[],
  rows: MemberRows,
  ground: GroupGround,
  rules: GroupRules,
): SettledGroups {
  const here = new Set(desired.map(({ externalId }) => externalId))
  const gone = rules.mayRemove ? [...ground.held.values()].filter(({ externalId }) => !here.has(externalId)) : []
  const active = desired.filter(({ untouched }) => !untouched)
  const conflicts = findConflicts(active, ground, new Set(gone.map(({ id }) => id)))
  const sumOf = createMemberSums(rows, rules.hash)
  const dirty = active.flatMap((group): SettledGroup[] => {
    const row = ground.held.get(group.externalId)
    const conflict = conflicts.get(group.externalId)
    if (conflict && !row) return []
    const { name, friendlyName } = conflict && row ? row : group
    const change = group.since && changeOf(group.members, group.since, rows)
    const full =
      change && group.since ? changedSum(group.since.digest, change.join, change.leave, rules.hash) : sumOf(group.members)
    if (row && row.digest === full && row.name === name && row.friendlyName === friendlyName) return []
    const before = row
      ? {
          ...(row.name === name ? {} : { name: row.name }),
          ...(row.friendlyName === friendlyName ? {} : { friendlyName: row.friendlyName }),
        }
      : {}
    const { externalId, dn } = group
    const kept = row ? undefined : ground.kept.get(externalId)
    const id = row?.id ?? kept ?? rules.newId()
    const write = { id, externalId, dn, name, friendlyName, before, returns: kept !== undefined }
    const digest = conflict || !rules.mayRemove ? null : full
    return [{ write, row, digest, members: change ?? everyMember(group.members, rows) }]
  })
  return { dirty, remove: gone.map(({ id, name }) => ({ id, name })), conflicts: [...conflicts.values()] }
}

const everyMember = (members: readonly number[], rows: MemberRows): EveryMember => ({
  kind: 'every',
  ids: new IdsAt(members, rows),
})

/** Ids of the rows at these positions, those that have one. A class, because ids are made when they are asked for. */
class IdsAt implements Ids {
  readonly #positions: readonly number[]
  readonly #rows: RowIds

  constructor(positions: readonly number[], rows: RowIds) {
    const hasRow = (position: number) => rows.at(position) !== undefined
    this.#positions = positions.every(hasRow) ? positions : positions.filter(hasRow)
    this.#rows = rows
  }

  get length(): number {
    return this.#positions.length
  }

  slice(from: number, to: number): readonly string[] {
    return this.#positions.slice(from, to).map((position) => this.#rows.at(position) ?? '')
  }

  *[Symbol.iterator](): Generator<string> {
    for (const position of this.#positions) yield this.#rows.at(position) ?? ''
  }
}

/** An account that another entry takes over leaves and joins, which is to stay. */
function changeOf(members: readonly number[], { left, count }: Since, rows: MemberRows): MemberChange {
  const joins = new Set(new IdsAt(members, rows))
  const leaves = new Set(left.flatMap((externalId) => rows.of(externalId) ?? []))
  return {
    kind: 'change',
    join: [...joins].filter((id) => !leaves.has(id)),
    leave: [...leaves].filter((id) => !joins.has(id)),
    of: count,
  }
}

/** The rows whose members are needed for `planGroups`. */
export const membersNeeded = ({ dirty }: SettledGroups): readonly string[] =>
  dirty.flatMap(({ row, members }) => (row && members.kind === 'every' ? [row.id] : []))

/** The plan for groups, once the members of the dirty ones are known. @param heldMembers user ids by group id */
export function planGroups(
  { dirty, remove, conflicts }: SettledGroups,
  heldMembers: ReadonlyMap<string, readonly string[]>,
  ground: GroupGround,
  rules: GroupRules,
): Omit<GroupPlan, 'moved'> {
  const create = dirty.flatMap(({ row, write }) => (row ? [] : [write]))
  const update = dirty.flatMap(({ row, write }) => (row && Object.keys(write.before).length > 0 ? [write] : []))
  const added: Membership[] = []
  const removed: MemberRemoval[] = []
  for (const { write, members } of dirty) {
    const { join, leave, of } = members.kind === 'change' ? members : compared(members.ids, heldMembers.get(write.id) ?? [])
    if (join.length > 0) added.push({ groupId: write.id, userIds: join })
    if (leave.length > 0 && rules.mayRemove) removed.push({ groupId: write.id, userIds: leave, of })
  }
  const digests = dirty.flatMap(({ row, write, digest }) => (row && row.digest === digest ? [] : [{ id: write.id, digest }]))
  const names = new Map(dirty.map(({ write }) => [write.id, write.name]))
  return {
    names,
    create,
    update,
    remove,
    park: parked(update, ground),
    addMembers: added,
    removeMembers: removed,
    digests,
    conflicts,
  }
}

function compared(wanted: Ids, held: readonly string[]): MemberChange {
  if (held.length === 0) return { kind: 'change', join: wanted, leave: [], of: 0 }
  const [has, wants] = [new Set(held), new Set(wanted)]
  return {
    kind: 'change',
    join: [...wants].filter((id) => !has.has(id)),
    leave: held.filter((id) => !wants.has(id)),
    of: held.length,
  }
}

function parked(update: readonly GroupWrite[], { names }: GroupGround): readonly string[] {
  const moving = new Set(update.map(({ id }) => id))
  const owners = update.flatMap(({ id, name }) => {
    const owner = names.get(foldName(name))
    return owner && owner.rowId !== id && moving.has(owner.rowId) ? [owner.rowId] : []
  })
  return [...new Set(owners)]
}

function findConflicts(
  active: readonly DesiredGroup[],
  { held, names }: GroupGround,
  freed: ReadonlySet<string>,
): ReadonlyMap<string, Conflict> {
  const claims = active.flatMap(({ externalId, name }) => {
    const row = held.get(externalId)
    return row && foldName(row.name) === foldName(name) ? [] : [{ by: externalId, rowId: row?.id, wants: foldName(name) }]
  })
  const failed = settle(claims, names, freed)
  const byId = new Map(active.map((group) => [group.externalId, group]))
  return new Map(
    [...failed].flatMap(([by, rival]) => {
      const group = byId.get(by)
      if (!group) return []
      const { dn, name } = group
      return [
        [
          by,
          {
            entity: 'group' as const,
            dn,
            field: 'name' as const,
            value: name,
            ...sentence(name, byId.get(rival)?.dn, names.get(foldName(name))),
          },
        ],
      ]
    }),
  )
}

function sentence(name: string, rival: string | undefined, owner: NameOwner | undefined): Pick<Conflict, 'other' | 'why'> {
  const what = `the group name ${name}`
  if (rival !== undefined) return { other: rival, why: `${what} is also claimed by ${rival}. Rename one of the two entries.` }
  const [other, todo] =
    owner?.source === null
      ? ['a local group', '. Rename one of the two, or remove the local group.']
      : owner?.elsewhere === undefined
        ? ['another group from the directory', ', which keeps it. Rename one of the two entries.']
        : [
            `a group of the directory ${owner.elsewhere}`,
            ', which keeps it. Rename one of the two entries, or leave one out by a filter.',
          ]
  return { other, why: `${what} belongs to ${other}${todo}` }
}
