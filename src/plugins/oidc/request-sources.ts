// Where an authorization request may come from besides the address bar: pushed before (RFC 9126), or signed by the client (RFC 9101).
import { and, eq, gt, lte } from 'drizzle-orm'
import { inSeconds } from '#core/clock.ts'
import { randomToken, sha256 } from '#core/crypto.ts'
import { clearThrough } from '#core/db/clear.ts'
import type { Transaction } from '#core/db/client.ts'
import { readUnverified, verifyOutside } from './outside-jwt.ts'
import type { Parameters } from './parts.ts'
import { OAuthError } from './protocol/errors.ts'
import type { Provider } from './provider.ts'
import { type ClientRow, pushedRequests } from './tables.ts'

const urnPrefix = 'urn:ietf:params:oauth:request_uri:'
export const pushedLifetimeSeconds = 90
/** A person may still be signing in when the push has run out; only the answer spends it. */
const memorySeconds = 3600

export interface PushedRequests {
  /** Keeps a request that was checked; returns its request_uri. */
  push(client: ClientRow, parameters: Parameters): Promise<string>
  /** Undefined when it is unknown, has run out, was answered, or is another client's. */
  find(requestUri: string, clientId: string): Promise<{ readonly parameters: Parameters; readonly hash: string } | undefined>
  /** True for the one answer that spends it. */
  spend(tx: Transaction, hash: string): Promise<boolean>
  sweep(): Promise<void>
}

export const createPushedRequests = ({ db, clock }: Pick<Provider['host'], 'db' | 'clock'>): PushedRequests => ({
  async push(client, parameters) {
    const secret = randomToken()
    const expiresAt = inSeconds(clock, pushedLifetimeSeconds)
    const row = { uriHash: sha256(secret), clientId: client.id, parameters, expiresAt }
    await db.write((tx) => tx.insert(pushedRequests).values(row))
    return urnPrefix + secret
  },
  async find(requestUri, clientId) {
    if (!requestUri.startsWith(urnPrefix)) return undefined
    const hash = sha256(requestUri.slice(urnPrefix.length))
    const mine = and(eq(pushedRequests.uriHash, hash), eq(pushedRequests.clientId, clientId))
    const [row] = await db.read
      .select()
      .from(pushedRequests)
      .where(and(mine, gt(pushedRequests.expiresAt, clock.now())))
    return row && { parameters: row.parameters, hash }
  },
  async spend(tx, hash) {
    const spent = await tx
      .delete(pushedRequests)
      .where(eq(pushedRequests.uriHash, hash))
      .returning({ hash: pushedRequests.uriHash })
    return spent.length === 1
  },
  async sweep() {
    await clearThrough(
      db,
      pushedRequests,
      pushedRequests.uriHash,
      lte(pushedRequests.expiresAt, inSeconds(clock, -memorySeconds)),
    )
  },
})

/** Parameters that stand beside a request object and not in it, or have no meaning there (RFC 9101 section 4). */
const outsideOnly = new Set(['request', 'request_uri', 'client_id', 'iss', 'aud', 'exp', 'nbf', 'iat', 'jti', 'sub'])

/**
 * The parameters with those of a signed request object put in: what is in the object counts, what stands beside it fills gaps only
 * (OpenID Connect Core section 6.1).
 *
 * @throws OAuthError invalid_request_object, request_not_supported
 */
export async function withRequestObject(
  { clients, issuer, host }: Provider,
  client: ClientRow,
  parameters: Parameters,
): Promise<Parameters> {
  const { request, ...beside } = parameters
  if (request === undefined) return parameters
  if (unsigned(request)) throw new OAuthError('request_not_supported', 'A request object must be signed.')
  const options = { audience: issuer, currentDate: host.clock.now(), clockTolerance: 5 }
  const verify = async (fresh: boolean) => {
    const keys = await clients.keysOf(client, fresh)
    if (!keys) throw new OAuthError('invalid_request_object', 'The client has no registered keys, so it cannot sign requests.')
    return verifyOutside(request, keys, options)
  }
  const payload = await verify(false)
    .catch(() => verify(true))
    .catch((cause: unknown) => {
      throw cause instanceof OAuthError
        ? cause
        : new OAuthError('invalid_request_object', 'The request object is not signed by the client, or has run out.', { cause })
    })
  if (payload.iss !== undefined && payload.iss !== client.id) throw mismatch('iss')
  if (payload.client_id !== undefined && payload.client_id !== client.id) throw mismatch('client_id')
  const inside = textsOf(payload)
  // As for what comes without an object (protocol/parameters.ts).
  if (Object.values(inside).some((text) => text.includes('\0')))
    throw new OAuthError('invalid_request_object', 'The request object holds the character NUL.')
  return { ...beside, ...inside }
}

/** What a request object says, whoever wrote it: no more than an address bar does. */
export const saidInside = (request: string | undefined): Parameters => textsOf(readUnverified(request ?? '') ?? {})

const textsOf = (payload: object): Parameters =>
  Object.fromEntries(
    Object.entries(payload).flatMap(([name, value]) => {
      const text = outsideOnly.has(name) ? undefined : asText(value)
      return text === undefined ? [] : [[name, text]]
    }),
  )

const mismatch = (name: string) => new OAuthError('invalid_request_object', `${name} of the request object is not the client.`)

/** Numbers and objects (max_age, claims) stand in a request object as JSON. */
function asText(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined
  if (Array.isArray(value)) return value.join(' ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function unsigned(request: string): boolean {
  const [, , signature] = request.split('.')
  return signature === undefined || signature === ''
}
