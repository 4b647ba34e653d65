// Pure: an address as the place it stands for.

/** Devices change the last 64 bits of an IPv6 address every day (RFC 8981); the first 64 name the network. */
export function networkOf(address: string | null): string {
  if (!address?.includes(':')) return address ?? ''
  const [head = '', tail] = address.toLowerCase().split('%')[0]?.split('::') ?? []
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length
  const groups = [...before, ...Array<string>(Math.max(zeros, 0)).fill('0'), ...after]
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')
}
