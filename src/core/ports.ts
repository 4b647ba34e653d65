// Typed tokens for what one plugin offers and another may use, so that plugins can serve each other as strangers.
import type { UserActor } from './identity/actor.ts'
import type { StoredPicture } from './images-port.ts'

/** Names a service of type `P`. Two ports are the same when their names are. */
export interface Port<P> {
  readonly name: string
  /** Never set: carries the type only. */
  readonly type?: P
}

/** Mints sign-in links, for whoever wants to hand one out. */
export interface OneTimeLinks {
  /**
   * @param lifetimeSeconds how long the link may be used, once
   * @param deviceToken binds the code to the browser that holds this text in its cookie
   */
  mint(userId: string, lifetimeSeconds: number, deviceToken?: string): Promise<{ readonly token: string; readonly url: string }>
  /**
   * Spends a token and says whose it was.
   *
   * @param deviceToken the cookie of the browser that asked for it, or an empty text
   * @throws AppError token_invalid_or_expired, device_code_invalid
   */
  redeem(token: string, deviceToken: string): Promise<string>
}

export const oneTimeLinks: Port<OneTimeLinks> = { name: 'one-time-links' }

/** What is registered of a person's passkeys, for pages that list them. */
export interface Passkey {
  readonly id: string
  /** What the authenticator calls it. */
  readonly credentialId: string
  readonly name: string
  /** The product that made it, such as "YubiKey 5 Series with NFC"; null where it does not say. */
  readonly authenticator: string | null
  readonly createdAt: Date
  readonly lastUsedAt: Date | null
  readonly backedUp: boolean
  /** How browsers reach it (WebAuthn section 5.8.4): internal, hybrid, usb, nfc. */
  readonly transports: readonly string[]
}

export interface Passkeys {
  listFor(userId: string): Promise<readonly Passkey[]>
  /** @throws AppError passkey_not_found unless the user has it */
  rename(userId: string, id: string, name: string): Promise<void>
  /** @throws AppError passkey_not_found unless the user has it */
  remove(userId: string, id: string): Promise<void>
}

export const passkeys: Port<Passkeys> = { name: 'passkeys' }

/** Proof of a passkey gesture made a moment ago, for whoever asks for one before something delicate. */
export interface Reauthentication {
  /**
   * Spends the token of the cookie `reauthentication_token` (prefix `__Secure-`); false when it is not live or not of this session.
   * A token counts once.
   *
   * @param maxAgeSeconds how long ago the gesture may have been; as long as the cookie lives when absent
   */
  spend(token: string, sessionId: string, maxAgeSeconds?: number): Promise<boolean>
}

export const reauthentication: Port<Reauthentication> = { name: 'reauthentication' }

/** The custom claims of users and groups, with the rules for their names. */
export interface CustomClaims {
  /** Every name in use, the most used first. */
  names(): Promise<readonly string[]>
  /** Replaces an owner's list. @throws AppError reserved_claim, duplicate_claim naming the claim */
  replace(
    owner: { readonly userId: string } | { readonly groupId: string },
    claims: readonly { readonly key: string; readonly value: string }[],
  ): Promise<unknown>
}

export const claims: Port<CustomClaims> = { name: 'custom-claims' }

/** What a person does before an app gets its answer. */
export type InteractionStep = 'authenticate' | 'select_account' | 'reauthenticate' | 'consent'

/** A permission at an API in words; the scopes of identity have words of the pages' own. */
export interface ScopeInfo {
  readonly key: string
  readonly name: string
  readonly description: string
}

/** An app as strangers may see it. */
export interface AppMeta {
  readonly id: string
  readonly name: string
  readonly hasLogo: boolean
  readonly hasDarkLogo: boolean
  readonly clientType: string
}

/** An app's request to sign somebody in, waiting for a person. */
export interface AppInteraction {
  readonly id: string
  readonly scopes: readonly string[]
  readonly scopeInfo: readonly ScopeInfo[]
  /** Names what would be agreed to, and by whom. */
  readonly agreement: string
  readonly client: AppMeta
  /** The first of those that are left; absent when nothing is. */
  readonly currentStep?: InteractionStep
  readonly requiredSteps: readonly InteractionStep[]
}

/** A step that somebody takes. */
export interface StepTaken {
  readonly step: InteractionStep
  /** Of the cookie of that name, or an empty text. */
  readonly reauthenticationToken: string
  /** What the page showed that somebody says yes to; where it is something else by now, they are asked about that. */
  readonly agreement?: string | undefined
}

/** A device that shows a code and waits for somebody to let it in (RFC 8628). */
export interface DeviceRequest {
  readonly client: AppMeta & { readonly launchURL: string | null; readonly requiresReauthentication: boolean }
  readonly scope: readonly string[]
  readonly scopeInfo: readonly ScopeInfo[]
  readonly authorizationRequired: boolean
  readonly reauthenticationRequired: boolean
}

/** Why an app's request cannot be answered. `details` are for administrators alone and empty for everybody else. */
export interface AppRefusal {
  readonly code: string
  readonly message: string
  readonly details: readonly { readonly label: string; readonly values: readonly string[] }[]
}

/** Apps' requests to sign people in, for the pages that ask people. */
export interface AppSignIn {
  /** @throws AppError oidc_interaction_not_found, oidc_access_denied for somebody the app is not open to */
  interaction(id: string, actor: UserActor | undefined): Promise<AppInteraction>
  /**
   * Takes a step. With steps left the answer holds the interaction, else where the browser goes on (an address of ours).
   *
   * @throws AppError oidc_interaction_not_found, oidc_interaction_step, oidc_access_denied, reauthentication_required
   */
  complete(
    id: string,
    actor: UserActor,
    taken: StepTaken,
  ): Promise<{ readonly interaction?: AppInteraction; readonly redirectUrl?: string }>
  /** The person says no. Returns where the browser goes, so that the app hears of it. @throws AppError oidc_interaction_not_found */
  decline(id: string): Promise<{ readonly redirectUrl: string }>
  /** @throws AppError oidc_invalid_device_code, oidc_device_code_expired */
  device(userCode: string, actor: UserActor): Promise<DeviceRequest>
  /** @throws AppError as `device`, and oidc_access_denied, reauthentication_required */
  decideDevice(
    userCode: string,
    actor: UserActor,
    decision: {
      readonly approve: boolean
      readonly reauthenticationToken: string
      readonly ipAddress?: string | null
      readonly userAgent?: string | null
    },
  ): Promise<void>
  /** The words for /interaction/error with these query parameters. */
  explain(query: Readonly<Record<string, string>>, actor: UserActor | undefined): Promise<AppRefusal>
}

export const appSignIn: Port<AppSignIn> = { name: 'app-sign-in' }

/** The picture of everybody who has none, where an administrator put one up. */
export interface DefaultPicture {
  find(): Promise<StoredPicture | undefined>
}

export const defaultPicture: Port<DefaultPicture> = { name: 'default-picture' }
