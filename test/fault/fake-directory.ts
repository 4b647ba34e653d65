// A small LDAP server of the test's own, for faults no real one makes on demand. It binds anybody and answers searches by script.
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { TLSSocket } from 'node:tls'

/** What arrives: which search it is of its kind, counted from 1. */
export interface Asked {
  readonly id: number
  readonly what: 'users' | 'groups' | 'other'
  readonly number: number
  readonly paged: boolean
  /** The attributes and everything else of the request, as text. */
  readonly text: string
}

/** Bytes to send, or what else to do. */
export type Reply = readonly Buffer[] | 'close' | 'reset' | 'silence'

export interface FakeDirectory {
  readonly url: string
  readonly asked: readonly Asked[]
  stop(): Promise<void>
}

export const tlv = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts)
  const length =
    body.length < 128
      ? Buffer.from([body.length])
      : Buffer.from([0x84, ...[24, 16, 8, 0].map((shift) => (body.length >>> shift) & 255)])
  return Buffer.concat([Buffer.from([tag]), length, body])
}
export const octets = (value: string | Buffer) => tlv(0x04, Buffer.from(value as string))
export const integer = (value: number) => tlv(0x02, Buffer.from(value < 128 ? [value] : [value >> 8, value & 255]))
export const message = (id: number, ...parts: readonly Buffer[]) => tlv(0x30, integer(id), ...parts)

/** A search entry. */
export const entryMessage = (
  id: number,
  dn: string,
  attributes: Readonly<Record<string, readonly (string | Buffer)[]>>,
): Buffer => {
  const list = Object.entries(attributes).map(([name, values]) => tlv(0x30, octets(name), tlv(0x31, ...values.map(octets))))
  return message(id, tlv(0x64, octets(dn), tlv(0x30, ...list)))
}

/** The end of a search; with a cookie as the paged results control says it, undefined for no control. */
export const doneMessage = (id: number, code = 0, cookie?: string): Buffer => {
  const result = tlv(0x65, tlv(0x0a, Buffer.from([code])), octets(''), octets(code === 0 ? '' : 'as the test says'))
  if (cookie === undefined) return message(id, result)
  const control = tlv(0x30, octets('1.2.840.113556.1.4.319'), octets(tlv(0x30, integer(0), octets(cookie))))
  return message(id, result, tlv(0xa0, control))
}

/** RFC 4511 section 4.4.1. */
export const noticeOfDisconnection = (): Buffer =>
  message(0, tlv(0x78, tlv(0x0a, Buffer.from([52])), octets(''), octets('going down')))
export const intermediateResponse = (id: number): Buffer => message(id, tlv(0x79))
export const userMessage = (id: number, uid: string): Buffer =>
  entryMessage(id, `uid=${uid},dc=example,dc=org`, {
    entryUUID: [`id-${uid}`],
    uid: [uid],
    mail: [`${uid}@example.org`],
    cn: [uid],
    givenName: [uid],
    sn: [uid],
  })
export const groupMessage = (id: number, cn: string, uids: readonly string[], attribute = 'member'): Buffer =>
  entryMessage(id, `cn=${cn},dc=example,dc=org`, {
    entryUUID: [`id-${cn}`],
    cn: [cn],
    [attribute]: uids.map((uid) => `uid=${uid},dc=example,dc=org`),
  })

/** Two people in one group, as a healthy directory sends them. */
export const healthy = ({ id, what }: Asked): Reply => {
  if (what === 'users') return [userMessage(id, 'ada'), userMessage(id, 'grace'), doneMessage(id, 0, '')]
  return what === 'groups' ? [groupMessage(id, 'staff', ['ada', 'grace']), doneMessage(id, 0, '')] : [doneMessage(id)]
}

/** The id and the kind of a request; requests are small enough to come in one piece. */
function header(data: Buffer): { readonly id: number; readonly operation: number } {
  const first = data.readUInt8(1)
  const at = first < 128 ? 2 : 2 + (first & 127)
  const length = data.readUInt8(at + 1)
  return { id: data.readUIntBE(at + 2, length), operation: data.readUInt8(at + 2 + length) }
}

/** How it behaves beside searches; by default it lets anybody in and knows no TLS. */
export interface FakeManners {
  readonly bind?: (id: number) => Reply
  readonly startTls?: (id: number) => Reply
  /** Speaks TLS with this: at once, or after StartTLS where there is an answer to that. */
  readonly secure?: { readonly cert: Buffer; readonly key: Buffer }
  /** Sends each byte in a packet of its own, with so long in between. */
  readonly trickleMilliseconds?: number
}

export const boundMessage = (id: number, code = 0, text = ''): Buffer =>
  message(id, tlv(0x61, tlv(0x0a, Buffer.from([code])), octets(''), octets(text)))
export const extendedMessage = (id: number, code = 0): Buffer =>
  message(id, tlv(0x78, tlv(0x0a, Buffer.from([code])), octets(''), octets('')))

export async function startFakeDirectory(
  reply: (asked: Asked) => Reply,
  { bind = (id) => [boundMessage(id)], startTls, secure, trickleMilliseconds }: FakeManners = {},
): Promise<FakeDirectory> {
  const asked: Asked[] = []
  const sockets = new Set<Socket>()
  const serve = (socket: Socket) => {
    const counts = { users: 0, groups: 0, other: 0 }
    socket.on('error', () => {})
    const send = async (answer: Reply) => {
      if (answer === 'close') return socket.destroy()
      if (answer === 'reset') return reset(socket)
      if (answer === 'silence') return
      const bytes = Buffer.concat(answer)
      if (trickleMilliseconds === undefined) return socket.write(bytes)
      for (const byte of bytes) {
        if (socket.destroyed) return
        await new Promise<void>((next) => socket.write(Buffer.from([byte]), () => next()))
        if (trickleMilliseconds > 0) await pause(trickleMilliseconds)
      }
    }
    const receive = async (data: Buffer) => {
      const { id, operation } = header(data)
      if (operation === 0x60) return send(bind(id))
      if (operation === 0x77) {
        socket.off('data', receive)
        await send(startTls?.(id) ?? [extendedMessage(id, 2)])
        if (secure) serve(new TLSSocket(socket, { isServer: true, ...secure }))
        return
      }
      if (operation !== 0x63) return
      const text = data.toString('latin1')
      const what = text.includes('inetOrgPerson') ? 'users' : text.includes('groupOfNames') ? 'groups' : 'other'
      const one = { id, what, number: ++counts[what], paged: text.includes('1.2.840.113556.1.4.319'), text } as const
      asked.push(one)
      await send(reply(one))
    }
    socket.on('data', receive)
  }
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    serve(secure && !startTls ? new TLSSocket(socket, { isServer: true, ...secure }) : socket)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: `${secure && !startTls ? 'ldaps://localhost' : 'ldap://127.0.0.1'}:${port}`,
    asked,
    async stop() {
      for (const socket of sockets) socket.destroy()
      await once(server.close(), 'close')
    },
  }
}

/** TCP's way of slamming the door, which a server does when it crashes. */
const reset = (socket: Socket) => (socket instanceof TLSSocket ? socket.destroy() : socket.resetAndDestroy())
