// The key that a Pocket ID signed with signs on: tokens that are out there go on being good, and apps that pinned it see no other.
import { type Fields, textOf } from '#core/transfer/fields.ts'
import type { Predecessor, TakenOver } from '#core/transfer/predecessor.ts'
import { newSigningKeyRow, type SigningAlgorithm } from './keys.ts'
import type { OidcHost } from './provider.ts'
import { signingKeys } from './tables.ts'

const known: Readonly<Record<string, SigningAlgorithm>> = { RS256: 'RS256', ES256: 'ES256', EdDSA: 'EdDSA' }
const fileName = 'jwt_private_key.json'
/** By kind and curve, where an older key does not say what it is for. */
const usual: Readonly<Record<string, string>> = { RSA: 'RS256', EC: 'ES256', OKP: 'EdDSA' }

export async function takeOverKey(from: Predecessor, host: Pick<OidcHost, 'db' | 'vault' | 'clock'>): Promise<TakenOver> {
  const held = await read(from)
  if (held.kind === 'none') return {}
  const lost = 'New keys are made: apps read them by themselves, and people sign in again.'
  if (held.kind === 'locked')
    return { notes: [`The signing key was sealed with another ENCRYPTION_KEY and stays behind. ${lost}`] }
  const { jwk } = held
  const called = textOf(jwk, 'alg') || usual[textOf(jwk, 'kty')] || ''
  const algorithm = known[called]
  if (!algorithm)
    return { notes: [`The signing key is for ${called || 'no known algorithm'}, which is not signed with here. ${lost}`] }
  const row = newSigningKeyRow(host.vault, { id: textOf(jwk, 'kid'), algorithm, privateJwk: jwk as JsonWebKey })
  const now = host.clock.now()
  await host.db.write((tx) => tx.insert(signingKeys).values({ ...row, createdAt: now, signsFrom: now }))
  return { settings: { oidcSigningAlgorithm: algorithm } }
}

type Held = { readonly kind: 'none' } | { readonly kind: 'locked' } | { readonly kind: 'open'; readonly jwk: Fields }

/** From the database, sealed; or, as it was before, from a file. */
async function read(from: Predecessor): Promise<Held> {
  const sealed = from.rows('kv').find(({ key }) => key === fileName)
  if (sealed) {
    const text = from.openSigningKey(textOf(sealed, 'value'))
    return text === undefined ? { kind: 'locked' } : { kind: 'open', jwk: JSON.parse(text) as Fields }
  }
  const file = from.files.find((name) => name === `keys/${fileName}`)
  if (!file) return { kind: 'none' }
  return { kind: 'open', jwk: JSON.parse(new TextDecoder().decode(await from.file(file))) as Fields }
}
