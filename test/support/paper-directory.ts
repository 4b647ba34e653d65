// A directory that exists on paper only: it owns rows as a real one does, and its run says what the test wants to hear.
import { newId } from '#core/crypto.ts'
import { groupMembers, groups, users } from '#core/db/tables.ts'
import { type DirectoryRun, directory } from '#core/directory-ports.ts'
import { defineErrors } from '#core/errors.ts'
import { isDisabled } from '#core/identity/actor.ts'
import type { Ownership } from '#core/identity/ownership.ts'
import { definePlugin, start } from '#core/kernel/plugin.ts'
import { defineSettings, flag } from '#core/settings/define.ts'
import type { Instance } from './instance.ts'

const settings = defineSettings({
  paperEnabled: flag({ label: 'Paper', help: 'Switches the paper directory on.', default: true }),
})
const errors = defineErrors({
  ldap_user_update: { status: 403, message: 'This user is kept on paper.' },
  ldap_user_group_update: { status: 403, message: 'This group is kept on paper.' },
})
const source = 'paper'
const label = 'the paper directory'

const owns: readonly Ownership[] = [
  {
    entity: 'user',
    source,
    label,
    fields: ['username', 'email', 'emailVerified', 'firstName', 'lastName', 'displayName', 'isAdmin', 'disabled'],
    onEdit: { kind: 'keep' },
    onRemove: (user) => (isDisabled(user) ? undefined : errors.refuse('ldap_user_update')),
  },
  {
    entity: 'group',
    source,
    label,
    fields: ['name', 'friendlyName', 'members'],
    onEdit: { kind: 'refuse', error: () => errors.refuse('ldap_user_group_update') },
    onRemove: () => errors.refuse('ldap_user_group_update'),
  },
]

/** The directory as a plugin; `run` answers each sync on demand. */
export const paperDirectory = (run: () => Pick<DirectoryRun, 'outcome' | 'summary'>) =>
  definePlugin({
    name: source,
    api: 1,
    settings,
    enabled: ({ paperEnabled }) => paperEnabled,
    load: async () => ({
      default: start(settings, (host) => {
        const syncNow = async () => ({ at: host.clock.now(), durationMilliseconds: 1, problems: [], ...run() })
        host.offer(directory, { source, lastRun: async () => undefined, syncNow })
        return { owns }
      }),
    }),
  })

/** A user that came from a source. */
export async function syncedUser(
  { ground }: Instance,
  from: string,
  username: string,
  more: Partial<typeof users.$inferInsert> = {},
) {
  const at = ground.clock.now()
  const person = { username, email: `${username}@example.org`, displayName: username, createdAt: at, updatedAt: at }
  const row = { id: newId(), ...person, source: from, externalId: `id-of-${username}`, sourceDigest: 'written', ...more }
  await ground.db.write((tx) => tx.insert(users).values(row))
  return row
}

/** A group that came from a source, with its members. */
export async function syncedGroup({ ground }: Instance, from: string, name: string, memberIds: readonly string[]) {
  const at = ground.clock.now()
  const origin = { source: from, externalId: `id-of-${name}`, createdAt: at, updatedAt: at }
  const row = { id: newId(), name, friendlyName: name, ...origin }
  await ground.db.write(async (tx) => {
    await tx.insert(groups).values(row)
    for (const userId of memberIds) await tx.insert(groupMembers).values({ groupId: row.id, userId })
  })
  return row
}
