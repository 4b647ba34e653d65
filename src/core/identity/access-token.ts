// The access token cookie: a JWT signed by the instance. With the OpenID provider the only place that imports jose.
import { jwtVerify, SignJWT } from 'jose'
import type { Clock } from '../clock.ts'
import type { Vault } from '../crypto.ts'

/** What the cookie says; the session row decides. */
export interface AccessToken {
  readonly userId: string
  readonly sessionId: string
}

export interface AccessTokenClaims extends AccessToken {
  readonly isAdmin: boolean
  readonly amr: readonly string[]
  readonly issuedAt: Date
  readonly expiresAt: Date
}

const algorithm = 'HS256'
const type = 'access-token'
const seconds = (date: Date): number => Math.floor(date.getTime() / 1000)

/** Signs and verifies access tokens with a key derived from ENCRYPTION_KEY; issuer and audience are the instance itself. */
export function createAccessTokens(vault: Vault, issuer: string, clock: Clock) {
  // Once: given bytes, jose would make a key of them for every request.
  const hmac = { name: 'HMAC', hash: 'SHA-256' }
  const key = crypto.subtle.importKey('raw', vault.key('access-token'), hmac, false, ['sign', 'verify'])
  return {
    sign: async (claims: AccessTokenClaims): Promise<string> =>
      new SignJWT({ type, isAdmin: claims.isAdmin, amr: [...claims.amr] })
        .setProtectedHeader({ alg: algorithm, typ: 'JWT' })
        .setSubject(claims.userId)
        .setJti(claims.sessionId)
        .setIssuer(issuer)
        .setAudience(issuer)
        .setIssuedAt(seconds(claims.issuedAt))
        .setExpirationTime(seconds(claims.expiresAt))
        .sign(await key),

    /** Undefined for anything that is not a live token of this instance. */
    async verify(token: string): Promise<AccessToken | undefined> {
      try {
        const options = { algorithms: [algorithm], issuer, audience: issuer, currentDate: clock.now() }
        const { payload } = await jwtVerify(token, await key, { ...options, requiredClaims: ['sub', 'jti', 'exp'] })
        if (payload.type !== type || !payload.sub || !payload.jti) return undefined
        return { userId: payload.sub, sessionId: payload.jti }
      } catch {
        // Forged, expired or of another instance: all the same to the caller, who is simply not signed in.
        return undefined
      }
    },
  }
}
