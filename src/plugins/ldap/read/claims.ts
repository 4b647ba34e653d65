// Pure: an entry's further attributes as claims.
import { type Entry, identifier, values } from '../wire/entry.ts'
import { type ClaimRule, claimRule } from './rules.ts'

/** As many characters as a claim that is edited here may have. */
const longestClaim = 10_000

/** The attributes that claims come from. */
export const claimAttributes = (rules: readonly string[]): readonly string[] =>
  rules.flatMap((text) => claimRule(text)?.attribute ?? [])

/**
 * The claims of an entry as a JSON object, names in order, so that equal claims are equal texts; null for none.
 *
 * Values of an attribute are a set without order (RFC 4512 section 2.2), so where one counts it is the first by the alphabet.
 */
export function claimsOf(entry: Entry, rules: readonly string[]): string | null {
  if (rules.length === 0) return null
  const claims = rules
    .flatMap((text) => claimRule(text) ?? [])
    .flatMap((rule): [string, string][] => {
      const value = claimValue(entry, rule)
      return value === '' || value.length > longestClaim ? [] : [[rule.claim, value]]
    })
    .sort(([left], [right]) => (left < right ? -1 : 1))
  return claims.length === 0 ? null : JSON.stringify(Object.fromEntries(claims))
}

function claimValue(entry: Entry, { attribute, all }: ClaimRule): string {
  const found = values(entry, attribute).map((value) => (typeof value === 'string' ? clean(value) : identifier(entry, attribute)))
  const sorted = [...new Set(found.filter((value) => value !== ''))].sort()
  if (all) return sorted.length === 0 ? '' : JSON.stringify(sorted)
  return sorted[0] ?? ''
}

const clean = (text: string): string =>
  text
    .normalize('NFC')
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
