// An authenticator in software: makes and proves passkeys as WebAuthn wants them, or, when told so, as an attacker would.
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { isoCBOR } from '@simplewebauthn/server/helpers'

export interface CreationOptions {
  readonly challenge: string
  readonly rp: { readonly id: string }
  readonly user: { readonly id: string }
}

export interface RequestOptions {
  readonly challenge: string
  readonly rpId: string
}

/** What differs from an honest answer. */
export interface Tampering {
  readonly origin?: string
  readonly challenge?: string
  readonly rpId?: string
  readonly counter?: number
  readonly userHandle?: string
  readonly userVerified?: boolean
  readonly userPresent?: boolean
  readonly format?: string
  readonly synced?: boolean
  readonly type?: string
}

export interface AuthenticatorOptions {
  readonly origin: string
  readonly aaguid?: string
  /** Its passkeys are copied between devices. */
  readonly synced?: boolean
}

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')
const sha256 = (data: string | Uint8Array): Buffer => createHash('sha256').update(data).digest()
const flags = { userPresent: 0x01, userVerified: 0x04, backupEligible: 0x08, backedUp: 0x10, attested: 0x40 }

/** One authenticator with one passkey, made by `create` and proven by `get`. */
export function createAuthenticator({
  origin,
  aaguid = '00000000-0000-0000-0000-000000000000',
  synced = false,
}: AuthenticatorOptions) {
  const id = randomBytes(32)
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const held = { userHandle: '', counter: 0 }

  const clientData = (type: string, challenge: string, tampering: Tampering) =>
    Buffer.from(
      JSON.stringify({
        type: tampering.type ?? type,
        challenge: tampering.challenge ?? challenge,
        origin: tampering.origin ?? origin,
        crossOrigin: false,
      }),
    )

  const authenticatorData = (rpId: string, tampering: Tampering, attested?: Uint8Array) => {
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(tampering.counter ?? ++held.counter)
    const set =
      (tampering.userPresent === false ? 0 : flags.userPresent) |
      (tampering.userVerified === false ? 0 : flags.userVerified) |
      ((tampering.synced ?? synced) ? flags.backupEligible | flags.backedUp : 0) |
      (attested ? flags.attested : 0)
    return Buffer.concat([sha256(tampering.rpId ?? rpId), Buffer.from([set]), counter, attested ?? Buffer.alloc(0)])
  }

  const credential = <R extends object>(response: R) => ({
    id: base64url(id),
    rawId: base64url(id),
    type: 'public-key',
    clientExtensionResults: {},
    response,
  })

  return {
    credentialId: base64url(id),
    create(options: CreationOptions, tampering: Tampering = {}) {
      held.userHandle = options.user.id
      const length = Buffer.alloc(2)
      length.writeUInt16BE(id.length)
      const attested = Buffer.concat([Buffer.from(aaguid.replaceAll('-', ''), 'hex'), length, id, coseKey(publicKey)])
      const authData = new Uint8Array(authenticatorData(options.rp.id, tampering, attested))
      const attestation = new Map<string, unknown>([
        ['fmt', tampering.format ?? 'none'],
        ['attStmt', new Map()],
        ['authData', authData],
      ])
      return credential({
        clientDataJSON: base64url(clientData('webauthn.create', options.challenge, tampering)),
        attestationObject: base64url(isoCBOR.encode(attestation as never)),
        transports: ['internal'],
      })
    },
    get(options: RequestOptions, tampering: Tampering = {}) {
      const data = authenticatorData(options.rpId, tampering)
      const client = clientData('webauthn.get', options.challenge, tampering)
      return credential({
        clientDataJSON: base64url(client),
        authenticatorData: base64url(data),
        signature: base64url(sign('sha256', Buffer.concat([data, sha256(client)]), privateKey)),
        userHandle: tampering.userHandle ?? held.userHandle,
      })
    },
  }
}

/** A P-256 key as COSE_Key (RFC 9053 section 7.1). */
function coseKey(key: KeyObject): Uint8Array {
  const { x = '', y = '' } = key.export({ format: 'jwk' })
  const bytes = (part: string) => new Uint8Array(Buffer.from(part, 'base64url'))
  const map = new Map<number, number | Uint8Array>([
    [1, 2],
    [3, -7],
    [-1, 1],
    [-2, bytes(x)],
    [-3, bytes(y)],
  ])
  return isoCBOR.encode(map as never)
}
