// The other provider: oidc-provider, set up with the same apps, for tests that compare what it says with what we say.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'
import { callback, challenge, deviceGrant, type GeneratedRequest, secret } from './generated-requests.ts'

export interface Oracle {
  /** Makes what the names in braces stand for. */
  value(name: string): Promise<string>
  /** Where each kind of request goes. */
  address(kind: GeneratedRequest['kind']): string
  stop(): Promise<void>
}

const paths: Readonly<Record<GeneratedRequest['kind'], string>> = {
  authorize: '/auth',
  token: '/token',
  introspect: '/token/introspection',
  revoke: '/token/revocation',
  par: '/request',
  userinfo: '/me',
  device: '/device/auth',
}

const grant_types = ['authorization_code', 'refresh_token', 'client_credentials', deviceGrant]
const common = {
  redirect_uris: [callback],
  response_types: ['code'] as const,
  grant_types,
  scope: 'openid profile email offline_access',
}
const apps = [
  { client_id: 'web', client_secret: secret, token_endpoint_auth_method: 'client_secret_basic', ...common },
  {
    client_id: 'other',
    client_secret: secret,
    token_endpoint_auth_method: 'client_secret_basic',
    ...common,
    redirect_uris: ['https://other.example.org/callback'],
  },
  { client_id: 'post', client_secret: secret, token_endpoint_auth_method: 'client_secret_post', ...common },
  {
    client_id: 'spa',
    token_endpoint_auth_method: 'none',
    ...common,
    grant_types: ['authorization_code', 'refresh_token', deviceGrant],
  },
]

export async function startOracle(): Promise<Oracle> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const provider = new Provider(issuer, {
    clients: apps as never,
    scopes: ['openid', 'profile', 'email', 'offline_access'],
    claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    enableHttpPostMethods: true,
    cookies: { keys: ['a key for tests'], short: { sameSite: 'none' }, long: { sameSite: 'none' } },
    pkce: { required: () => false },
    issueRefreshToken: () => true,
    rotateRefreshToken: true,
    ttl: {
      AccessToken: 3600,
      AuthorizationCode: 60,
      Grant: 3600,
      IdToken: 3600,
      Interaction: 600,
      RefreshToken: 3600,
      Session: 3600,
      DeviceCode: 600,
      ClientCredentials: 600,
    },
    features: {
      devInteractions: { enabled: false },
      claimsParameter: { enabled: true },
      clientCredentials: { enabled: true },
      deviceFlow: { enabled: true },
      introspection: { enabled: true },
      pushedAuthorizationRequests: { enabled: true },
      requestObjects: { enabled: true },
      revocation: { enabled: true },
    },
  })
  server.on('request', provider.callback())

  const grantOf = async () => {
    const grant = new provider.Grant({ accountId: 'ada', clientId: 'web' })
    grant.addOIDCScope('openid profile')
    return grant.save()
  }
  const client = async () => {
    const found = await provider.Client.find('web')
    if (!found) throw new Error('The oracle does not know its app.')
    return found
  }
  const base = async () => ({
    accountId: 'ada',
    client: await client(),
    grantId: await grantOf(),
    scope: 'openid profile',
    authTime: 1,
    gty: 'authorization_code',
  })
  const code = async (more: object = { codeChallenge: challenge, codeChallengeMethod: 'S256' }) =>
    new provider.AuthorizationCode({ ...(await base()), redirectUri: callback, ...more } as never)
  const refresh = async () => new provider.RefreshToken({ ...(await base()), rotations: 0 } as never)
  const makers: Readonly<Record<string, () => Promise<string>>> = {
    code: async () => (await code()).save(),
    'code without challenge': async () => (await code({})).save(),
    'used code': async () => {
      const one = await code()
      const value = await one.save()
      await one.consume()
      return value
    },
    'refresh token': async () => (await refresh()).save(),
    'used refresh token': async () => {
      const one = await refresh()
      const value = await one.save()
      await one.consume()
      return value
    },
    'access token': async () => new provider.AccessToken((await base()) as never).save(),
  }
  return {
    value: (name) => makers[name]?.() ?? Promise.reject(new Error(`The oracle has no ${name}.`)),
    address: (kind) => issuer + paths[kind],
    async stop() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
