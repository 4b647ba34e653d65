// Everything the endpoints work with, made once per start.
import type { Host } from '#core/kernel/plugin.ts'
import { createKeys, type Keys } from './keys.ts'
import type { OidcSettings } from './settings.ts'
import { createTokens, type Tokens } from './tokens.ts'

export type OidcHost = Host<OidcSettings>

export interface Provider {
  readonly host: OidcHost
  /** APP_URL, and nothing else: what tokens name as their maker. */
  readonly issuer: string
  readonly keys: Keys
  readonly tokens: Tokens
}

export function createProvider(host: OidcHost): Provider {
  const issuer = host.core.appUrl
  const keys = createKeys(host)
  return { host, issuer, keys, tokens: createTokens(keys, issuer, host.clock) }
}
