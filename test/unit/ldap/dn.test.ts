// Two spellings of one distinguished name are one name.
import { describe, expect, test } from 'vitest'
import { dnKey, namesEntry } from '../../../src/plugins/ldap/wire/dn.ts'

const same: readonly (readonly [string, string, string])[] = [
  ['case', 'UID=Ada,OU=People,DC=Example,DC=Org', 'uid=ada,ou=people,dc=example,dc=org'],
  ['spaces around separators', 'uid = ada , ou=people, dc=example', 'uid=ada,ou=people,dc=example'],
  ['runs of spaces inside a value', 'cn=Ada   Lovelace,dc=x', 'cn=Ada Lovelace,dc=x'],
  ['an escaped comma and its hex pair', 'cn=Lovelace\\, Ada,dc=x', 'cn=Lovelace\\2c Ada,dc=x'],
  ['hex pairs of one UTF-8 character', 'cn=M\\c3\\bcller,dc=x', 'cn=Müller,dc=x'],
  ['composed and decomposed characters', 'cn=M\u00fcller,dc=x', 'cn=Mu\u0308ller,dc=x'],
  ['a BER value in hex', 'cn=#0403416461,dc=x', 'cn=ada,dc=x'],
  ['an OID for the type', '2.5.4.3=ada,0.9.2342.19200300.100.1.25=x', 'cn=ada,dc=x'],
  ['OID. before an OID', 'OID.2.5.4.3=ada,dc=x', 'cn=ada,dc=x'],
  ['the long name of the type', 'commonName=ada,dc=x', 'cn=ada,dc=x'],
  ['order inside a multi-valued RDN', 'cn=ada+uid=7,dc=x', 'uid=7+cn=ada,dc=x'],
  ['a quoted value of RFC 2253', 'cn="Lovelace, Ada",dc=x', 'cn=Lovelace\\, Ada,dc=x'],
  ['a plus sign escaped two ways', 'cn=a\\+b,dc=x', 'cn=a\\2Bb,dc=x'],
  ['semicolons as separators of RFC 2253', 'cn=ada;dc=x', 'cn=ada,dc=x'],
]

const different: readonly (readonly [string, string, string])[] = [
  ['another parent', 'uid=ada,ou=people,dc=x', 'uid=ada,ou=contractors,dc=x'],
  ['an escaped comma is no separator', 'cn=a\\,ou=b,dc=x', 'cn=a,ou=b,dc=x'],
  ['another type', 'uid=ada,dc=x', 'cn=ada,dc=x'],
  ['an escaped equals sign stays in the value', 'cn=a\\=b,dc=x', 'cn=a,b=,dc=x'],
]

describe('dnKey', () => {
  test.each(same)('%s does not matter', (_what, left, right) => {
    expect(dnKey(left)).toBeDefined()
    expect(dnKey(left)).toBe(dnKey(right))
  })
  test.each(different)('%s does', (_what, left, right) => {
    expect(dnKey(left)).not.toBe(dnKey(right))
  })
  test.each(['ada', '', '=ada', 'cn', 'cn=a\\', 'not a dn, at all'])('%j is no DN', (text) => {
    expect(dnKey(text)).toBeUndefined()
  })
  test('takes no time to speak of over hostile text', () => {
    expect(dnKey(`cn=${'a '.repeat(50_000)}!,`)).toBeUndefined()
    expect(dnKey(`cn=${'\\'.repeat(100_001)}`)).toBeUndefined()
  })
})

describe('namesEntry', () => {
  test.each([
    ['uid=ada,ou=people,dc=x', 'UID', 'ADA', true],
    ['cn=Ada\\2C L+uid=ada,dc=x', 'cn', 'ada, l', true],
    ['0.9.2342.19200300.100.1.1=ada,dc=x', 'uid', 'ada', true],
    ['uid=ada,ou=people,dc=x', 'ou', 'people', false],
    ['uid=ada,dc=x', 'uid', 'grace', false],
    ['uid=ada,dc=x', 'cn', 'ada', false],
  ])('%s is named by %s %s: %s', (dn, attribute, value, named) => {
    expect(namesEntry(dn, attribute, value)).toBe(named)
  })
})
