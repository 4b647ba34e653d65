// Groups with their members, as Pocket ID's clients know them. Users and short groups are core's (http/user-json.ts).
import * as v from 'valibot'
import { GroupMinimal, groupsJson, User, usersJson } from '#core/http/user-json.ts'
import type { GroupRow } from '#core/identity/actor.ts'
import { identityErrors } from '#core/identity/errors.ts'
import type { Host } from '#core/kernel/plugin.ts'
import { apps } from '#core/ports-apps.ts'
import type { settings } from './settings.ts'

export type AccountsHost = Host<typeof settings>

const { userCount: _counted, ...common } = GroupMinimal.entries

const App = v.object({
  id: v.string(),
  name: v.string(),
  description: v.string(),
  hasLogo: v.boolean(),
  hasDarkLogo: v.boolean(),
  launchURL: v.nullable(v.string()),
  requiresReauthentication: v.boolean(),
  clientType: v.string(),
})

/** A group with everybody in it. Ours: `source` and `locked`, who owns it and what therefore cannot be edited here. */
export const Group = v.object({
  ...common,
  users: v.array(User),
  allowedOidcClients: v.array(App),
  source: v.nullable(v.string()),
  locked: v.array(v.string()),
})
export type Group = v.InferOutput<typeof Group>

/** One group with all its members; a page of members is cheaper where a group may be very large. */
export async function groupJson(host: AccountsHost, row: GroupRow): Promise<Group> {
  const users = await usersJson(host, await host.identity.groups.allMembers(row.id))
  const [short] = await groupsJson(host, [{ ...row, userCount: users.length }])
  if (!short) throw identityErrors.refuse('group_not_found')
  const { userCount: _length, ...group } = short
  const locked = [...host.identity.guard.locked('group', row).fields]
  const allowedOidcClients = [...((await host.seek(apps)?.ofGroup(row.id)) ?? [])]
  return { ...group, users, allowedOidcClients, source: row.source, locked }
}
