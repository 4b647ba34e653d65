// AppError -> wire JSON; the only place that makes error bodies.
import type { Context, ErrorHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { isBusy } from '../db/violations.ts'
import { AppError, commonErrors } from '../errors.ts'
import type { HostEnv } from '../identity/actor.ts'
import type { ErrorPage } from '../kernel/plugin.ts'
import { errorText, type Log } from '../log.ts'

/** Renders a refusal for people; undefined when no plugin brings pages. */
export type RenderErrorPage = ((refusal: ErrorPage) => Response | Promise<Response>) | undefined

/** Answers every error in the contract's shape, and as a page where a person is looking. Unexpected errors are logged once, here. */
export const answerErrors =
  (log: Log, page: RenderErrorPage): ErrorHandler<HostEnv> =>
  async (thrown, c) => {
    const error = asAppError(thrown)
    c.set('refusal', error.code)
    if (error.status >= 500) {
      const stack = thrown instanceof Error ? thrown.stack : undefined
      log.error('A request failed', { request: c.get('requestId'), path: c.req.path, error: errorText(thrown), stack })
    }
    return page && wantsPage(c) ? page(refusal(error, c)) : json(error, c)
  }

/** The answer where no route matched. */
export const answerNotFound =
  (page: RenderErrorPage) =>
  async (c: Context<HostEnv>): Promise<Response> => {
    const error = commonErrors.refuse('not_found')
    return page && wantsPage(c) ? page(refusal(error, c)) : json(error, c)
  }

function asAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown
  if (isBusy(thrown)) return commonErrors.refuse('unavailable', { cause: thrown })
  if (!(thrown instanceof HTTPException)) return commonErrors.refuse('internal_error', { cause: thrown })
  if (thrown.status === 413) return commonErrors.refuse('payload_too_large')
  if (thrown.status === 400) return commonErrors.refuse('invalid_request_body')
  return commonErrors.refuse('internal_error', { cause: thrown })
}

function json(error: AppError, c: Context<HostEnv>): Response {
  const retryAfter = error.details?.retryAfterSeconds
  if (error.status === 429 && typeof retryAfter === 'number') c.header('retry-after', String(retryAfter))
  c.header('cache-control', 'no-store')
  const words = c.get('failureWords')
  if (words) return c.json(words.body(error), error.status, words.headers)
  const body = { error: error.message, code: error.code, details: error.details, request_id: c.get('requestId') }
  return c.json(body, error.status)
}

const refusal = (error: AppError, c: Context<HostEnv>): ErrorPage => ({
  status: error.status,
  message: error.message,
  requestId: c.get('requestId'),
  request: c.req.raw,
})

const wantsPage = (c: Context): boolean =>
  !c.req.path.startsWith('/api/') &&
  (c.req.header('accept') ?? '').includes('text/html') &&
  c.req.header('x-api-key') === undefined
