// Pure: what a DPoP proof must say beside being signed by its own key (RFC 9449 section 4.3).
import * as v from 'valibot'

/** What a proof is for: this request, now. */
export interface ProofContext {
  readonly method: string
  /** Where this request may have been sent: the endpoint's path on each of our origins. */
  readonly addresses: readonly string[]
  readonly nowSeconds: number
  /** SHA-256 of the access token that comes along, as base64url; absent where none does. */
  readonly tokenHash?: string
}

/** A proof may be this old, and this much from the future: clocks differ. */
export const proofLifetimeSeconds = 60
const aheadSeconds = 30

const Proof = v.looseObject({
  jti: v.pipe(v.string(), v.minLength(1), v.maxLength(256)),
  htm: v.string(),
  htu: v.string(),
  iat: v.number(),
  ath: v.optional(v.string()),
  nonce: v.optional(v.string()),
})
export type Proof = v.InferOutput<typeof Proof>

export type ProofVerdict = { readonly kind: 'sound'; readonly proof: Proof } | { readonly kind: 'refused'; readonly why: string }

const refused = (why: string): ProofVerdict => ({ kind: 'refused', why })

/** Judges the claims of a proof whose signature was verified. */
export function judgeProof(payload: unknown, { method, addresses, nowSeconds, tokenHash }: ProofContext): ProofVerdict {
  const read = v.safeParse(Proof, payload)
  if (!read.success) return refused('The DPoP proof must say jti, htm, htu and iat.')
  const proof = read.output
  if (proof.htm !== method) return refused(`The DPoP proof is for the method ${shown(proof.htm)}, this request is a ${method}.`)
  if (!addresses.some((address) => sameTarget(proof.htu, address))) return refused('The DPoP proof is for another address (htu).')
  if (proof.iat > nowSeconds + aheadSeconds) return refused('The DPoP proof was made in the future. Check the clock.')
  if (proof.iat < nowSeconds - proofLifetimeSeconds) return refused('The DPoP proof is too old. Make one for each request.')
  if (tokenHash !== undefined && proof.ath !== tokenHash) return refused('The DPoP proof is not for this access token (ath).')
  return { kind: 'sound', proof }
}

/** Equal addresses, query and fragment apart (RFC 9449 section 4.3, RFC 3986 section 6.2). */
function sameTarget(given: string, address: string): boolean {
  if (!URL.canParse(given)) return false
  const [left, right] = [new URL(given), new URL(address)]
  const plain = left.username === '' && left.password === ''
  return plain && left.origin === right.origin && left.pathname === right.pathname
}

const shown = (text: string): string => text.replace(/[^\w-]/g, '').slice(0, 20)
