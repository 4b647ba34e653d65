// Pure: what an app says of itself, at registration (RFC 7591 section 2) or in a document at its own address -> the row that we keep.
import * as v from 'valibot'
import type { ClientRow } from '../tables.ts'
import { KeySet } from './key-set.ts'
import { redirectUriFault } from './redirect-uri.ts'

/** The part of a row that comes from the app's own words. */
export type Described = Pick<
  ClientRow,
  | 'name'
  | 'launchUrl'
  | 'isPublic'
  | 'pkceEnabled'
  | 'requiresPushedRequests'
  | 'requiresDpop'
  | 'callbackUrls'
  | 'logoutCallbackUrls'
  | 'backchannelLogoutUri'
  | 'initiateLoginUri'
  | 'logoUri'
  | 'tokenEndpointAuthMethod'
  | 'jwks'
  | 'jwksUri'
  | 'idTokenSigningAlg'
  | 'grantTypes'
>

export type MetadataVerdict =
  | { readonly kind: 'described'; readonly client: Described }
  | { readonly kind: 'refused'; readonly code: 'invalid_redirect_uri' | 'invalid_client_metadata'; readonly why: string }

/** What this instance offers to choose from. */
export interface Offer {
  readonly grantTypes: readonly string[]
  readonly authMethods: readonly string[]
  readonly signingAlgorithms: readonly string[]
  /** Signs the ID tokens of apps that do not choose; null for the algorithm of the settings. */
  readonly usualAlgorithm: string | null
  /** Whether apps with a secret or key of their own must use PKCE too. */
  readonly demandsPkce: boolean
  /** What stands for the name of an app that says none. */
  readonly fallbackName: string
}

const Text = v.pipe(v.string(), v.maxLength(2_048))
const Texts = v.pipe(v.array(Text), v.maxLength(50))
const WebAddress = v.pipe(
  Text,
  v.check(
    (address) => URL.canParse(address) && new URL(address).protocol === 'https:',
    'Must be an address that begins with https://.',
  ),
)

const Metadata = v.looseObject({
  redirect_uris: v.optional(Texts, []),
  token_endpoint_auth_method: v.optional(Text, 'client_secret_basic'),
  // Not none: in our rows that means every way.
  grant_types: v.optional(v.pipe(Texts, v.minLength(1, 'Must name at least one.')), ['authorization_code']),
  response_types: v.optional(Texts, ['code']),
  client_name: v.optional(Text),
  client_uri: v.optional(WebAddress),
  logo_uri: v.optional(WebAddress),
  jwks: v.optional(KeySet),
  jwks_uri: v.optional(WebAddress),
  post_logout_redirect_uris: v.optional(Texts, []),
  backchannel_logout_uri: v.optional(WebAddress),
  initiate_login_uri: v.optional(WebAddress),
  id_token_signed_response_alg: v.optional(Text),
  subject_type: v.optional(v.literal('public', 'Must be public.')),
  dpop_bound_access_tokens: v.optional(v.boolean(), false),
  require_pushed_authorization_requests: v.optional(v.boolean(), false),
})
type Metadata = v.InferOutput<typeof Metadata>

const maxNameLength = 50

/** Understands an app's description of itself. A stranger wrote it, so no wildcards and no plain http beyond its own machine. */
export function readClientMetadata(value: unknown, offer: Offer): MetadataVerdict {
  const read = v.safeParse(Metadata, value, { abortEarly: true })
  if (!read.success) {
    const [issue] = read.issues
    const field = issue.path?.map(({ key }) => String(key)).join('.') ?? 'The metadata'
    return refused('invalid_client_metadata', `${field}: ${issue.message}`)
  }
  const metadata = read.output
  const fault = addressFault(metadata.redirect_uris) ?? addressFault(metadata.post_logout_redirect_uris)
  if (fault) return refused('invalid_redirect_uri', fault)
  if (metadata.redirect_uris.length === 0 && metadata.grant_types.includes('authorization_code'))
    return refused('invalid_redirect_uri', 'redirect_uris must name at least one address.')
  const wrong = choiceFault(metadata, offer)
  return wrong ? refused('invalid_client_metadata', wrong) : { kind: 'described', client: described(metadata, offer) }
}

function addressFault(addresses: readonly string[]): string | undefined {
  for (const address of addresses) {
    if (address.includes('*')) return 'A redirect address must not hold a wildcard.'
    const fault = redirectUriFault(address, false)
    if (fault) return `A redirect address ${fault}.`
  }
  return undefined
}

function choiceFault(metadata: Metadata, offer: Offer): string | undefined {
  const { token_endpoint_auth_method: method, id_token_signed_response_alg: algorithm, jwks, jwks_uri } = metadata
  if (!offer.authMethods.includes(method)) return `token_endpoint_auth_method must be one of ${offer.authMethods.join(', ')}.`
  if (metadata.response_types.some((type) => type !== 'code')) return 'response_types must be code.'
  const grant = metadata.grant_types.find((type) => !offer.grantTypes.includes(type))
  if (grant !== undefined) return `grant_types must be among ${offer.grantTypes.join(', ')}.`
  if (method === 'none' && metadata.grant_types.includes('client_credentials'))
    return 'An app that can keep no secret cannot use the grant type client_credentials.'
  if (algorithm !== undefined && !offer.signingAlgorithms.includes(algorithm))
    return `id_token_signed_response_alg must be one of ${offer.signingAlgorithms.join(', ')}.`
  if (jwks !== undefined && jwks_uri !== undefined) return 'Name jwks or jwks_uri, not both.'
  if (method === 'private_key_jwt' && jwks === undefined && jwks_uri === undefined)
    return 'private_key_jwt needs jwks or jwks_uri.'
  return undefined
}

function described(metadata: Metadata, { fallbackName, usualAlgorithm, demandsPkce }: Offer): Described {
  const isPublic = metadata.token_endpoint_auth_method === 'none'
  const name = metadata.client_name
    ?.normalize('NFC')
    .replace(/\p{Cc}/gu, ' ')
    .trim()
  return {
    name: (name || fallbackName).slice(0, maxNameLength),
    launchUrl: metadata.client_uri ?? null,
    isPublic,
    pkceEnabled: isPublic || demandsPkce,
    requiresPushedRequests: metadata.require_pushed_authorization_requests,
    requiresDpop: metadata.dpop_bound_access_tokens,
    callbackUrls: metadata.redirect_uris,
    logoutCallbackUrls: metadata.post_logout_redirect_uris,
    backchannelLogoutUri: metadata.backchannel_logout_uri ?? null,
    initiateLoginUri: metadata.initiate_login_uri ?? null,
    logoUri: metadata.logo_uri ?? null,
    tokenEndpointAuthMethod: metadata.token_endpoint_auth_method,
    jwks: metadata.jwks ?? null,
    jwksUri: metadata.jwks_uri ?? null,
    idTokenSigningAlg: metadata.id_token_signed_response_alg ?? usualAlgorithm,
    grantTypes: metadata.grant_types,
  }
}

const refused = (code: 'invalid_redirect_uri' | 'invalid_client_metadata', why: string): MetadataVerdict => ({
  kind: 'refused',
  code,
  why,
})
