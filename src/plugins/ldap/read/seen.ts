// Pure: what is remembered of a user entry, for changes that come in later (changes/mirror.ts) and for the next whole reading (recall.ts).
import type { DesiredUser } from './desired.ts'
import type { InUse } from './fill.ts'
import type { Claimed } from './members.ts'

/** A user entry; of its values only the digest is kept. It wants what it wanted before. */
export interface Seen extends DesiredUser {
  readonly profile: undefined
  /** Every user name of the entry. */
  readonly names: readonly string[]
  readonly claimed: Claimed | undefined
  /** Attributes in use that the entry does not have. */
  readonly lacking: readonly InUse[]
}

/** Whether somebody may have become, or ceased to be, a member of some group. */
export const differs = (before: Seen | undefined, now: Seen | undefined): boolean =>
  JSON.stringify(tie(before)) !== JSON.stringify(tie(now))
const tie = (user: Seen | undefined) => user && [user.dn, user.names, user.claimed]
