// The vocabulary of facts and the bus that carries them. Facts are in the past tense and delivered after commit.
import type { Log } from './log.ts'

/** What fields of a row were and are, as texts. */
export type FieldChanges = Readonly<Record<string, { readonly before: string; readonly after: string }>>

/** Numbers of one directory run, as every listener may want them. */
export interface SyncCounts {
  readonly created: number
  readonly updated: number
  readonly disabled: number
  readonly removed: number
  readonly groupsCreated: number
  readonly groupsUpdated: number
  readonly groupsRemoved: number
  readonly membersAdded: number
  readonly membersRemoved: number
  readonly skipped: number
}

export interface Facts {
  'user.created': {
    readonly userId: string
    readonly actorId: string | null
    /** How, where somebody made an account for himself. */
    readonly by?: {
      readonly method: 'open_signup' | 'signup_token'
      /** Which invitation it was. */
      readonly signupTokenId?: string
      readonly ipAddress: string | null
      readonly userAgent: string | null
      readonly language: string | null
    }
  }
  'user.updated': { readonly userId: string; readonly actorId: string | null; readonly changes?: FieldChanges }
  'user.removed': { readonly userId: string; readonly username: string; readonly actorId: string | null }
  'user.signed-in': {
    readonly userId: string
    readonly method: SignInMethod
    readonly ipAddress: string | null
    readonly userAgent: string | null
    /** The Accept-Language of the request. */
    readonly language: string | null
  }
  /** A session was ended before its time: signed out, replaced, revoked. */
  'session.ended': { readonly sessionId: string; readonly userId: string }
  'group.created': { readonly groupId: string; readonly actorId: string | null }
  'group.updated': { readonly groupId: string; readonly actorId: string | null; readonly changes?: FieldChanges }
  'group.removed': { readonly groupId: string; readonly name: string; readonly actorId: string | null }
  'passkey.added': { readonly userId: string; readonly credentialId: string }
  'passkey.removed': { readonly userId: string; readonly credentialId: string }
  /** Accounts were brought in line with a directory. `run` is the number under which the run is kept. */
  'directory.synced': {
    readonly source: string
    readonly counts: SyncCounts
    readonly run: number | null
    readonly actorId: string | null
  }
  /** A run was not carried out; its plan waits for an administrator. */
  'directory.held': { readonly source: string; readonly plan: string; readonly reasons: readonly string[] }
  /** What a run had changed was taken back. */
  'directory.undone': {
    readonly source: string
    readonly run: number
    readonly counts: SyncCounts
    readonly actorId: string | null
  }
  /** Somebody let an app sign them in, the first time or again. */
  'app.authorized': {
    readonly userId: string
    readonly clientId: string
    readonly clientName: string
    readonly isFirst: boolean
    readonly byDevice: boolean
    readonly ipAddress: string | null
    readonly userAgent: string | null
  }
  /** What an app is, or who may use it, was changed by an administrator. */
  'app.changed': { readonly clientId: string; readonly actorId: string | null }
  'settings.changed': { readonly keys: readonly string[]; readonly actorId: string | null }
}

/** How somebody got in. */
export type SignInMethod = 'passkey' | 'one-time-access' | 'setup' | 'sign-up' | 'device-login'

export type FactName = keyof Facts
export type Listeners = { readonly [N in FactName]?: (fact: Facts[N]) => void | Promise<void> }

export interface Events {
  /** Tells every listener. Call it after the commit; a listener that fails is logged and changes nothing for the others. */
  publish<N extends FactName>(name: N, fact: Facts[N]): void
}

export interface EventBus extends Events {
  /** Adds listeners; the returned function takes them away again. */
  listen(listeners: Listeners): () => void
}

/** Makes a bus. Each listener runs in its own microtask, so a publisher never waits for one. */
export function createEventBus(log: Log): EventBus {
  const all = new Set<Listeners>()
  return {
    publish(name, fact) {
      for (const listeners of all) {
        Promise.resolve()
          .then(() => listeners[name]?.(fact))
          .catch((error: unknown) => log.error('A listener failed', { fact: name, error }))
      }
    },
    listen(listeners) {
      all.add(listeners)
      return () => all.delete(listeners)
    },
  }
}
