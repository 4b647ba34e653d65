// Refusals with a stable code: every module declares its own table, problems.ts turns them into wire JSON.

/** What one refusal looks like from outside: its HTTP status and the sentence an administrator reads. */
export interface ErrorEntry {
  readonly status: 400 | 401 | 403 | 404 | 405 | 408 | 409 | 413 | 415 | 422 | 429 | 500 | 503
  readonly message: string
}

export type ErrorTable = Readonly<Record<string, ErrorEntry>>

/** Details that travel with a refusal to the caller. They are public: never put a secret here. */
export type ErrorDetails = Readonly<Record<string, unknown>>

/** An expected refusal. Its code is part of the API, its message may be more precise than the table's sentence. */
export class AppError extends Error {
  readonly code: string
  readonly status: ErrorEntry['status']
  readonly details: ErrorDetails | undefined

  constructor(code: string, entry: ErrorEntry, options: { message?: string; details?: ErrorDetails; cause?: unknown } = {}) {
    super(options.message ?? entry.message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.status = entry.status
    this.details = options.details
  }
}

/** Options of one raised refusal: a more precise sentence, public details, the cause for the log. */
export interface RefuseOptions {
  readonly message?: string
  readonly details?: ErrorDetails
  readonly cause?: unknown
}

/**
 * Declares a module's refusals and returns the function that makes them.
 *
 * The codes become a closed union, so a misspelt code does not compile:
 * `const { refuse } = defineErrors({ user_not_found: { status: 404, message: 'User not found.' } })`, then
 * `throw refuse('user_not_found')`.
 */
export function defineErrors<const T extends ErrorTable>(table: T) {
  const refuse = (code: keyof T & string, options?: RefuseOptions): AppError => {
    const entry = table[code]
    if (!entry) throw new Error(`Unknown error code ${code}.`)
    return new AppError(code, entry, options)
  }
  return { table, refuse }
}

/** The refusals every module may need. */
export const commonErrors = defineErrors({
  internal_error: { status: 500, message: 'Something went wrong on the server. The log holds the cause under this request id.' },
  validation_failed: { status: 400, message: 'Some values are not valid. See details.fields.' },
  invalid_request_body: { status: 400, message: 'The request body is not valid JSON.' },
  request_timeout: { status: 408, message: 'The request took too long.' },
  payload_too_large: { status: 413, message: 'The request body is too large.' },
  file_too_large: { status: 413, message: 'The file is too large.' },
  not_found: { status: 404, message: 'There is nothing at this address.' },
  method_not_allowed: { status: 405, message: 'This address does not answer that method.' },
  already_in_use: { status: 409, message: 'This value is already in use.' },
  forbidden: { status: 403, message: 'You are not allowed to do this.' },
  not_signed_in: { status: 401, message: 'You are not signed in.' },
  cross_site_request: { status: 403, message: 'This request came from another site. Open the page here and try again.' },
  rate_limited: { status: 429, message: 'Too many requests. Try again later.' },
  unavailable: { status: 503, message: 'The server is busy or stopping. Try again in a moment.' },
})

/** One faulty field of a request or of the settings. */
export interface FieldFault {
  readonly field: string
  readonly code: string
  readonly message: string
}

/** The one shape of "these fields are wrong": 400 validation_failed with `details.fields`. */
export const invalidFields = (fields: readonly FieldFault[]): AppError =>
  commonErrors.refuse('validation_failed', {
    message:
      fields.length === 1 && fields[0]
        ? `${fields[0].field}: ${fields[0].message}`
        : commonErrors.table.validation_failed.message,
    details: { fields },
  })

/** The one shape of "somebody else has this": 409 already_in_use with `details.property`. */
export const alreadyInUse = (property: string): AppError =>
  commonErrors.refuse('already_in_use', { message: `This ${property} is already in use.`, details: { property } })
