// A port of loopback that nobody listens on at this moment.
import { once } from 'node:events'
import { createServer } from 'node:net'

/** Asks the system for one. Another process may take it before you do. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const at = server.address()
  server.close()
  await once(server, 'close')
  if (at === null || typeof at === 'string') throw new Error('There is no free port.')
  return at.port
}
