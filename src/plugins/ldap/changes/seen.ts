// Pure: what the mirror keeps of a user entry.
import type { Gathered } from '../read/conclude.ts'
import type { DesiredUser } from '../read/desired.ts'
import type { Claimed } from '../read/members.ts'

/** A user entry; of its values only the digest is kept. */
export interface Seen extends Omit<DesiredUser, 'profile' | 'choices'> {
  readonly names: readonly string[]
  readonly claimed: Claimed | undefined
}

export function seen(
  { profile: _profile, choices: _choices, ...user }: DesiredUser,
  at: number,
  { names, claimed }: Gathered,
): Seen {
  return { ...user, names: names.get(at) ?? [], claimed: claimed.get(at) }
}

export const unchanged = ({ names: _names, claimed: _claimed, ...user }: Seen): DesiredUser => ({ ...user, profile: undefined })

/** Whether somebody may have become, or ceased to be, a member of some group. */
export const differs = (before: Seen | undefined, now: Seen | undefined): boolean =>
  JSON.stringify(tie(before)) !== JSON.stringify(tie(now))
const tie = (user: Seen | undefined) => user && [user.dn, user.names, user.claimed]
