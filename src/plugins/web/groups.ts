// Which groups somebody can be put into from here.
import type { GroupRow, UserActor } from '#core/identity/actor.ts'
import type { Host } from '#core/kernel/plugin.ts'

const mostOffered = 100

/** Groups that are edited here, by name, without those already joined; the first hundred: more are found from the group's own page. */
export async function joinableGroups(
  { identity }: Host,
  actor: UserActor,
  joined: readonly GroupRow[],
): Promise<readonly GroupRow[]> {
  const query = { page: 1, limit: mostOffered, sort: undefined, search: '', filters: {} }
  const { data } = await identity.groups.list(query)
  const open = new Set(identity.guard.groupsOpenToEdits(actor, data).map(({ row }) => row.id))
  return data.filter(({ id }) => open.has(id) && !joined.some((group) => group.id === id))
}
