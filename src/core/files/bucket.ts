// Uploaded files in a bucket of Amazon S3, or of a server that speaks the same. The only file that speaks aws4fetch.
import { isIP } from 'node:net'
import { sha256Hex } from '../crypto.ts'
import { AppError } from '../errors.ts'
import { createOutsideFetch, type OutsideAnswer, type OutsideOptions } from '../http/outside-fetch.ts'
import { isFileName, safe } from './file-name.ts'
import type { FileStore, FileTrouble } from './store.ts'

export interface BucketPlace {
  /** A folder in the bucket, or an empty text. */
  readonly uploadPath: string
  readonly s3Bucket: string
  readonly s3Region: string
  readonly s3Endpoint: string
  readonly s3AccessKeyId: string
  readonly s3SecretAccessKey: string
  readonly s3ForcePathStyle: boolean
}

interface Ask {
  readonly method: 'GET' | 'PUT' | 'DELETE'
  readonly key?: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
}

const limits = { maxBytes: 32 * 1024 * 1024, timeoutMilliseconds: 30_000 }
/** A start waits no longer than this. */
const checkMilliseconds = 5_000
/** Who runs the server chose the bucket, wherever it is. */
const anywhere = ['0.0.0.0/0', '::/0']

/** Names the bucket in the host, as Amazon wants it, where a host name can hold it, else in the path. */
export function bucketAddress({ s3Bucket, s3Region, s3Endpoint, s3ForcePathStyle }: BucketPlace): URL {
  const url = new URL(s3Endpoint || `https://s3.${s3Region}.amazonaws.com`)
  const isNoHost = isIP(url.hostname.replace(/[[\]]/g, '')) !== 0 || (url.protocol === 'https:' && s3Bucket.includes('.'))
  if (s3ForcePathStyle || isNoHost) url.pathname = `/${s3Bucket}/`
  else url.host = `${s3Bucket}.${url.host}`
  return url
}

export function inBucket(place: BucketPlace, options: Pick<OutsideOptions, 'resolve'> = {}): FileStore {
  const outside = createOutsideFetch({ ...options, allowed: anywhere })
  const bucket = bucketAddress(place)
  const folder = place.uploadPath.replace(/^(\.?\/)+|\/+$/g, '')
  const keyOf = (name: string) => (folder === '' ? name : `${folder}/${name}`)

  async function ask({ method, key = '', query = {}, body }: Ask, timeoutMilliseconds = limits.timeoutMilliseconds) {
    const url = new URL(bucket)
    url.pathname += key.split('/').map(encodeURIComponent).join('/')
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
    const { AwsV4Signer } = await import('aws4fetch')
    const keys = { accessKeyId: place.s3AccessKeyId, secretAccessKey: place.s3SecretAccessKey, region: place.s3Region }
    const headers = { 'x-amz-content-sha256': sha256Hex(body ?? '') }
    const signed = await new AwsV4Signer({ method, url: url.href, headers, service: 's3', ...keys }).sign()
    const request = {
      ...limits,
      timeoutMilliseconds,
      method,
      headers: Object.fromEntries(signed.headers),
      ...(body ? { body } : {}),
    }
    return outside(signed.url.href, { namedBy: 'administrator', ...request })
  }
  const page = (query: Ask['query'], timeoutMilliseconds?: number) =>
    ask({ method: 'GET', query: { 'list-type': '2', ...query } }, timeoutMilliseconds)
  const refused = (answer: OutsideAnswer) => new Error(troubleIn(answer, place, bucket).sentence)

  async function namesBelow(prefix: string, query: Ask['query'] = {}): Promise<readonly string[]> {
    const names: string[] = []
    let next: string | undefined = ''
    while (next !== undefined) {
      const answer = await page({ prefix, ...query, ...(next === '' ? {} : { 'continuation-token': next }) })
      if (answer.status !== 200) throw refused(answer)
      const text = answer.text()
      names.push(...valuesOf(text, 'Key').map((key) => key.slice(keyOf('').length)))
      next = valuesOf(text, 'NextContinuationToken')[0]
    }
    return names
  }

  return {
    async read(name) {
      const answer = await ask({ method: 'GET', key: keyOf(safe(name)) })
      if (answer.status === 200) return new Uint8Array(answer.body)
      if (codeIn(answer) === 'NoSuchKey') return undefined
      throw refused(answer)
    },
    async write(name, body) {
      const answer = await ask({ method: 'PUT', key: keyOf(safe(name)), body })
      if (answer.status !== 200) throw refused(answer)
    },
    async remove(name) {
      const answer = await ask({ method: 'DELETE', key: keyOf(safe(name)) })
      if (answer.status >= 300 && codeIn(answer) !== 'NoSuchKey') throw refused(answer)
    },
    list: (name) => namesBelow(`${keyOf(safe(name))}/`, { delimiter: '/' }),
    names: async () => (await namesBelow(keyOf(''))).filter(isFileName),
    async check() {
      try {
        const answer = await page({ 'max-keys': '1' }, checkMilliseconds)
        return answer.status === 200 ? undefined : troubleIn(answer, place, bucket)
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        return { isFinal: false, sentence: `S3_ENDPOINT: ${error.message} Pictures cannot be shown or changed until then.` }
      }
    },
  }
}

/** What is wrong, by the code that servers give (Amazon S3, "Error responses"). */
function troubleIn(answer: OutsideAnswer, { s3Bucket, s3Region }: BucketPlace, { host }: URL): FileTrouble {
  const code = codeIn(answer)
  const final = (sentence: string): FileTrouble => ({ isFinal: true, sentence })
  switch (code) {
    case 'NoSuchBucket':
      return final(`S3_BUCKET: There is no bucket "${s3Bucket}" at ${host}; make it first.`)
    case 'InvalidAccessKeyId':
      return final(`S3_ACCESS_KEY_ID: ${host} does not know this key.`)
    case 'SignatureDoesNotMatch':
      return final(`S3_SECRET_ACCESS_KEY: It is not the secret of S3_ACCESS_KEY_ID at ${host}.`)
    case 'AccessDenied':
      return final(
        `S3_BUCKET: The key may not use "${s3Bucket}" at ${host}. It needs s3:ListBucket, s3:GetObject, s3:PutObject and s3:DeleteObject.`,
      )
    case 'AuthorizationHeaderMalformed':
    case 'PermanentRedirect':
      return final(`S3_REGION: "${s3Bucket}" does not lie in ${s3Region}${inRegion(answer)}.`)
    case 'RequestTimeTooSkewed':
      return final(`S3_BUCKET: ${host} says that the clock of this machine is wrong.`)
    default:
      return { isFinal: false, sentence: `S3_BUCKET: ${host} answered ${answer.status}${code === '' ? '' : ` (${code})`}.` }
  }
}

const codeIn = (answer: OutsideAnswer): string => valuesOf(answer.text(), 'Code')[0] ?? ''

const inRegion = (answer: OutsideAnswer): string => {
  const [region] = valuesOf(answer.text(), 'Region')
  return region === undefined ? '' : ` but in ${region}`
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** The texts of elements that hold nothing but text: all that is asked of these answers. */
const valuesOf = (xml: string, element: string): readonly string[] =>
  [...xml.matchAll(new RegExp(`<${element}>([^<]*)</${element}>`, 'g'))].map(([, text = '']) =>
    text.replace(/&(\w+);/g, (whole, name: string) => entities[name] ?? whole),
  )
