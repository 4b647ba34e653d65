// Pure: the metadata document (OpenID Connect Discovery 1.0 section 3, RFC 8414 section 2).
import type { Values } from '#core/settings/define.ts'
import type { OidcSettings } from '../settings.ts'
import { standardClaims, standardScopes } from './claims.ts'
import { grantTypes } from './grant-types.ts'

export interface MetadataInput {
  readonly issuer: string
  /** The origin for what apps call themselves; browsers always use the issuer. */
  readonly internal: string
  readonly settings: Values<OidcSettings>
}

const clientAuthMethods = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none']
const outsideAlgorithms = ['ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512', 'EdDSA']

export function metadata({ issuer, internal, settings }: MetadataInput): Readonly<Record<string, unknown>> {
  const signing = [...new Set([settings.oidcSigningAlgorithm, 'ES256', 'RS256'])]
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${internal}/api/oidc/token`,
    userinfo_endpoint: `${internal}/api/oidc/userinfo`,
    introspection_endpoint: `${internal}/api/oidc/introspect`,
    revocation_endpoint: `${internal}/api/oidc/revoke`,
    pushed_authorization_request_endpoint: `${internal}/api/oidc/par`,
    device_authorization_endpoint: `${issuer}/api/oidc/device/authorize`,
    end_session_endpoint: `${issuer}/api/oidc/end-session`,
    jwks_uri: `${internal}/.well-known/jwks.json`,
    ...(settings.oidcRegistrationEnabled ? { registration_endpoint: `${internal}/api/oidc/register` } : {}),
    ...(settings.cimdUrlAllowlist.length > 0 ? { client_id_metadata_document_supported: true } : {}),
    scopes_supported: standardScopes,
    claims_supported: standardClaims,
    claims_parameter_supported: true,
    response_types_supported: ['code'],
    response_modes_supported: ['query', 'fragment', 'form_post'],
    grant_types_supported: grantTypes(settings),
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: signing,
    acr_values_supported: ['phr'],
    prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: clientAuthMethods,
    token_endpoint_auth_signing_alg_values_supported: outsideAlgorithms,
    introspection_endpoint_auth_methods_supported: clientAuthMethods,
    introspection_endpoint_auth_signing_alg_values_supported: outsideAlgorithms,
    revocation_endpoint_auth_methods_supported: clientAuthMethods,
    revocation_endpoint_auth_signing_alg_values_supported: outsideAlgorithms,
    dpop_signing_alg_values_supported: outsideAlgorithms.filter((algorithm) => !algorithm.startsWith('RS')),
    request_parameter_supported: true,
    request_uri_parameter_supported: false,
    request_object_signing_alg_values_supported: outsideAlgorithms,
    require_pushed_authorization_requests: false,
    authorization_response_iss_parameter_supported: true,
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
  }
}
