// Compact JWS (RFC 7515 section 7.1): header and payload as they are sent, signed by WebCrypto. What others signed is jose's to verify.
import type { SigningKey } from './keys.ts'

const parameters = {
  ES256: { name: 'ECDSA', hash: 'SHA-256' },
  RS256: { name: 'RSASSA-PKCS1-v1_5' },
  EdDSA: { name: 'Ed25519' },
} as const

const utf8 = new TextEncoder()
const base64url = (bytes: Uint8Array): string => bytes.toBase64({ alphabet: 'base64url', omitPadding: true })
const encoded = (value: object): string => base64url(utf8.encode(JSON.stringify(value)))

/** Signs a payload. `type` is the header's `typ`: what kind of token this is. */
export async function signCompact(payload: object, type: string, { id, algorithm, key }: SigningKey): Promise<string> {
  const input = `${encoded({ alg: algorithm, typ: type, kid: id })}.${encoded(payload)}`
  const signature = await crypto.subtle.sign(parameters[algorithm], key, utf8.encode(input))
  return `${input}.${base64url(new Uint8Array(signature))}`
}
