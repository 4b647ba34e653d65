// Everything about who somebody is, put together for plugins.
import type { Clock } from '../clock.ts'
import type { Vault } from '../crypto.ts'
import type { Database } from '../db/client.ts'
import type { Events } from '../events.ts'
import type { CoreSettings } from '../settings/core-settings.ts'
import type { Values } from '../settings/define.ts'
import { createGroups, type Groups } from './groups.ts'
import { createGuard, type Guard } from './guard.ts'
import type { Ownership } from './ownership.ts'
import { createSessions, type Sessions } from './session.ts'
import { createSignIn, type SignIn } from './sign-in.ts'
import { createUserSearch } from './user-search.ts'
import { createUsers, type Users } from './users.ts'

export interface Identity {
  readonly users: Users
  readonly groups: Groups
  readonly guard: Guard
  readonly sessions: Sessions
  readonly signIn: SignIn
  readonly requireUser: Sessions['requireUser']
  readonly requireBrowser: Sessions['requireBrowser']
  readonly requireAdmin: Sessions['requireAdmin']
}

export interface IdentityDeps {
  readonly db: Database
  readonly vault: Vault
  readonly events: Events
  readonly clock: Clock
  readonly core: () => Values<CoreSettings>
  readonly ownerships: () => readonly Ownership[]
}

export function createIdentity({ db, vault, events, clock, core, ownerships }: IdentityDeps): Identity {
  const search = createUserSearch(db)
  const users = createUsers(db, events, clock, search)
  const groups = createGroups(db, events, clock, search)
  const sessions = createSessions({ db, vault, clock, core, events })
  const { requireUser, requireBrowser, requireAdmin } = sessions
  return {
    users,
    groups,
    guard: createGuard(users, groups, ownerships),
    sessions,
    signIn: createSignIn(sessions, events),
    requireUser,
    requireBrowser,
    requireAdmin,
  }
}
