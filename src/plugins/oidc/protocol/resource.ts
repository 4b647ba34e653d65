// Pure: resource indicators (RFC 8707).
import { OAuthError } from './errors.ts'
import { words } from './parameters.ts'

/** @throws OAuthError invalid_target unless each is an absolute URI without a fragment */
export function readResources(value: string | undefined): readonly string[] {
  const all = words(value)
  for (const one of all) {
    if (!URL.canParse(one) || one.includes('#')) {
      throw new OAuthError('invalid_target', 'resource must be an absolute URI without a fragment.')
    }
  }
  return all
}
