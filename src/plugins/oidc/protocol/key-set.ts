// Pure: a set of public keys (RFC 7517 section 5). Whoever publishes a private or symmetric one has lost it, and we do not take it.
import * as v from 'valibot'
import type { JsonWebKeySet } from '../tables.ts'

const maxKeys = 50

const PublicKey = v.pipe(
  v.looseObject({ kty: v.picklist(['EC', 'RSA', 'OKP'], 'A key must be of the type EC, RSA or OKP.') }),
  v.check((key) => !('d' in key) && !('k' in key), 'A key must be a public one; this holds its private part.'),
)

/** `{ "keys": [...] }`, at most 50. */
export const KeySet = v.object({ keys: v.pipe(v.array(PublicKey), v.maxLength(maxKeys, `A set may hold ${maxKeys} keys.`)) })

/** Undefined for what is no set of public keys. Keys of unknown types are left out, as RFC 7517 asks. */
export function readKeySet(value: unknown): JsonWebKeySet | undefined {
  const read = v.safeParse(v.object({ keys: v.array(v.unknown()) }), value)
  if (!read.success || read.output.keys.length > maxKeys) return undefined
  return { keys: read.output.keys.flatMap((key) => (v.is(PublicKey, key) ? [key] : [])) }
}
