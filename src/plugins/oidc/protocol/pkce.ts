// Pure: proof key for code exchange (RFC 7636).
import { OAuthError } from './errors.ts'
import type { Parameters } from './parameters.ts'

export type Challenge = { readonly challenge: string; readonly method: 'S256' | 'plain' }

const unreserved = /^[A-Za-z0-9\-._~]{43,128}$/
const hashed = /^[A-Za-z0-9_-]{43}$/

/**
 * The challenge of an authorization request. `plain` protects against nothing that TLS does not, so only clients that were imported with it may.
 * @throws OAuthError invalid_request
 */
export function readChallenge(
  parameters: Parameters,
  client: { readonly pkceEnabled: boolean; readonly isPublic: boolean; readonly plainPkceAllowed: boolean },
): Challenge | undefined {
  const { code_challenge: challenge, code_challenge_method: method } = parameters
  if (challenge === undefined) {
    if (method !== undefined) throw new OAuthError('invalid_request', 'code_challenge_method came without a code_challenge.')
    if (client.pkceEnabled || client.isPublic) {
      throw new OAuthError('invalid_request', 'This client must use PKCE: code_challenge is missing.')
    }
    return undefined
  }
  // RFC 7636 section 4.3: no method means plain.
  if (method === 'S256') {
    if (!hashed.test(challenge)) throw new OAuthError('invalid_request', 'code_challenge is not a SHA-256 in base64url.')
    return { challenge, method }
  }
  if (method !== undefined && method !== 'plain') throw new OAuthError('invalid_request', 'code_challenge_method must be S256.')
  if (!client.plainPkceAllowed) throw new OAuthError('invalid_request', 'code_challenge_method must be S256.')
  if (!unreserved.test(challenge)) throw new OAuthError('invalid_request', 'code_challenge has a form that is not allowed.')
  return { challenge, method: 'plain' }
}

/**
 * Whether a verifier answers the challenge of its code. A verifier for a code without a challenge is refused as well: somebody
 * took the challenge out of the authorization request (RFC 9700 section 4.8.2).
 *
 * @param hash SHA-256 as base64url
 */
export function answersChallenge(
  held: Challenge | undefined,
  verifier: string | undefined,
  hash: (text: string) => string,
): boolean {
  if (held === undefined || verifier === undefined) return held === undefined && verifier === undefined
  if (!unreserved.test(verifier)) return false
  return (held.method === 'S256' ? hash(verifier) : verifier) === held.challenge
}
