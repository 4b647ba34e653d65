// The one door to the outside: requests to addresses that others named, fenced so that nobody reaches our own network through us (SSRF).
import { lookup } from 'node:dns/promises'
import { type ClientRequest, type IncomingMessage, request as plainRequest, type RequestOptions } from 'node:http'
import { isIP } from 'node:net'
import { defineErrors } from '../errors.ts'
import { nearness, networks } from './networks.ts'

/** Refusals of the door. The sentences name the address, so that an administrator can mend it. */
export const outsideErrors = defineErrors({
  outside_refused: { status: 422, message: 'This address must not be contacted from here.' },
  outside_failed: { status: 422, message: 'This address could not be read.' },
})

/** Who named an address. A stranger's (registration, client metadata) must be public and https; an administrator's may be on a private network. */
export type NamedBy = 'administrator' | 'stranger'

export interface OutsideRequest {
  readonly namedBy: NamedBy
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** The answer may not be larger. 64 KiB when absent. */
  readonly maxBytes?: number
  /** For everything from the look-up of the name to the last byte. 5 seconds when absent. */
  readonly timeoutMilliseconds?: number
  /** How often an answer may send us elsewhere; each address is judged anew. Never when absent. For requests without a body. */
  readonly redirects?: number
  /** Takes the body of a good answer as it comes, for what is too large to be kept; then `body` is empty. */
  readonly into?: (parts: AsyncIterable<Buffer>) => Promise<void>
  readonly signal?: AbortSignal
}

export interface OutsideAnswer {
  readonly status: number
  readonly contentType: string
  readonly cacheControl: string
  readonly body: Uint8Array
  text(): string
}

/** @throws AppError outside_refused before a byte is sent, outside_failed afterwards */
export type OutsideFetch = (address: string, request: OutsideRequest) => Promise<OutsideAnswer>

export interface OutsideOptions {
  /** Addresses and ranges that are allowed whoever named them (OUTGOING_NETWORKS). */
  readonly allowed: readonly string[]
  /** Looks a name up; the system's resolver when absent. */
  readonly resolve?: (host: string) => Promise<readonly string[]>
}

const defaultMaxBytes = 64 * 1024
const defaultTimeoutMilliseconds = 5_000

/**
 * Makes the door. A name is looked up once, every address it has is judged, and the connection goes to one of those very
 * addresses: an answer that changes between look-up and connection (DNS rebinding) changes nothing. Redirects are not followed,
 * unless the request says how many.
 */
export function createOutsideFetch({ allowed, resolve = addressesOf }: OutsideOptions): OutsideFetch {
  const isAllowed = networks(allowed)
  const reach = async (url: URL, request: OutsideRequest, deadline: AbortSignal, redirects: number): Promise<OutsideAnswer> => {
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
    const found = isIP(host) ? [host] : await within(deadline, resolve(host), url)
    for (const one of found) if (!isAllowed(one)) refuseNear(one, url, request.namedBy)
    if (request.namedBy === 'stranger' && url.protocol === 'http:' && !found.every(isAllowed))
      throw refused(url, 'it does not begin with https://')
    const [first] = found
    if (first === undefined) throw failed(url, 'its name has no address')
    const { answer, location } = await send(url, first, request, deadline)
    if (location === undefined) return answer
    if (redirects === 0) throw failed(url, 'it redirects elsewhere, and redirects are not followed')
    return reach(nextUrl(url, location), request, deadline, redirects - 1)
  }
  return async (address, request) => {
    const timeout = AbortSignal.timeout(request.timeoutMilliseconds ?? defaultTimeoutMilliseconds)
    const deadline = request.signal ? AbortSignal.any([timeout, request.signal]) : timeout
    return reach(checkedUrl(address), request, deadline, request.redirects ?? 0)
  }
}

/** Where an answer sends us. What began encrypted does not end in clear. */
function nextUrl(from: URL, location: string): URL {
  if (!URL.canParse(location, from)) throw failed(from, 'it redirects to something that is no address')
  const next = checkedUrl(new URL(location, from).href)
  if (from.protocol === 'https:' && next.protocol !== 'https:') throw failed(from, 'it redirects to an address without https://')
  return next
}

function checkedUrl(address: string): URL {
  if (!URL.canParse(address)) throw outsideErrors.refuse('outside_refused', { message: 'This is not an address.' })
  const url = new URL(address)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refused(url, 'it does not begin with https://')
  if (url.username || url.password) throw refused(url, 'it holds a user name or password')
  return url
}

function refuseNear(address: string, url: URL, namedBy: NamedBy): void {
  const near = nearness(address)
  if (near === 'public' || (near === 'private' && namedBy === 'administrator')) return
  const place = near === 'private' ? 'on a private network' : 'this machine or its own network'
  throw refused(url, `${address} is ${place}. If it is meant, set OUTGOING_NETWORKS to include it`)
}

/** An answer, or where it sends us. */
interface Sent {
  readonly answer: OutsideAnswer
  readonly location: string | undefined
}

async function send(url: URL, address: string, request: OutsideRequest, signal: AbortSignal): Promise<Sent> {
  // Loaded on first use, because Node's TLS is a tenth of a start.
  const ask = url.protocol === 'https:' ? (await import('node:https')).request : plainRequest
  const maxBytes = request.maxBytes ?? defaultMaxBytes
  const options: RequestOptions = {
    method: request.method ?? 'GET',
    headers: { 'user-agent': 'pocket-id-edge', 'accept-encoding': 'identity', ...request.headers, ...lengthOf(request.body) },
    // The address that was judged, whatever the name says by now. Node asks in two ways, depending on `all`.
    lookup: (_host, { all }, done) =>
      all ? done(null, [{ address, family: isIP(address) }]) : done(null, address, isIP(address)),
    agent: false,
    signal,
    maxHeaderSize: 16 * 1024,
  }
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(failed(url, signal.aborted ? 'it took too long' : reasonOf(error), error))
    const asked: ClientRequest = ask(url, options, (answer) => {
      const location = isRedirect(answer) ? answer.headers.location : undefined
      const keep = (body: Uint8Array) => resolve({ answer: finished(answer, body), location })
      const parts = limited(answer, maxBytes)
      const isGood = location === undefined && answer.statusCode === 200
      const reading = request.into && isGood ? request.into(parts).then(() => new Uint8Array()) : readAll(parts)
      reading.then(keep, fail)
    })
    asked.on('error', fail)
    asked.end(request.body)
  })
}

const isRedirect = ({ statusCode = 0 }: IncomingMessage) => statusCode >= 300 && statusCode < 400

const lengthOf = (body: OutsideRequest['body']) =>
  body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }

async function* limited(answer: IncomingMessage, maxBytes: number): AsyncGenerator<Buffer, void> {
  const tooLarge = () => new Error(`its answer is larger than ${maxBytes} bytes`)
  if (Number(answer.headers['content-length'] ?? 0) > maxBytes) {
    answer.destroy()
    throw tooLarge()
  }
  let size = 0
  for await (const part of answer as AsyncIterable<Buffer>) {
    size += part.length
    if (size > maxBytes) throw tooLarge()
    yield part
  }
}

async function readAll(parts: AsyncIterable<Buffer>): Promise<Uint8Array> {
  const all: Buffer[] = []
  for await (const part of parts) all.push(part)
  return Buffer.concat(all)
}

function finished(answer: IncomingMessage, body: Uint8Array): OutsideAnswer {
  return {
    status: answer.statusCode ?? 0,
    contentType: answer.headers['content-type'] ?? '',
    cacheControl: answer.headers['cache-control'] ?? '',
    body,
    text: () => new TextDecoder().decode(body),
  }
}

async function within(signal: AbortSignal, names: Promise<readonly string[]>, url: URL): Promise<readonly string[]> {
  const over = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error('it took too long'))))
  try {
    return await Promise.race([names, over])
  } catch (error) {
    throw failed(url, reasonOf(error), error)
  }
}

const addressesOf = async (host: string) => (await lookup(host, { all: true })).map(({ address }) => address)

const reasonOf = (error: unknown): string => {
  const code = (error as NodeJS.ErrnoException).code
  return code === 'ENOTFOUND' ? 'its name has no address' : (code ?? (error as Error).message)
}

/** What may be said of an address: never its user name, query or fragment. */
const shown = (url: URL): string => `${url.protocol}//${url.host}${url.pathname}`

const refused = (url: URL, why: string) =>
  outsideErrors.refuse('outside_refused', { message: `${shown(url)} must not be contacted from here: ${why}.` })

const failed = (url: URL, why: string, cause?: unknown) =>
  outsideErrors.refuse('outside_failed', { message: `${shown(url)} could not be read: ${why}.`, cause })
