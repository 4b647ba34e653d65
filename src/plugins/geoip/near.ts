// Addresses that no map knows because they are one's own: the names that Pocket ID's audit log has for them.
import { nearness, networks } from '#core/http/networks.ts'
import type { Place } from '#core/places-port.ts'

const isLoopback = networks(['127.0.0.0/8', '::1'])
/** RFC 6598; whoever sees such an address as a client's is on Tailscale, most of the time. */
const isShared = networks(['100.64.0.0/10'])
const isLink = networks(['169.254.0.0/16', 'fe80::/10'])
const own = (city: string): Place => ({ country: 'Internal Network', city })

/** @param ownRanges public IPv6 addresses that are one's own network all the same. @returns undefined for everybody else's addresses */
export function nearPlaces(ownRanges: readonly string[]): (address: string) => Place | undefined {
  const isOwn = networks(ownRanges)
  return (address) => {
    if (isLoopback(address)) return own('localhost')
    if (isShared(address)) return own('Tailscale')
    return isOwn(address) || isLink(address) || nearness(address) === 'private' ? own('LAN') : undefined
  }
}
