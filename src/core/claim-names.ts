// Pure: names that no custom claim may have.

/** Names whose meaning is fixed: by JWT (RFC 7519 section 4.1), by OpenID Connect Core section 5.1, or by what we put there ourselves. */
export const reservedClaims: ReadonlySet<string> = new Set([
  ...['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti'],
  ...['auth_time', 'nonce', 'acr', 'amr', 'azp', 'at_hash', 'c_hash', 'sid'],
  ...['name', 'given_name', 'family_name', 'preferred_username', 'email', 'email_verified'],
  ...['display_name', 'groups', 'type'],
])
