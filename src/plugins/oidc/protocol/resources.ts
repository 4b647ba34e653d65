// Pure: resource indicators (RFC 8707) and the scopes that go with them.
import { OAuthError } from './errors.ts'
import { words } from './parameters.ts'

/** Whether a text may name a resource: an absolute address or URN without a fragment (RFC 8707 section 2). */
export const isResource = (text: string): boolean =>
  text.length <= 350 &&
  !text.includes('#') &&
  !/[\s\p{Cc}]/u.test(text) &&
  URL.canParse(text) &&
  !/^(javascript|data|blob|about):/i.test(text)

/** Whether a text may be a scope (RFC 6749 section 3.3): printable ASCII without blanks, quotes and backslashes. */
export const isScopeToken = (text: string): boolean => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(text)

/** The resources of a request. @throws OAuthError invalid_target */
export function readResources(value: string | undefined): readonly string[] {
  const all = words(value)
  if (!all.every(isResource)) throw new OAuthError('invalid_target', 'resource must be an absolute URI without a fragment.')
  return all
}
