// Pure: a plan -> its hash. The same changes have the same hash, however often they are planned and in whatever order they came.
import type { Membership, SyncPlan } from './plan.ts'

/**
 * What an administrator was shown is what is applied: a plan made anew must have the hash that was agreed to.
 *
 * Ids of rows that are yet to be made differ from plan to plan, so those rows are named by their ids in the directory.
 *
 * @param digest of a text, as hexadecimal digits
 */
export function planHash({ users, groups }: SyncPlan, source: string, digest: (text: string) => string): string {
  const made = new Map([...users.create, ...groups.create].map(({ id, externalId }) => [id, `new ${externalId}`]))
  const named = (id: string) => made.get(id) ?? id
  const members =
    (what: string) =>
    ({ groupId, userIds }: Membership) => [what, named(groupId), [...userIds].map(named).sort()]
  const lines: readonly (readonly unknown[])[] = [
    ...users.adopt.map(({ id, externalId }) => ['adopt', id, externalId]),
    ...users.create.map(({ externalId, fields, isAdmin, sourceDisabled }) => [
      'create user',
      externalId,
      sorted(fields),
      isAdmin,
      sourceDisabled,
    ]),
    ...users.update.flatMap(({ id, after }) => (Object.keys(after).length > 0 ? [['update user', id, sorted(after)]] : [])),
    ...users.standing.map(({ id, isNow }) => ['standing', id, isNow.isAdmin, isNow.sourceDisabled]),
    ...users.leaving.map(({ id, how }) => ['leaving', id, how]),
    ...groups.create.map(({ externalId, name, friendlyName }) => ['create group', externalId, name, friendlyName]),
    ...groups.update.map(({ id, name, friendlyName }) => ['update group', id, name, friendlyName]),
    ...groups.remove.map(({ id }) => ['remove group', id]),
    ...groups.addMembers.map(members('add members')),
    ...groups.removeMembers.map(members('remove members')),
  ]
  const text = lines.map((line) => JSON.stringify(line)).sort()
  return digest([source, ...text].join('\n')).slice(0, hashLength)
}

/** 96 bits: nobody finds another plan with the same hash. */
const hashLength = 24
const sorted = (fields: object): readonly unknown[] => Object.entries(fields).sort(([left], [right]) => (left < right ? -1 : 1))
