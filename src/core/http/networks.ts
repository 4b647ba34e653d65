// Which addresses a request of ours may be sent to: the internet, a private network, or this machine and its neighbours.
import { BlockList, isIP, isIPv6 } from 'node:net'

/**
 * How near an address is. `private` is somebody's own network (RFC 1918, 4193, 6598); `near` is this host, its link, or a
 * range that no service of the internet lives in.
 */
export type Nearness = 'public' | 'private' | 'near'

const privateNetworks = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7']
/** IANA's special-purpose registries: this host, link-local (with the metadata services of clouds), documentation, multicast, reserved. */
const nearNetworks = [
  ...['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '198.18.0.0/15'],
  ...['198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
  // Teredo, documentation and 6to4 carry an IPv4 address of somebody's choice inside a public one.
  ...['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'],
]
/** Every other IPv6 address is loopback, link-local, multicast, translated or not given out. */
const globalUnicast = ['2000::/3']

/** A set of addresses and CIDR ranges. @throws Error naming an entry that is neither */
export function networks(entries: readonly string[]): (address: string) => boolean {
  const list = new BlockList()
  for (const entry of entries) {
    const [address = '', prefix] = entry.split('/')
    if (!isNetwork(entry)) throw new Error(`${entry} is neither an address nor a CIDR range.`)
    if (prefix === undefined) list.addAddress(address, family(address))
    else list.addSubnet(address, Number(prefix), family(address))
  }
  return (address) => isIP(address) !== 0 && list.check(address, family(address))
}

/** Whether a text is an address or a CIDR range. */
export function isNetwork(entry: string): boolean {
  const [address = '', prefix, more] = entry.split('/')
  const widest = isIPv6(address) ? 128 : 32
  return (
    isIP(address) !== 0 && more === undefined && (prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= widest))
  )
}

/** Made when first asked for: Node compiles an expression of a thousand characters for the first IPv6 address, a fiftieth of a start. */
const whenAsked = (entries: readonly string[]): ((address: string) => boolean) => {
  let known: ((address: string) => boolean) | undefined
  return (address) => {
    known ??= networks(entries)
    return known(address)
  }
}
const isPrivate = whenAsked(privateNetworks)
const isNear = whenAsked(nearNetworks)
const isGlobal = whenAsked(globalUnicast)

/** How near an IP address is. IPv4 in the clothes of IPv6 (`::ffff:127.0.0.1`) is judged as IPv4. */
export function nearness(address: string): Nearness {
  const plain = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address
  if (isPrivate(plain)) return 'private'
  return isNear(plain) || (isIPv6(plain) && !isGlobal(plain)) || isIP(plain) === 0 ? 'near' : 'public'
}

/**
 * Whether two addresses are of one place: the same one, which is all that IPv4 tells through a router; two of a private network;
 * or two of what a provider gives to one household (IPv6, 64 bits; RFC 6177).
 */
export function isSameNetwork(one: string, other: string): boolean {
  if (nearness(one) === 'private' && nearness(other) === 'private') return true
  return household(one) === household(other)
}

/**
 * What one household or one server has of the internet: an IPv4 address, or the first 64 bits of an IPv6 address (RFC 6177), of which
 * whoever has one has as many as there are.
 */
export function household(address: string): string {
  if (!address.includes(':')) return address
  const [before = '', after] = address.replace(/%.*$/, '').split('::')
  const groups = [before, after ?? ''].map((half) => half.split(':').filter(Boolean))
  const [left = [], right = []] = groups
  const between = after === undefined ? [] : Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0')
  const first = [...left, ...between, ...right].slice(0, 4)
  return `${first.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`
}

function family(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4'
}
