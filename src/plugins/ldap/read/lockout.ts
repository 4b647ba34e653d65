// How long a lock after wrong passwords lasts is in the directory's policies: one question, asked only when somebody is locked.
import type { LdapSettings } from '../check.ts'
import type { Directory } from '../wire/directory.ts'
import { dnKey } from '../wire/dn.ts'
import { firstText } from '../wire/entry.ts'
import { newProof, readPages } from '../wire/paging.ts'
import type { Lock, PolicyLock } from './standing.ts'

/** Seconds by the policy's DN; 0: until an administrator lifts it. */
export type LockoutPolicies = ReadonlyMap<string, number>

/**
 * Which of these locks still hold. One question for each kind of lock, and none where nobody is locked.
 *
 * @throws DirectoryFailure
 */
export async function lockReader(
  directory: Directory,
  settings: LdapSettings,
  locks: Iterable<Lock>,
  now: Date,
): Promise<(dn: string, lock: Lock) => boolean> {
  const kinds = new Set([...locks].map(({ kind }) => kind))
  const policies: LockoutPolicies = kinds.has('policy') ? await readLockoutPolicies(directory, settings.ldapBase) : new Map()
  const windows = kinds.has('windows') ? await readWindowsLocks(directory, settings) : new Map<string, boolean>()
  return (dn, lock) => (lock.kind === 'windows' ? (windows.get(dn) ?? true) : lockHolds(lock, policies, now))
}

/** The flag UF_LOCKOUT, as Active Directory works it out from its policies for whoever asks ([MS-ADTS] section 3.1.1.4.5.17). */
const lockedOut = 0x10

/** Whoever has been locked once, by DN; true: still is. */
async function readWindowsLocks(directory: Directory, settings: LdapSettings): Promise<ReadonlyMap<string, boolean>> {
  const computed = 'msDS-User-Account-Control-Computed'
  const { ldapBase: base, ldapUserSearchFilter, ldapPageSize: pageSize } = settings
  const filter = `(&${ldapUserSearchFilter}(lockoutTime>=1))`
  const search = { base, filter, filterKey: 'ldapUserSearchFilter', attributes: [computed], pageSize } as const
  const found = new Map<string, boolean>()
  for await (const entries of readPages(directory, search, newProof()))
    for (const entry of entries) {
      const flags = firstText(entry, computed)
      found.set(entry.dn, flags === '' || (Number(flags) & lockedOut) !== 0)
    }
  return found
}

/** The policies the bind account may read. Where it may read none, every lock holds. @throws DirectoryFailure */
async function readLockoutPolicies(directory: Directory, base: string): Promise<LockoutPolicies> {
  const search = { base, scope: 'sub', filter: '(objectClass=pwdPolicy)', filterKey: 'ldapBase' } as const
  const { code, entries } = await directory.ask({ ...search, attributes: ['pwdLockoutDuration'] })
  if (code !== 0) return new Map()
  return new Map(entries.map((entry) => [dnKey(entry.dn) ?? entry.dn, Number(firstText(entry, 'pwdLockoutDuration')) || 0]))
}

/**
 * Whether a lock still keeps somebody out. The attribute stays after the time is over, until the next bind, so it alone says
 * nothing. A policy that cannot be told counts as one without an end: who is locked stays out.
 */
export function lockHolds({ since, policy }: PolicyLock, policies: LockoutPolicies, now: Date): boolean {
  const only = policies.size === 1 ? [...policies.values()][0] : undefined
  const seconds = policy === '' ? only : policies.get(dnKey(policy) ?? policy)
  return seconds === undefined || seconds === 0 || since + seconds * 1_000 > now.getTime()
}
