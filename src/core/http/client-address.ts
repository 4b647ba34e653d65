// Where a request comes from: the socket's address, or what a trusted proxy says.
import type { Context } from 'hono'

/** What the server puts beside each request (see server.ts). */
export interface ConnectionInfo {
  readonly remoteAddress: string | undefined
}

const addresses = new WeakMap<Request, string>()

/** Notes the client's address for a request; called once, before any handler runs. */
export const noteClientAddress = (request: Request, address: string): void => {
  addresses.set(request, address)
}

/** The client's IP address, or null where there is no socket. */
export const clientAddress = (c: Context): string | null => addresses.get(c.req.raw) ?? null

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

// Node reports IPv4 peers of a dual-stack socket as ::ffff:192.0.2.1.
const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '')
