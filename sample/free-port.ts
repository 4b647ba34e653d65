// A port of loopback that nobody listens on at this moment.
import { once } from 'node:events'
import { createServer } from 'node:net'

/** The preferred one when it is free, else one of the system's choice. Another process may take it before you do. */
export async function freePort(preferred = 0): Promise<number> {
  const server = createServer()
  const listening = once(server, 'listening')
  server.listen(preferred, '127.0.0.1')
  try {
    await listening
  } catch (error) {
    if (preferred === 0) throw error
    return freePort()
  }
  const at = server.address()
  server.close()
  await once(server, 'close')
  if (at === null || typeof at === 'string') throw new Error('There is no free port.')
  return at.port
}
