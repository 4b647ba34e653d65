// A listener that passes every byte on to another place and back: how a test reaches a server on a port of the test's choice.
import { once } from 'node:events'
import { connect, createServer, type ListenOptions, type NetConnectOpts, type Server, type Socket } from 'node:net'

export interface Relay {
  readonly server: Server
  /** How many connections were taken. */
  taken(): number
  /**
   * From here on nothing passes, and nobody is told: what is sent is swallowed, connections stay open, new ones are taken and lead
   * nowhere. A network that drops packets looks like this from both ends.
   */
  mute(): void
  /** New connections pass again; the old ones stay dead. */
  unmute(): void
  close(): Promise<void>
}

/** Listens at one place and connects to the other for each connection that comes. */
export async function relay(listen: ListenOptions, to: NetConnectOpts): Promise<Relay> {
  const open = new Set<Socket>()
  let muted = false
  let taken = 0
  const server = createServer({ noDelay: true }, (near) => {
    taken++
    open.add(near)
    if (muted) return void near.on('error', () => undefined).resume()
    const far = connect(to)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one)
      one.on('error', () => muted || other.destroy())
      one.once('close', () => {
        open.delete(one)
        if (!muted) other.destroy()
      })
      one.pipe(other)
    }
  })
  await once(server.listen(listen), 'listening')
  return {
    server,
    taken: () => taken,
    mute() {
      muted = true
      for (const socket of open) socket.unpipe().resume()
    },
    unmute() {
      muted = false
    },
    async close() {
      for (const socket of open) socket.destroy()
      await once(server.close(), 'close')
    },
  }
}
