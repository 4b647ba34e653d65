// Pure: what people agree to, as it is remembered.
import type { RequestedClaims } from './authorize-request.ts'
import { scopeOfClaim, standardScopes } from './claims.ts'

/** What people are asked to agree to: the scopes, and those that claims asked for one by one are part of. */
export function scopeToAgree(scope: readonly string[], claims: RequestedClaims | undefined): readonly string[] {
  const single = [...(claims?.idToken ?? []), ...(claims?.userinfo ?? [])]
  return [...new Set([...scope, ...single.flatMap((name) => scopeOfClaim(name) ?? [])])]
}

/**
 * How scopes are remembered. One of an API has its resource in front: the same word at another API is another thing. A resource
 * indicator has no fragment (RFC 8707 section 2), so `#` parts the two.
 */
export const consentKeys = (scope: readonly string[], resources: readonly string[]): readonly string[] =>
  scope.flatMap((one) => (isStandard(one) ? [one] : resources.map((resource) => `${resource}#${one}`)))

/** Whether everything asked for was agreed to before. */
export const covers = (agreed: readonly string[] | undefined, asked: readonly string[]): boolean =>
  agreed !== undefined && asked.every((one) => agreed.includes(one))

const isStandard = (scope: string): boolean => (standardScopes as readonly string[]).includes(scope)
