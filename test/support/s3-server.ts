// A process: an S3 server of somebody else's (s3rver) in a folder, behind a door that checks signatures with Amazon's own code, as s3rver does not.
// Arguments: the folder, then buckets. Started with --openssl-legacy-provider, because s3rver's page tokens use an old cipher.
import { createHash, createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { SignatureV4 } from '@smithy/signature-v4'
import S3rver from 's3rver'

/** The one account that s3rver has. */
const account = 'S3RVER'
const [directory = '', ...names] = process.argv.slice(2)

class Sha256 {
  readonly #hash
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as string | NodeJS.ArrayBufferView)
  }
  update(data: string | Uint8Array): void {
    this.#hash.update(data)
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest()
  }
  reset(): void {}
}

/** What Amazon's code would have sent for the same request, with our secret. */
async function expectedAuthorization(asked: IncomingMessage, region: string, headerNames: readonly string[]): Promise<string> {
  const signer = new SignatureV4({
    ...{ service: 's3', region, sha256: Sha256, uriEscapePath: false, applyChecksum: false },
    credentials: { accessKeyId: account, secretAccessKey: account },
  })
  const { pathname, searchParams } = new URL(asked.url ?? '', `http://${asked.headers.host}`)
  const headers = Object.fromEntries(headerNames.map((name) => [name, String(asked.headers[name])]))
  const stamp = String(asked.headers['x-amz-date']).replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z')
  const same = { protocol: 'http:', hostname: '', path: pathname, query: Object.fromEntries(searchParams), headers }
  const signed = await signer.sign({ method: asked.method ?? '', ...same }, { signingDate: new Date(stamp) })
  return signed.headers.authorization ?? ''
}

/** The code of the refusal, or nothing. */
async function faultOf(asked: IncomingMessage, body: Buffer): Promise<string | undefined> {
  const authorization = asked.headers.authorization ?? ''
  const [, key, region = '', signed = ''] =
    /Credential=([^/]+)\/\d{8}\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+)/.exec(authorization) ?? []
  if (key === undefined) return 'AccessDenied'
  if (key !== account) return 'InvalidAccessKeyId'
  if (region !== 'us-east-1') return 'AuthorizationHeaderMalformed'
  if (createHash('sha256').update(body).digest('hex') !== asked.headers['x-amz-content-sha256'])
    return 'XAmzContentSHA256Mismatch'
  return authorization === (await expectedAuthorization(asked, region, signed.split(';'))) ? undefined : 'SignatureDoesNotMatch'
}

function pass(asked: IncomingMessage, body: Buffer, port: number, response: ServerResponse): void {
  const { method, headers, url = '' } = asked
  // A server chooses how much it says at once.
  const path = url.includes('list-type=2') && !url.includes('max-keys') ? `${url}&max-keys=10` : url
  request({ host: '127.0.0.1', port, method, headers, path }, (answer) => {
    response.writeHead(answer.statusCode ?? 500, answer.headers)
    answer.pipe(response)
  }).end(body)
}

const configureBuckets = names.map((name) => ({ name, configs: [] }))
const inner = new S3rver({ address: '127.0.0.1', port: 0, silent: true, directory, configureBuckets, serviceEndpoint: 'example' })
const { port } = await inner.run()
const door = createServer(async (asked, response) => {
  const body = await buffer(asked)
  const code = await faultOf(asked, body)
  if (code === undefined) pass(asked, body, port, response)
  else response.writeHead(403).end(`<?xml version="1.0"?><Error><Code>${code}</Code><Region>us-east-1</Region></Error>`)
}).listen(0, '127.0.0.1', () => console.log((door.address() as AddressInfo).port))
