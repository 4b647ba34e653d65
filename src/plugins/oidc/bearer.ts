// The access token of a request (RFC 6750 section 2, RFC 9449 section 7), verified, and with its key where it is bound to one.
import type { Parameters } from './parts.ts'
import { OAuthError } from './protocol/errors.ts'
import type { Provider } from './provider.ts'
import type { VerifiedAccessToken } from './tokens.ts'

interface Presented {
  readonly token: string
  readonly scheme: 'Bearer' | 'DPoP'
}

/** @throws OAuthError invalid_request, invalid_token with the challenge in WWW-Authenticate */
export async function accessTokenOf(provider: Provider, request: Request, form: Parameters): Promise<VerifiedAccessToken> {
  const { token, scheme } = presented(request, form)
  const verified = await provider.tokens.verifyAccessToken(token)
  if (!verified || (await provider.revocations.has(verified.id)))
    throw unusable(scheme, 'The access token is not valid or has run out.')
  if (verified.dpopThumbprint === undefined && scheme === 'Bearer') return verified
  if (scheme !== 'DPoP') throw unusable('DPoP', 'The access token is bound to a key: send it with the DPoP scheme and a proof.')
  const shown = await provider.proofs.thumbprint(request, token).catch((error: unknown) => {
    throw error instanceof OAuthError
      ? new OAuthError(error.code, error.message, {
          status: 401,
          headers: { ...error.headers, ...challenge('DPoP', error.code) },
        })
      : error
  })
  if (shown === undefined || shown !== verified.dpopThumbprint)
    throw unusable('DPoP', 'The access token is bound to another key.')
  return verified
}

function presented(request: Request, form: Parameters): Presented {
  const header = request.headers.get('authorization')
  const match = header === null ? undefined : /^(Bearer|DPoP) +([\w\-.~+/]+=*)$/i.exec(header)
  const inBody = form.access_token
  if (header !== null && inBody !== undefined) throw new OAuthError('invalid_request', 'The access token came twice.')
  if (inBody !== undefined) return { token: inBody, scheme: 'Bearer' }
  const [, scheme, token] = match ?? []
  // RFC 6750 section 3.1: whoever shows nothing is told how, and no error.
  if (scheme === undefined || token === undefined) {
    throw new OAuthError('invalid_token', 'There is no access token.', { headers: { 'www-authenticate': 'Bearer, DPoP' } })
  }
  return { token, scheme: scheme.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer' }
}

export const unusable = (scheme: Presented['scheme'], why: string): OAuthError =>
  new OAuthError('invalid_token', why, { headers: challenge(scheme, 'invalid_token', why) })

const challenge = (scheme: string, error: string, why?: string) => ({
  'www-authenticate': `${scheme} error="${error}"${why === undefined ? '' : `, error_description="${why}"`}`,
})
