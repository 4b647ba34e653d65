// Security identifiers as Active Directory sends them.
import { describe, expect, test } from 'vitest'
import { primaryGroupSid, sidOf, sidText, windowsGuid } from '../../../src/plugins/ldap/wire/sid.ts'

const bytes = Uint8Array.from(Buffer.from('010500000000000515000000a065cf7e784b9b5fe77c8770091c0100', 'hex'))
const entry = (attributes: Readonly<Record<string, readonly (string | Uint8Array)[]>>) => ({
  dn: '',
  attributes: new Map(Object.entries(attributes)),
})

describe('a security identifier', () => {
  test('is written as Windows writes it', () => {
    expect(sidText(bytes)).toBe('S-1-5-21-2127521184-1604012920-1887927527-72713')
  })
  test.each(['', '01', '0201000000000005', '01020000000000052000000020', '0105000000000005150000'])('%s is none', (hex) => {
    expect(sidText(Uint8Array.from(Buffer.from(hex, 'hex')))).toBeUndefined()
  })
  test('comes as bytes or as text', () => {
    expect(sidOf(entry({ objectsid: ['S-1-5-21-1-2-3-500'] }))).toBe('S-1-5-21-1-2-3-500')
    expect(sidOf(entry({ objectsid: [new TextEncoder().encode('S-1-5-21-1-2-3-500')] }))).toBe('S-1-5-21-1-2-3-500')
    expect(sidOf(entry({ objectsid: ['nonsense'] }))).toBeUndefined()
    expect(sidOf(entry({}))).toBeUndefined()
  })
  test('of the primary group is the own one with the last part exchanged', () => {
    const user = { objectsid: [bytes], primarygroupid: ['513'] }
    expect(primaryGroupSid(entry(user))).toBe('S-1-5-21-2127521184-1604012920-1887927527-513')
    expect(primaryGroupSid(entry({ ...user, primarygroupid: [] }))).toBeUndefined()
    expect(primaryGroupSid(entry({ primarygroupid: ['513'] }))).toBeUndefined()
  })
})

test('an objectGUID is shown as Windows prints it', () => {
  // The bytes 33 22 11 00 55 44 77 66 88 99 ... are {00112233-4455-6677-8899-aabbccddeeff} there.
  expect(windowsGuid('33221100-5544-7766-8899-aabbccddeeff')).toBe('00112233-4455-6677-8899-aabbccddeeff')
  expect(windowsGuid('id-ada')).toBeUndefined()
})
