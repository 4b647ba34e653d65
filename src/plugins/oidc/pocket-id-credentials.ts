// Pure: what a Pocket ID's app proves itself with: one secret in a column, or several in a document beside federated identities.
import { documentOf, type Fields, momentOf, textOf, textOrNull } from '#core/transfer/fields.ts'
import type { clientSecrets, FederatedIdentity } from './tables.ts'

type SecretRow = typeof clientSecrets.$inferInsert

const listIn = (document: unknown, name: string): readonly Fields[] => {
  const list = typeof document === 'object' && document !== null ? (document as Fields)[name] : undefined
  return Array.isArray(list) ? list.filter((one): one is Fields => typeof one === 'object' && one !== null) : []
}

/** The identities outside whose assertions stand for the app. */
export const federatedIn = (document: unknown): readonly FederatedIdentity[] =>
  listIn(document, 'federatedIdentities').map((one) => ({
    issuer: textOf(one, 'issuer'),
    subject: textOrNull(one, 'subject') ?? undefined,
    audience: textOrNull(one, 'audience') ?? undefined,
    jwks: textOrNull(one, 'jwks') ?? undefined,
    replayProtection: one.replayProtection === true,
  }))

/** Hashes of the app's secrets. What bcrypt made is made anew when the secret is first used (client-secrets.ts). */
export function secretsIn(client: Fields, now: Date): readonly SecretRow[] {
  const clientId = textOf(client, 'id')
  const createdAt = momentOf(client, 'created_at') ?? now
  const only = textOrNull(client, 'secret')
  const first: readonly SecretRow[] =
    only === null ? [] : [{ id: `${clientId}-secret`, clientId, createdAt, ...hashOf(only, 'bcrypt') }]
  const others = listIn(documentOf(client, 'credentials'), 'secrets').map((one, at) => ({
    id: textOrNull(one, 'id') ?? `${clientId}-secret-${at}`,
    clientId,
    name: textOf(one, 'name'),
    prefix: textOf(one, 'prefix'),
    createdAt: momentOf(one, 'createdAt') ?? createdAt,
    expiresAt: momentOf(one, 'expiresAt'),
    lastUsedAt: momentOf(one, 'lastUsedAt'),
    ...hashOf(textOf(one, 'hash'), textOf(one, 'algorithm')),
  }))
  return [...first, ...others].filter(({ hash }) => hash !== '')
}

/** Its SHA-256 is written in hexadecimal digits, ours in base64url. */
function hashOf(hash: string, algorithm: string): Pick<SecretRow, 'hash' | 'hashKind'> {
  if (algorithm === 'bcrypt' || hash.startsWith('$2')) return { hash, hashKind: 'bcrypt' }
  const bytes = /^[0-9a-f]{64}$/i.test(hash) ? Uint8Array.fromHex(hash) : new Uint8Array()
  return { hash: bytes.toBase64({ alphabet: 'base64url', omitPadding: true }), hashKind: 'sha256' }
}
