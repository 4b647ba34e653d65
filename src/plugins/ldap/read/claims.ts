// Pure: an entry's further attributes as claims.
import { namesEntry } from '../wire/dn.ts'
import { type Entry, identifier, values } from '../wire/entry.ts'
import { type ClaimRule, claimRule } from './rules.ts'

/** As many characters as a claim that is edited here may have. */
const longestClaim = 10_000

/** The attributes that claims come from. */
export const claimAttributes = (rules: readonly string[]): readonly string[] =>
  rules.flatMap((text) => claimRule(text)?.attribute ?? [])

/** All values behind each claim that takes one of several. */
export type ClaimSets = Readonly<Record<string, readonly string[]>>

/** What an entry offers as claims. */
export interface OfferedClaims {
  /** A JSON object, names in order, so that equal claims are equal texts; null for none. */
  readonly claims: string | null
  readonly sets: ClaimSets | undefined
}

/** The claims to take where nothing is held yet. Of several values it is the one in the entry's name, else the first. */
export function offerClaims(entry: Entry, rules: readonly string[]): OfferedClaims {
  if (rules.length === 0) return { claims: null, sets: undefined }
  const offers = rules
    .flatMap((text) => claimRule(text) ?? [])
    .map((rule) => ({ name: rule.claim, ...claimOffer(entry, rule) }))
    .filter(({ value }) => value !== '')
    .sort((left, right) => (left.name < right.name ? -1 : 1))
  const sets = offers.flatMap(({ name, all }): [string, readonly string[]][] => (all.length > 1 ? [[name, all]] : []))
  return {
    claims: offers.length === 0 ? null : JSON.stringify(Object.fromEntries(offers.map(({ name, value }) => [name, value]))),
    sets: sets.length === 0 ? undefined : Object.fromEntries(sets),
  }
}

function claimOffer(entry: Entry, { attribute, all }: ClaimRule): { readonly value: string; readonly all: readonly string[] } {
  const found = [...values(entry, attribute)].map((value) =>
    typeof value === 'string' ? clean(value) : identifier(entry, attribute),
  )
  const held = [...new Set(found)].filter((value) => value !== '')
  if (all) {
    const list = held.length === 0 ? '' : JSON.stringify(held.sort())
    return { value: list.length > longestClaim ? '' : list, all: [] }
  }
  const fitting = held.filter((value) => value.length <= longestClaim)
  return { value: fitting.find((one) => namesEntry(entry.dn, attribute, one)) ?? fitting[0] ?? '', all: fitting }
}

/** The claims to store beside those that are: a value stays while it is in its set. */
export function chooseClaims(offered: string | null, sets: ClaimSets | undefined, held: string | null): string | null {
  if (!sets || offered === null || held === null) return offered
  const before = textsOf(held)
  const chosen = Object.entries(textsOf(offered)).map(([name, value]) => {
    const kept = Object.hasOwn(before, name) ? before[name] : undefined
    return [name, kept !== undefined && Object.hasOwn(sets, name) && sets[name]?.includes(kept) ? kept : value]
  })
  return JSON.stringify(Object.fromEntries(chosen))
}

/** What a digest is made of: sets in order. */
export function claimsPart(offered: string | null, sets: ClaimSets | undefined): unknown {
  if (!sets || offered === null) return offered
  const all = (name: string) => (Object.hasOwn(sets, name) ? sets[name] : undefined)
  return Object.entries(textsOf(offered)).map(([name, value]) => [name, [...(all(name) ?? [value])].sort()])
}

const textsOf = (claims: string) => JSON.parse(claims) as Record<string, string>

const clean = (text: string): string =>
  text
    .normalize('NFC')
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
