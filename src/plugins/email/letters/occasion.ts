// Pure: why a letter is written. What is in here waits in the outbox as sealed JSON, so times are numbers.

export type Occasion =
  | { readonly kind: 'test' }
  | {
      readonly kind: 'sign-in'
      readonly device: string
      readonly ipAddress: string | null
      /** Where that address lies, or an empty text. */
      readonly place: string
      readonly method: string
      readonly at: number
    }
  | {
      readonly kind: 'link'
      readonly code: string
      readonly url: string
      readonly lifetimeSeconds: number
      /** An administrator sent it; else somebody asked for it. */
      readonly byAdmin: boolean
    }
  | { readonly kind: 'key'; readonly name: string; readonly expiresAt: number }
  | { readonly kind: 'verification'; readonly email: string; readonly url: string; readonly lifetimeSeconds: number }
