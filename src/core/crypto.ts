// Random tokens, hashes, constant-time comparison, and the vault that seals secrets at rest. The only file that imports node:crypto.
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  hash,
  hkdfSync,
  type JsonWebKeyInput,
  randomBytes,
  randomInt,
  randomUUID,
  sign,
  timingSafeEqual,
} from 'node:crypto'

/** A new random id (UUID version 4). */
export const newId = (): string => randomUUID()

const lastSortable = { at: 0, count: 0 }

/**
 * A new id that sorts behind those that this process made before (UUID version 7 with a counter for the millisecond, RFC 9562 sections
 * 5.7 and 6.2): rows keep their order, and many at once go into an index side by side. By hand, because only Node has it ready made.
 */
export function newSortableId(): string {
  const now = Date.now()
  lastSortable.count = now === lastSortable.at ? (lastSortable.count + 1) % 4096 : 0
  lastSortable.at = now
  const time = now.toString(16).padStart(12, '0')
  const count = lastSortable.count.toString(16).padStart(3, '0')
  return ofItsOwn(`${time.slice(0, 8)}-${time.slice(8)}-7${count}${randomUUID().slice(18)}`)
}

/** A text put together keeps its pieces in memory, and a piece the whole it was cut from: a fifth is left where very many are kept. */
const ofItsOwn = (text: string): string => Buffer.from(text, 'latin1').toString('latin1')

/** Where a hash table begins to count, so that nobody can choose what meets in it. */
export const newSeed = (): number => randomInt(2 ** 31)

/** A bearer token of `bytes` random bytes, base64url. 32 bytes are 256 bits. */
export const randomToken = (bytes = 32): string => randomBytes(bytes).toString('base64url')

const lettersAndDigits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** `length` random characters of `alphabet`, each equally likely: nearly six bits each out of the 62 letters and digits. */
export const randomText = (length: number, alphabet = lettersAndDigits): string =>
  Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('')

/** SHA-256 as base64url. Bearer strings are stored as this: they have enough entropy to need no salt. */
export const sha256 = (text: string | Uint8Array): string => hash('sha256', text, 'base64url')

/** The first 132 bits of SHA-256 as base64url, for what is compared and kept in great numbers. */
export const shortSha256 = (text: string): string => ofItsOwn(hash('sha256', text, 'base64url').slice(0, 22))

/** SHA-256 as 32 characters of a byte each: the quickest to make, for what is kept in memory and seen by nobody. */
export const fingerprint = (bytes: Uint8Array): string => hash('sha256', bytes, 'latin1')

/** SHA-256 as hexadecimal digits, for what people type. */
export const sha256Hex = (text: string | Uint8Array): string => hash('sha256', text, 'hex')

/** SHA-256 as it is. */
export const sha256Bytes = (text: string): Uint8Array => hash('sha256', text, 'buffer')

/** The first half of SHA-256 as four integers, for sums. */
export function sha256Integers(text: string): readonly number[] {
  const bytes = hash('sha256', text, 'latin1')
  const at = (index: number) => bytes.charCodeAt(index)
  return [0, 4, 8, 12].map((from) => at(from) | (at(from + 1) << 8) | (at(from + 2) << 16) | (at(from + 3) << 24))
}

/** HMAC-SHA-256 as base64url. Short bearer strings are stored as this: without the key, a stolen table cannot be searched for them. */
export const keyedHash = (key: Uint8Array, text: string): string => createHmac('sha256', key).update(text).digest('base64url')

/** Whether two strings are equal, in a time that does not depend on where they differ. */
export const equalInConstantTime = (left: string, right: string): boolean =>
  timingSafeEqual(sha256Bytes(left), sha256Bytes(right))

/** Whether this is the text that `sha256` made the stored hash of. */
export function isHashOf(stored: string, text: string): boolean {
  const [left, right] = [Buffer.from(stored, 'latin1'), Buffer.from(sha256(text), 'latin1')]
  return left.length === right.length && timingSafeEqual(left, right)
}

/** Signs with a private key on a curve, P-256 (with SHA-256, both numbers side by side as in JWS) or Ed25519, at once. */
export function elliptic(jwk: JsonWebKey): (data: Uint8Array) => Uint8Array {
  const key = createPrivateKey({ key: jwk as JsonWebKeyInput['key'], format: 'jwk' })
  const hashed = jwk.kty === 'EC' ? 'sha256' : null
  return (data) => sign(hashed, data, { key, dsaEncoding: 'ieee-p1363' })
}

/** Seals secrets with keys derived from ENCRYPTION_KEY, one key per purpose. */
export interface Vault {
  /** AES-256-GCM with a random nonce; the purpose is bound as associated data. */
  seal(purpose: string, plaintext: string): string
  /** @throws Error when the text was sealed with another key or purpose, or was changed */
  open(purpose: string, sealed: string): string
  /** A 256-bit key for another algorithm, such as HMAC; the same purpose gives the same key. */
  key(purpose: string): Uint8Array<ArrayBuffer>
}

const version = 'v1'

/** Whether a text has the form of what a vault sealed: a nonce, a tag and some bytes, or none, in base64url. */
export const isSealed = (text: string): boolean => /^v1\.[A-Za-z0-9_-]{38,}$/.test(text)

/** Makes the vault from the instance's encryption key (HKDF-SHA-256, RFC 5869). */
export function createVault(encryptionKey: string): Vault {
  const keys = new Map<string, Uint8Array<ArrayBuffer>>()
  const key = (purpose: string) => {
    const known = keys.get(purpose) ?? new Uint8Array(hkdfSync('sha256', encryptionKey, 'pocket-id-edge', purpose, 32))
    keys.set(purpose, known)
    return known
  }
  return {
    key,
    seal(purpose, plaintext) {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key(purpose), nonce).setAAD(Buffer.from(purpose))
      const body = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()])
      return [version, Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')].join('.')
    },
    open(purpose, sealed) {
      const [head, body] = sealed.split('.')
      if (head !== version || !body) throw new Error('This stored secret is in an unknown form.')
      const bytes = Buffer.from(body, 'base64url')
      const decipher = createDecipheriv('aes-256-gcm', key(purpose), bytes.subarray(0, 12), { authTagLength: 16 })
      decipher.setAAD(Buffer.from(purpose)).setAuthTag(bytes.subarray(12, 28))
      try {
        return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')
      } catch (cause) {
        throw new Error('A stored secret cannot be opened: ENCRYPTION_KEY is not the key it was sealed with.', { cause })
      }
    },
  }
}

/** HMAC-SHA3-256. */
export const hmacSha3 = (key: string, text: string): Uint8Array => createHmac('sha3-256', key).update(text).digest()

/** 256 bits of a key for a purpose (HKDF-SHA-256 without salt, RFC 5869). */
export const derivedKey = (key: string, info: string): Uint8Array => new Uint8Array(hkdfSync('sha256', key, '', info, 32))

/**
 * Opens what A128CBC-HS256 sealed (RFC 7518 section 5.2), the nonce in front and the tag behind. Only to read what others wrote.
 *
 * @returns undefined when the key is another one, or the text was changed
 */
export function openCbcHmac(key: Uint8Array, sealed: Uint8Array, associated: string): Uint8Array | undefined {
  const [nonce, body, tag] = [sealed.subarray(0, 16), sealed.subarray(16, -16), sealed.subarray(-16)]
  if (sealed.length < 48) return undefined
  const bits = Buffer.alloc(8)
  bits.writeBigUInt64BE(BigInt(Buffer.byteLength(associated) * 8))
  const mac = createHmac('sha256', key.subarray(0, 16)).update(associated).update(nonce).update(body).update(bits).digest()
  if (!timingSafeEqual(mac.subarray(0, 16), tag)) return undefined
  const decipher = createDecipheriv('aes-128-cbc', key.subarray(16), nonce)
  return Buffer.concat([decipher.update(body), decipher.final()])
}
