// JWTs that others signed: client assertions, request objects, DPoP proofs. Asymmetric algorithms alone, so that no key we publish becomes a password.
import {
  calculateJwkThumbprint,
  createLocalJWKSet,
  decodeJwt,
  EmbeddedJWK,
  errors,
  type JSONWebKeySet,
  type JWTHeaderParameters,
  type JWTPayload,
  type JWTVerifyOptions,
  jwtVerify,
} from 'jose'
import type { JsonWebKeySet } from './tables.ts'

/** Algorithms that outsiders may sign with. */
export const outsideAlgorithms: readonly string[] = [
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
  ...['PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512'],
]

/**
 * Algorithms that the FAPI 2.0 Security Profile admits (section 5.4.1), and those as strong: nothing with PKCS #1 v1.5 padding.
 * DPoP proofs are signed with these alone, and the assertions of apps that bind their tokens to a key.
 */
export const strictAlgorithms: readonly string[] = outsideAlgorithms.filter((algorithm) => !algorithm.startsWith('RS'))

/** Clocks differ: this much from the future is now. */
export const clockToleranceSeconds = 30

/** What a JWT says, before anybody has looked at its signature: only good for finding out whose key to ask. */
export function readUnverified(token: string): JWTPayload | undefined {
  try {
    return decodeJwt(token)
  } catch {
    // Not a JWT: whoever asked for one says so.
    return undefined
  }
}

/**
 * Verifies a JWT with one of these keys. Where several keys fit a header without `kid`, each is tried.
 *
 * @throws Error saying why not
 */
export async function verifyOutside(token: string, keySet: JsonWebKeySet, options: JWTVerifyOptions): Promise<JWTPayload> {
  const pinned = { algorithms: [...outsideAlgorithms], ...options }
  try {
    return (await jwtVerify(token, createLocalJWKSet(keySet as JSONWebKeySet), pinned)).payload
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error
    for await (const key of error) {
      const verified = await jwtVerify(token, key, pinned).catch(ignoreOtherKeys)
      if (verified) return verified.payload
    }
    throw new errors.JWSSignatureVerificationFailed()
  }
}

function ignoreOtherKeys(error: unknown): undefined {
  if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error
  return undefined
}

/** A JWT that carries its own key, and that key's thumbprint (RFC 7638). */
export interface SelfSigned {
  readonly header: JWTHeaderParameters
  readonly payload: JWTPayload
  readonly thumbprint: string
}

/** Verifies a JWT with the public key in its own header. @throws Error saying why not */
export async function verifySelfSigned(token: string, type: string, now: Date): Promise<SelfSigned> {
  const options = {
    ...{ algorithms: [...strictAlgorithms], typ: type },
    ...{ currentDate: now, clockTolerance: clockToleranceSeconds },
  }
  const { payload, protectedHeader } = await jwtVerify(token, EmbeddedJWK, options)
  const { jwk } = protectedHeader
  if (!jwk) throw new errors.JWSInvalid('There is no key in the header.')
  return { header: protectedHeader, payload, thumbprint: await calculateJwkThumbprint(jwk) }
}
