// Pure: the small languages of two settings: which attribute becomes which claim, and how a display name is put together.
import { reservedClaims } from '#core/claim-names.ts'

const attribute = String.raw`(?:[A-Za-z][A-Za-z0-9-]*|[0-9]+(?:\.[0-9]+)*)(?:;[A-Za-z0-9-]+)*`
const claimPattern = new RegExp(String.raw`^([^\s=,]{1,255})=(${attribute})(\[\])?$`)

/** One claim: its name, the attribute it comes from, and whether all values count or one. */
export interface ClaimRule {
  readonly claim: string
  readonly attribute: string
  readonly all: boolean
}

/** Reads `department=departmentNumber` or `roles=employeeType[]`; undefined for anything else. */
export function claimRule(text: string): ClaimRule | undefined {
  const [, claim, name, all] = claimPattern.exec(text) ?? []
  return claim === undefined || name === undefined ? undefined : { claim, attribute: name, all: all !== undefined }
}

/** What is wrong with a claim's rule. */
export function claimFault(text: string): string | undefined {
  const rule = claimRule(text)
  if (!rule) return `"${text}" must be claim=attribute, such as department=departmentNumber.`
  return reservedClaims.has(rule.claim) ? `The claim name ${rule.claim} is reserved; choose another one.` : undefined
}

/** What is wrong with several rules together. */
export function claimsFault(rules: readonly string[]): string | undefined {
  const names = rules.flatMap((text) => claimRule(text)?.claim ?? [])
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  return twice === undefined ? undefined : `The claim ${twice} stands twice in the list.`
}

const placeholder = /\{([^{}]*)\}/g
const wholeAttribute = new RegExp(`^${attribute}$`)

/** The attributes of a template, in its order. */
export const templateAttributes = (template: string): readonly string[] =>
  [...template.matchAll(placeholder)].map(([, name = '']) => name)

/** What is wrong with a template; an empty one is fine. */
export function templateFault(template: string): string | undefined {
  if (template === '') return undefined
  const names = templateAttributes(template)
  const odd = names.find((name) => !wholeAttribute.test(name))
  if (odd !== undefined) return `"{${odd}}" must hold the name of one attribute, such as {givenName}.`
  if (/[{}]/.test(template.replace(placeholder, ''))) return 'Has a brace that does not belong to a {attribute}.'
  return names.length === 0 ? 'Must name an attribute in braces, such as {givenName} {sn}.' : undefined
}

/** Fills a template. Marks that stood beside an empty value go with it; empty when no attribute has a value. */
export function fillTemplate(template: string, textOf: (attribute: string) => string): string {
  const values = templateAttributes(template).map(textOf)
  if (values.every((value) => value === '')) return ''
  let at = 0
  const filled = template.replace(placeholder, () => values[at++] ?? '')
  return filled
    .replace(/\(\s*\)|\[\s*\]/g, '')
    .replace(/\s+/g, ' ')
    .replace(/^[\s,;/|-]+|[\s,;/|-]+$/g, '')
}
