// The body of a request to the protocol's endpoints: a form, each field once (RFC 6749 section 4.1.3).

import type { Parameters } from './parts.ts'
import { OAuthError } from './protocol/errors.ts'
import { readParameters } from './protocol/parameters.ts'

/** @throws OAuthError invalid_request */
export async function readForm(request: Request): Promise<Parameters> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/x-www-form-urlencoded') {
    throw new OAuthError('invalid_request', 'The body must be a form: application/x-www-form-urlencoded.')
  }
  const read = readParameters(new URLSearchParams(await request.text()))
  if (read.kind === 'refused') throw new OAuthError('invalid_request', read.why)
  return read.parameters
}
