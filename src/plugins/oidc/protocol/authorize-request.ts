// Pure: an authorization request, understood (RFC 6749 section 4.1.1, OpenID Connect Core section 3.1.2.1). Its redirect URI was checked before.
import { readRequestedClaims } from './claims-parameter.ts'
import { OAuthError } from './errors.ts'
import { type Parameters, words } from './parameters.ts'
import { type Challenge, readChallenge } from './pkce.ts'
import type { Prompt } from './prompt.ts'
import { readResources } from './resources.ts'

export type ResponseMode = 'query' | 'fragment' | 'form_post'

/** Names of claims asked for one by one, and where they shall stand. */
export interface RequestedClaims {
  readonly idToken: readonly string[]
  readonly userinfo: readonly string[]
}

export interface AuthorizeRequest {
  readonly redirectUri: string
  readonly responseMode: ResponseMode
  readonly state?: string
  readonly nonce?: string
  readonly scope: readonly string[]
  readonly resources: readonly string[]
  readonly challenge?: Challenge
  readonly prompt: readonly Prompt[]
  readonly maxAge?: number
  readonly claims?: RequestedClaims
  /** Authentication contexts of which one must be reached, or the request fails (claims parameter, essential acr). */
  readonly essentialAcr?: readonly string[]
  /** The only person whom the answer may be about (claims parameter, value of sub). */
  readonly subject?: string
  readonly idTokenHint?: string
  readonly dpopThumbprint?: string
}

/** What the client's registration says about its requests. */
export interface ClientRules {
  readonly pkceEnabled: boolean
  readonly isPublic: boolean
  readonly plainPkceAllowed: boolean
}

const responseModes: readonly string[] = ['query', 'fragment', 'form_post']
const prompts: readonly string[] = ['none', 'login', 'consent', 'select_account']

/** How errors are sent back, known as soon as the redirect URI is. An unknown mode falls back to the default. */
export const readResponseMode = ({ response_mode: mode }: Parameters): ResponseMode =>
  mode !== undefined && responseModes.includes(mode) ? (mode as ResponseMode) : 'query'

/** @throws OAuthError, to be sent to the redirect URI */
export function understand(parameters: Parameters, redirectUri: string, client: ClientRules): AuthorizeRequest {
  const { response_type: type, response_mode: mode, state, nonce } = parameters
  if (type === undefined) throw new OAuthError('invalid_request', 'response_type is missing.')
  if (type !== 'code') throw new OAuthError('unsupported_response_type', 'response_type must be code.')
  if (mode !== undefined && !responseModes.includes(mode)) {
    throw new OAuthError('invalid_request', 'response_mode must be query, fragment or form_post.')
  }
  if (parameters.registration !== undefined) {
    throw new OAuthError('registration_not_supported', 'The registration parameter is not supported.')
  }
  const challenge = readChallenge(parameters, client)
  const maxAge = readMaxAge(parameters.max_age)
  const { claims, essentialAcr, subject } = readRequestedClaims(parameters.claims)
  const thumbprint = parameters.dpop_jkt
  if (thumbprint !== undefined && !/^[\w-]{43}$/.test(thumbprint)) {
    throw new OAuthError('invalid_request', 'dpop_jkt must be a SHA-256 thumbprint in base64url.')
  }
  return {
    redirectUri,
    responseMode: readResponseMode(parameters),
    scope: words(parameters.scope),
    resources: readResources(parameters.resource),
    prompt: readPrompt(parameters.prompt),
    ...(state === undefined ? {} : { state }),
    ...(nonce === undefined ? {} : { nonce }),
    ...(challenge === undefined ? {} : { challenge }),
    ...(maxAge === undefined ? {} : { maxAge }),
    ...(claims === undefined ? {} : { claims }),
    ...(essentialAcr === undefined ? {} : { essentialAcr }),
    ...(subject === undefined ? {} : { subject }),
    ...(parameters.id_token_hint === undefined ? {} : { idTokenHint: parameters.id_token_hint }),
    ...(thumbprint === undefined ? {} : { dpopThumbprint: thumbprint }),
  }
}

function readPrompt(value: string | undefined): readonly Prompt[] {
  const asked = words(value)
  if (asked.some((one) => !prompts.includes(one)))
    throw new OAuthError('invalid_request', 'prompt holds a word that is not known.')
  if (asked.includes('none') && asked.length > 1)
    throw new OAuthError('invalid_request', 'prompt=none goes with no other prompt.')
  return asked as readonly Prompt[]
}

function readMaxAge(value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  if (!/^\d{1,10}$/.test(value)) throw new OAuthError('invalid_request', 'max_age must be a number of seconds.')
  return Number(value)
}
