// Pure: what the protocol's endpoints say when they refuse (RFC 6749 sections 4.1.2.1 and 5.2, OpenID Connect Core section 3.1.2.6).

const statuses = {
  invalid_request: 400,
  invalid_client: 401,
  invalid_grant: 400,
  invalid_scope: 400,
  invalid_target: 400,
  invalid_token: 401,
  insufficient_scope: 403,
  unauthorized_client: 400,
  unsupported_grant_type: 400,
  unsupported_response_type: 400,
  unsupported_token_type: 400,
  access_denied: 400,
  authorization_pending: 400,
  slow_down: 400,
  expired_token: 400,
  login_required: 400,
  interaction_required: 400,
  consent_required: 400,
  account_selection_required: 400,
  invalid_request_object: 400,
  request_not_supported: 400,
  request_uri_not_supported: 400,
  invalid_request_uri: 400,
  invalid_dpop_proof: 400,
  use_dpop_nonce: 400,
  unmet_authentication_requirements: 400,
  invalid_redirect_uri: 400,
  invalid_client_metadata: 400,
  registration_not_supported: 400,
  server_error: 500,
  temporarily_unavailable: 503,
} as const

export type OAuthErrorCode = keyof typeof statuses

/** A refusal in the protocol's own words. Its description is public: never put a secret or a stranger's data in it. */
export class OAuthError extends Error {
  readonly code: OAuthErrorCode
  readonly status: number
  readonly headers: Readonly<Record<string, string>>

  constructor(
    code: OAuthErrorCode,
    description: string,
    options: { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly cause?: unknown } = {},
  ) {
    super(allowed(description), options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'OAuthError'
    this.code = code
    this.status = options.status ?? statuses[code]
    this.headers = options.headers ?? {}
  }
}

/** Descriptions are ASCII without quotes and backslashes (RFC 6749 section 5.2), whatever a request brought into them. */
const allowed = (description: string): string => description.replace(/["’]/g, "'").replace(/[^\x20-\x7e]|\\/g, '?')

/** The JSON of a refusal. */
export const errorBody = ({ code, message }: OAuthError): { readonly error: string; readonly error_description: string } => ({
  error: code,
  error_description: message,
})
