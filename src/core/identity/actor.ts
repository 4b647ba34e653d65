// Who acts: a person, or a source such as a directory. Carried by every request and asked by the edit-guard.
import type { Context } from 'hono'
import type { groups, users } from '../db/tables.ts'
import { type AppError, commonErrors } from '../errors.ts'

export type UserRow = typeof users.$inferSelect
export type GroupRow = typeof groups.$inferSelect

/** How a request proved who it is. */
export type Credential = 'session' | 'api-key'

/** Somebody signed in, or the holder of an API key. */
export interface UserActor {
  readonly kind: 'user'
  readonly user: UserRow
  readonly by: Credential
  /** The session's id and start, when a session proved it. */
  readonly session?: { readonly id: string; readonly createdAt: Date; readonly amr: readonly string[] }
}

/** A directory or another source that owns rows. */
export interface SourceActor {
  readonly kind: 'source'
  readonly name: string
}

export type Actor = UserActor | SourceActor

/** What a request carries through the handlers. */
export interface HostEnv {
  Variables: {
    requestId: string
    /** Headers of every answer (http/letterhead.ts). */
    letterhead: Readonly<Record<string, string>>
    actor: UserActor | undefined
    /** Another site caused this request: nobody counts as signed in. */
    foreign: boolean
    /** How a failure of this request is told, where it is not in the contract's words. */
    failureWords?: { body(failure: AppError): object; readonly headers: Readonly<Record<string, string>> }
    /** The code of the refusal that this request was answered with. */
    refusal?: string
  }
}

/** Who makes this request, where `requireUser` or one of its kind stands before the handler. @throws AppError not_signed_in */
export function actorOf(c: Context<HostEnv>): UserActor {
  const actor = c.get('actor')
  if (!actor) throw commonErrors.refuse('not_signed_in')
  return actor
}

/** Whether somebody is locked out, by an administrator here or by the directory. */
export const isDisabled = (user: Pick<UserRow, 'disabled' | 'sourceDisabled'>): boolean => user.disabled || user.sourceDisabled

/** The administrator that STATIC_API_KEY stands for. It has no row, so it never signs in. */
export const builtInAdmin: UserRow = {
  id: '00000000-0000-0000-0000-000000000000',
  username: 'static-api-user',
  email: null,
  emailVerified: false,
  firstName: 'Static API',
  lastName: 'User',
  displayName: 'Static API User',
  isAdmin: true,
  locale: null,
  disabled: false,
  sourceDisabled: false,
  source: null,
  externalId: null,
  sourceEntry: null,
  sourceDigest: null,
  sourceClaims: null,
  createdAt: new Date(0),
  updatedAt: new Date(0),
}
