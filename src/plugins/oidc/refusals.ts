// Two ways an authorization request fails: with an address to send the error to, and without one that can be trusted.
import type { oidcErrors } from './errors.ts'
import type { ResponseMode } from './protocol/authorize-request.ts'
import type { OAuthError } from './protocol/errors.ts'

/** Where an error goes. */
export interface ReturnAddress {
  readonly redirectUri: string
  readonly responseMode: ResponseMode
  readonly state?: string | undefined
}

/** The app is told, at its redirect URI. */
export class RefusedRequest extends Error {
  readonly refusal: OAuthError
  readonly to: ReturnAddress

  constructor(refusal: OAuthError, to: ReturnAddress) {
    super(refusal.message, { cause: refusal })
    this.name = 'RefusedRequest'
    this.refusal = refusal
    this.to = to
  }
}

/** The person is told, on a page of ours: what came with the request is not to be trusted with anything. */
export class Unanswerable extends Error {
  readonly code: keyof typeof oidcErrors.table
  /** Travels in the page's address, for an administrator who looks at it. */
  readonly details: Readonly<Record<string, string>>

  constructor(code: keyof typeof oidcErrors.table, details: Readonly<Record<string, string>>) {
    super(code)
    this.name = 'Unanswerable'
    this.code = code
    this.details = details
  }
}

/** The page's address. What the request brought stands in it for an administrator to see, cut to a length that every server takes. */
export function errorPage({ code, details }: Unanswerable): string {
  const query = new URLSearchParams({ code })
  for (const [name, value] of Object.entries(details)) query.set(name, value.slice(0, 1_000))
  return `/interaction/error?${query}`
}
