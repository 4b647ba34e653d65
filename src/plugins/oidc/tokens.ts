// Tokens: signed with the keys of keys.ts, and verified with the type, algorithm, issuer and audience pinned.
import { decodeProtectedHeader, type JWTVerifyOptions, jwtVerify } from 'jose'
import * as v from 'valibot'
import type { Clock } from '#core/clock.ts'
import { newId, sha256Bytes } from '#core/crypto.ts'
import { signCompact } from './jws.ts'
import type { Keys, SigningAlgorithm, VerifyingKey } from './keys.ts'
import { createRecentTokens } from './recent-tokens.ts'

export type Claims = Readonly<Record<string, unknown>>

/** What an access token says (RFC 9068 section 2.2). */
export interface AccessTokenClaims {
  readonly subject: string
  readonly clientId: string
  readonly audience: readonly string[]
  readonly scope: string
  /** Absent for a client that acts for itself. */
  readonly grantId?: string
  /** When a client that acts for itself was made: another one may get its id later. */
  readonly clientMadeAt?: Date
  readonly authTime?: Date
  readonly acr?: string | null
  readonly amr?: readonly string[]
  /** Thumbprint of the key that the token is bound to (RFC 9449 section 6). */
  readonly dpopThumbprint?: string | null | undefined
  readonly lifetimeSeconds: number
}

/** An access token that was verified. */
export interface VerifiedAccessToken {
  readonly id: string
  readonly subject: string
  readonly clientId: string
  readonly audience: readonly string[]
  readonly scope: readonly string[]
  readonly grantId?: string
  readonly clientMadeAt?: number
  readonly dpopThumbprint?: string
  readonly issuedAt: number
  readonly expiresAt: number
  readonly claims: Claims
}

export interface IdTokenClaims {
  readonly subject: string
  readonly clientId: string
  readonly lifetimeSeconds: number
  readonly claims: Claims
  /** The access token that goes along, for at_hash (OpenID Connect Core section 3.1.3.6). */
  readonly accessToken?: string
}

/** What an ID token that a client hands back as a hint tells. */
export interface HintClaims {
  readonly subject: string
  readonly clientId: string
  readonly sid?: string
}

export interface Tokens {
  signAccessToken(claims: AccessTokenClaims, algorithm: SigningAlgorithm): Promise<string>
  signIdToken(claims: IdTokenClaims, algorithm: SigningAlgorithm): Promise<string>
  /** OpenID Connect Back-Channel Logout 1.0 section 2.4. */
  signLogoutToken(claims: { subject: string; clientId: string; sid: string }, algorithm: SigningAlgorithm): Promise<string>
  /** Undefined for whatever is not a live access token of ours. */
  verifyAccessToken(token: string): Promise<VerifiedAccessToken | undefined>
  /** An ID token of ours, however old: the signature is checked always, the expiry never. */
  readHint(token: string): Promise<HintClaims | undefined>
}

const accessTokenType = 'at+jwt'
const idTokenType = 'id-token'
const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout'
const logoutLifetimeSeconds = 120

const Confirmation = v.object({ jkt: v.string() })
const Audience = v.union([
  v.array(v.string()),
  v.pipe(
    v.string(),
    v.transform((one) => [one]),
  ),
])
const AccessToken = v.looseObject({
  jti: v.string(),
  sub: v.string(),
  client_id: v.string(),
  aud: Audience,
  scope: v.optional(v.string(), ''),
  iat: v.number(),
  exp: v.number(),
  cnf: v.optional(Confirmation),
})
const Hint = v.looseObject({ sub: v.string(), aud: Audience, type: v.literal(idTokenType), sid: v.optional(v.string()) })

export function createTokens(keys: Keys, issuer: string, clock: Clock): Tokens {
  const recent = createRecentTokens(clock)
  const seconds = (at: Date) => Math.floor(at.getTime() / 1000)

  const sign = async (payload: object, type: string, lifetimeSeconds: number, algorithm: SigningAlgorithm) => {
    const iat = seconds(clock.now())
    return signCompact({ ...payload, iss: issuer, iat, exp: iat + lifetimeSeconds }, type, await keys.signing(algorithm))
  }

  /** Undefined for a token that no key of ours signed with that key's own algorithm. */
  const verify = async (token: string, accepts: (key: VerifyingKey) => boolean, options: JWTVerifyOptions) => {
    try {
      const { kid } = decodeProtectedHeader(token)
      const key = typeof kid === 'string' ? await keys.verifying(kid) : undefined
      if (!key || !accepts(key)) return undefined
      const { payload } = await jwtVerify(token, key.key, {
        issuer,
        currentDate: clock.now(),
        ...options,
        algorithms: [key.algorithm],
      })
      return { payload, keyId: key.id }
    } catch {
      // Forged, expired, of another kind: all the same to whoever presents it.
      return undefined
    }
  }

  return {
    signAccessToken: ({ subject, clientId, audience, scope, authTime, acr, amr, ...rest }, algorithm) =>
      sign(
        {
          sub: subject,
          aud: audience.length === 1 ? audience[0] : [...audience],
          client_id: clientId,
          scope,
          jti: tokenId(rest),
          ...(authTime ? { auth_time: seconds(authTime) } : {}),
          ...(acr ? { acr } : {}),
          ...(amr ? { amr: [...amr] } : {}),
          ...(rest.dpopThumbprint ? { cnf: { jkt: rest.dpopThumbprint } } : {}),
        },
        accessTokenType,
        rest.lifetimeSeconds,
        algorithm,
      ),

    signIdToken: ({ subject, clientId, claims, accessToken, lifetimeSeconds }, algorithm) =>
      sign(
        {
          ...claims,
          ...(accessToken && algorithm !== 'EdDSA' ? { at_hash: halfHash(accessToken) } : {}),
          sub: subject,
          aud: clientId,
          type: idTokenType,
        },
        'JWT',
        lifetimeSeconds,
        algorithm,
      ),

    signLogoutToken: ({ subject, clientId, sid }, algorithm) =>
      sign(
        { sub: subject, aud: clientId, sid, jti: newId(), events: { [logoutEvent]: {} } },
        'logout+jwt',
        logoutLifetimeSeconds,
        algorithm,
      ),

    async verifyAccessToken(token) {
      const known = recent.get(token)
      if (known) return (await keys.verifying(known.keyId))?.published ? known.verified : undefined
      const signed = await verify(token, ({ published }) => published, { typ: accessTokenType })
      const read = v.safeParse(AccessToken, signed?.payload)
      if (!signed || !read.success) return undefined
      const { jti, sub, client_id, aud, scope, iat, exp, cnf } = read.output
      const [grantId, own] = jti.split('.')
      const [madeAt, ofClient] = jti.split('~')
      const verified: VerifiedAccessToken = {
        id: jti,
        subject: sub,
        clientId: client_id,
        audience: aud,
        scope: scope.split(' ').filter((one) => one !== ''),
        ...(grantId && own ? { grantId } : {}),
        ...(madeAt && ofClient ? { clientMadeAt: Number(madeAt) } : {}),
        ...(cnf ? { dpopThumbprint: cnf.jkt } : {}),
        issuedAt: iat,
        expiresAt: exp,
        claims: read.output,
      }
      recent.put(token, { verified, keyId: signed.keyId })
      return verified
    },

    async readHint(token) {
      // The expiry is judged as of the token's own beginning, so it never has passed.
      const signed = await verify(token, () => true, { typ: 'JWT', currentDate: new Date(0) })
      const read = v.safeParse(Hint, signed?.payload)
      if (!read.success) return undefined
      const { sub, aud, sid } = read.output
      const [clientId] = aud
      return clientId === undefined || aud.length !== 1 ? undefined : { subject: sub, clientId, ...(sid ? { sid } : {}) }
    },
  }
}

/** What a token hangs on leads its id, the grant or its client's making: so it is known to belong there without a row of its own. */
const tokenId = ({ grantId, clientMadeAt }: Pick<AccessTokenClaims, 'grantId' | 'clientMadeAt'>): string =>
  grantId ? `${grantId}.${newId()}` : clientMadeAt ? `${clientMadeAt.getTime()}~${newId()}` : newId()

/** The left half of the hash of the token, as base64url. */
const halfHash = (token: string): string =>
  sha256Bytes(token).subarray(0, 16).toBase64({ alphabet: 'base64url', omitPadding: true })
