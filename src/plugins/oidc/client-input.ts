// What an administrator says of an app: fields, limits and names as Pocket ID has them, and ours beside them.
import * as v from 'valibot'
import { plainText } from '#core/http/account-fields.ts'
import type { AppInput } from '#core/ports-apps.ts'
import { KeySet } from './protocol/key-set.ts'
import { callbackPatternFault } from './protocol/redirect-uri.ts'

const maxAddresses = 200
const monthMinutes = 30 * 24 * 60
const yearMinutes = 366 * 24 * 60

const Address = (kind: string) =>
  v.pipe(
    v.string(),
    v.maxLength(2_048, 'Must have at most 2048 characters.'),
    v.check(
      (text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol),
      `Must be ${kind} that begins with https:// or http://.`,
    ),
  )
/** A launch address may open an app on the device, but never run here. */
const LaunchAddress = v.pipe(
  v.string(),
  v.maxLength(2_048, 'Must have at most 2048 characters.'),
  v.check(
    (text) => URL.canParse(text) && !/^(javascript|data|vbscript|file|blob):$/.test(new URL(text).protocol),
    'Must be an address such as https://app.example.org/.',
  ),
)
const emptyIsNone = <S extends v.GenericSchema<string, string>>(schema: S) =>
  v.optional(
    v.nullable(
      v.union([
        v.pipe(
          v.literal(''),
          v.transform(() => null),
        ),
        schema,
      ]),
    ),
  )

const callbacks = (allowInsecure: boolean) =>
  v.optional(
    v.nullable(
      v.pipe(
        v.array(
          v.pipe(
            v.string(),
            v.rawCheck(({ dataset, addIssue }) => {
              const fault = dataset.typed ? callbackPatternFault(dataset.value, allowInsecure) : undefined
              if (fault) addIssue({ message: `This address ${fault}.` })
            }),
          ),
        ),
        v.maxLength(maxAddresses, `There may be ${maxAddresses} addresses.`),
      ),
    ),
  )

/** Zero is "as usual", as Pocket ID's clients send it. */
const minutes = (most: number) =>
  v.optional(
    v.pipe(
      v.number(),
      v.integer('Must be whole minutes.'),
      v.minValue(0, 'Must not be negative.'),
      v.maxValue(most, `Must be at most ${most}.`),
    ),
  )

const FederatedIdentity = v.object({
  issuer: Address('an issuer’s address'),
  subject: v.optional(v.string()),
  audience: v.optional(v.string()),
  jwks: v.optional(v.union([v.literal(''), Address('an address')])),
  publicKeys: v.optional(KeySet.entries.keys),
  replayProtection: v.optional(v.boolean(), false),
})

const yes = v.optional(v.boolean())

/** @param allowInsecure whether callbacks may begin with http:// @param algorithms that ID tokens may be signed with */
export function clientInput(allowInsecure: boolean, algorithms: readonly string[]) {
  return v.object({
    name: plainText({ least: 1, most: 50 }),
    description: v.optional(plainText({ most: 150 })),
    callbackURLs: callbacks(allowInsecure),
    logoutCallbackURLs: callbacks(allowInsecure),
    launchURL: emptyIsNone(LaunchAddress),
    isPublic: yes,
    pkceEnabled: yes,
    requiresReauthentication: yes,
    requiresPushedAuthorizationRequests: yes,
    skipConsent: yes,
    isGroupRestricted: yes,
    accessTokenDurationMinutes: minutes(monthMinutes),
    refreshTokenDurationMinutes: minutes(yearMinutes),
    credentials: v.optional(v.object({ federatedIdentities: v.optional(v.nullable(v.array(FederatedIdentity))) })),
    logoUrl: emptyIsNone(Address('an address')),
    darkLogoUrl: emptyIsNone(Address('an address')),
    backchannelLogoutURL: emptyIsNone(Address('an address')),
    initiateLoginURL: emptyIsNone(Address('an address')),
    requiresDpop: yes,
    jwks: v.optional(v.nullable(KeySet)),
    jwksURL: emptyIsNone(Address('an address')),
    idTokenSigningAlg: v.optional(v.nullable(v.picklist([...algorithms], `Must be one of ${algorithms.join(', ')}.`))),
  })
}
export type ClientInput = v.InferOutput<ReturnType<typeof clientInput>>

/** An id of the administrator's own. */
export const ClientId = v.pipe(
  v.string(),
  v.minLength(2, 'Must have at least 2 characters.'),
  v.maxLength(128, 'Must have at most 128 characters.'),
  v.regex(/^[a-zA-Z0-9._-]+$/, 'Must be letters, digits, dots, hyphens and underscores.'),
)

export const SecretInput = v.object({
  // An empty one asks for a random one, as a missing one does.
  secret: v.optional(
    v.pipe(
      v.string(),
      v.check((text) => text === '' || text.length >= 16, 'Must have at least 16 characters.'),
      v.maxLength(256, 'Must have at most 256 characters.'),
      v.regex(/^[\x20-\x7e]*$/, 'Must be printable ASCII.'),
      v.transform((text) => text || undefined),
    ),
  ),
  name: v.optional(plainText({ most: 50 })),
  expiresAt: v.optional(
    v.nullable(
      v.pipe(
        v.string(),
        v.check(
          (text) => /^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(text)),
          'Must be a date such as 2027-01-31T00:00:00Z.',
        ),
        v.transform((text) => new Date(text)),
      ),
    ),
  ),
})

/** The columns that an input changes. Pocket ID's fields take its default where they are absent, ours stay as they are. */
export const columnsOf = (input: ClientInput | AppInput) => ({
  // Looked at anew each time that somebody decides against it, as in Pocket ID.
  ...(input.pkceEnabled ? {} : { pkceSupported: false }),
  name: input.name,
  description: input.description ?? '',
  callbackUrls: input.callbackURLs ?? [],
  logoutCallbackUrls: input.logoutCallbackURLs ?? [],
  launchUrl: input.launchURL ?? null,
  isPublic: input.isPublic ?? false,
  // An app that can keep no secret is nothing without it.
  pkceEnabled: input.isPublic || (input.pkceEnabled ?? false),
  requiresReauthentication: input.requiresReauthentication ?? false,
  requiresPushedRequests: input.requiresPushedAuthorizationRequests ?? false,
  skipConsent: input.skipConsent ?? false,
  isGroupRestricted: input.isGroupRestricted ?? false,
  accessTokenMinutes: input.accessTokenDurationMinutes || 60,
  refreshTokenMinutes: input.refreshTokenDurationMinutes || monthMinutes,
  federatedIdentities: [...(input.credentials?.federatedIdentities ?? [])],
  ...(input.backchannelLogoutURL === undefined ? {} : { backchannelLogoutUri: input.backchannelLogoutURL }),
  ...(input.initiateLoginURL === undefined ? {} : { initiateLoginUri: input.initiateLoginURL }),
  ...(input.requiresDpop === undefined ? {} : { requiresDpop: input.requiresDpop }),
  ...(input.jwks === undefined ? {} : { jwks: input.jwks }),
  ...(input.jwksURL === undefined ? {} : { jwksUri: input.jwksURL }),
  ...(input.idTokenSigningAlg === undefined ? {} : { idTokenSigningAlg: input.idTokenSigningAlg }),
})
