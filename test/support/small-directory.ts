// A small LDAP server of the test's own that answers as some real ones do: at most so many entries a page, long lists in ranges,
// or no pages at all. It knows just enough of filters for a sync.
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { doneMessage, entryMessage, message, octets, tlv } from '../fault/fake-directory.ts'

type Value = string | Buffer

export interface SmallEntry {
  readonly dn: string
  readonly attributes: Readonly<Record<string, readonly Value[]>>
}

/** What it does as which server does. */
export interface Manners {
  readonly root: Readonly<Record<string, readonly string[]>>
  /** Most entries of an answer: a page holds no more, and without pages it ends with code 4. */
  readonly mostEntries?: number
  /** Most values of an attribute; the rest is asked for with `;range=`. */
  readonly mostValues?: number
  /** `ignored`: everything comes at once with an empty cookie, as lldap has it. */
  readonly paging?: 'done' | 'ignored'
  /** References to other servers behind each search of the whole. */
  readonly referrals?: number
}

export interface SmallDirectory {
  readonly url: string
  /** The entries; a test may change them. */
  readonly entries: SmallEntry[]
  /** How many searches were asked. */
  readonly searches: () => number
  stop(): Promise<void>
}

export async function startSmallDirectory(entries: SmallEntry[], manners: Manners): Promise<SmallDirectory> {
  const sockets = new Set<Socket>()
  let searches = 0
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    let held = Buffer.alloc(0)
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => {
      held = Buffer.concat([held, chunk])
      for (let end = wholeLength(held); end !== undefined; end = wholeLength(held)) {
        const request = element(held, 0)
        held = held.subarray(end)
        const [id, operation, controls] = elements(request)
        if (operation?.tag === 0x60)
          socket.write(message(number(id), tlv(0x61, tlv(0x0a, Buffer.from([0])), octets(''), octets(''))))
        if (operation?.tag !== 0x63) continue
        searches++
        socket.write(Buffer.concat(answer(number(id), readSearch(operation, controls), entries, manners)))
      }
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  return {
    url: `ldap://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    entries,
    searches: () => searches,
    async stop() {
      for (const socket of sockets) socket.destroy()
      await once(server.close(), 'close')
    },
  }
}

interface Asked {
  readonly base: string
  readonly scope: number
  readonly fits: (entry: SmallEntry) => boolean
  readonly attributes: readonly string[]
  readonly page: { readonly size: number; readonly from: number } | undefined
}

function answer(id: number, asked: Asked, entries: readonly SmallEntry[], manners: Manners): readonly Buffer[] {
  const { mostEntries = Number.POSITIVE_INFINITY, paging = 'done', root } = manners
  if (asked.base === '') return [entryMessage(id, '', root), doneMessage(id)]
  const below = `,${asked.base.toLowerCase()}`
  const found = entries.filter(({ dn }) =>
    asked.scope === 0 ? dn.toLowerCase() === asked.base.toLowerCase() : dn.toLowerCase().endsWith(below),
  )
  const fitting = found.filter(asked.fits)
  const send = (some: readonly SmallEntry[]) => some.map((entry) => entryMessage(id, entry.dn, selected(entry, asked, manners)))
  const references = asked.scope === 0 ? [] : Array.from({ length: manners.referrals ?? 0 }, () => reference(id))
  if (!asked.page || paging === 'ignored') {
    const cut = fitting.length > mostEntries && paging === 'done'
    const cookie = asked.page && paging === 'ignored' ? '' : undefined
    return [...send(cut ? fitting.slice(0, mostEntries) : fitting), ...references, doneMessage(id, cut ? 4 : 0, cookie)]
  }
  const end = asked.page.from + Math.min(asked.page.size, mostEntries)
  const page = fitting.slice(asked.page.from, end)
  return end < fitting.length
    ? [...send(page), doneMessage(id, 0, String(end))]
    : [...send(page), ...references, doneMessage(id, 0, '')]
}

const reference = (id: number) => message(id, tlv(0x73, octets('ldap://other.example.org/dc=elsewhere')))

/** The attributes asked for, in the spelling they have here; a long list comes in part, as Active Directory has it. */
function selected({ attributes }: SmallEntry, asked: Asked, { mostValues = Number.POSITIVE_INFINITY }: Manners) {
  const sent: Record<string, readonly Value[]> = {}
  for (const wanted of asked.attributes) {
    const [, plain = wanted, start] = /^([^;]+);range=(\d+)-\*$/.exec(wanted) ?? []
    const name = Object.keys(attributes).find((one) => one.toLowerCase() === plain.toLowerCase())
    const values = attributes[name ?? ''] ?? []
    const from = Number(start ?? 0)
    if (name === undefined) continue
    if (start === undefined && values.length <= mostValues) sent[name] = values
    else {
      const part = values.slice(from, from + mostValues)
      const last = from + part.length >= values.length ? '*' : String(from + part.length - 1)
      if (start === undefined) sent[name] = []
      sent[`${name};range=${from}-${last}`] = part
    }
  }
  return sent
}

/** An element of BER: its tag and what is inside. */
interface Element {
  readonly tag: number
  readonly body: Buffer
}

function element(bytes: Buffer, at: number): Element & { readonly end: number } {
  const first = bytes.readUInt8(at + 1)
  const count = first < 0x80 ? 0 : first & 0x7f
  const length = count === 0 ? first : bytes.readUIntBE(at + 2, count)
  const start = at + 2 + count
  return { tag: bytes.readUInt8(at), body: bytes.subarray(start, start + length), end: start + length }
}

function wholeLength(bytes: Buffer): number | undefined {
  const first = bytes[1]
  if (first === undefined || bytes.length < 2 + (first < 0x80 ? 0 : first & 0x7f)) return undefined
  const { end } = element(bytes, 0)
  return end <= bytes.length ? end : undefined
}

function elements({ body }: Element): readonly Element[] {
  const all: Element[] = []
  for (let at = 0; at < body.length; ) {
    const one = element(body, at)
    all.push(one)
    at = one.end
  }
  return all
}

const number = (one: Element | undefined): number => (one?.body.length ? one.body.readIntBE(0, one.body.length) : 0)
const text = (one: Element | undefined): string => one?.body.toString('utf8') ?? ''

function readSearch(operation: Element, controls: Element | undefined): Asked {
  const [base, scope, , , , , filter, attributes] = elements(operation)
  const asked = { base: text(base), scope: number(scope), attributes: attributes ? elements(attributes).map(text) : [] }
  const fits = (entry: SmallEntry) => filter !== undefined && matches(filter, entry)
  const control = controls && elements(controls)[0]
  const value = control && elements(control).at(-1)
  if (!value) return { ...asked, fits, page: undefined }
  const [size, cookie] = elements(element(value.body, 0))
  return { ...asked, fits, page: { size: number(size), from: Number(text(cookie)) || 0 } }
}

/** And, or, not, equality and presence (RFC 4511 section 4.5.1.7). */
function matches(filter: Element, entry: SmallEntry): boolean {
  const inner = () => elements(filter)
  const held = (name: string) =>
    Object.entries(entry.attributes).find(([one]) => one.toLowerCase() === name.toLowerCase())?.[1] ?? []
  switch (filter.tag) {
    case 0xa0:
      return inner().every((one) => matches(one, entry))
    case 0xa1:
      return inner().some((one) => matches(one, entry))
    case 0xa2:
      return !inner().every((one) => matches(one, entry))
    case 0xa3: {
      const [name, value] = inner()
      return held(text(name)).some((one) => String(one).toLowerCase() === text(value).toLowerCase())
    }
    case 0x87:
      return text(filter).toLowerCase() === 'objectclass' || held(text(filter)).length > 0
    default:
      throw new Error(`The small directory does not know filters of type ${filter.tag}.`)
  }
}
