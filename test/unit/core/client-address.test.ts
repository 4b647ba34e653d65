// Whose address counts behind proxies.
import { expect, test } from 'vitest'
import { platformAddress, resolveClientAddress } from '#core/http/client-address.ts'

const proxies = ['10.0.0.1', '10.0.0.2']
const trusted = (address: string) => proxies.includes(address)

test.each([
  ['nobody forwards', '192.0.2.7', null, '192.0.2.7'],
  ['a stranger pretends to forward', '192.0.2.7', '198.51.100.1', '192.0.2.7'],
  ['a trusted proxy forwards', '10.0.0.1', '198.51.100.1', '198.51.100.1'],
  ['two trusted proxies forward', '10.0.0.1', '198.51.100.1, 10.0.0.2', '198.51.100.1'],
  ['the client itself put an address first', '10.0.0.1', '203.0.113.9, 198.51.100.1', '198.51.100.1'],
  ['everybody on the way is trusted', '10.0.0.1', '10.0.0.2', '10.0.0.2'],
  ['the header is empty', '10.0.0.1', '', '10.0.0.1'],
  ['the header holds nothing', '10.0.0.1', ' ', '10.0.0.1'],
  ['the socket has both families', '::ffff:10.0.0.1', '::ffff:198.51.100.1', '198.51.100.1'],
  ['there is no peer', undefined, '198.51.100.1', ''],
])('when %s (%s, %s) it is %s', (_case, peer, forwarded, expected) => {
  expect(resolveClientAddress(peer, forwarded, trusted)).toBe(expected)
})

test.each([
  ['192.0.2.7', '192.0.2.7'],
  [' 2001:db8::7 ', '2001:db8::7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['192.0.2.7, 198.51.100.1', undefined],
  ['<script>', undefined],
  ['', undefined],
  [null, undefined],
])('a platform that says %j names %s', (header, expected) => {
  expect(platformAddress(header)).toBe(expected)
})
