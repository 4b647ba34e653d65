// The port for telling apps of people and groups (SCIM 2.0), for the pages. The JSON of the REST interface, typed.
import type { AppMeta, Port } from './ports.ts'

/** An app's SCIM server. */
export interface ScimProvider {
  readonly id: string
  readonly endpoint: string
  /** The mask where there is a token. Whoever has just sent one is answered the same: Terraform holds the two against each other. */
  readonly token: string
  readonly createdAt: string
  readonly lastSyncedAt: string | null
  /** Why the last attempt failed, in a sentence. */
  readonly lastFault: string | null
  readonly oidcClient: AppMeta
}

/** The mask as token leaves it as it is, an empty text takes it away. */
export interface ScimInput {
  readonly endpoint: string
  readonly token: string
  readonly oidcClientId: string
}

/** Every function that takes an id throws not_found for one that nobody has. */
export interface Scim {
  /** Undefined for an app that is told nothing. */
  ofClient(clientId: string): Promise<ScimProvider | undefined>
  /** @throws AppError already_in_use when the app has one */
  create(input: ScimInput): Promise<ScimProvider>
  update(id: string, input: ScimInput): Promise<ScimProvider>
  /** Tells the app nothing more. What it was told stays there. */
  remove(id: string): Promise<void>
  /** Tells the app everything, also what it was told before. @throws AppError scim_sync_failed, scim_sync_running */
  sync(id: string): Promise<void>
}

export const scim: Port<Scim> = { name: 'scim' }
