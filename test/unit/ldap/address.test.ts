// Where addresses of LDAP_URL lead.
import { expect, test } from 'vitest'
import { readAddress } from '../../../src/plugins/ldap/wire/address.ts'
import { connectFailure } from '../../../src/plugins/ldap/wire/failures-connecting.ts'

test.each([
  ['ldap://ldap.example.org', { secure: false, host: 'ldap.example.org', shown: 'ldap.example.org', port: 389 }],
  ['LDAPS://ldap.example.org', { secure: true, port: 636 }],
  ['ldap://ldap.example.org:80', { port: 80 }],
  ['ldaps://müller.example:3269/', { secure: true, host: 'xn--mller-kva.example', shown: 'müller.example', port: 3269 }],
  ['ldap://xn--mller-kva.example', { host: 'xn--mller-kva.example', shown: 'xn--mller-kva.example' }],
  ['ldap://m%C3%BCller.example', { host: 'xn--mller-kva.example', shown: 'müller.example' }],
  ['ldap://[::1]:1389', { host: '::1', shown: '[::1]', port: 1389 }],
])('%s', (url, expected) => {
  expect(readAddress(url)).toMatchObject(expected)
})

test.each(['ldap://', 'ldap://:389', 'ldap://host:0', 'ldap://host:65536', 'http://host', 'host'])('%s leads nowhere', (url) => {
  expect(readAddress(url)).toBeUndefined()
})

test('a failure names the host as people write it', () => {
  const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
  expect(connectFailure('ldap://müller.example', refused).message).toContain('müller.example:389 refuses the connection')
})
