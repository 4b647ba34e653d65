// Somebody else's server on loopback: publishes keys and documents, and counts who reads them.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose'

export interface Outsider {
  readonly url: string
  /** What was asked for, in order. */
  readonly asked: readonly string[]
  /** What a path answers from now on; an object goes as JSON. */
  publish(path: string, body: object | string, status?: number): void
  stop(): Promise<void>
}

export async function startOutsider(): Promise<Outsider> {
  const asked: string[] = []
  const pages = new Map<string, { readonly body: object | string; readonly status: number }>()
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    asked.push(path)
    const page = pages.get(path)
    response.writeHead(page?.status ?? 404, { 'content-type': 'application/json' })
    response.end(typeof page?.body === 'object' ? JSON.stringify(page.body) : (page?.body ?? ''))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    publish: (path, body, status = 200) => void pages.set(path, { body, status }),
    async stop() {
      server.close()
      await once(server, 'close')
    },
  }
}

/** A key pair of somebody: signs what it is told, with the header it is told. */
export interface Signer {
  readonly publicJwk: JWK
  readonly privateKey: CryptoKey
  sign(payload: JWTPayload, header?: Readonly<Record<string, unknown>>): Promise<string>
}

let keys = 0
export async function makeSigner(algorithm = 'ES256'): Promise<Signer> {
  const pair = await generateKeyPair(algorithm, { extractable: true })
  const kid = `key-${++keys}`
  const publicJwk = { ...(await exportJWK(pair.publicKey)), kid, alg: algorithm }
  return {
    publicJwk,
    privateKey: pair.privateKey,
    sign: (payload, header = {}) =>
      new SignJWT(payload).setProtectedHeader({ alg: algorithm, kid, ...header }).sign(pair.privateKey),
  }
}
