// One bound connection to the directory: connect, encrypt, bind, ask. Nothing here reads bytes; that is exchange.ts.
import type { Socket } from 'node:net'
import type { LdapSettings } from './check.ts'
import { bindRequest, type Search, searchRequest, startTlsRequest, unbindRequest } from './directory-requests.ts'
import { type Answer, createExchange, type Exchange, type ExchangeLimits, responses } from './exchange.ts'
import { bindFailure, DirectoryFailure, lostFailure, startTlsFailure } from './failures.ts'
import { connectMilliseconds, openSocket, secureSocket } from './transport.ts'

export type { Search } from './directory-requests.ts'

/** A directory we are bound to. One connection is one snapshot: when it ends, so does the run; it is never opened again silently. */
export interface Directory {
  readonly url: string
  ask(search: Search): Promise<Answer>
  close(): Promise<void>
}

/** How long each step of connecting may take, beside what an answer may take and hold. */
export interface DirectoryLimits extends ExchangeLimits {
  readonly connectMilliseconds: number
}

export const defaultLimits: DirectoryLimits = {
  connectMilliseconds,
  silenceMilliseconds: 30_000,
  answerMilliseconds: 300_000,
  messageBytes: 64 * 1024 * 1024,
  answerBytes: 512 * 1024 * 1024,
  entriesPerAnswer: 2_000_000,
}

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
  limits: DirectoryLimits = defaultLimits,
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

const ids = { startTls: 1, bind: 2, firstSearch: 101 } as const

async function openOne(
  url: string,
  settings: LdapSettings,
  raw: ReadonlySet<string>,
  signal: AbortSignal,
  limits: DirectoryLimits,
): Promise<Directory> {
  const opened = await openSocket(url, settings, signal, limits.connectMilliseconds)
  try {
    const socket = settings.ldapStartTls ? await startTls(opened, url, settings, signal, limits) : opened
    const exchange = createExchange(socket, raw, limits)
    await abortable(exchange, signal, async () => {
      const { code, text } = await exchange.ask(ids.bind, bindRequest(ids.bind, settings), responses.bind)
      if (code !== 0) throw bindFailure(code, text, settings.ldapSaslExternal)
    })
    return bound(url, exchange, signal)
  } catch (error) {
    opened.destroy()
    throw error
  }
}

async function startTls(
  plain: Socket,
  url: string,
  settings: LdapSettings,
  signal: AbortSignal,
  limits: DirectoryLimits,
): Promise<Socket> {
  const exchange = createExchange(plain, new Set(), limits)
  await abortable(exchange, signal, async () => {
    const { code, text } = await exchange.ask(ids.startTls, startTlsRequest(ids.startTls), responses.extended)
    if (code !== 0) throw startTlsFailure(code, text)
  })
  // Whatever was sent in clear behind that answer is nobody's word: it is dropped with this exchange.
  exchange.release()
  return secureSocket(plain, url, settings, signal, limits.connectMilliseconds)
}

/** Lets the signal end the exchange while the work goes on. */
async function abortable(exchange: Exchange, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  const abort = () => exchange.end(signal.reason)
  signal.throwIfAborted()
  signal.addEventListener('abort', abort, { once: true })
  try {
    await work()
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

function bound(url: string, exchange: Exchange, signal: AbortSignal): Directory {
  let nextId: number = ids.firstSearch
  const abort = () => exchange.end(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  const assertBound = () => {
    const reason = exchange.ended()
    if (reason) throw reason
  }
  return {
    url,
    async ask(search) {
      signal.throwIfAborted()
      assertBound()
      const id = nextId++
      const answer = await exchange.ask(id, searchRequest(id, search), responses.search)
      // Still the connection that was bound: an answer of a lost one is no part of a whole.
      assertBound()
      return answer
    },
    async close() {
      signal.removeEventListener('abort', abort)
      exchange.leave(unbindRequest(nextId), lostFailure('the connection was closed.'))
    },
  }
}
