// Entries are looked up without regard to case.
import { describe, expect, test } from 'vitest'
import { type AttributeValue, type Entry, firstText, identifier, values } from '../../../src/plugins/ldap/wire/entry.ts'

const entry = (attributes: Record<string, readonly AttributeValue[]>): Entry => ({
  dn: 'uid=ada',
  attributes: new Map(Object.entries(attributes)),
})
const bytes = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))

describe('an entry', () => {
  test('is asked without regard to case, and keeps options apart', () => {
    const one = entry({ givenname: ['Ada'], 'cn;lang-ja': ['エイダ'] })
    expect(values(one, 'givenName')).toEqual(['Ada'])
    expect(firstText(one, 'cn')).toBe('')
    expect(firstText(one, 'CN;lang-ja')).toBe('エイダ')
  })
  test('gives the first value, trimmed and in NFC; an attribute that is not configured is empty', () => {
    expect(firstText(entry({ sn: ['  Mu\u0308ller ', 'other'] }), 'sn')).toBe('M\u00fcller')
    expect(firstText(entry({ sn: ['x'] }), '')).toBe('')
    expect(firstText(entry({ sn: [new TextEncoder().encode('Ada')] }), 'sn')).toBe('Ada')
  })
  test('has a blank for control characters: nobody’s name ends early in the database', () => {
    expect(firstText(entry({ mail: ['ada@example.org\0x'] }), 'mail')).toBe('ada@example.org x')
    expect(firstText(entry({ cn: ['Ada\r\n\u0085Lovelace\0'] }), 'cn')).toBe('Ada Lovelace')
  })
  test.each([
    ['text', new TextEncoder().encode('8c9f-Ü'), '8c9f-Ü'],
    [
      '16 bytes that are no text, in wire order',
      bytes('00112233445566778899aabbccddeeff'),
      '00112233-4455-6677-8899-aabbccddeeff',
    ],
    ['other bytes that are no text', bytes('ff00'), '/wA='],
    ['text with a NUL', new TextEncoder().encode('7\0x'), 'NwB4'],
    ['16 bytes with a NUL that are text', bytes('30313233343500373839404142434445'), '30313233-3435-0037-3839-404142434445'],
    ['a text value', 'id-1', 'id-1'],
  ])('the id of %s has the form Pocket ID stores', (_what, value, id) => {
    expect(identifier(entry({ entryuuid: [value] }), 'entryUUID')).toBe(id)
  })
  test('an absent id is empty', () => expect(identifier(entry({}), 'entryUUID')).toBe(''))
})
