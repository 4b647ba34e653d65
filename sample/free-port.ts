// A port of loopback that nobody listens on at this moment.
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * Systems give higher ones to outgoing connections and to whoever lets them choose. Nobody is given one of these by chance, so that
 * it stays free until it is used, and while the server that has it is down.
 */
const [lowest, highest] = [20_000, 32_000]

/** The preferred one when it is free, else another. Another process may take it before you do. */
export async function freePort(preferred = randomInt(lowest, highest)): Promise<number> {
  const server = createServer()
  const listening = once(server, 'listening')
  server.listen(preferred, '127.0.0.1')
  try {
    await listening
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error
    return freePort()
  }
  server.close()
  await once(server, 'close')
  return preferred
}
