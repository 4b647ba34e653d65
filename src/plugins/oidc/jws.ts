// Compact JWS (RFC 7515 section 7.1): header and payload as they are sent, and a signature. What others signed is jose's to verify.
import { elliptic } from '#core/crypto.ts'
import type { SigningKey } from './keys.ts'

/** Makes the signature of what a token begins with. */
export type Sign = (input: Uint8Array<ArrayBuffer>) => Uint8Array | Promise<Uint8Array>

const webCrypto = {
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  ES256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  EdDSA: { name: 'Ed25519' },
} as const

/**
 * The signature with a private key. One on a curve takes less time than the way to another thread and back, so it is made at once; but as
 * long as one is in the making, another core makes those that are asked for meanwhile. One by RSA takes ten times as long, and is always
 * made elsewhere.
 */
export async function signatureWith(jwk: JsonWebKey, algorithm: SigningKey['algorithm']): Promise<Sign> {
  const how = webCrypto[algorithm]
  const key = await crypto.subtle.importKey('jwk', jwk, how, false, ['sign'])
  const elsewhere = async (input: Uint8Array<ArrayBuffer>) => new Uint8Array(await crypto.subtle.sign(how, key, input))
  return algorithm === 'RS256' ? elsewhere : oneAtOnce(elliptic(jwk), elsewhere)
}

function oneAtOnce(atOnce: Sign, elsewhere: (...input: Parameters<Sign>) => Promise<Uint8Array>): Sign {
  let inTheMaking = 0
  const over = () => {
    inTheMaking -= 1
  }
  return (input) => {
    inTheMaking += 1
    if (inTheMaking > 1) return elsewhere(input).finally(over)
    // Until the turn of the event loop is over: who else comes in it would have to wait.
    setImmediate(over)
    return atOnce(input)
  }
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
