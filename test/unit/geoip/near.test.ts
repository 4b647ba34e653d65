// Addresses of one's own, in the words that Pocket ID's audit log has for them.
import { expect, test } from 'vitest'
import { nearPlaces } from '../../../src/plugins/geoip/near.ts'

const near = nearPlaces(['2001:db8:12::/48'])

test.each([
  ['127.0.0.1', 'localhost'],
  ['127.9.9.9', 'localhost'],
  ['::1', 'localhost'],
  ['100.64.0.1', 'Tailscale'],
  ['100.127.255.255', 'Tailscale'],
  ['10.1.2.3', 'LAN'],
  ['172.16.0.1', 'LAN'],
  ['192.168.1.1', 'LAN'],
  ['169.254.1.1', 'LAN'],
  ['fd12::1', 'LAN'],
  ['fe80::1', 'LAN'],
  ['2001:db8:12::7', 'LAN'],
])('%s is %s', (address, city) => {
  expect(near(address)).toEqual({ country: 'Internal Network', city })
})

test.each(['1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2001:db8:13::7', 'no address'])(
  '%s is somebody else’s',
  (address) => {
    expect(near(address)).toBeUndefined()
  },
)
