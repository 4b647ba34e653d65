// The small languages of LDAP_CLAIMS and LDAP_DISPLAY_NAME_TEMPLATE.
import { describe, expect, test } from 'vitest'
import { chooseClaims, claimsPart, offerClaims } from '../../../src/plugins/ldap/read/claims.ts'
import { claimFault, claimRule, claimsFault, fillTemplate, templateFault } from '../../../src/plugins/ldap/read/rules.ts'
import type { Entry } from '../../../src/plugins/ldap/wire/entry.ts'

const entry = (attributes: Readonly<Record<string, readonly (string | Uint8Array)[]>>): Entry => ({
  dn: 'uid=ada',
  attributes: new Map(Object.entries(attributes)),
})

describe('a claim’s rule', () => {
  test('names a claim and an attribute, with options and [] where all values count', () => {
    expect(claimRule('department=departmentNumber')).toEqual({ claim: 'department', attribute: 'departmentNumber', all: false })
    expect(claimRule('https://example.org/roles=employeeType;lang-en[]')).toEqual({
      claim: 'https://example.org/roles',
      attribute: 'employeeType;lang-en',
      all: true,
    })
    expect(claimRule('x=2.5.4.12')).toEqual({ claim: 'x', attribute: '2.5.4.12', all: false })
  })

  test.each(['', 'title', '=title', 'title=', 'title=a b', 'title=a=b', 'title=(title)', 'title=*', 'title=title[', 'a=b[][]'])(
    '%j is none',
    (text) => expect(claimFault(text)).toContain('must be claim=attribute'),
  )

  test.each(['sub', 'email', 'groups', 'aud', 'name'])('cannot take the name %s, whose meaning is fixed', (name) => {
    expect(claimFault(`${name}=title`)).toBe(`The claim name ${name} is reserved; choose another one.`)
  })

  test('stands once in the list', () => {
    expect(claimsFault(['a=title', 'b=title'])).toBeUndefined()
    expect(claimsFault(['a=title', 'a=ou'])).toBe('The claim a stands twice in the list.')
  })
})

const claimsOf = (...given: Parameters<typeof offerClaims>) => offerClaims(...given).claims

describe('offerClaims', () => {
  test('gives equal text for equal claims, whatever the order of values and rules', () => {
    const one = entry({ title: ['Countess'], ou: ['b', 'a', 'a'] })
    const other = entry({ ou: ['a', 'b'], title: [' Countess '] })
    expect(claimsOf(one, ['units=ou[]', 'title=TITLE'])).toBe('{"title":"Countess","units":"[\\"a\\",\\"b\\"]"}')
    expect(claimsOf(other, ['title=title', 'units=ou[]'])).toBe(claimsOf(one, ['units=ou[]', 'title=title']))
  })

  test('takes the value in the entry’s name where one counts, else the first; a stored one stays while it is there', () => {
    const rules = ['unit=ou', 'title=title']
    const offered = offerClaims(entry({ ou: ['b', 'a'], title: ['x'] }), rules)
    expect(offered.claims).toBe('{"title":"x","unit":"b"}')
    expect(offerClaims({ ...entry({ ou: ['b', 'a'] }), dn: 'ou=a,dc=x' }, rules).claims).toBe('{"unit":"a"}')
    const stored = (held: string | null) => chooseClaims(offered.claims, offered.sets, held)
    expect(stored('{"title":"y","unit":"a"}')).toBe('{"title":"x","unit":"a"}')
    expect(stored('{"unit":"c"}')).toBe(offered.claims)
    expect(stored(null)).toBe(offered.claims)
    const again = offerClaims(entry({ title: ['x'], ou: ['a', 'b'] }), rules)
    expect(claimsPart(again.claims, again.sets)).toEqual(claimsPart(offered.claims, offered.sets))
  })

  test('leaves out what has no value, or one that is too long, and is null for none', () => {
    const attributes = entry({ title: ['  '], ou: [], description: ['x'.repeat(10_001)] })
    expect(claimsOf(attributes, ['title=title', 'unit=ou', 'about=description', 'missing=mail', 'all=ou[]'])).toBeNull()
    expect(claimsOf(attributes, [])).toBeNull()
  })

  test('writes bytes as an id is written, and no control characters', () => {
    expect(claimsOf(entry({ id: [Uint8Array.from({ length: 16 }, (_, at) => 200 + at)] }), ['id=id'])).toBe(
      '{"id":"c8c9cacb-cccd-cecf-d0d1-d2d3d4d5d6d7"}',
    )
    expect(claimsOf(entry({ title: ['a\u0000\nb'] }), ['t=title'])).toBe('{"t":"a b"}')
  })

  test('a claim called __proto__ is a claim like any other', () => {
    expect(claimsOf(entry({ title: ['x'] }), ['__proto__=title'])).toBe('{"__proto__":"x"}')
  })
})

describe('a display name’s template', () => {
  test.each(['', '{givenName} {sn}', '{sn}, {givenName} ({departmentNumber})', '{cn;lang-ja}', '{2.5.4.3}'])(
    '%j is fine',
    (text) => {
      expect(templateFault(text)).toBeUndefined()
    },
  )

  test.each([
    ['Ada', 'Must name an attribute in braces'],
    ['{}', 'must hold the name of one attribute'],
    ['{given name}', 'must hold the name of one attribute'],
    ['{givenName', 'Has a brace that does not belong'],
    ['{givenName}}', 'Has a brace that does not belong'],
    ['{{givenName}}', 'Has a brace that does not belong'],
    ['{(uid=*)}', 'must hold the name of one attribute'],
  ])('%j is none', (text, why) => {
    expect(templateFault(text)).toContain(why)
  })

  const values: Readonly<Record<string, string>> = { givenName: 'Ada', sn: 'Lovelace', none: '', odd: '{sn}' }
  test.each([
    ['{givenName} {sn}', 'Ada Lovelace'],
    ['{sn}, {givenName}', 'Lovelace, Ada'],
    ['{sn}, {none}', 'Lovelace'],
    ['{none}, {givenName}', 'Ada'],
    ['{givenName} {none} {sn}', 'Ada Lovelace'],
    ['{givenName} ({none})', 'Ada'],
    ['{none}', ''],
    ['Dr. {none}', ''],
    ['{odd} {givenName}', '{sn} Ada'],
  ])('%j is filled as %j', (template, name) => {
    expect(fillTemplate(template, (attribute) => values[attribute] ?? '')).toBe(name)
  })
})
