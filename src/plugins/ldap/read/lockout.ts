// How long a lock after wrong passwords lasts is in the directory's policies: one question, asked only when somebody is locked.
import type { Directory } from '../wire/directory.ts'
import { dnKey } from '../wire/dn.ts'
import { firstText } from '../wire/entry.ts'
import type { Lock } from './standing.ts'

/** Seconds by the policy's DN; 0: until an administrator lifts it. */
export type LockoutPolicies = ReadonlyMap<string, number>

/** The policies the bind account may read. Where it may read none, every lock holds. @throws DirectoryFailure */
export async function readLockoutPolicies(directory: Directory, base: string): Promise<LockoutPolicies> {
  const search = { base, scope: 'sub', filter: '(objectClass=pwdPolicy)', filterKey: 'ldapBase' } as const
  const { code, entries } = await directory.ask({ ...search, attributes: ['pwdLockoutDuration'] })
  if (code !== 0) return new Map()
  return new Map(entries.map((entry) => [dnKey(entry.dn) ?? entry.dn, Number(firstText(entry, 'pwdLockoutDuration')) || 0]))
}

/**
 * Whether a lock still keeps somebody out. The attribute stays after the time is over, until the next bind, so it alone says
 * nothing. A policy that cannot be told counts as one without an end: who is locked stays out.
 */
export function lockHolds({ since, policy }: Lock, policies: LockoutPolicies, now: Date): boolean {
  const only = policies.size === 1 ? [...policies.values()][0] : undefined
  const seconds = policy === '' ? only : policies.get(dnKey(policy) ?? policy)
  return seconds === undefined || seconds === 0 || since + seconds * 1_000 > now.getTime()
}
