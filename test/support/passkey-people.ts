// People with passkeys for the tests: registered and signed in through the routes, with an authenticator in software.
import { afterAll, beforeAll } from 'vitest'
import type { UserRow } from '#core/identity/actor.ts'
import { type CreationOptions, createAuthenticator, type RequestOptions, type Tampering } from './authenticator.ts'
import { appUrl, type Instance, startInstance } from './instance.ts'
import { type Visitor, visit } from './visitor.ts'

export type Authenticator = ReturnType<typeof createAuthenticator>
export interface CredentialJson {
  readonly id: string
  readonly name: string
  readonly credentialID: string
  readonly lastUsedAt: string | null
}

/** The instance of the describe block that runs. */
export let instance: Instance
/** An instance of its own for a describe block. */
export const starting = (environment: Record<string, string> = {}) => {
  beforeAll(async () => {
    instance = await startInstance({ DISABLE_RATE_LIMITING: 'true', ...environment })
  })
  afterAll(() => instance.stop())
}

let people = 0
/** A new person, signed in. */
export async function somebody(): Promise<{ readonly user: UserRow; readonly visitor: Visitor }> {
  const username = `person${++people}`
  const user = await instance.kernel.identity.users.create({ username, email: `${username}@example.org` }, null)
  return { user, visitor: await signedIn(user) }
}

async function signedIn(user: UserRow): Promise<Visitor> {
  const made = await instance.asAdmin(`/api/users/${user.id}/one-time-access-token`, { method: 'POST', body: {} })
  const visitor = visit(instance)
  await visitor.post(`/api/one-time-access-token/${((await made.json()) as { token: string }).token}`)
  return visitor
}

export const authenticator = (options: { aaguid?: string; synced?: boolean } = {}) =>
  createAuthenticator({ origin: appUrl, ...options })
export const startRegistration = (visitor: Visitor) =>
  visitor.json<CreationOptions & Record<string, unknown>>('/api/webauthn/register/start')
export const startSignIn = (visitor: Visitor) =>
  visitor.json<RequestOptions & Record<string, unknown>>('/api/webauthn/login/start')
export const finish = (visitor: Visitor, body: object) => visitor.post('/api/webauthn/login/finish', body)

export async function register(visitor: Visitor, key: Authenticator, tampering?: Tampering): Promise<Response> {
  return visitor.post('/api/webauthn/register/finish', key.create(await startRegistration(visitor), tampering))
}

export async function signIn(key: Authenticator, tampering?: Tampering, visitor = visit(instance)): Promise<Response> {
  return finish(visitor, key.get(await startSignIn(visitor), tampering))
}

export const outcome = async (answer: Response) => [answer.status, ((await answer.json()) as { code?: string }).code]
export const notAccepted = [401, 'webauthn_authentication_failed']
export const noCeremony = [400, 'invalid_webauthn_session']
/** Without its cookie. */
export const noSession = [400, 'missing_session_id']
