// Public keys that others publish: read through the fenced door, kept for a while, read again when a signature names one we do not have.
import { commonErrors } from '#core/errors.ts'
import type { NamedBy } from '#core/http/outside-fetch.ts'
import { readKeySet } from './protocol/key-set.ts'
import type { OidcHost } from './provider.ts'
import type { JsonWebKeySet } from './tables.ts'

export interface KeySets {
  /**
   * The keys at an address.
   *
   * @param fresh a signature did not verify: reads again, unless that happened a moment ago
   * @throws AppError outside_refused, outside_failed
   */
  read(address: string, namedBy: NamedBy, fresh?: boolean): Promise<JsonWebKeySet>
  /** The keys of an issuer: where its metadata says, or at the customary place beside it. */
  ofIssuer(issuer: string, namedBy: NamedBy, fresh?: boolean): Promise<JsonWebKeySet>
}

const keepSeconds = 600
/** A forged signature must not make us ask somebody's server each time. */
const leastSeconds = 30
const maxKept = 500

interface Kept {
  readonly at: number
  readonly keys: Promise<JsonWebKeySet>
}

export function createKeySets({ outside, clock }: Pick<OidcHost, 'outside' | 'clock'>): KeySets {
  const kept = new Map<string, Kept>()

  const remembered = (name: string, fresh: boolean, load: () => Promise<JsonWebKeySet>): Promise<JsonWebKeySet> => {
    const now = clock.now().getTime() / 1000
    const known = kept.get(name)
    // A clock that was set back has not stood still.
    if (known && Math.abs(now - known.at) < (fresh ? leastSeconds : keepSeconds)) return known.keys
    const keys = load()
    kept.delete(name)
    kept.set(name, { at: now, keys })
    // What failed is tried again at the next question, yet not more often than a good answer would be.
    keys.catch(() => kept.set(name, { at: now - keepSeconds + leastSeconds, keys }))
    for (const [oldest] of kept) if (kept.size > maxKept) kept.delete(oldest)
    return keys
  }

  const json = async (address: string, namedBy: NamedBy): Promise<unknown> => {
    const answer = await outside(address, { namedBy, headers: { accept: 'application/json' } })
    try {
      if (answer.status === 200) return JSON.parse(answer.text())
    } catch {
      // Not JSON: the sentence below says what was expected.
    }
    throw commonErrors.refuse('validation_failed', { message: `${address} does not answer with JSON.` })
  }

  const load = async (address: string, namedBy: NamedBy) => {
    const keys = readKeySet(await json(address, namedBy))
    if (!keys)
      throw commonErrors.refuse('validation_failed', { message: `${address} does not answer with a set of public keys.` })
    return keys
  }

  const loadOfIssuer = async (issuer: string, namedBy: NamedBy) => {
    const base = issuer.replace(/\/+$/, '')
    const metadata = await json(`${base}/.well-known/openid-configuration`, namedBy).catch(() => undefined)
    const { issuer: named, jwks_uri: at } = (metadata ?? {}) as { readonly issuer?: unknown; readonly jwks_uri?: unknown }
    // Metadata that names another issuer is not this one's (RFC 8414 section 3.3).
    return load(named === issuer && typeof at === 'string' ? at : `${base}/.well-known/jwks.json`, namedBy)
  }

  return {
    read: (address, namedBy, fresh = false) => remembered(`${namedBy} ${address}`, fresh, () => load(address, namedBy)),
    ofIssuer: (issuer, namedBy, fresh = false) =>
      remembered(`${namedBy} issuer ${issuer}`, fresh, () => loadOfIssuer(issuer, namedBy)),
  }
}
