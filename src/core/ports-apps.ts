// The port for the administration of apps, for the pages and for whoever else shows them. The JSON of the REST interface, typed.

import type { ListQuery, Page } from './http/listing.ts'
import type { GroupMinimal } from './http/user-json.ts'
import type { AppMeta, Port } from './ports.ts'

/** An app as everybody may see it. */
export interface AppCard extends AppMeta {
  readonly description: string
  readonly launchURL: string | null
  readonly requiresReauthentication: boolean
}

/** A secret of an app without the secret itself. */
export interface AppSecret {
  readonly id: string
  readonly name: string
  /** The first characters; empty for one that an import brought. */
  readonly prefix: string
  readonly createdAt: string
  readonly expiresAt: string | null
  readonly lastUsedAt: string | null
  readonly isActive: boolean
}

/** An issuer whose assertions stand for an app (RFC 7523). */
export interface AppFederatedIdentity {
  readonly issuer: string
  readonly subject?: string | undefined
  readonly audience?: string | undefined
  /** Where the issuer's keys are; without it they are found through its metadata. */
  readonly jwks?: string | undefined
  /** The keys themselves, for an issuer that cannot be reached from here. */
  readonly publicKeys?: readonly Readonly<Record<string, unknown>>[] | undefined
  readonly replayProtection: boolean
}

/** What an administrator says of an app. `undefined` leaves a value of ours as it is and takes Pocket ID's default for one of theirs. */
export interface AppInput {
  readonly name: string
  readonly description?: string | undefined
  readonly callbackURLs?: readonly string[] | undefined
  readonly logoutCallbackURLs?: readonly string[] | undefined
  readonly launchURL?: string | null | undefined
  readonly isPublic?: boolean | undefined
  readonly pkceEnabled?: boolean | undefined
  readonly requiresReauthentication?: boolean | undefined
  readonly requiresPushedAuthorizationRequests?: boolean | undefined
  readonly skipConsent?: boolean | undefined
  readonly isGroupRestricted?: boolean | undefined
  readonly accessTokenDurationMinutes?: number | undefined
  readonly refreshTokenDurationMinutes?: number | undefined
  readonly credentials?: { readonly federatedIdentities?: readonly AppFederatedIdentity[] | undefined } | undefined
  readonly logoUrl?: string | null | undefined
  readonly darkLogoUrl?: string | null | undefined
  readonly backchannelLogoutURL?: string | null | undefined
  readonly initiateLoginURL?: string | null | undefined
  readonly requiresDpop?: boolean | undefined
  readonly jwks?: { readonly keys: readonly Readonly<Record<string, unknown>>[] } | null | undefined
  readonly jwksURL?: string | null | undefined
  readonly idTokenSigningAlg?: string | null | undefined
}

/** An app as an administrator sees it. */
export interface AppListed extends AppCard {
  readonly callbackURLs: readonly string[]
  readonly logoutCallbackURLs: readonly string[]
  readonly isPublic: boolean
  readonly pkceEnabled: boolean
  /** It was seen to use PKCE, though it need not. */
  readonly pkceSupported: boolean
  readonly requiresPushedAuthorizationRequests: boolean
  readonly skipConsent: boolean
  readonly isGroupRestricted: boolean
  readonly accessTokenDurationMinutes: number
  readonly refreshTokenDurationMinutes: number
  readonly credentials: {
    readonly federatedIdentities: readonly AppFederatedIdentity[]
    readonly secrets: readonly AppSecret[]
  }
  readonly backchannelLogoutURL: string | null
  readonly initiateLoginURL: string | null
  readonly requiresDpop: boolean
  readonly jwks: { readonly keys: readonly Readonly<Record<string, unknown>>[] } | null
  readonly jwksURL: string | null
  readonly idTokenSigningAlg: string | null
  /** Who made it: an administrator, the app itself, or a document at the address that is its id. */
  readonly origin: 'admin' | 'registration' | 'metadata-document'
  readonly createdAt: string
  readonly allowedUserGroupsCount: number
}

export interface AppDetails extends AppListed {
  readonly allowedUserGroups: readonly GroupMinimal[]
}

/** What tokens and userinfo would say of a user. */
export interface AppPreview {
  readonly idToken: Readonly<Record<string, unknown>>
  readonly accessToken: Readonly<Record<string, unknown>>
  readonly userInfo: Readonly<Record<string, unknown>>
}

/** An app that a user may open. */
export interface AccessibleApp extends AppCard {
  readonly lastUsedAt: string | null
}

/** An app that a user gave access. */
export interface AuthorizedApp {
  readonly scope: string
  readonly client: AppCard
  readonly lastUsedAt: string
}

export type LogoVariant = 'light' | 'dark'

/** The administration of apps, and a person's own. Every function that takes an id throws not_found for one that nobody has. */
export interface Apps {
  list(query: ListQuery): Promise<Page<AppListed>>
  get(id: string): Promise<AppDetails>
  /** @throws AppError validation_failed naming the fields, client_id_already_exists, and what the download of a logo throws */
  create(input: AppInput & { readonly id?: string | undefined }, actorId: string | null): Promise<AppDetails>
  update(id: string, input: AppInput, actorId: string | null): Promise<AppDetails>
  remove(id: string, actorId: string | null): Promise<void>
  /** Reads the document again that describes the app. @throws AppError oidc_metadata_document_unusable */
  refresh(id: string): Promise<AppDetails>
  setGroups(id: string, groupIds: readonly string[]): Promise<AppDetails>
  secrets(id: string): Promise<readonly AppSecret[]>
  /** The only answer that holds the secret itself. */
  addSecret(
    id: string,
    secret: {
      readonly secret?: string | undefined
      readonly name?: string | undefined
      readonly expiresAt?: Date | null | undefined
    },
  ): Promise<AppSecret & { readonly secret: string }>
  removeSecret(id: string, secretId: string): Promise<void>
  /** @throws AppError file_type_not_supported, file_too_large */
  setLogo(id: string, variant: LogoVariant, bytes: Uint8Array): Promise<void>
  removeLogo(id: string, variant: LogoVariant): Promise<void>
  /** @throws AppError user_not_found */
  preview(id: string, userId: string, scopes: readonly string[]): Promise<AppPreview>
  /** The apps a user may open, those used last first. The filter `hasLaunchURL` leaves out those without an address. */
  accessibleTo(userId: string, query: ListQuery): Promise<Page<AccessibleApp>>
  /** The apps a user gave access, those used last first. */
  authorizedBy(userId: string, query: ListQuery): Promise<Page<AuthorizedApp>>
  /** Takes an app's access away: its tokens end and it has to ask again. */
  revoke(userId: string, clientId: string): Promise<void>
  /** The apps that are open to a group. */
  ofGroup(groupId: string): Promise<readonly AppCard[]>
  /** Opens exactly these apps to a group; unknown ids are left out. */
  setOfGroup(groupId: string, clientIds: readonly string[]): Promise<void>
}

export const apps: Port<Apps> = { name: 'apps' }
