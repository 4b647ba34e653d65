// The OpenID provider's settings.
import * as v from 'valibot'
import { choice, defineSettings, flag, setting, text } from '#core/settings/define.ts'

const origin = v.pipe(
  v.string(),
  v.url('Must be an address such as http://pocket-id:1411.'),
  v.check(
    (address) => !URL.canParse(address) || /^https?:$/.test(new URL(address).protocol),
    'Must begin with https:// or http://.',
  ),
  v.transform((address) => new URL(address).origin),
)

/** A list as JSON, the way Pocket ID stores it, or separated by commas or white space, the way people type it. */
const addressPatterns = v.pipe(
  v.string(),
  v.rawTransform(({ dataset: { value }, addIssue, NEVER }): readonly string[] => {
    const text = value.trim()
    if (!text.startsWith('[')) return text.split(/[\s,]+/).filter((one) => one !== '')
    try {
      return v.parse(v.array(v.string()), JSON.parse(text))
    } catch {
      addIssue({ message: 'Must be a list such as ["https://apps.example.org/*"].' })
      return NEVER
    }
  }),
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
    schema: v.union([v.literal(''), origin], 'Must be an address such as http://pocket-id:1411.'),
    environmentOnly: true,
  }),
  allowInsecureCallbackUrls: flag({
    label: 'Callbacks over http',
    help: 'Apps may register callback addresses that begin with http:// beyond the machine of the person who signs in.',
    default: true,
    environmentOnly: true,
  }),
  oidcDpopNonceRequired: flag({
    label: 'DPoP proofs need a nonce',
    help: 'Proofs that bind tokens to a key must hold a value made here a moment ago; not every app knows how.',
  }),
  cimdUrlAllowlist: setting({
    kind: 'list',
    schema: addressPatterns,
    default: '[]',
    label: 'Apps described at their own address',
    help: 'Addresses, with wildcards, of client id metadata documents: apps whose id is such an address need no registration.',
  }),
  oidcRegistrationEnabled: flag({
    label: 'Apps may register themselves',
    help: 'Dynamic client registration, for whoever holds the initial token.',
  }),
  oidcRegistrationToken: text({
    label: 'Initial token for registration',
    help: 'Apps present it when they register themselves; at least 16 characters. Without it nobody registers.',
    schema: v.union([
      v.literal(''),
      v.pipe(v.string(), v.regex(/^[\x21-\x7e]{16,}$/, 'Must be at least 16 characters of ASCII without blanks.')),
    ]),
    secret: true,
  }),
  oidcTokenExchangeEnabled: flag({
    label: 'Token exchange',
    help: 'Apps may exchange a token of theirs for one that is good for an API (RFC 8693).',
  }),
  oidcSigningAlgorithm: choice(['ES256', 'RS256', 'EdDSA'], {
    label: 'Signing algorithm',
    help: 'Signs the tokens of apps that ask for nothing else. Keys of ES256 and RS256 are always published.',
    default: 'ES256',
  }),
})

export type OidcSettings = typeof settings
