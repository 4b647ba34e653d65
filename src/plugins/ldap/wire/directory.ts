// One bound connection to the directory: connect, encrypt, bind, ask. Nothing here reads bytes; that is exchange.ts.
import type { Socket } from 'node:net'
import type { LdapSettings } from '../check.ts'
import { addressOf } from './address.ts'
import { bindRequest, type Search, searchRequest, startTlsRequest, unbindRequest } from './directory-requests.ts'
import { type Answer, createExchange, type Exchange, type ExchangeLimits, type Listener, responses } from './exchange.ts'
import { bindFailure, DirectoryFailure, lostFailure, startTlsFailure } from './failures.ts'
import { connectMilliseconds, describeTls, openSocket, secureSocket } from './transport.ts'

export type { Search } from './directory-requests.ts'

/** A directory we are bound to. One connection is one snapshot: when it ends, so does the run; it is never opened again silently. */
export interface Directory {
  readonly url: string
  /** @param listener hears of entries as they come, instead of finding them in the answer */
  ask(search: Search, listener?: Listener): Promise<Answer>
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

/** A step of connecting that is done; `given up`: an address that did not work, while another is left. */
export interface Milestone {
  readonly step: 'connect' | 'encrypt' | 'bind' | 'given up'
  readonly detail: string
  /** Done, and yet not as it should be. */
  readonly warn?: boolean
}

/**
 * Connects and binds to the first address that answers.
 *
 * @param raw attributes (lower case) whose values stay bytes
 * @param passed hears of each step that is done
 * @throws DirectoryFailure naming the setting and the fix; a refused password is not tried on the next address
 */
export async function openDirectory(
  settings: LdapSettings,
  raw: ReadonlySet<string>,
  signal: AbortSignal,
  limits: DirectoryLimits = defaultLimits,
  passed: (milestone: Milestone) => void = () => {},
): Promise<Directory> {
  const failures: DirectoryFailure[] = []
  for (const url of settings.ldapUrl) {
    try {
      return await openOne(url, settings, raw, { signal, limits, passed })
    } catch (error) {
      if (!(error instanceof DirectoryFailure) || !error.elsewhere) throw error
      failures.push(error)
      if (failures.length < settings.ldapUrl.length) passed({ step: 'given up', detail: error.message, warn: true })
    }
  }
  const [first, ...others] = failures
  if (first && others.length === 0) throw first
  throw new DirectoryFailure('ldapUrl', `none of the addresses works. ${failures.map(({ message }) => message).join(' ')}`)
}

const ids = { startTls: 1, bind: 2, firstSearch: 101 } as const

interface Way {
  readonly signal: AbortSignal
  readonly limits: DirectoryLimits
  passed(milestone: Milestone): void
}

async function openOne(url: string, settings: LdapSettings, raw: ReadonlySet<string>, way: Way): Promise<Directory> {
  const { signal, limits, passed } = way
  const opened = await openSocket(url, signal, limits.connectMilliseconds)
  passed({ step: 'connect', detail: `${url} (${opened.remoteAddress})` })
  try {
    const socket = await encrypted(opened, url, settings, way)
    const exchange = createExchange(socket, raw, limits)
    await abortable(exchange, signal, async () => {
      const { code, text } = await exchange.ask(ids.bind, bindRequest(ids.bind, settings), responses.bind)
      if (code !== 0) throw bindFailure(code, text, settings.ldapSaslExternal)
    })
    passed({ step: 'bind', detail: boundAs(settings) })
    return bound(url, exchange, signal)
  } catch (error) {
    opened.destroy()
    throw error
  }
}

const boundAs = ({ ldapSaslExternal, ldapBindDn }: LdapSettings): string =>
  ldapSaslExternal ? 'by the client certificate' : ldapBindDn === '' ? 'anonymously' : `as ${ldapBindDn}`

const inClear = 'not encrypted: whoever is on the way can read the password and change the answers'

async function encrypted(plain: Socket, url: string, settings: LdapSettings, way: Way): Promise<Socket> {
  const { signal, limits, passed } = way
  const { secure } = addressOf(url)
  if (!secure && !settings.ldapStartTls) {
    passed({ step: 'encrypt', detail: inClear, warn: true })
    return plain
  }
  if (!secure) await startTls(plain, limits, signal)
  const secured = await secureSocket(plain, url, settings, signal, limits.connectMilliseconds)
  passed({ step: 'encrypt', ...describeTls(secured) })
  return secured
}

async function startTls(plain: Socket, limits: DirectoryLimits, signal: AbortSignal): Promise<void> {
  const exchange = createExchange(plain, new Set(), limits)
  await abortable(exchange, signal, async () => {
    const { code, text } = await exchange.ask(ids.startTls, startTlsRequest(ids.startTls), responses.extended)
    if (code !== 0) throw startTlsFailure(code, text)
    // Something in clear behind that answer is nobody's word, and the end.
    const lost = exchange.ended()
    if (lost) throw lost
  })
  exchange.release()
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
    async ask(search, listener) {
      signal.throwIfAborted()
      assertBound()
      const id = nextId++
      const answer = await exchange.ask(id, searchRequest(id, search), responses.search, listener)
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
