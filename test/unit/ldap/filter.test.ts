// Search filters are checked before a run.
import { describe, expect, test } from 'vitest'
import { filterFault, withoutBlanks } from '../../../src/plugins/ldap/wire/filter.ts'

describe('filterFault', () => {
  test.each([
    '(objectClass=person)',
    '(&(objectClass=user)(|(memberOf=cn=a,dc=x)(!(userAccountControl:1.2.840.113556.1.4.803:=2))))',
    '(cn=Ada \\28the first\\29)',
    '(uid=*)',
    '(cn:caseExactMatch:=x)',
    '(a>=1)',
  ])('%s is a filter', (filter) => expect(filterFault(filter)).toBeUndefined())
  test.each([
    ['objectClass=person', /begin with a parenthesis/],
    ['', /begin with a parenthesis/],
    ['(&(a=b)', /closing parenthesis/],
    ['(a=b))', /behind its end/],
    ['(&)', /empty/],
    ['(!(a=b)(c=d))', /more than one/],
    ['(person)', /attribute=value/],
    ['(cn=a\\zz)', /backslash/],
    [`${'(&'.repeat(100)}(a=b)${')'.repeat(100)}`, /too deeply/],
  ])('%s is none, and the sentence says why', (filter, why) => expect(filterFault(filter)).toMatch(why))
})

test('blanks between the parts of a filter go, those of a value stay', () => {
  const laidOut = '( &\n  (objectClass=person)\n  (| (cn=Ada L. ) ( !(uid=a b) ) )\n)'
  expect(withoutBlanks(laidOut)).toBe('(&(objectClass=person)(|(cn=Ada L. )(!(uid=a b))))')
  expect(withoutBlanks('(cn=wow! )')).toBe('(cn=wow! )')
})
