// Pure: is this text a search filter (RFC 4515)? Says what is wrong and where, so that a typing error is found before a run.

/** Why the text is not a filter, as a sentence; undefined when it is one. */
export function filterFault(filter: string): string | undefined {
  if (!filter.startsWith('(')) return 'Must begin with a parenthesis, such as (objectClass=person).'
  const fault = faultFrom(filter, 0, 0)
  if (typeof fault === 'string') return fault
  return fault === filter.length ? undefined : `Has something behind its end: ${filter.slice(fault, fault + 20)}`
}

/** Without the blanks between its parts, which RFC 4515 does not know and people write. Inside a value they count. */
export const withoutBlanks = (filter: string): string =>
  filter.replace(/\(\s+(?=[&|!(])/g, '(').replace(/(\)|\([&|!])\s+(?=[()])/g, '$1')

const deepest = 50

/** Reads one parenthesised filter; answers where it ends, or what is wrong. */
function faultFrom(filter: string, start: number, depth: number): number | string {
  if (depth > deepest) return 'Is nested too deeply.'
  if (filter[start] !== '(') return `Lacks a parenthesis at position ${start + 1}.`
  const kind = filter[start + 1] ?? ''
  return '&|!'.includes(kind) && kind !== '' ? composite(filter, start + 2, kind, depth) : comparison(filter, start + 1)
}

function composite(filter: string, start: number, kind: string, depth: number): number | string {
  let at = start
  let parts = 0
  while (filter[at] === '(') {
    const end = faultFrom(filter, at, depth + 1)
    if (typeof end === 'string') return end
    at = end
    parts++
  }
  if (filter[at] !== ')') return unclosed(filter, at)
  if (parts === 0) return `Has an empty (${kind}...) at position ${start - 1}.`
  return kind === '!' && parts > 1 ? 'Has more than one filter behind (!.' : at + 1
}

function comparison(filter: string, start: number): number | string {
  const end = filter.slice(start).search(/[()]/)
  if (end < 0 || filter[start + end] === '(') return unclosed(filter, start)
  const text = filter.slice(start, start + end)
  if (!/^[A-Za-z0-9.;:_-]+\s*(=|~=|>=|<=|:=)/.test(text)) return `Has "${text}" where attribute=value should be.`
  if (/\\(?![0-9a-fA-F]{2})/.test(text)) return `Has a backslash in "${text}" that is not followed by two hexadecimal digits.`
  return start + end + 1
}

const unclosed = (filter: string, at: number): string =>
  at >= filter.length ? 'Lacks a closing parenthesis at its end.' : `Lacks a parenthesis near "${filter.slice(at, at + 20)}".`
