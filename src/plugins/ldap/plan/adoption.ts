// Pure: which accounts that are here already an entry takes over, because the person is the same. Passkeys stay with the account.
import type { DesiredUsers } from '../read/desired.ts'
import type { HeldUsers } from './held-rows.ts'
import { foldName, type NameOwner } from './names.ts'
import type { Adoption } from './plan.ts'
import { rowsWithoutEntry } from './plan-users.ts'

export type AdoptionPolicy = 'no' | 'username' | 'email' | 'both'

export interface AdoptionGround {
  readonly held: HeldUsers
  readonly usernames: ReadonlyMap<string, NameOwner>
  readonly emails: ReadonlyMap<string, NameOwner>
  readonly source: string
  /** Only then is an entry that was not read known to be gone. */
  readonly whole: boolean
}

/**
 * New entries and the accounts they take over: a local account by its user name or by its verified address, as the policy says;
 * and, since the same name may be given to somebody else one day, the account of an entry that is gone only by both.
 * An account that two entries would take over is left to neither.
 */
export function adoptions(desired: DesiredUsers, ground: AdoptionGround, policy: AdoptionPolicy): readonly Adoption[] {
  if (policy === 'no') return []
  const left = new Map(ground.whole ? rowsWithoutEntry(desired, ground.held).map((row) => [row.id, row] as const) : [])
  const found = [...desired.entries()].flatMap(([, user]): Adoption[] => {
    if (!user.profile || ground.held.has(user.externalId)) return []
    const byName = ground.usernames.get(foldName(user.profile.username))
    const byEmail = user.profile.email === null ? undefined : ground.emails.get(foldName(user.profile.email))
    const local =
      (policy !== 'email' && byName?.source === null ? byName : undefined) ??
      (policy !== 'username' && byEmail?.source === null && byEmail.verified ? byEmail : undefined)
    const gone = byName && byName.rowId === byEmail?.rowId && byName.source === ground.source ? left.get(byName.rowId) : undefined
    const { externalId, dn } = user
    if (local) return [{ id: local.rowId, externalId, dn, username: local.username, was: 'local' }]
    return gone && byName ? [{ id: gone.id, externalId, dn, username: byName.username, was: gone.externalId }] : []
  })
  const takers = new Map<string, number>()
  for (const { id } of found) takers.set(id, (takers.get(id) ?? 0) + 1)
  return found.filter(({ id }) => takers.get(id) === 1)
}
