// What an app would be told of a user: tokens made by the very code that makes them, read again, and thrown away.
import { eq } from 'drizzle-orm'
import type { Apps } from '#core/ports-apps.ts'
import { appNotFound } from './client-administration.ts'
import { oidcErrors } from './errors.ts'
import { readUnverified } from './outside-jwt.ts'
import { claimsOf, standardScopes } from './protocol/claims.ts'
import type { Provider } from './provider.ts'
import { type ClientRow, clients, type GrantRow } from './tables.ts'
import { tokenSet } from './token-set.ts'

export const createPreview =
  (provider: Provider): Apps['preview'] =>
  async (id, userId, scopes) => {
    const { host } = provider
    const [client] = await host.db.read.select().from(clients).where(eq(clients.id, id))
    if (!client) throw appNotFound(id)
    const user = await host.identity.users.get(userId)
    if (!(await provider.clients.admits(client, user.id))) {
      throw oidcErrors.refuse('oidc_access_denied', { message: `${user.username} is in none of the groups this app is open to.` })
    }
    const asked = scopes.length === 0 ? standardScopes : scopes
    const { scope } = await provider.resources.resolve(client, { scope: asked, resources: [], subject: 'user' })
    const made = await tokenSet(provider, {
      standing: { client, user, grant: imagined(client, user.id, scope, host.clock.now()) },
      scope,
      resources: [],
      nonce: null,
      refreshToken: '',
      dpopThumbprint: undefined,
    })
    return {
      idToken: readUnverified(made.id_token ?? '') ?? {},
      accessToken: readUnverified(made.access_token) ?? {},
      userInfo: { sub: user.id, ...claimsOf(await provider.subjects.of(user, scope), scope) },
    }
  }

/** A grant as a sign-in by passkey would make it now. No row has its id, so its tokens are good for nothing. */
const imagined = (client: ClientRow, userId: string, scope: readonly string[], now: Date): GrantRow => ({
  id: 'preview',
  clientId: client.id,
  userId,
  sessionId: null,
  scope: scope.join(' '),
  resources: [],
  claims: null,
  authTime: now,
  acr: 'phr',
  amr: ['hwk', 'user'],
  createdAt: now,
  expiresAt: now,
  revokedAt: null,
})
