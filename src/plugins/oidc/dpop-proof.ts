// A request's DPoP proof: verified, judged, counted once; and the nonce that a client is to put into its next one (RFC 9449).
import { inSeconds } from '#core/clock.ts'
import { equalInConstantTime, keyedHash, sha256 } from '#core/crypto.ts'
import { verifySelfSigned } from './outside-jwt.ts'
import { judgeProof, type Proof, proofLifetimeSeconds } from './protocol/dpop.ts'
import { OAuthError } from './protocol/errors.ts'
import type { OidcHost } from './provider.ts'
import type { SpentIds } from './spent-ids.ts'

export interface DpopProofs {
  /**
   * The thumbprint of the key that a request proves to hold; undefined when it brings no proof.
   *
   * @param accessToken the token that comes along, which the proof has to name
   * @throws OAuthError invalid_dpop_proof, use_dpop_nonce
   */
  thumbprint(request: Request, accessToken?: string): Promise<string | undefined>
  /** For the header DPoP-Nonce of an answer. */
  nonce(): string
}

const nonceLifetimeSeconds = 300
const maxProofLength = 8_192

type DpopHost = Pick<OidcHost, 'vault' | 'clock' | 'core' | 'settings'>

export function createDpopProofs({ vault, clock, core, settings }: DpopHost, spent: SpentIds): DpopProofs {
  const nowSeconds = () => Math.floor(clock.now().getTime() / 1000)
  const nonceOf = (period: number) => keyedHash(vault.key('oidc-dpop-nonce'), String(period))
  const period = () => Math.floor(nowSeconds() / nonceLifetimeSeconds)
  const nonce = () => nonceOf(period())

  /** A nonce is a keyed hash of the time: every process knows it, and nobody outside can make one in advance. */
  const isLive = (given: string) => [period(), period() - 1].some((one) => equalInConstantTime(given, nonceOf(one)))

  const checkNonce = (proof: Proof) => {
    if (proof.nonce === undefined ? settings.oidcDpopNonceRequired : !isLive(proof.nonce)) {
      throw new OAuthError('use_dpop_nonce', 'Put the nonce of the header DPoP-Nonce into the DPoP proof.', {
        headers: { 'dpop-nonce': nonce() },
      })
    }
  }

  return {
    nonce,
    async thumbprint(request, accessToken) {
      const token = request.headers.get('dpop')
      if (token === null) return undefined
      if (token.includes(',') || token.length > maxProofLength) throw bad('There must be one DPoP header with one proof.')
      const { payload, thumbprint } = await verifySelfSigned(token, 'dpop+jwt', clock.now()).catch((cause: unknown) => {
        throw bad('The DPoP proof is not signed by the key in its header, or not a JWT of the type dpop+jwt.', cause)
      })
      const path = new URL(request.url).pathname
      const verdict = judgeProof(payload, {
        method: request.method,
        addresses: [core.appUrl, settings.internalAppUrl].filter((origin) => origin !== '').map((origin) => origin + path),
        nowSeconds: nowSeconds(),
        ...(accessToken === undefined ? {} : { tokenHash: sha256(accessToken) }),
      })
      if (verdict.kind === 'refused') throw bad(verdict.why)
      checkNonce(verdict.proof)
      const id = `${thumbprint} ${verdict.proof.jti}`
      if (!(await spent.spend('dpop', id, inSeconds(clock, 2 * proofLifetimeSeconds))))
        throw bad('This DPoP proof was used before.')
      return thumbprint
    },
  }
}

const bad = (why: string, cause?: unknown) => new OAuthError('invalid_dpop_proof', why, { cause })
