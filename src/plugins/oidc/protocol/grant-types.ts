// Pure: the ways to a token (RFC 6749 section 4, RFC 8628, RFC 8693).
import type { Values } from '#core/settings/define.ts'
import type { OidcSettings } from '../settings.ts'

export const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange'
export const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'

/** Which grant types this instance answers. */
export const grantTypes = (settings: Pick<Values<OidcSettings>, 'oidcTokenExchangeEnabled'>): readonly string[] => [
  'authorization_code',
  'refresh_token',
  'client_credentials',
  deviceGrant,
  ...(settings.oidcTokenExchangeEnabled ? [exchangeGrant] : []),
]
