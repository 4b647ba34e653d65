// Signing keys: made when first needed, sealed at rest, rotated while the server runs. Old ones are published until their tokens are over.
import { and, eq, isNotNull, isNull, lte } from 'drizzle-orm'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import { inSeconds } from '#core/clock.ts'
import type { Transaction } from '#core/db/client.ts'
import type { Host } from '#core/kernel/plugin.ts'
import type { Values } from '#core/settings/define.ts'
import { type Sign, signatureWith } from './jws.ts'
import { purpose } from './sealed.ts'
import type { OidcSettings } from './settings.ts'
import { signingKeys } from './tables.ts'

export type SigningAlgorithm = 'ES256' | 'RS256' | 'EdDSA'

export interface SigningKey {
  readonly id: string
  readonly algorithm: SigningAlgorithm
  readonly sign: Sign
  /** Headers of its tokens by their type, as they are sent. */
  readonly heads: Map<string, string>
}

export interface VerifyingKey extends Pick<SigningKey, 'id' | 'algorithm'> {
  readonly key: CryptoKey
  /** False for a key that is over: it proves who signed a hint, and nothing else. */
  readonly published: boolean
}

export interface Keys {
  /** The key that signs now. */
  signing(algorithm: SigningAlgorithm): Promise<SigningKey>
  /** The public half of one of our keys, retired ones too. */
  verifying(id: string): Promise<VerifyingKey | undefined>
  /** The keys as everybody may read them (RFC 7517). */
  published(): Promise<{ readonly keys: readonly JWK[] }>
  /**
   * Makes new keys. They are published at once and sign a minute later, when every process and many a client has seen them.
   * @param now for a key that leaked: the new one signs at once and the old one is no longer published
   */
  rotate(algorithms: readonly SigningAlgorithm[], now?: boolean): Promise<readonly string[]>
  /** Wipes private halves of keys that sign no more. */
  sweep(): Promise<void>
}

/** What a client may count on beside the algorithm of the settings (OpenID Connect Discovery section 3 demands RS256). */
const always: readonly SigningAlgorithm[] = ['ES256', 'RS256']
const rereadSeconds = 20
/** How old the rows may be that a key is looked for in vain. */
const strangerSeconds = 1
const headStartSeconds = 60
/** Longer than any access token: the lifetime a client may be given ends at 30 days. */
const overlapSeconds = 30 * 24 * 3600

type Row = typeof signingKeys.$inferSelect
type NewKey = ReturnType<typeof newSigningKeyRow>
interface Ring {
  readonly rows: readonly Row[]
  readonly signing: Map<string, Promise<SigningKey>>
  readonly keys: Map<string, Promise<CryptoKey>>
}

/** What they need of the plugin's host. */
export type KeysHost = Pick<Host, 'db' | 'vault' | 'clock'> & {
  readonly settings: Pick<Values<OidcSettings>, 'oidcSigningAlgorithm'>
}

export function createKeys({ db, vault, clock, settings }: KeysHost): Keys {
  let ring: Promise<Ring> | undefined
  let readAt = 0

  /** The rows as of a moment ago: another process may have rotated. */
  function current(maxAgeSeconds = rereadSeconds): Promise<Ring> {
    const now = clock.now().getTime()
    // A clock that was set back has not stood still.
    if (ring && Math.abs(now - readAt) < maxAgeSeconds * 1000) return ring
    readAt = now
    const loading = load()
    ring = loading
    loading.catch(() => {
      ring = undefined
    })
    return loading
  }

  async function load(): Promise<Ring> {
    const wanted = [...new Set([...always, settings.oidcSigningAlgorithm])]
    let rows = await read()
    const missing = wanted.filter((algorithm) => !rows.some((row) => row.algorithm === algorithm && !row.publishedUntil))
    if (missing.length > 0) {
      await insertMissing(missing)
      rows = await read()
    }
    return { rows, signing: new Map(), keys: new Map() }
  }

  const read = () => db.read.select().from(signingKeys).orderBy(signingKeys.signsFrom)

  const insert = (tx: Transaction, row: NewKey, signsFrom: Date) =>
    tx.insert(signingKeys).values({ ...row, createdAt: clock.now(), signsFrom })

  /** Of two processes at a first start one makes the key. */
  async function insertMissing(algorithms: readonly SigningAlgorithm[]): Promise<void> {
    const made = await Promise.all(algorithms.map(make))
    await db.write(async (tx) => {
      for (const row of made) {
        const held = and(eq(signingKeys.algorithm, row.algorithm), isNull(signingKeys.publishedUntil))
        if ((await tx.select().from(signingKeys).where(held)).length === 0) await insert(tx, row, clock.now())
      }
    })
  }

  async function make(algorithm: SigningAlgorithm) {
    const pair = await generateKeyPair(algorithm, { extractable: true })
    const [publicJwk, privateJwk] = await Promise.all([exportJWK(pair.publicKey), exportJWK(pair.privateKey)])
    return newSigningKeyRow(vault, { id: await calculateJwkThumbprint(publicJwk), algorithm, privateJwk })
  }

  const once = <T>(made: Map<string, Promise<T>>, id: string, make: () => Promise<T>): Promise<T> => {
    const known = made.get(id) ?? make()
    made.set(id, known)
    return known
  }

  const isPublished = (row: Row): boolean => !row.publishedUntil || row.publishedUntil > clock.now()

  return {
    async signing(algorithm) {
      const held = await current()
      const now = clock.now()
      const able = held.rows.filter((one) => one.algorithm === algorithm && one.privateKey && isPublished(one))
      // The first one signs before its time too: it was made while the clock was ahead.
      const row = able.findLast((one) => one.signsFrom <= now) ?? able[0]
      if (!row?.privateKey) throw new Error(`There is no ${algorithm} key that signs; make one with: pocket-id key-rotate`)
      const { id, privateKey } = row
      return once(held.signing, id, async () => {
        const sign = await signatureWith(JSON.parse(vault.open(purpose, privateKey)), algorithm)
        return { id, algorithm, sign, heads: new Map() }
      })
    },
    async verifying(id) {
      const isKnown = ({ rows }: Ring) => rows.some((one) => one.id === id)
      const lately = await current()
      // One that nobody here knows may have been made by another process just now.
      const held = isKnown(lately) ? lately : await current(strangerSeconds)
      const row = held.rows.find((one) => one.id === id)
      if (!row) return undefined
      const key = await once(held.keys, id, () => imported(row.publicKey, row.algorithm))
      return { id, algorithm: row.algorithm, key, published: isPublished(row) }
    },
    async published() {
      const { rows } = await current()
      return { keys: rows.filter(isPublished).map(({ publicKey }) => publicKey as JWK) }
    },
    async rotate(algorithms, now = false) {
      const signsFrom = now ? clock.now() : inSeconds(clock, headStartSeconds)
      // What is withdrawn stays so, whatever becomes of the clock.
      const publishedUntil = now ? new Date(0) : inSeconds(clock, headStartSeconds + overlapSeconds)
      const made = await Promise.all(algorithms.map(make))
      await db.write(async (tx) => {
        for (const row of await tx.select().from(signingKeys)) {
          const retires = algorithms.includes(row.algorithm) && (now ? isPublished(row) : !row.publishedUntil)
          if (retires) await tx.update(signingKeys).set({ publishedUntil }).where(eq(signingKeys.id, row.id))
        }
        for (const row of made) await insert(tx, row, signsFrom)
      })
      ring = undefined
      return made.map(({ id }) => id)
    },
    async sweep() {
      // A retired key signs until its successor does, which is long past when it is no longer published.
      const over = and(isNotNull(signingKeys.publishedUntil), lte(signingKeys.publishedUntil, clock.now()))
      await db.write((tx) => tx.update(signingKeys).set({ privateKey: null }).where(over))
    },
  }
}

/** What is stored of a key: its public half for everybody, the private one sealed. */
export function newSigningKeyRow(
  vault: Host['vault'],
  { id, algorithm, privateJwk }: { readonly id: string; readonly algorithm: SigningAlgorithm; readonly privateJwk: JWK },
) {
  const { kty, crv, x, y, n, e } = privateJwk
  const shape = Object.fromEntries(Object.entries({ kty, crv, x, y, n, e }).filter(([, value]) => value !== undefined))
  const publicKey = { ...shape, kid: id, alg: algorithm, use: 'sig' }
  return { id, algorithm, publicKey, privateKey: vault.seal(purpose, JSON.stringify(privateJwk)) }
}

/** JWK -> key. What we stored is never a symmetric one. */
async function imported(jwk: JWK, algorithm: SigningAlgorithm): Promise<CryptoKey> {
  const key = await importJWK(jwk, algorithm)
  if (key instanceof Uint8Array) throw new Error('A signing key must be asymmetric.')
  return key
}
