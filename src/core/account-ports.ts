// Ports around an account, for the pages: its API keys, and the log of what happened with it.
import type { ListQuery, Page } from './http/listing.ts'
import type { Port } from './ports.ts'

/** A key without the key itself, which is shown once and stored as a hash. */
export interface ApiKey {
  readonly id: string
  readonly name: string
  readonly description: string | null
  readonly expiresAt: Date
  readonly lastUsedAt: Date | null
  readonly createdAt: Date
  readonly expirationEmailSent: boolean
}

/** A key and its secret, in the one moment in which it can be shown. */
export interface NewApiKey {
  readonly apiKey: ApiKey
  readonly token: string
}

export interface ApiKeys {
  list(userId: string, query: ListQuery): Promise<Page<ApiKey>>
  /** @throws AppError invalid_api_key_expiration unless it lies ahead */
  create(
    userId: string,
    key: { readonly name: string; readonly description: string | null; readonly expiresAt: Date },
  ): Promise<NewApiKey>
  /**
   * Gives a key that has run out a new secret and a new end.
   * @throws AppError api_key_not_found unless the user has it, api_key_not_expired, invalid_api_key_expiration
   */
  renew(userId: string, id: string, expiresAt: Date): Promise<NewApiKey>
  /** @throws AppError api_key_not_found unless the user has it */
  remove(userId: string, id: string): Promise<void>
  /** Keys that are over by then, are not yet, and whose owner was not told. */
  expiringUntil(
    then: Date,
  ): Promise<readonly { readonly id: string; readonly userId: string; readonly name: string; readonly expiresAt: Date }[]>
  /** The owner was told that the key will be over. */
  noteExpiryLetter(id: string): Promise<void>
}

export const apiKeys: Port<ApiKeys> = { name: 'api-keys' }

/** Something that happened, as it was noted then: names stay what they were. */
export interface AuditEntry {
  readonly id: string
  readonly createdAt: Date
  readonly event: string
  readonly ipAddress: string | null
  readonly country: string
  readonly city: string
  /** The browser and system, as far as it said. */
  readonly device: string
  readonly userId: string
  readonly username: string
  /** Who did it, where that is not the user. */
  readonly actorUsername: string | null
  readonly data: Readonly<Record<string, string>>
}

export interface AuditLog {
  /** Newest first, unless the query sorts. Filters: userId, event, clientName. @param userId one person's entries alone */
  list(query: ListQuery, userId?: string): Promise<Page<AuditEntry>>
  /** Everybody who has entries, by name. */
  users(): Promise<readonly { readonly id: string; readonly username: string }[]>
  /** The apps that have entries, by name. */
  clientNames(): Promise<readonly string[]>
}

export const auditLog: Port<AuditLog> = { name: 'audit-log' }
