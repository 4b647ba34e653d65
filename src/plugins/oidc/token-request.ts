// A request at the token endpoint whose client is known, as every grant type takes it.
import type { Parameters } from './parts.ts'
import { OAuthError } from './protocol/errors.ts'
import type { Provider } from './provider.ts'
import type { ClientRow } from './tables.ts'

export interface TokenRequest {
  readonly provider: Provider
  readonly client: ClientRow
  readonly form: Parameters
  /** Of the key that the request proved to hold. */
  readonly dpopThumbprint: string | undefined
  readonly request: Request
}

export type TokenGrant = (asked: TokenRequest) => Promise<object>

/** @throws OAuthError invalid_request */
export function needed(form: Parameters, name: string): string {
  const value = form[name]
  if (value === undefined) throw new OAuthError('invalid_request', `${name} is missing.`)
  return value
}
