// The OpenID provider's settings.
import * as v from 'valibot'
import { choice, defineSettings, flag, text } from '#core/settings/define.ts'

const origin = v.pipe(
  v.string(),
  v.url('Must be an address such as http://pocket-id:1411.'),
  v.check((address) => /^https?:$/.test(new URL(address).protocol), 'Must begin with https:// or http://.'),
  v.transform((address) => new URL(address).origin),
)

export const settings = defineSettings({
  oidcEnabled: flag({
    label: 'OpenID provider',
    help: 'Lets apps sign people in through OpenID Connect.',
    default: true,
    environmentOnly: true,
  }),
  internalAppUrl: text({
    label: 'Internal address',
    help: 'Where apps in the same network reach this server: stands in the metadata for token, userinfo, introspection and keys.',
    schema: v.union([v.literal(''), origin]),
    environmentOnly: true,
  }),
  oidcSigningAlgorithm: choice(['ES256', 'RS256', 'EdDSA'], {
    label: 'Signing algorithm',
    help: 'Signs the tokens of apps that ask for nothing else. Keys of ES256 and RS256 are always published.',
    default: 'ES256',
  }),
})

export type OidcSettings = typeof settings
