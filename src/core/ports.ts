// Typed tokens for what one plugin offers and another may use, so that plugins can serve each other as strangers.

/** Names a service of type `P`. Two ports are the same when their names are. */
export interface Port<P> {
  readonly name: string
  /** Never set: carries the type only. */
  readonly type?: P
}

/** Mints sign-in links, for whoever wants to hand one out. */
export interface OneTimeLinks {
  /** @param lifetimeSeconds how long the link may be used, once */
  mint(userId: string, lifetimeSeconds: number): Promise<{ readonly token: string; readonly url: string }>
}

export const oneTimeLinks: Port<OneTimeLinks> = { name: 'one-time-links' }

/** What is registered of a person's passkeys, for pages that list them. */
export interface Passkey {
  readonly id: string
  readonly name: string
  readonly createdAt: Date
  readonly lastUsedAt: Date | null
  readonly backedUp: boolean
}

export interface Passkeys {
  listFor(userId: string): Promise<readonly Passkey[]>
}

export const passkeys: Port<Passkeys> = { name: 'passkeys' }

/** A directory that fills accounts: its state for pages and health, and a run on demand. */
export interface Directory {
  readonly source: string
  lastRun(): Promise<DirectoryRun | undefined>
  syncNow(signal?: AbortSignal): Promise<DirectoryRun>
}

export interface DirectoryRun {
  readonly at: Date
  readonly durationMilliseconds: number
  readonly outcome: 'applied' | 'refused' | 'failed'
  readonly summary: string
  readonly problems: readonly { readonly dn: string; readonly why: string }[]
}

export const directory: Port<Directory> = { name: 'directory' }
