// Pure: which claims a scope opens, and what a user's claims are (OpenID Connect Core section 5).

export const standardScopes = ['openid', 'profile', 'email', 'groups', 'offline_access'] as const

/** Scopes that say something of the person: a token that has one may be used at userinfo. */
export const identityScopes: readonly string[] = ['openid', 'profile', 'email', 'groups']

export const standardClaims: readonly string[] = [
  ...['iss', 'sub', 'aud', 'exp', 'iat', 'auth_time', 'nonce', 'acr', 'amr', 'sid'],
  ...['name', 'given_name', 'family_name', 'display_name', 'preferred_username', 'picture'],
  ...['email', 'email_verified', 'groups'],
]
