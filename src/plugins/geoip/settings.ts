// The database of places: where it lies, and where it comes from. The variables are Pocket ID's.
import * as v from 'valibot'
import { defineSettings, list, text, type Values } from '#core/settings/define.ts'

const address = v.union([
  v.literal(''),
  v.pipe(v.string(), v.regex(/^https?:\/\/[^\s/]+/i, 'Must be an address that begins with https:// or http://.')),
])

const ipv6 = v.pipe(v.string(), v.ipv6())
const isIpv6Range = (range: string): boolean => {
  const [, address, prefix] = /^(.*)\/(\d{1,3})$/.exec(range) ?? []
  return v.is(ipv6, address) && Number(prefix) <= 128
}

export const settings = defineSettings({
  maxmindLicenseKey: text({
    label: 'MaxMind license key',
    help: 'Fetches the database of places (GeoLite2 City) at the start and again when it is two weeks old. With it the audit log, sign-ins with another device and letters name city and country.',
    secret: true,
    environmentOnly: true,
  }),
  geoliteDbPath: text({
    label: 'Database of places',
    help: 'The file (MaxMind DB format) with the places of addresses. Empty: data/GeoLite2-City.mmdb, where another variable of this group is set.',
    environmentOnly: true,
  }),
  geoliteDbUrl: text({
    label: 'Source of the database of places',
    help: 'Where it is fetched: a .mmdb file, plain, as .gz or in a .tar.gz; %s stands for the license key. Empty: MaxMind, with a license key.',
    schema: address,
    environmentOnly: true,
  }),
  localIpv6Ranges: list({
    label: 'Own IPv6 networks',
    help: 'CIDR ranges of public IPv6 addresses that are your own network; named so where places are.',
    each: v.pipe(v.string(), v.check(isIpv6Range, 'Must be IPv6 ranges such as 2001:db8:12::/48.')),
    environmentOnly: true,
  }),
})

export type GeoipSettings = Values<typeof settings>

/** Where the database lies. */
export const databasePath = ({ geoliteDbPath }: GeoipSettings): string => geoliteDbPath || 'data/GeoLite2-City.mmdb'
