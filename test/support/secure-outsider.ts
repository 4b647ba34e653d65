// Somebody else's server on loopback that speaks https, with a certificate that this process trusts while it runs.
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { makeCertificates } from '../../sample/certificates.ts'

export interface SecureOutsider {
  /** `https://localhost:…` */
  readonly base: string
  /** What a path answers: an object as JSON, bytes as a picture; `redirect` sends the reader elsewhere. */
  readonly documents: Map<string, object | string | Buffer>
  /** What was asked for, in order. */
  readonly asked: readonly string[]
  stop(): void
}

export async function startSecureOutsider(): Promise<SecureOutsider> {
  const folder = mkdtempSync(join(tmpdir(), 'pocket-id-edge-'))
  const trusted = getCACertificates('default')
  const documents = new Map<string, object | string | Buffer>()
  const asked: string[] = []
  const { caFile, certificateFile, keyFile } = await makeCertificates(folder)
  setDefaultCACertificates([...trusted, readFileSync(caFile, 'utf8')])
  const options = { cert: readFileSync(certificateFile), key: readFileSync(keyFile) }
  const server = createServer(options, (request, response) => {
    asked.push(request.url ?? '')
    const document = documents.get(request.url ?? '')
    if (document === 'redirect') return response.writeHead(302, { location: '/fine' }).end()
    const type = Buffer.isBuffer(document) ? 'image/png' : 'application/json'
    response.writeHead(document ? 200 : 404, { 'content-type': type, 'cache-control': 'max-age=900' })
    const isPlain = typeof document === 'object' && !Buffer.isBuffer(document)
    return response.end(isPlain ? JSON.stringify(document) : (document ?? ''))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    base: `https://localhost:${(server.address() as AddressInfo).port}`,
    documents,
    asked,
    stop() {
      setDefaultCACertificates(trusted)
      server.close()
      server.closeAllConnections()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
