// What the protocol's endpoints need to know of clients, in types: how it is found out is the business of the files that make these.
import type { ClientRow, JsonWebKeySet } from './tables.ts'

/** The fields of a form or query, each once; a field that came twice was refused before. */
export type Parameters = Readonly<Record<string, string>>

export interface ClientDirectory {
  /** Undefined for an id that nobody registered, or a metadata document that cannot be used. */
  find(id: string): Promise<ClientRow | undefined>
  /** Whether this user may use it: it is open to all, or one of its groups is the user's. */
  admits(client: ClientRow, userId: string): Promise<boolean>
  /** Remembers the first callback that a client without any used. False when another request was faster with another one. */
  learnCallback(client: ClientRow, redirectUri: string): Promise<boolean>
  /** Remembers that a client uses PKCE which need not. */
  notePkce(client: ClientRow): Promise<void>
  /**
   * The keys a client signs with: its own, or what its jwks_uri answers.
   * @param fresh a signature did not fit what was read before
   */
  keysOf(client: ClientRow, fresh?: boolean): Promise<JsonWebKeySet | undefined>
}

export interface ClientAuthentication {
  /**
   * Who this request comes from, by the one method it uses.
   * @param form the body's fields; client_id and client_secret may be among them
   * @throws OAuthError invalid_client, or invalid_request for two methods at once
   */
  authenticate(request: Request, form: Parameters): Promise<ClientRow>
  /** Who an assertion stands for that came alone, as a bearer token. @throws OAuthError invalid_client */
  byAssertion(assertion: string, request: Request): Promise<ClientRow>
}

export interface ProofOfPossession {
  /**
   * The thumbprint of the key that a DPoP proof shows (RFC 9449), spent by this; undefined when the request has none.
   * @param accessToken that the proof must name, at a resource
   * @throws OAuthError invalid_dpop_proof, use_dpop_nonce
   */
  thumbprint(request: Request, accessToken?: string): Promise<string | undefined>
  /** For the header DPoP-Nonce of an answer to a request with a proof. */
  nonce(): string
}

export interface Resources {
  /**
   * What a client gets of the scopes and resources (RFC 8707) it asks for, for its users or for itself.
   * @throws OAuthError invalid_target
   */
  resolve(
    client: ClientRow,
    asked: { readonly scope: readonly string[]; readonly resources: readonly string[]; readonly subject: 'user' | 'client' },
  ): Promise<{ readonly scope: readonly string[]; readonly resources: readonly string[] }>
  /** Names of permissions for people, of those that the resources have. */
  describe(resources: readonly string[], scope: readonly string[]): Promise<readonly Permission[]>
}

/** What a person reads when an app asks for a permission. */
export interface Permission {
  readonly key: string
  readonly name: string
  readonly description: string
}
