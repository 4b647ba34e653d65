// A server on loopback that offers files for download: each path answers what the test put there.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a path answers: a file, a status, or another place. */
export type Offer = Buffer | number | { readonly location: string }

export interface Downloads {
  readonly url: string
  /** By path with query. What is not there is a 404. */
  readonly offers: Map<string, Offer>
  /** The paths that were asked for, in order. */
  readonly asked: readonly string[]
  stop(): Promise<void>
}

export async function startDownloads(): Promise<Downloads> {
  const offers = new Map<string, Offer>()
  const asked: string[] = []
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    asked.push(path)
    const offer = offers.get(path) ?? 404
    if (typeof offer === 'number') response.writeHead(offer).end()
    else if (Buffer.isBuffer(offer)) response.end(offer)
    else response.writeHead(302, offer).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    offers,
    asked,
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
