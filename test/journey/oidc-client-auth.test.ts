// How apps prove who they are by a secret, and everything that does not prove it, with a real database.
import { hash } from 'bcryptjs'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId, sha256 } from '#core/crypto.ts'
import type { ClientParts } from '../../src/plugins/oidc/client-parts.ts'
import { OAuthError } from '../../src/plugins/oidc/protocol/errors.ts'
import { clientSecrets } from '../../src/plugins/oidc/tables.ts'
import { appUrl, type Instance, startInstance } from '../support/instance.ts'
import { addClient, partsOf } from '../support/oidc-parts.ts'

const endpoint = `${appUrl}/api/oidc/token`

let instance: Instance
let parts: ClientParts
let secret: string

beforeAll(async () => {
  instance = await startInstance()
  parts = partsOf(instance)
  await addClient(instance, { id: 'web' })
  await addClient(instance, { id: 'spa', isPublic: true })
  secret = (await parts.secrets.create('web')).secret
})
afterAll(() => instance.stop())

const ask = (form: Record<string, string>, authorization?: string) => {
  const request = new Request(endpoint, { method: 'POST', headers: authorization ? { authorization } : {} })
  return parts.authentication.authenticate(request, form).then(
    ({ id }) => id,
    (error: unknown) => {
      if (error instanceof OAuthError) return error.code
      throw error
    },
  )
}
const basic = (id: string, password: string) => `Basic ${Buffer.from(`${id}:${password}`).toString('base64')}`

describe('a secret', () => {
  test('is taken in the header and in the body', async () => {
    expect(await ask({}, basic('web', secret))).toBe('web')
    expect(await ask({ client_id: 'web' }, basic('web', secret).replace('Basic', 'basic'))).toBe('web')
    expect(await ask({ client_id: 'web', client_secret: secret })).toBe('web')
  })

  test('with signs that have a meaning in forms is understood encoded, as RFC 6749 wants it, and as it is', async () => {
    const odd = 'a+b%c:d ü/"&=1234'
    await parts.secrets.create('web', { secret: odd })
    const encoded = encodeURIComponent(odd).replace(/%20/g, '+')
    expect(await ask({}, basic('web', encoded))).toBe('web')
    expect(await ask({}, basic('web', odd))).toBe('web')
    expect(await ask({ client_id: 'web', client_secret: odd })).toBe('web')
    expect(await ask({ client_id: 'web', client_secret: encoded })).toBe('invalid_client')
  })

  test('is one of several, each until it runs out or is taken away', async () => {
    const { secret: second, row } = await parts.secrets.create('web', { name: 'second' })
    const { secret: over } = await parts.secrets.create('web', { expiresAt: new Date(Date.now() - 1) })
    const { secret: soon } = await parts.secrets.create('web', { expiresAt: new Date(Date.now() + 60_000) })
    for (const one of [secret, second, soon]) expect(await ask({}, basic('web', one))).toBe('web')
    expect(await ask({}, basic('web', over))).toBe('invalid_client')
    expect(await parts.secrets.remove('spa', row.id)).toBe(false)
    expect(await parts.secrets.remove('web', row.id)).toBe(true)
    expect(await ask({}, basic('web', second))).toBe('invalid_client')
  })

  test('is nowhere in the database', async () => {
    const rows = await parts.secrets.list('web')
    expect(JSON.stringify(rows)).not.toContain(secret)
    expect(rows[0]).toMatchObject({ hash: sha256(secret), hashKind: 'sha256', prefix: secret.slice(0, 4) })
  })

  test('that an import brought as bcrypt is hashed anew when it is first used', async () => {
    await addClient(instance, { id: 'imported' })
    const row = { id: newId(), clientId: 'imported', hash: await hash('from Pocket ID', 10), hashKind: 'bcrypt' as const }
    await instance.ground.db.write((tx) => tx.insert(clientSecrets).values({ ...row, createdAt: new Date() }))
    expect(await ask({}, basic('imported', 'from Pocket Id'))).toBe('invalid_client')
    expect((await parts.secrets.list('imported'))[0]?.hashKind).toBe('bcrypt')
    expect(await ask({}, basic('imported', 'from Pocket ID'))).toBe('imported')
    const [now] = await instance.ground.db.read.select().from(clientSecrets).where(eq(clientSecrets.clientId, 'imported'))
    expect(now).toMatchObject({ hash: sha256('from Pocket ID'), hashKind: 'sha256', lastUsedAt: expect.any(Date) })
    expect(await ask({}, basic('imported', 'from Pocket ID'))).toBe('imported')
  })

  test.each<[string, () => [Record<string, string>, string?], string]>([
    ['wrong', () => [{}, basic('web', 'wrong')], 'invalid_client'],
    ['empty', () => [{}, basic('web', '')], 'invalid_client'],
    ['of nobody', () => [{}, basic('nobody', secret)], 'invalid_client'],
    ['without an id', () => [{}, basic('', secret)], 'invalid_client'],
    ['not in base64', () => [{}, 'Basic §§§'], 'invalid_client'],
    ['too long', () => [{}, basic('web', 'x'.repeat(2_000))], 'invalid_client'],
    ['of a public app', () => [{}, basic('spa', secret)], 'invalid_client'],
    ['missing', () => [{ client_id: 'web' }], 'invalid_client'],
    ['empty in the body', () => [{ client_id: 'web', client_secret: '' }], 'invalid_client'],
    ['beside another', () => [{ client_id: 'web', client_secret: 'wrong' }, basic('web', secret)], 'invalid_request'],
    ['with an assertion', () => [{ client_id: 'web', client_secret: secret, client_assertion: 'x' }], 'invalid_request'],
    ['with another id in the body', () => [{ client_id: 'spa' }, basic('web', secret)], 'invalid_request'],
    ['hash for a secret', () => [{}, basic('web', sha256(secret))], 'invalid_client'],
  ])('that is %s is refused', async (_what, make, error) => {
    const [form, header] = make()
    expect(await ask(form, header)).toBe(error)
  })

  test('an app registered for one method uses no other', async () => {
    await addClient(instance, { id: 'post-only', tokenEndpointAuthMethod: 'client_secret_post' })
    const { secret: own } = await parts.secrets.create('post-only')
    expect(await ask({}, basic('post-only', own))).toBe('invalid_client')
    expect(await ask({ client_id: 'post-only', client_secret: own })).toBe('post-only')
  })

  test('a public app goes by its name', async () => {
    expect(await ask({ client_id: 'spa' })).toBe('spa')
    expect(await ask({ client_id: 'spa', client_secret: '' })).toBe('spa')
    // A secret that is empty is none (RFC 6749 section 2.3.1), wherever it stands.
    expect(await ask({}, basic('spa', ''))).toBe('spa')
    expect(await ask({})).toBe('invalid_client')
  })

  test('a refusal of a header says which scheme is meant', async () => {
    const request = new Request(endpoint, { method: 'POST', headers: { authorization: basic('web', 'wrong') } })
    await expect(parts.authentication.authenticate(request, {})).rejects.toMatchObject({
      status: 401,
      headers: { 'www-authenticate': expect.stringContaining('Basic') },
    })
  })
})
