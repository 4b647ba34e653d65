// Ids of what changed since a time or a number that entries carry.
import type { LdapSettings } from '../check.ts'
import type { Only } from '../read/conclude.ts'
import type { Directory } from '../wire/directory.ts'
import { type Entry, identifier } from '../wire/entry.ts'
import { newProof, readPages } from '../wire/paging.ts'
import type { Mirror } from './mirror.ts'

/** As far as it has to be known what entries are. */
export type Knowing = Pick<Mirror, 'has'>

/**
 * Ids of what changed, in whatever the filters of the settings say: whoever left them changed too.
 *
 * @param stamp the attribute by which the filter tells what changed
 * @param heard says of each entry whether it is news
 */
export async function changedSince(
  directory: Directory,
  settings: LdapSettings,
  { filter, stamp }: { readonly filter: string; readonly stamp: string },
  mirror: Knowing,
  heard: (entry: Entry) => boolean = () => true,
): Promise<Only> {
  const { ldapBase: base, ldapPageSize: pageSize } = settings
  const { ldapAttributeUserUniqueIdentifier: userId, ldapAttributeGroupUniqueIdentifier: groupId } = settings
  const users = new Set<string>()
  const groups = new Set<string>()
  const attributes = [...new Set([userId, groupId, stamp])]
  const reading = { base, filter, filterKey: 'ldapBase', pageSize, attributes } as const
  for await (const entries of readPages(directory, reading, newProof())) {
    for (const entry of entries.filter(heard)) {
      const [user, group] = [identifier(entry, userId), identifier(entry, groupId)]
      // What is new may be either, or neither.
      if (user !== '' && !mirror.has('groups', group)) users.add(user)
      if (group !== '' && !mirror.has('users', user)) groups.add(group)
    }
  }
  return { users: [...users], groups: [...groups] }
}
