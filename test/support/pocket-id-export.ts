// An export as Pocket ID writes it, of a small company that a test makes up: its tables, its uploads, its way of sealing.
import { createCipheriv, createHash, createHmac, generateKeyPairSync, hkdfSync, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { encode } from '@msgpack/msgpack'
import bcrypt from 'bcryptjs'
import { type Packed, writeZip } from '#core/transfer/zip.ts'

export const encryptionKey = 'the key of the old Pocket ID'
export const instanceId = 'aa0a35f1-6c5b-4d0b-9f0b-0f6f3a7ad7f5'
export const clientSecret = 'a secret that only the app knows'
export const apiKey = 'an API key that a script has'
export const scimToken = 'a token for the server of the app'

type Row = Readonly<Record<string, unknown>>
export interface Company {
  readonly tables: Readonly<Record<string, readonly Row[]>>
  readonly files: Readonly<Record<string, Uint8Array>>
}

/** What Pocket ID seals: A128CBC-HS256 (RFC 7518 section 5.2) over a text that it fills up to whole blocks first. */
function sealed(key: Uint8Array, text: string, associated: string): string {
  const plain = Buffer.from(text)
  const fill = 16 - (plain.length % 16)
  const nonce = randomBytes(16)
  const cipher = createCipheriv('aes-128-cbc', key.subarray(16), nonce)
  const body = Buffer.concat([nonce, cipher.update(Buffer.concat([plain, Buffer.alloc(fill, fill)])), cipher.final()])
  const bits = Buffer.alloc(8)
  bits.writeBigUInt64BE(BigInt(associated.length * 8))
  const tag = createHmac('sha256', key.subarray(0, 16)).update(associated).update(body).update(bits).digest().subarray(0, 16)
  return Buffer.concat([body, tag]).toString('base64')
}

const keyOfKeys = createHmac('sha3-256', encryptionKey).update(`pocketid/${instanceId}/jwk-kek`).digest()
const keyOfTexts = new Uint8Array(hkdfSync('sha256', encryptionKey, '', 'pocketid/encrypted_string', 32))
const base64 = (text: string): string => Buffer.from(text).toString('base64')
const list = (...texts: string[]): string => base64(JSON.stringify(texts))
const at = '2025-11-25T12:39:02Z'
const never = '2099-01-01T00:00:00Z'

/** The key that signs for it. */
export function signingKey(kind: 'RS256' | 'ES256') {
  const { privateKey } =
    kind === 'RS256' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { privateKey, jwk: { ...privateKey.export({ format: 'jwk' }), kid: 'wGd7gtSP-Xk', alg: kind, use: 'sig' } }
}

const sealedSigningKey = (jwk: object): Row => ({
  key: 'jwt_private_key.json',
  value: sealed(keyOfKeys, `${JSON.stringify(jwk)}\n`, ''),
})

export interface OwnPasskey {
  readonly credentialId: string
  readonly publicKey: string
}

export const ada = 'f4b89dc2-62fb-46bf-9f5f-c34f4eafe93e'
export const grace = '1cd19686-f9a6-43f4-a41f-14a0bf5b4036'
export const developers = 'c7ae7c01-28a3-4f3c-9572-1ee734ea8368'

const user = (id: string, username: string, more: Row = {}): Row => ({
  ...{ id, username, email: `${username}@example.org`, first_name: username, last_name: null, display_name: `The ${username}` },
  ...{ created_at: at, updated_at: null, disabled: false, is_admin: false, ldap_id: null, locale: null, email_verified: true },
  ...more,
})

const client = (id: string, more: Row): Row => ({
  ...{ id, name: id, created_at: at, created_by_id: ada, is_public: false, pkce_enabled: false, launch_url: null },
  ...{ callback_urls: list(`https://${id}.example.org/*`), logout_callback_urls: base64('null'), credentials: base64('{}') },
  ...{ image_type: null, dark_image_type: null, is_group_restricted: false, requires_reauthentication: false, secret: '' },
  ...more,
})

/** The company, whose Ada has a passkey and whose Grace comes from a directory. */
export function company(passkey: OwnPasskey, key: object, ldapId: string): Company {
  const bcryptSecret = bcrypt.hashSync(clientSecret, 4)
  const hexOf = (text: string) => createHash('sha256').update(text).digest('hex')
  const several = {
    federatedIdentities: [
      { issuer: 'https://forge.example', subject: 'ci', audience: 'api://pocket-id', jwks: 'https://forge.example/keys' },
    ],
    secrets: [{ id: 's1', algorithm: 'sha256', hash: hexOf(clientSecret), prefix: 'a se', createdAt: at, expiresAt: null }],
  }
  const tables = {
    users: [
      user(ada, 'ada', { is_admin: true, locale: 'de' }),
      user(grace, 'grace', { ldap_id: ldapId, display_name: 'Grace Hopper', first_name: 'Grace', last_name: 'Hopper' }),
      user('00000000-0000-0000-0000-000000000000', 'static-api-user', { is_admin: true, email: null }),
    ],
    user_groups: [{ id: developers, name: 'developers', friendly_name: 'Developers', ldap_id: null, created_at: at }],
    user_groups_users: [{ user_group_id: developers, user_id: ada }],
    custom_claims: [
      { id: 'claim', key: 'department', value: 'Engines', user_id: ada, user_group_id: null, created_at: at },
      { id: 'claim2', key: 'floor', value: '3', user_id: null, user_group_id: developers, created_at: at },
    ],
    webauthn_credentials: [
      {
        ...{
          id: 'passkey',
          user_id: ada,
          name: 'My phone',
          created_at: at,
          attestation_type: 'none',
          transport: list('internal'),
        },
        ...{ backup_eligible: false, backup_state: false },
        credential_id: Buffer.from(passkey.credentialId, 'base64url').toString('base64'),
        public_key: Buffer.from(passkey.publicKey, 'base64url').toString('base64'),
      },
    ],
    oidc_clients: [
      client('wiki', { secret: bcryptSecret, is_group_restricted: true, image_type: 'png', description: 'What we know' }),
      client('forge', { credentials: base64(JSON.stringify(several)), access_token_duration_minutes: 15 }),
      client('phone', { is_public: true, pkce_enabled: true, created_by_id: null }),
    ],
    oidc_clients_allowed_user_groups: [{ oidc_client_id: 'wiki', user_group_id: developers }],
    user_authorized_oidc_clients: [{ client_id: 'wiki', user_id: ada, scope: 'openid profile', last_used_at: at }],
    oidc_refresh_tokens: [
      { id: 'r', client_id: 'wiki', user_id: ada, scope: 'openid', token: 'x', expires_at: never, created_at: at },
    ],
    api_keys: [
      { id: 'key', user_id: ada, name: 'Script', description: null, key: hexOf(apiKey), created_at: at, expires_at: never },
      {
        id: 'static',
        user_id: '00000000-0000-0000-0000-000000000000',
        name: 'Static',
        key: hexOf('x'),
        created_at: at,
        expires_at: never,
      },
    ],
    audit_logs: [
      {
        id: 'entry',
        created_at: at,
        event: 'SIGN_IN',
        ip_address: '192.0.2.1',
        country: 'Germany',
        city: 'Berlin',
        user_agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
        user_id: ada,
        data: base64('{"clientName":"wiki"}'),
      },
    ],
    signup_tokens: [
      { id: 'token', token: 'VALID1234567890A', created_at: at, expires_at: never, usage_limit: 5, usage_count: 2 },
    ],
    signup_tokens_user_groups: [{ signup_token_id: 'token', user_group_id: developers }],
    scim_service_providers: [
      {
        id: 'scim',
        oidc_client_id: 'wiki',
        endpoint: 'https://wiki.example.org/scim',
        token: sealed(keyOfTexts, scimToken, 'encrypted_string'),
        created_at: at,
      },
    ],
    app_config_variables: [
      { key: 'instanceId', value: instanceId },
      { key: 'appName', value: 'The Company' },
      { key: 'smtpPassword', value: 'a password' },
      { key: 'sessionDuration', value: 'for ever' },
      { key: 'colourOfTheBikeShed', value: 'green' },
    ],
    kv: [sealedSigningKey(key)],
    recovery_codes: [{ id: 'code', user_id: ada }],
    webauthn_sessions: [{ id: 'w', challenge: 'c', user_verification: 'preferred', expires_at: never, created_at: at }],
  }
  const picture = new Uint8Array(readFileSync('test/support/pictures/plain.png'))
  const files = {
    [`uploads/profile-pictures/${ada}.png`]: picture,
    'uploads/profile-pictures/defaults/A.png': picture,
    'uploads/oidc-client-images/wiki.png': picture,
    'uploads/application-images/logoLight.png': picture,
    'uploads/application-images/background.webp': new Uint8Array([1, 2, 3]),
  }
  return { tables, files }
}

/** Writes it as the zip file that `pocket-id export` makes. */
export function writePocketIdExport(path: string, { tables, files }: Company): Promise<void> {
  const document = {
    provider: 'sqlite',
    version: 20251229173100,
    tableOrder: ['users', 'user_groups', 'oidc_clients', 'signup_tokens'],
    tables,
  }
  const bytes = { 'database.json': Buffer.from(JSON.stringify(document)), ...files }
  async function* entries(): AsyncGenerator<Packed> {
    for (const [name, content] of Object.entries(bytes))
      yield {
        name,
        async *content() {
          yield content
        },
      }
  }
  return writeZip(entries(), path)
}

/** `francis.bin`: a header, then records one after the other, each a value of MessagePack. */
export function actorStates(states: readonly (readonly [type: string, state: object])[]): Uint8Array {
  const records = states.map(([actorType, state]) => ({
    type: 'state',
    state: { actorType, actorId: 'singleton', data: encode(state) },
  }))
  const alarm = {
    type: 'alarm',
    alarm: { id: 'a', actorType: 'SignupToken', actorId: 'singleton', name: 'cleanup', dueTime: new Date() },
  }
  const header = { format: 'francis-backup', version: 1, createdAt: new Date() }
  return new Uint8Array(Buffer.concat([header, ...records, alarm].map((value) => encode(value))))
}

const blobs = new Set([
  'callback_urls',
  'logout_callback_urls',
  'credentials',
  'credential_id',
  'public_key',
  'transport',
  'data',
])
const moments = /_at$/

/** The same as a database file with its folders: bytes where the export has base64, moments in seconds. Returns its path. */
export function writePocketIdDatabase(folder: string, { tables, files }: Company): string {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  const path = join(folder, 'pocket-id.db')
  const db = new DatabaseSync(path)
  for (const [table, rows] of Object.entries(tables)) {
    const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))]
    db.exec(`create table "${table}" (${columns.map((column) => `"${column}"`).join(', ')})`)
    const insert = db.prepare(`insert into "${table}" values (${columns.map(() => '?').join(', ')})`)
    for (const row of rows) insert.run(...columns.map((column) => inSqlite(column, row[column])))
  }
  db.close()
  return path
}

function inSqlite(column: string, value: unknown): null | number | string | Uint8Array {
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'string' && blobs.has(column)) return new Uint8Array(Buffer.from(value, 'base64'))
  if (typeof value === 'string' && moments.test(column)) return Date.parse(value) / 1000
  return typeof value === 'number' || typeof value === 'string' ? value : null
}
