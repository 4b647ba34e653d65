// Writes a database of places (MaxMind DB file format 2.0): a tree of address bits whose leaves point at records, and what the file says of itself.
import { networks } from '#core/http/networks.ts'

/** A city by the IPv4 network it has; the city may be left out. */
export type City = readonly [network: string, country: string, city?: string]

type Value = string | number | readonly string[] | { readonly [key: string]: Value }

/** A record of the tree: another node, a leaf's place in the data section, or nothing. */
type Leaf = { readonly at: number }
type Node = [Node | Leaf | undefined, Node | Leaf | undefined]

/** The file with these cities, as GeoLite2 City has them, for IPv4 in a tree of IPv6. */
export function placeDatabase(cities: readonly City[]): Buffer {
  const root: Node = [undefined, undefined]
  const data: Buffer[] = []
  let at = 0
  for (const [network, country, city] of cities) {
    const record = encoded({
      country: { names: { en: country } },
      ...(city === undefined ? {} : { city: { names: { en: city } } }),
    })
    put(root, bitsOf(network), { at })
    data.push(record)
    at += record.length
  }
  const nodes = flat(root)
  const metadata = encoded({
    ...{ node_count: nodes.length, record_size: 24, ip_version: 6, database_type: 'GeoLite2-City', languages: ['en'] },
    ...{
      binary_format_major_version: 2,
      binary_format_minor_version: 0,
      build_epoch: 1_790_000_000,
      description: { en: 'Test' },
    },
  })
  const marker = Buffer.concat([Buffer.from([0xab, 0xcd, 0xef]), Buffer.from('MaxMind.com')])
  return Buffer.concat([tree(nodes), Buffer.alloc(16), ...data, marker, metadata])
}

/** IPv4 lies in the first of the IPv6 addresses: after 96 zeros. */
function bitsOf(network: string): readonly (0 | 1)[] {
  networks([network])
  const [address = '', prefix = '32'] = network.split('/')
  const bits = address
    .split('.')
    .flatMap((part) => [...Number(part).toString(2).padStart(8, '0')].map((bit) => (bit === '1' ? 1 : 0)))
  return [...Array<0>(96).fill(0), ...bits.slice(0, Number(prefix))]
}

function put(root: Node, bits: readonly (0 | 1)[], leaf: Leaf): void {
  let node = root
  for (const bit of bits.slice(0, -1)) {
    const next: Node[0] = node[bit]
    const below: Node = Array.isArray(next) ? next : [undefined, undefined]
    node[bit] = below
    node = below
  }
  node[bits.at(-1) ?? 0] = leaf
}

const flat = (root: Node): readonly Node[] => [root, ...root.flatMap((side) => (Array.isArray(side) ? flat(side) : []))]

function tree(nodes: readonly Node[]): Buffer {
  const numbers = new Map(nodes.map((node, number) => [node, number]))
  const number = (side: Node[0]) =>
    side === undefined ? nodes.length : Array.isArray(side) ? (numbers.get(side) ?? 0) : nodes.length + 16 + side.at
  const bytes = Buffer.alloc(nodes.length * 6)
  for (const [index, [left, right]] of nodes.entries()) {
    bytes.writeUIntBE(number(left), index * 6, 3)
    bytes.writeUIntBE(number(right), index * 6 + 3, 3)
  }
  return bytes
}

const [stringType, uint32Type, mapType, arrayType] = [2, 6, 7, 11]

function encoded(value: Value): Buffer {
  if (typeof value === 'string') return Buffer.concat([control(stringType, Buffer.byteLength(value)), Buffer.from(value)])
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE(value)
    return Buffer.concat([control(uint32Type, 4), bytes])
  }
  if (isList(value)) return Buffer.concat([control(arrayType, value.length), ...value.map(encoded)])
  const entries = Object.entries(value)
  return Buffer.concat([control(mapType, entries.length), ...entries.flatMap(([key, one]) => [encoded(key), encoded(one)])])
}

const isList = (value: Value): value is readonly string[] => Array.isArray(value)

/** Three bits of type, five of size; types from 8 on stand in a byte of their own. Sizes here are below 29. */
const control = (type: number, size: number): Buffer => Buffer.from(type < 8 ? [(type << 5) | size] : [size, type - 7])
