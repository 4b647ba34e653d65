// A listener that passes every byte on to another place and back: how a test reaches a server on a port of the test's choice.
import { once } from 'node:events'
import { connect, createServer, type ListenOptions, type NetConnectOpts, type Server, type Socket } from 'node:net'

export interface Relay {
  readonly server: Server
  close(): Promise<void>
}

/** Listens at one place and connects to the other for each connection that comes. */
export async function relay(listen: ListenOptions, to: NetConnectOpts): Promise<Relay> {
  const open = new Set<Socket>()
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect(to)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one)
      one.on('error', () => other.destroy())
      one.once('close', () => {
        open.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  })
  await once(server.listen(listen), 'listening')
  return {
    server,
    async close() {
      for (const socket of open) socket.destroy()
      await once(server.close(), 'close')
    },
  }
}
