// Apps and the people who use them, for tests of the provider: clients as rows, people signed in, requests made by hand.
import { createHash, randomBytes } from 'node:crypto'
import { sha256 } from '#core/crypto.ts'
import type { Database } from '#core/db/client.ts'
import { clientSecrets, clients } from '../../src/plugins/oidc/tables.ts'
import { appUrl, type Instance, startInstance } from './instance.ts'
import { type Visitor, visit } from './visitor.ts'

export interface App {
  readonly id: string
  readonly secret: string
  readonly callback: string
}

export type Wishes = Partial<typeof clients.$inferInsert>

let made = 0

/** Registers a confidential client with one secret; a wish for `isPublic` leaves the secret out. */
export async function registerApp(db: Database, wishes: Wishes = {}): Promise<App> {
  const id = wishes.id ?? `app-${++made}`
  const callback = wishes.callbackUrls?.[0] ?? `https://${id}.example.org/callback`
  const secret = randomBytes(24).toString('base64url')
  const now = new Date()
  const row = { id, name: `App ${id}`, callbackUrls: [callback], skipConsent: true, createdAt: now, updatedAt: now, ...wishes }
  await db.write(async (tx) => {
    await tx.insert(clients).values(row)
    if (!row.isPublic)
      await tx.insert(clientSecrets).values({ id: `${id}-secret`, clientId: id, hash: sha256(secret), createdAt: now })
  })
  return { id, secret, callback }
}

/** What is asked: an instance in this process, or a server of its own. */
export type Target = Pick<Instance, 'fetch' | 'asAdmin'>

export interface Person {
  readonly user: { readonly id: string; readonly username: string; readonly email: string }
  readonly visitor: Visitor
}

/** Somebody new, signed in by a one-time code. */
export async function signedInPerson(
  target: Target,
  wishes: Readonly<Record<string, unknown>> & { readonly username?: string } = {},
): Promise<Person> {
  const { username = `person${++made}` } = wishes
  const names = { firstName: 'Some', lastName: 'Body', displayName: 'Some Body' }
  const body = { username, email: `${username}@example.org`, ...names, isAdmin: false, disabled: false, ...wishes }
  const answer = await target.asAdmin('/api/users', { method: 'POST', body })
  if (answer.status !== 201) throw new Error(`Nobody was made: ${await answer.text()}`)
  const user = (await answer.json()) as Person['user']
  const visitor = visit(target)
  await signInAgain(target, user.id, visitor)
  return { user, visitor }
}

/** Signs somebody in by a one-time code, in this browser. */
export async function signInAgain(target: Target, userId: string, visitor: Visitor): Promise<void> {
  const answer = await target.asAdmin(`/api/users/${userId}/one-time-access-token`, { method: 'POST', body: {} })
  await visitor.post(`/api/one-time-access-token/${((await answer.json()) as { token: string }).token}`)
}

export const verifierOf = () => randomBytes(32).toString('base64url')
export const challengeOf = (verifier: string) => createHash('sha256').update(verifier).digest('base64url')

export type Extra = Readonly<Record<string, string>>

/** The address of an authorization request. */
export const authorizePath = (app: App, extra: Extra = {}): string =>
  `/authorize?${new URLSearchParams({
    client_id: app.id,
    redirect_uri: app.callback,
    response_type: 'code',
    scope: 'openid profile email groups',
    state: 'some state',
    ...extra,
  })}`

/** Where an answer sends the browser. */
export const locationOf = (answer: Response): URL => new URL(answer.headers.get('location') ?? 'none:', appUrl)

/** Asks as this person and takes every step that needs no passkey; where the browser ends up. */
export async function authorize(visitor: Visitor, app: App, extra: Extra = {}): Promise<URL> {
  return through(visitor, locationOf(await visitor.get(authorizePath(app, extra))))
}

export async function through(visitor: Visitor, from: URL): Promise<URL> {
  let at = from
  for (let turn = 0; turn < 8; turn++) {
    if (at.pathname === '/interaction') at = await oneStep(visitor, at.searchParams.get('interaction') ?? '')
    else if (at.pathname === '/authorize') at = locationOf(await visitor.get(at.pathname + at.search))
    else return at
  }
  throw new Error('The interaction does not come to an end.')
}

interface InteractionJson {
  readonly currentStep?: string
  readonly requiredSteps: readonly string[]
}

async function oneStep(visitor: Visitor, id: string): Promise<URL> {
  const { currentStep } = await visitor.json<InteractionJson>(`/api/oidc/interactions/${id}`)
  if (currentStep === undefined) return new URL(`/authorize?interaction=${id}`, appUrl)
  const answer = await visitor.post(`/api/oidc/interactions/${id}/complete`, { step: currentStep })
  const body = (await answer.json()) as { redirectUrl?: string; code?: string }
  if (!answer.ok) throw new Error(`The step ${currentStep} was refused: ${body.code}`)
  return new URL(body.redirectUrl ?? `/interaction?interaction=${id}`, appUrl)
}

/** The code of a request that this person may make. */
export async function codeFor(visitor: Visitor, app: App, extra: Extra = {}): Promise<string> {
  const at = await authorize(visitor, app, extra)
  const code = at.searchParams.get('code')
  if (!code) throw new Error(`There is no code in ${at.href}`)
  return code
}

export const basic = ({ id, secret }: App): Extra => ({ authorization: `Basic ${btoa(`${id}:${secret}`)}` })

/** Posts a form. */
export const post = (instance: Pick<Target, 'fetch'>, path: string, form: Extra, headers: Extra = {}): Promise<Response> =>
  instance.fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(form).toString(),
  })

export const redeem = (
  instance: Pick<Target, 'fetch'>,
  app: App,
  code: string,
  extra: Extra = {},
  headers: Extra = {},
): Promise<Response> =>
  post(
    instance,
    '/api/oidc/token',
    { grant_type: 'authorization_code', code, redirect_uri: app.callback, ...extra },
    { ...basic(app), ...headers },
  )

export interface TokenJson {
  readonly access_token: string
  readonly token_type: string
  readonly expires_in: number
  readonly scope: string
  readonly id_token: string
  readonly refresh_token: string
  readonly error?: string
}

export const tokens = async (answer: Promise<Response>): Promise<TokenJson> => (await (await answer).json()) as TokenJson

/** Status and error code of a refusal. */
export const refusal = async (answer: Response | Promise<Response>) => {
  const response = await answer
  return [response.status, ((await response.json()) as { error?: string }).error]
}

export const bearer = (token: string): Extra => ({ authorization: `Bearer ${token}` })

export const startProvider = (environment: Record<string, string> = {}): Promise<Instance> =>
  startInstance({ DISABLE_RATE_LIMITING: 'true', OUTGOING_NETWORKS: '127.0.0.0/8', ...environment })
