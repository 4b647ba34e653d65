// Our provider as the other side of a comparison: the same apps as the oracle has, and values for the names in braces.
import { eq } from 'drizzle-orm'
import { newId, sha256 } from '#core/crypto.ts'
import { createGrants } from '../../src/plugins/oidc/grants.ts'
import { clientSecrets, clients, codes, refreshTokens } from '../../src/plugins/oidc/tables.ts'
import { redeem, registerApp, startProvider, tokens } from './apps.ts'
import { callback, challenge, type GeneratedRequest, secret, verifier } from './generated-requests.ts'
import type { Instance } from './instance.ts'

export interface Subject {
  readonly instance: Instance
  value(name: string): Promise<string>
  path(kind: GeneratedRequest['kind']): string
}

const paths: Readonly<Record<GeneratedRequest['kind'], string>> = {
  authorize: '/authorize',
  token: '/api/oidc/token',
  introspect: '/api/oidc/introspect',
  revoke: '/api/oidc/revoke',
  par: '/api/oidc/par',
  userinfo: '/api/oidc/userinfo',
  device: '/api/oidc/device/authorize',
}
const past = new Date(0)

export async function startSubject(): Promise<Subject> {
  const instance = await startProvider()
  const { db, clock } = instance.ground
  const user = await instance.kernel.identity.users.create({ username: 'ada', email: 'ada@example.org' }, null)
  /** The same secret as there; `registerApp` makes one up. */
  const giveSecret = async (clientId: string) => {
    await db.write(async (tx) => {
      await tx.update(clients).set({ isPublic: false }).where(eq(clients.id, clientId))
      await tx.insert(clientSecrets).values({ id: newId(), clientId, hash: sha256(secret), createdAt: clock.now() })
    })
  }
  for (const id of ['web', 'other', 'post', 'spa']) {
    const callbackUrls = [id === 'other' ? 'https://other.example.org/callback' : callback]
    const method = id === 'spa' ? 'none' : id === 'post' ? 'client_secret_post' : 'client_secret_basic'
    await registerApp(db, { id, callbackUrls, isPublic: true, tokenEndpointAuthMethod: method })
    if (id !== 'spa') await giveSecret(id)
  }
  const [web] = await db.read.select().from(clients).where(eq(clients.id, 'web'))
  if (!web) throw new Error('The app was not registered.')
  const grants = createGrants({ db, clock })
  const grant = () => ({
    ...{ clientId: 'web', userId: user.id, sessionId: null, scope: 'openid profile', resources: [], claims: null },
    ...{ authTime: clock.now(), acr: null, amr: [] },
  })
  const s256 = { challenge, method: 'S256' } as const
  const code = (bound: typeof s256 | undefined = s256) =>
    db.write((tx) => grants.issueCode(tx, grant(), { redirectUri: callback, challenge: bound }))
  const refresh = () =>
    db.write(async (tx) => {
      const { id } = await grants.issueGrant(tx, grant())
      return grants.issueRefreshToken(tx, id, { scope: 'openid profile', lifetimeSeconds: 3600, dpopThumbprint: undefined })
    })
  const makers: Readonly<Record<string, () => Promise<string>>> = {
    code: () => code(),
    'code without challenge': () => db.write((tx) => grants.issueCode(tx, grant(), { redirectUri: callback })),
    'used code': async () => {
      const one = await code()
      await db.write((tx) =>
        tx
          .update(codes)
          .set({ usedAt: past })
          .where(eq(codes.codeHash, sha256(one))),
      )
      return one
    },
    'refresh token': refresh,
    'used refresh token': async () => {
      const one = await refresh()
      await db.write((tx) =>
        tx
          .update(refreshTokens)
          .set({ usedAt: past })
          .where(eq(refreshTokens.tokenHash, sha256(one))),
      )
      return one
    },
    'access token': async () => {
      const app = { id: 'web', secret, callback }
      return (await tokens(redeem(instance, app, await code(), { code_verifier: verifier }))).access_token
    },
  }
  return {
    instance,
    value: (name) => makers[name]?.() ?? Promise.reject(new Error(`There is no ${name}.`)),
    path: (kind) => paths[kind],
  }
}
