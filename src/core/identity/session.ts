// Sessions: issued at sign-in, verified on every request against their row, revoked at once.
import { and, eq, lte, ne, type SQL, sql } from 'drizzle-orm'
import type { Context, MiddlewareHandler } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { type Clock, inSeconds } from '../clock.ts'
import { equalInConstantTime, newId, type Vault } from '../crypto.ts'
import type { Database } from '../db/client.ts'
import { packed } from '../db/packed.ts'
import { sessions, users } from '../db/tables.ts'
import { commonErrors } from '../errors.ts'
import type { Events } from '../events.ts'
import { clientAddress } from '../http/client-address.ts'
import type { CoreSettings } from '../settings/core-settings.ts'
import type { Values } from '../settings/define.ts'
import { createAccessTokens } from './access-token.ts'
import { builtInAdmin, type HostEnv, isDisabled, type UserActor, type UserRow } from './actor.ts'
import { identityErrors } from './errors.ts'

/** Tells who a request comes from; undefined when it cannot say. */
export type Authenticator = (request: Request) => Promise<UserActor | undefined>

export interface Sessions {
  /** Starts a session and sets its cookie. The account is the caller's to check: sign-in.ts is the door. */
  issue(c: Context<HostEnv>, user: UserRow, amr: readonly string[]): Promise<void>
  /** Ends the session that the request came with, if there is one. */
  revokeCurrent(c: Context<HostEnv>): Promise<void>
  /** Ends the request's session, if there is one, and clears the cookie. */
  end(c: Context<HostEnv>): Promise<void>
  /** Ends one session. */
  revoke(id: string): Promise<void>
  /** Ends every session of a user, except the one named. */
  revokeAll(userId: string, exceptSessionId?: string): Promise<void>
  /** Removes expired rows; for a daily job. */
  sweep(): Promise<void>
  readonly authenticate: Authenticator
  /** 401 not_signed_in unless somebody is signed in, by session or API key. */
  readonly requireUser: MiddlewareHandler<HostEnv>
  /** Like requireUser, but API keys are refused: for what only a person at a browser may do. */
  readonly requireBrowser: MiddlewareHandler<HostEnv>
  /** 403 forbidden unless the actor is an administrator. */
  readonly requireAdmin: MiddlewareHandler<HostEnv>
}

export interface SessionDeps {
  readonly db: Database
  readonly events: Events
  readonly vault: Vault
  readonly clock: Clock
  readonly core: () => Values<CoreSettings>
}

export function createSessions({ db, vault, clock, core, events }: SessionDeps): Sessions {
  const tokens = createAccessTokens(vault, core().appUrl, clock)
  const secure = core().appUrl.startsWith('https:')
  const cookie = cookieName(core().appUrl, 'access_token')
  // Asked with every request.
  const byId = db.read
    .select({ user: packed(users), session: packed(sessions) })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(eq(sessions.id, sql.placeholder('id')))
    .prepare()
  const rowsOf = db.remember(async (id) => (await byId.execute({ id }))[0])
  const options = { httpOnly: true, sameSite: 'Lax', secure, path: '/' } as const
  const remove = async (which: SQL | undefined) => {
    const ended = await db.write((tx) =>
      tx.delete(sessions).where(which).returning({ sessionId: sessions.id, userId: sessions.userId }),
    )
    for (const session of ended) events.publish('session.ended', session)
  }
  const revokeCurrent = async (c: Context<HostEnv>) => {
    const token = await tokens.verify(getCookie(c, cookie) ?? '')
    if (token) await remove(eq(sessions.id, token.sessionId))
  }

  return {
    async issue(c, user, amr) {
      const issuedAt = clock.now()
      const seconds = core().sessionDuration * 60
      const expiresAt = inSeconds(clock, seconds)
      const id = newId()
      const userAgent = c.req.header('user-agent')?.slice(0, 300) ?? null
      const row = { id, userId: user.id, amr, ipAddress: clientAddress(c), userAgent, createdAt: issuedAt, expiresAt }
      await db.write((tx) => tx.insert(sessions).values(row))
      const token = await tokens.sign({ userId: user.id, sessionId: id, isAdmin: user.isAdmin, amr, issuedAt, expiresAt })
      setCookie(c, cookie, token, { ...options, maxAge: seconds })
    },
    revokeCurrent,
    async end(c) {
      await revokeCurrent(c)
      deleteCookie(c, cookie, options)
    },
    revoke: (id) => remove(eq(sessions.id, id)),
    async revokeAll(userId, exceptSessionId) {
      const others = exceptSessionId === undefined ? undefined : ne(sessions.id, exceptSessionId)
      await remove(and(eq(sessions.userId, userId), others))
    },
    async sweep() {
      await db.write((tx) => tx.delete(sessions).where(lte(sessions.expiresAt, clock.now())))
    },
    async authenticate(request) {
      const key = request.headers.get('x-api-key')
      if (key !== null) return staticActor(core().staticApiKey, key)
      const text = readCookie(request, cookie)
      const token = text === '' ? undefined : await tokens.verify(text)
      if (!token) return undefined
      const found = await rowsOf(token.sessionId)
      if (!found || found.session.expiresAt <= clock.now() || found.user.id !== token.userId || isDisabled(found.user))
        return undefined
      return { kind: 'user', user: found.user, by: 'session', session: found.session }
    },
    requireUser: requires(() => undefined),
    requireBrowser: requires((actor) => (actor.by === 'session' ? undefined : identityErrors.refuse('api_key_auth_not_allowed'))),
    requireAdmin: requires((actor) => (actor.user.isAdmin ? undefined : commonErrors.refuse('forbidden'))),
  }
}

/** The cookie's name: browsers bind `__Host-` cookies to this very host, over https only. */
export const cookieName = (appUrl: string, name: string, prefix: '__Host-' | '__Secure-' = '__Host-'): string =>
  appUrl.startsWith('https:') ? `${prefix}${name}` : name

const requires =
  (refusal: (actor: UserActor) => Error | undefined): MiddlewareHandler<HostEnv> =>
  async (c, next) => {
    const actor = c.get('actor')
    if (!actor) throw commonErrors.refuse('not_signed_in')
    const error = refusal(actor)
    if (error) throw error
    await next()
  }

const staticActor = (known: string, given: string): UserActor | undefined =>
  known !== '' && equalInConstantTime(known, given) ? { kind: 'user', user: builtInAdmin, by: 'api-key' } : undefined

function readCookie(request: Request, name: string): string {
  const pair = request.headers
    .get('cookie')
    ?.split(/;\s*/)
    .find((one) => one.startsWith(`${name}=`))
  return pair?.slice(name.length + 1) ?? ''
}
