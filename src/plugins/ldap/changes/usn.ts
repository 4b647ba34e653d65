// What changed in Active Directory since a number: each domain controller counts its changes (MS-ADTS 3.1.1.1.9). For accounts without DirSync.
import type { LdapSettings } from '../check.ts'
import type { Only } from '../read/conclude.ts'
import type { Directory } from '../wire/directory.ts'
import { type Entry, firstText, identifier } from '../wire/entry.ts'
import { newProof, readPages } from '../wire/paging.ts'
import type { Mirror } from './mirror.ts'

/** How far one domain controller had counted. Another, or the same one restored from a backup, counts otherwise. */
export interface UsnPoint {
  readonly server: string
  readonly usn: bigint
}

export const usnAttributes = ['dsServiceName', 'highestCommittedUSN'] as const

/** @param root the entry with the empty name, with `usnAttributes` @returns undefined where nothing is counted */
export async function usnNow(directory: Directory, root: Entry | undefined): Promise<UsnPoint | undefined> {
  const service = root ? firstText(root, 'dsServiceName') : ''
  const highest = root ? firstText(root, 'highestCommittedUSN') : ''
  if (service === '' || !/^\d+$/.test(highest)) return undefined
  const search = { base: service, scope: 'base', filter: '(objectClass=*)', filterKey: 'ldapBase' } as const
  // A database that is restored gets a new invocationId; whoever may not read it has the controller's name alone.
  const { entries } = await directory.ask({ ...search, attributes: ['invocationId'] })
  const invocation = entries[0] ? identifier(entries[0], 'invocationId') : ''
  return { server: `${service} ${invocation}`, usn: BigInt(highest) }
}

/** As far as it has to be known what entries are. */
export type Knowing = Pick<Mirror, 'has'>

/** Ids of what changed, in whatever the filters say: whoever left them changed too. */
export async function changedSince(
  directory: Directory,
  settings: LdapSettings,
  filter: string,
  mirror: Knowing,
  heard: (entry: Entry) => boolean = () => true,
): Promise<Only> {
  const { ldapBase: base, ldapPageSize: pageSize } = settings
  const { ldapAttributeUserUniqueIdentifier: userId, ldapAttributeGroupUniqueIdentifier: groupId } = settings
  const users = new Set<string>()
  const groups = new Set<string>()
  const attributes = [...new Set([userId, groupId, 'modifyTimestamp'])]
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

export const sinceUsn = ({ usn }: UsnPoint): string => `(uSNChanged>=${usn + 1n})`
