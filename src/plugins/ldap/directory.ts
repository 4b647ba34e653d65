// One bound connection to the directory. The only file that imports ldapts: it binds, starts TLS and writes requests with it.
import type { Socket } from 'node:net'
import { Client, FilterParser, PagedResultsControl, SearchRequest } from 'ldapts'
import type { LdapKey, LdapSettings } from './check.ts'
import { type Answer, createExchange, type Exchange, type ExchangeLimits } from './exchange.ts'
import { bindFailure, DirectoryFailure, lostFailure, startTlsFailure } from './failures.ts'
import { openSocket, secureSocket } from './transport.ts'

/** One search request. */
export interface Search {
  readonly base: string
  readonly scope: 'base' | 'sub'
  readonly filter: string
  /** The setting the filter comes from, for the sentence when it is malformed. */
  readonly filterKey: LdapKey
  /** Always explicit: `*` would let an entry send what nobody asked for. */
  readonly attributes: readonly string[]
  readonly page?: { readonly size: number; readonly cookie?: Uint8Array }
}

/** A directory we are bound to. One connection is one snapshot: when it ends, so does the run; it is never opened again silently. */
export interface Directory {
  readonly url: string
  ask(search: Search): Promise<Answer>
  close(): Promise<void>
}

export const defaultLimits: ExchangeLimits = {
  silenceMilliseconds: 30_000,
  messageBytes: 64 * 1024 * 1024,
  entriesPerAnswer: 2_000_000,
}

const bindMilliseconds = 10_000
const startTlsOid = '1.3.6.1.4.1.1466.20037'

/**
 * Connects and binds to the first address that answers.
 *
 * @param raw attributes (lower case) whose values stay bytes
 * @throws DirectoryFailure naming the setting and the fix; a refused password is not tried on the next address
 */
export async function openDirectory(
  settings: LdapSettings,
  raw: ReadonlySet<string>,
  signal: AbortSignal,
  limits: ExchangeLimits = defaultLimits,
): Promise<Directory> {
  const failures: DirectoryFailure[] = []
  for (const url of settings.ldapUrl) {
    try {
      return await openOne(url, settings, raw, signal, limits)
    } catch (error) {
      if (!(error instanceof DirectoryFailure) || !error.elsewhere) throw error
      failures.push(error)
    }
  }
  const [first, ...others] = failures
  if (first && others.length === 0) throw first
  throw new DirectoryFailure('ldapUrl', `none of the addresses works. ${failures.map(({ message }) => message).join(' ')}`)
}

async function openOne(
  url: string,
  settings: LdapSettings,
  raw: ReadonlySet<string>,
  signal: AbortSignal,
  limits: ExchangeLimits,
): Promise<Directory> {
  const opened = await openSocket(url, settings, signal)
  try {
    const socket = settings.ldapStartTls ? await startTls(opened, url, settings, signal) : opened
    const client = clientOver(socket)
    await client.bind(settings.ldapBindDn, settings.ldapBindPassword).catch((error: unknown) => {
      throw signal.aborted ? signal.reason : bindFailure(error)
    })
    // From here on our own decoder listens: ldapts' one believes any length and reads an empty page as the end.
    socket.removeAllListeners('data')
    return bound(url, client, createExchange(socket, raw, limits), signal)
  } catch (error) {
    opened.destroy()
    throw error
  }
}

/** ldapts over a socket that is open already, so that every fault of connecting is ours to name. */
const clientOver = (socket: Socket): Client =>
  new Client({
    url: 'ldap://directory',
    timeout: bindMilliseconds,
    createConnection: (() => socket) as typeof import('node:net').connect,
  })

async function startTls(plain: Socket, url: string, settings: LdapSettings, signal: AbortSignal): Promise<Socket> {
  await clientOver(plain)
    .exop(startTlsOid)
    .catch((error: unknown) => {
      throw signal.aborted ? signal.reason : startTlsFailure(error)
    })
  plain.removeAllListeners()
  return secureSocket(plain, url, settings, signal)
}

function bound(url: string, client: Client, exchange: Exchange, signal: AbortSignal): Directory {
  let lastId = 100
  const abort = () => exchange.end(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  const assertBound = () => {
    const reason = exchange.ended()
    if (reason) throw reason
    if (!client.isBound) throw lostFailure('the connection to the directory is no longer signed in.')
  }
  return {
    url,
    async ask(search) {
      signal.throwIfAborted()
      assertBound()
      const id = ++lastId
      const answer = await exchange.ask(id, encode(id, search))
      assertBound()
      return answer
    },
    async close() {
      signal.removeEventListener('abort', abort)
      // The server may have hung up first; then there is nobody to take leave of.
      await client.unbind().catch(() => undefined)
      exchange.end(lostFailure('the connection was closed.'))
    },
  }
}

function encode(id: number, { base, scope, filter, filterKey, attributes, page }: Search): Buffer {
  const controls = page
    ? [new PagedResultsControl({ value: { size: page.size, ...(page.cookie ? { cookie: Buffer.from(page.cookie) } : {}) } })]
    : []
  const options = { messageId: id, baseDN: base, scope, attributes: [...attributes], timeLimit: 0, controls }
  try {
    return new SearchRequest({ ...options, filter: FilterParser.parseString(filter) }).write()
  } catch (cause) {
    throw new DirectoryFailure(filterKey, `is not a search filter: ${filter}. It looks like (objectClass=person).`, { cause })
  }
}
