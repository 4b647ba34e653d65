// Pure: the ways to a token (RFC 6749 section 4, RFC 8628, RFC 8693).
import type { Values } from '#core/settings/define.ts'
import type { OidcSettings } from '../settings.ts'
import type { ClientRow } from '../tables.ts'
import { OAuthError } from './errors.ts'

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

/** Whether an app may come to a token this way: one that registered itself said which ways it goes (RFC 7591 section 2). */
export const mayUse = ({ grantTypes }: Pick<ClientRow, 'grantTypes'>, type: string): boolean =>
  grantTypes.length === 0 || grantTypes.includes(type)

/** @throws OAuthError unauthorized_client */
export function demandGrant(client: Pick<ClientRow, 'grantTypes'>, type: string): void {
  if (!mayUse(client, type))
    throw new OAuthError('unauthorized_client', `This client is not registered for the grant type ${type}.`)
}
