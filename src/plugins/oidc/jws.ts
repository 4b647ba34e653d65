// Compact JWS (RFC 7515 section 7.1): header and payload as they are sent, and a signature. What others signed is jose's to verify.
import { elliptic } from '#core/crypto.ts'
import type { SigningKey } from './keys.ts'

/** Makes the signature of what a token begins with. */
export type Sign = (input: Uint8Array<ArrayBuffer>) => Uint8Array | Promise<Uint8Array>

/** The signature with a private key. One on a curve takes less time than the way to another thread and back, one by RSA ten times that. */
export async function signatureWith(jwk: JsonWebKey, algorithm: SigningKey['algorithm']): Promise<Sign> {
  if (algorithm !== 'RS256') return elliptic(jwk)
  const rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('jwk', jwk, rsa, false, ['sign'])
  return async (input) => new Uint8Array(await crypto.subtle.sign(rsa, key, input))
}

const utf8 = new TextEncoder()
const base64url = (bytes: Uint8Array): string => bytes.toBase64({ alphabet: 'base64url', omitPadding: true })
const encoded = (value: object): string => base64url(utf8.encode(JSON.stringify(value)))

/** Signs a payload. `type` is the header's `typ`: what kind of token this is. */
export async function signCompact(payload: object, type: string, key: SigningKey): Promise<string> {
  const input = `${headOf(key, type)}.${encoded(payload)}`
  return `${input}.${base64url(await key.sign(utf8.encode(input)))}`
}

function headOf({ id, algorithm, heads }: SigningKey, type: string): string {
  const known = heads.get(type) ?? encoded({ alg: algorithm, typ: type, kid: id })
  heads.set(type, known)
  return known
}
