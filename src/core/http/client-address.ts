// Where a request comes from: the socket's address, or what a trusted proxy says.
import { isIP } from 'node:net'
import type { Context } from 'hono'

/** On the request itself: a map beside it would have to be tidied up after every request. */
const address = Symbol('client address')
type Noted = Request & { [address]?: (() => string) | undefined }

/** Notes how to tell the client's address of a request; called once, before any handler runs. Few of them ask. */
export const noteClientAddress = (request: Request, find: () => string): void => {
  const noted: Noted = request
  noted[address] = find
}

/** For a request that takes another one's place. */
export const carryClientAddress = (from: Noted, to: Noted): void => {
  to[address] = from[address]
}

/** The client's IP address, or null where there is no socket. */
export const clientAddress = (c: Context): string | null => (c.req.raw as Noted)[address]?.() ?? null

/**
 * The client behind trusted proxies: the right-most address of X-Forwarded-For that is not a trusted proxy itself.
 * Whoever connects directly cannot pretend: the header counts only when the socket's peer is trusted.
 */
export function resolveClientAddress(
  peer: string | undefined,
  forwardedFor: string | null,
  trusted: (address: string) => boolean,
): string {
  const socket = plainAddress(peer ?? '')
  if (!forwardedFor || !trusted(socket)) return socket
  const hops = forwardedFor.split(',').map((hop) => plainAddress(hop.trim()))
  const client = hops.findLast((hop) => !trusted(hop)) ?? hops[0]
  return client || socket
}

/** The client as TRUSTED_PLATFORM's header names it; undefined where it names no address. */
export function platformAddress(header: string | null): string | undefined {
  const address = plainAddress(header?.trim() ?? '')
  return isIP(address) === 0 ? undefined : address
}

// Node reports IPv4 peers of a dual-stack socket as ::ffff:192.0.2.1.
const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '')
