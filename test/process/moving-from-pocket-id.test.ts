// Whoever has a Pocket ID moves here with its export: people keep their passkeys, apps their secrets, and tokens the key that signed them.
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { createRemoteJWKSet, customFetch, jwtVerify, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ldapEnvironment } from '../../sample/environment.ts'
import { type OpenLdap, startOpenLdap } from '../../sample/openldap.ts'
import { entryUuid, person, personDn } from '../../sample/seed.ts'
import { type CreationOptions, createAuthenticator } from '../support/authenticator.ts'
import { appUrl, type Instance, startInstance } from '../support/instance.ts'
import { createMoving } from '../support/moving.ts'
import * as old from '../support/pocket-id-export.ts'
import { visit } from '../support/visitor.ts'

const { folder, place, moveTo: moveFrom, remove } = createMoving()
const archive = join(folder, 'pocket-id-export.zip')
const authenticator = createAuthenticator({ origin: appUrl })
const key = old.signingKey('RS256')
let company: old.Company
let ldap: OpenLdap
let instance: Instance
let printed: readonly string[]

const moveTo = (name: string, environment: Readonly<Record<string, string>> = {}, path = archive) =>
  moveFrom(name, path, environment)

/** Registers a passkey as Ada did: only what its authenticator gave away is in the export. */
async function registered(): Promise<old.OwnPasskey> {
  const before = await startInstance()
  const { id } = await before.kernel.identity.users.create({ username: 'ada', email: 'ada@example.org' }, null)
  const made = await before.asAdmin(`/api/users/${id}/one-time-access-token`, { method: 'POST', body: {} })
  const visitor = visit(before)
  await visitor.post(`/api/one-time-access-token/${((await made.json()) as { token: string }).token}`)
  const options = await visitor.json<CreationOptions>('/api/webauthn/register/start')
  // The handle of an account is its id, there as here.
  const handle = Buffer.from(old.ada).toString('base64url')
  const answer = authenticator.create({ ...options, user: { id: handle } })
  expect((await visitor.post('/api/webauthn/register/finish', answer)).status).toBe(200)
  const [row] = await before.ground.db.read.all<{ credentialId: string; publicKey: string }>(
    sql`select credential_id as "credentialId", public_key as "publicKey" from passkeys`,
  )
  await before.stop()
  return row ?? { credentialId: '', publicKey: '' }
}

beforeAll(async () => {
  ldap = await startOpenLdap({ ldif: [person({ uid: 'grace', givenName: 'Grace', sn: 'Hopper' })] })
  company = old.company(await registered(), key.jwk, entryUuid(personDn('grace')))
  await old.writePocketIdExport(archive, company)
  printed = await moveTo('new')
  instance = await startInstance(place('new'))
})
afterAll(async () => {
  await instance?.kernel.stop()
  await ldap?.stop()
  remove()
})

const get = async <T>(path: string): Promise<T> => (await (await instance.asAdmin(path)).json()) as T

describe('what comes along', () => {
  test('people with their ids, groups, claims and pictures, and who is an administrator', async () => {
    const users = await get<{ data: Record<string, unknown>[] }>('/api/users?sort[column]=username&sort[direction]=asc')
    expect(users.data.map(({ id, username }) => [id, username])).toEqual([
      [old.ada, 'ada'],
      [old.grace, 'grace'],
    ])
    expect(users.data[0]).toMatchObject({ isAdmin: true, locale: 'de', emailVerified: true, displayName: 'The ada' })
    const one = await get<{ customClaims: unknown[]; userGroups: { name: string }[] }>(`/api/users/${old.ada}`)
    expect(one.customClaims).toEqual([{ key: 'department', value: 'Engines' }])
    expect(one.userGroups.map(({ name }) => name)).toEqual(['developers'])
    const picture = await instance.ground.profilePictures.find(old.ada)
    expect(await picture?.read()).toBeDefined()
  })

  test('passkeys: Ada signs in with the one that she has', async () => {
    const visitor = visit(instance)
    const options = await visitor.json<{ challenge: string; rpId: string }>('/api/webauthn/login/start')
    const answer = await visitor.post('/api/webauthn/login/finish', authenticator.get(options))
    expect(answer.status).toBe(200)
    expect(await visitor.json('/api/users/me')).toMatchObject({ id: old.ada, username: 'ada' })
  })

  test('API keys', async () => {
    const answer = await instance.fetch('/api/users/me', { headers: { 'x-api-key': old.apiKey } })
    expect(await answer.json()).toMatchObject({ id: old.ada })
  })

  test('apps with their callbacks, groups, logos and federated identities', async () => {
    const wiki = await get<Record<string, unknown>>('/api/oidc/clients/wiki')
    expect(wiki).toMatchObject({
      ...{ name: 'wiki', description: 'What we know', callbackURLs: ['https://wiki.example.org/*'], isGroupRestricted: true },
      ...{ logoutCallbackURLs: [], hasLogo: true, allowedUserGroups: [expect.objectContaining({ id: old.developers })] },
    })
    expect((await instance.fetch('/api/oidc/clients/wiki/logo')).status).toBe(200)
    expect(await get('/api/oidc/clients/forge')).toMatchObject({
      credentials: { federatedIdentities: [expect.objectContaining({ issuer: 'https://forge.example', subject: 'ci' })] },
    })
    expect(await get('/api/oidc/clients/phone')).toMatchObject({ isPublic: true, pkceEnabled: true })
  })

  test.each(['wiki', 'forge'])('secrets: %s has its own at the token endpoint, and no other is taken', async (id) => {
    const ask = (secret: string) =>
      instance.fetch('/api/oidc/token', {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret }).toString(),
      })
    expect((await ask('another one')).status).toBe(401)
    expect((await ask(old.clientSecret)).status).toBe(200)
    expect((await ask(old.clientSecret)).status).toBe(200)
    const rows = await instance.ground.db.read.all(sql`select hash_kind as kind from oidc_client_secrets where client_id = ${id}`)
    expect(rows).toEqual([{ kind: 'sha256' }])
  })

  test('the key: what it signed is good, and it goes on signing', async () => {
    const token = await new SignJWT({ sub: old.ada }).setProtectedHeader({ alg: 'RS256', kid: key.jwk.kid }).sign(key.privateKey)
    const options = { [customFetch]: (url: string) => instance.fetch(new URL(url).pathname) }
    const keys = createRemoteJWKSet(new URL(`${appUrl}/.well-known/jwks.json`), options)
    expect((await jwtVerify(token, keys)).payload.sub).toBe(old.ada)
    const published = (await (await instance.fetch('/.well-known/jwks.json')).json()) as { keys: Record<string, unknown>[] }
    expect(published.keys.filter((one) => 'd' in one || 'p' in one)).toEqual([])
    const answer = await instance.fetch('/api/oidc/token', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: 'wiki',
        client_secret: old.clientSecret,
      }).toString(),
    })
    const { access_token: made } = (await answer.json()) as { access_token: string }
    expect((await jwtVerify(made, keys)).protectedHeader).toMatchObject({ alg: 'RS256', kid: key.jwk.kid })
  })

  test('consents, invitations, the log, servers that are told of people, settings and pictures of the instance', async () => {
    const { db, vault } = instance.ground
    const consents = await db.read.all(sql`select client_id as client, scope from oidc_consents`)
    expect(consents).toEqual([{ client: 'wiki', scope: '["openid","profile"]' }])
    const tokens = await get<{ data: Record<string, unknown>[] }>('/api/signup-tokens')
    expect(tokens.data[0]).toMatchObject({ token: 'VALID1234567890A', usageLimit: 5, usageCount: 2 })
    const log = await get<{ data: Record<string, unknown>[] }>('/api/audit-logs/all')
    expect(log.data.find(({ id }) => id === 'entry')).toMatchObject({
      ...{ event: 'SIGN_IN', username: 'ada', ipAddress: '192.0.2.1', city: 'Berlin', device: 'Firefox on Linux' },
    })
    const [scim] = await db.read.all<{ token: string }>(sql`select sealed_token as token from scim_providers`)
    expect(vault.open('scim-token', scim?.token ?? '')).toBe(old.scimToken)
    const settings = instance.ground.resolution.settings
    expect([settings.appName?.raw, settings.smtpPassword?.raw]).toEqual(['The Company', 'a password'])
    expect((await instance.fetch('/api/application-images/logo')).status).toBe(200)
  })

  test('whoever came from a directory is found there by its next run, and stays who she is', async () => {
    await moveTo('directory', ldapEnvironment(ldap))
    const there = await startInstance({ ...place('directory'), ...ldapEnvironment(ldap) })
    const ran = await there.asAdmin('/api/application-configuration/sync-ldap', { method: 'POST' })
    expect(ran.status).toBe(204)
    const users = (await (await there.asAdmin('/api/users')).json()) as { data: Record<string, unknown>[] }
    expect(users.data.map(({ username }) => username).sort()).toEqual(['ada', 'grace'])
    expect(users.data.find(({ id }) => id === old.grace)).toMatchObject({
      username: 'grace',
      ldapId: entryUuid(personDn('grace')),
      disabled: false,
    })
    await there.kernel.stop()
  })
})

describe('what does not', () => {
  test('is told at the end, a sentence each', () => {
    const text = printed.join('\n')
    expect(text).toMatch(/rows are imported\./)
    for (const sentence of [
      /1 codes and refresh tokens stay behind/,
      /recovery_codes \(1 rows\) is not known here/,
      /not known here stay behind: colourOfTheBikeShed\./,
      /do not fit here have their defaults: sessionDuration\./,
      /background\.webp stays behind/,
    ])
      expect(text).toMatch(sentence)
    expect(text).not.toMatch(/webauthn_sessions|signing key/)
  })

  test('a key that was sealed with another encryption key is said, and new ones are made', async () => {
    const lines = await moveTo('other-key', { ENCRYPTION_KEY: 'quite another key than before' })
    expect(lines.join('\n')).toMatch(/signing key was sealed with another ENCRYPTION_KEY/)
    expect(lines.join('\n')).toMatch(/Tokens for https:\/\/wiki\.example\.org\/scim were sealed with another/)
  })
})

test('moving again changes nothing', async () => {
  await moveTo('twice')
  const rows = async () => {
    const there = await startInstance({ ...place('twice'), OIDC_ENABLED: 'false' })
    const all = await Promise.all(
      ['users', 'groups', 'group_members', 'custom_claims', 'passkeys', 'oidc_clients', 'api_keys', 'settings'].map((table) =>
        there.ground.db.read.all(sql`select * from ${sql.identifier(table)} order by 1`),
      ),
    )
    await there.kernel.stop()
    return JSON.stringify(all, (name, value) => (name === 'value' || name === 'updated_at' ? undefined : value))
  }
  const once = await rows()
  await moveTo('twice')
  expect(await rows()).toBe(once)
})

test('a row that does not fit takes nothing along and leaves everything as it was', async () => {
  const path = join(folder, 'broken.zip')
  const broken = { ...company.tables, user_groups_users: [{ user_group_id: 'nowhere', user_id: old.ada }] }
  await old.writePocketIdExport(path, { ...company, tables: broken })
  await expect(moveTo('twice', {}, path)).rejects.toThrow()
  const there = await startInstance(place('twice'))
  expect(((await (await there.asAdmin('/api/users')).json()) as { data: unknown[] }).data).toHaveLength(2)
  await there.kernel.stop()
})

test('a key of its older form, in a file and for the curve, comes along too', async () => {
  const path = join(folder, 'file-key.zip')
  const { jwk } = old.signingKey('ES256')
  const { alg: _unsaid, ...unsaid } = jwk
  const files = { ...company.files, 'keys/jwt_private_key.json': Buffer.from(JSON.stringify(unsaid)) }
  await old.writePocketIdExport(path, { tables: { ...company.tables, kv: [] }, files })
  await moveTo('file-key', {}, path)
  const there = await startInstance(place('file-key'))
  const { keys } = (await (await there.fetch('/.well-known/jwks.json')).json()) as { keys: { kid: string; alg: string }[] }
  expect(keys.find(({ kid }) => kid === jwk.kid)).toMatchObject({ alg: 'ES256' })
  expect(there.ground.resolution.settings.oidcSigningAlgorithm?.raw).toBe('ES256')
  await there.kernel.stop()
})
