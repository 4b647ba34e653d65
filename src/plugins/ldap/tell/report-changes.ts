// Pure: a plan -> its changes one by one, what takes something away first: of a long list it is what must be seen.
import type { Membership, SyncPlan } from '../plan/plan.ts'
import type { Change } from './report.ts'

/** How many members of a group are named. */
export const mostNamed = 20

/**
 * Each is made when it is called for: a report shows some of a long list and counts the others.
 *
 * @param names user names by row id, as far as they are known
 */
export function* changesOf(plan: SyncPlan, names: ReadonlyMap<string, string>): Generator<() => Change> {
  for (const one of taken(plan, names)) yield () => one
  yield* given(plan, names)
}

const user = (action: Change['action'], name: string | undefined, rest: Partial<Change> = {}): Change => ({
  ...{ entity: 'user', action, name: name ?? '' },
  ...rest,
})

function taken({ users, groups }: SyncPlan, names: ReadonlyMap<string, string>): readonly Change[] {
  return [
    ...users.leaving.flatMap(({ username, how }) => (how === 'remove' ? [user('remove', username)] : [])),
    ...users.standing.flatMap(({ username, was, isNow }) => [
      ...(was.sourceDisabled === isNow.sourceDisabled ? [] : [user(isNow.sourceDisabled ? 'disable' : 'enable', username)]),
      ...(was.isAdmin === isNow.isAdmin ? [] : [user(isNow.isAdmin ? 'make admin' : 'no longer admin', username)]),
    ]),
    ...groups.remove.map(({ name }): Change => ({ entity: 'group', action: 'remove', name })),
    ...groups.removeMembers.map((one) => members('remove members', one, groups.names, names)),
  ]
}

/** One after the other: in a first run there are as many as people. */
function* given({ users, groups }: SyncPlan, names: ReadonlyMap<string, string>): Generator<() => Change> {
  for (const { username, dn } of users.adopt) yield () => user('adopt', username, { dn })
  for (const one of users.create) yield () => user(one.returns ? 'return' : 'create', one.username, { dn: one.dn })
  for (const { username, dn, before, after } of users.update)
    if (Object.keys(after).length > 0) yield () => user('update', username, { dn, before, after })
  for (const { name, dn, returns } of groups.create)
    yield () => ({ entity: 'group', action: returns ? 'return' : 'create', name, dn })
  for (const { name, friendlyName, dn, before } of groups.update)
    yield () => {
      const after = Object.fromEntries(Object.keys(before).map((field) => [field, { name, friendlyName }[field as 'name']]))
      return { entity: 'group', action: 'update', name, dn, before, after }
    }
  for (const one of groups.addMembers) yield () => members('add members', one, groups.names, names)
}

function members(
  action: 'add members' | 'remove members',
  { groupId, userIds }: Membership,
  groups: ReadonlyMap<string, string>,
  names: ReadonlyMap<string, string>,
): Change {
  const who = userIds.slice(0, mostNamed).flatMap((id) => names.get(id) ?? [])
  return { entity: 'group', action, name: groups.get(groupId) ?? groupId, members: userIds.length, who: who.sort() }
}

const opposites: Readonly<Record<Change['action'], Change['action']>> = {
  ...{ create: 'remove', return: 'remove', remove: 'return', update: 'update', adopt: 'update' },
  ...{ enable: 'disable', disable: 'enable', 'make admin': 'no longer admin', 'no longer admin': 'make admin' },
  ...{ 'add members': 'remove members', 'remove members': 'add members' },
}

/** The changes of a run as undoing it makes them. */
export const undone = (changes: readonly Change[]): Change[] =>
  changes.map(({ before, after, ...change }) => ({
    ...change,
    action: opposites[change.action],
    ...(change.action === 'adopt' ? { before: { source: 'directory' }, after: { source: 'local' } } : {}),
    ...(after ? { before: after } : {}),
    ...(before ? { after: before } : {}),
  }))
