// The bytes of a search: values of filters arrive as they are meant, whether they are text or bytes.
import { describe, expect, test } from 'vitest'
import { equals } from '../../../src/plugins/ldap/wire/assertion.ts'
import { searchRequest } from '../../../src/plugins/ldap/wire/directory-requests.ts'

const bytesOf = (filter: string): string =>
  searchRequest(1, { base: '', scope: 'sub', filter, filterKey: 'ldapBase', attributes: ['1.1'] }).toString('hex')
const hex = (value: string | Uint8Array) => Buffer.from(value as string).toString('hex')

describe('a value in a filter', () => {
  test('of bytes stays those bytes: an id of Active Directory is found', () => {
    const id = Uint8Array.from([0xe9, 0x80, 0xff, 0x00, 0x41])
    expect(bytesOf(equals('objectGUID', id))).toContain(`04${'05'}${hex(id)}`)
  })

  test.each([
    '(cn=Müller)',
    '(cn=M\\c3\\bcller)',
    equals('cn', 'Müller'),
    `(&(objectClass=person)(!(|(cn=x)${equals('cn', 'Müller')})))`,
  ])('of text is UTF-8, however it is spelt: %s', (filter) => {
    expect(bytesOf(filter)).toContain(`0407${hex('Müller')}`)
  })

  test.each([
    ['(cn=*ü*)', hex('ü')],
    ['(cn>=ü)', hex('ü')],
    ['(cn=Ä*ö*ü)', `8002${hex('Ä')}8102${hex('ö')}8202${hex('ü')}`],
  ])('also in other comparisons: %s', (filter, part) => {
    expect(bytesOf(filter)).toContain(part)
  })
})
