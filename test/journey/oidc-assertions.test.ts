// Signed assertions in place of a secret: by the app itself and by an issuer that speaks for it, tried as an attacker would.
import { SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '#core/crypto.ts'
import type { ClientParts } from '../../src/plugins/oidc/client-parts.ts'
import { OAuthError } from '../../src/plugins/oidc/protocol/errors.ts'
import { appUrl, type Instance, startInstance } from '../support/instance.ts'
import { addClient, partsOf } from '../support/oidc-parts.ts'
import { makeSigner, type Outsider, type Signer, startOutsider } from '../support/outsider.ts'

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const endpoint = `${appUrl}/api/oidc/token`

let instance: Instance
let parts: ClientParts
let outsider: Outsider
let signer: Signer

beforeAll(async () => {
  ;[instance, outsider, signer] = await Promise.all([
    startInstance({ OUTGOING_NETWORKS: '127.0.0.1' }),
    startOutsider(),
    makeSigner(),
  ])
  parts = partsOf(instance)
  await addClient(instance, { id: 'web' })
})
afterAll(async () => {
  await instance.stop()
  await outsider.stop()
})

const ask = (form: Record<string, string>) =>
  parts.authentication.authenticate(new Request(endpoint, { method: 'POST' }), form).then(
    ({ id }) => id,
    (error: unknown) => {
      if (error instanceof OAuthError) return error.code
      throw error
    },
  )
const seconds = () => Math.floor(Date.now() / 1000)
const claims = (id: string, more: object = {}) => ({
  iss: id,
  sub: id,
  aud: appUrl,
  jti: newId(),
  iat: seconds(),
  exp: seconds() + 60,
  ...more,
})
const present = (assertion: string, clientId?: string) =>
  ask({ client_assertion_type: assertionType, client_assertion: assertion, ...(clientId ? { client_id: clientId } : {}) })

describe('an app that signs itself', () => {
  beforeAll(async () => {
    await addClient(instance, { id: 'signs', jwks: { keys: [signer.publicJwk as Record<string, unknown>] } })
    await addClient(instance, { id: 'bound', jwks: { keys: [signer.publicJwk as Record<string, unknown>] }, requiresDpop: true })
    await addClient(instance, { id: 'points', jwksUri: `${outsider.url}/jwks` })
  })

  test('is known by its key, for the issuer or the endpoint as audience', async () => {
    expect(await present(await signer.sign(claims('signs')))).toBe('signs')
    expect(await present(await signer.sign(claims('signs', { aud: endpoint })), 'signs')).toBe('signs')
    expect(await present(await signer.sign(claims('signs', { aud: [appUrl] })))).toBe('signs')
  })

  test('that is held to the strict profile names the issuer alone', async () => {
    expect(await present(await signer.sign(claims('bound')))).toBe('bound')
    expect(await present(await signer.sign(claims('bound', { aud: endpoint })))).toBe('invalid_client')
    expect(await present(await signer.sign(claims('bound', { aud: [appUrl] })))).toBe('invalid_client')
  })

  test.each<[string, object]>([
    ['for another server', { aud: 'https://other.example.org' }],
    ['for us and another server', { aud: [appUrl, 'https://other.example.org'] }],
    ['for nobody', { aud: undefined }],
    ['of another issuer', { iss: 'other' }],
    ['of another subject', { sub: 'web' }],
    ['expired', { exp: seconds() - 60 }],
    ['without an end', { exp: undefined }],
    ['that never ends', { exp: seconds() + 30 * 86_400 }],
    ['not yet valid', { nbf: seconds() + 600 }],
    ['without an id', { jti: undefined }],
  ])('is not known by an assertion %s', async (_what, change) => {
    expect(await present(await signer.sign(claims('signs', change)), 'signs')).toBe('invalid_client')
  })

  test('is not known by an assertion that comes again, nor by eight of one that come at once', async () => {
    const one = await signer.sign(claims('signs'))
    const all = await Promise.all(Array.from({ length: 8 }, () => present(one)))
    expect(all.filter((id) => id === 'signs')).toHaveLength(1)
    expect(all.filter((id) => id === 'invalid_client')).toHaveLength(7)
  })

  test('is not known by a forged signature: none, another key, the public key as a password', async () => {
    const other = await makeSigner()
    const password = new TextEncoder().encode(JSON.stringify(signer.publicJwk))
    const symmetric = new SignJWT(claims('signs'))
      .setProtectedHeader({ alg: 'HS256', kid: signer.publicJwk.kid ?? '' })
      .sign(password)
    const header = { kid: signer.publicJwk.kid }
    for (const forged of [
      new UnsecuredJWT(claims('signs')).encode(),
      await other.sign(claims('signs')),
      await other.sign(claims('signs'), header),
      await other.sign(claims('signs'), { ...header, jwk: other.publicJwk }),
      await other.sign(claims('signs'), { ...header, jku: `${outsider.url}/jwks` }),
      await symmetric,
      `${await signer.sign(claims('signs'))}x`,
      'no token at all',
      'x'.repeat(20_000),
    ])
      expect(await present(forged, 'signs')).toBe('invalid_client')
    expect(outsider.asked).toEqual([])
  })

  test('may not use the assertion of another app', async () => {
    expect(await present(await signer.sign(claims('signs')), 'web')).toBe('invalid_client')
    expect(await present(await signer.sign(claims('web')))).toBe('invalid_client')
  })

  test('needs the type of the assertion', async () => {
    const client_assertion = await signer.sign(claims('signs'))
    expect(await ask({ client_assertion })).toBe('invalid_client')
    expect(await ask({ client_assertion, client_assertion_type: 'urn:other' })).toBe('invalid_client')
    expect(await ask({ client_assertion_type: assertionType })).toBe('invalid_client')
  })

  test('has its keys read from their address once, and again when a signature names a new one', async () => {
    const [old, young] = [await makeSigner(), await makeSigner()]
    outsider.publish('/jwks', { keys: [old.publicJwk] })
    const own = partsOf(instance)
    const presents = (assertion: string) =>
      own.authentication
        .authenticate(new Request(endpoint, { method: 'POST' }), {
          client_assertion_type: assertionType,
          client_assertion: assertion,
        })
        .then(
          () => true,
          () => false,
        )
    expect(await presents(await old.sign(claims('points')))).toBe(true)
    expect(await presents(await old.sign(claims('points')))).toBe(true)
    expect(outsider.asked).toEqual(['/jwks'])
    // A moment after the first reading a new key is not asked for: forged signatures would make us a nuisance.
    outsider.publish('/jwks', { keys: [old.publicJwk, young.publicJwk] })
    expect(await presents(await young.sign(claims('points')))).toBe(false)
    expect(outsider.asked).toEqual(['/jwks'])
  })
})

describe('an issuer that speaks for an app', () => {
  const subject = 'system:serviceaccount:shop:web'
  let cluster: Signer
  beforeAll(async () => {
    cluster = await makeSigner('RS256')
    const metadata = { issuer: `${outsider.url}/cluster`, jwks_uri: `${outsider.url}/cluster/keys` }
    outsider.publish('/cluster/.well-known/openid-configuration', metadata)
    outsider.publish('/plain/.well-known/openid-configuration', { ...metadata, jwks_uri: `${outsider.url}/nowhere` })
    outsider.publish('/cluster/keys', { keys: [cluster.publicJwk] })
    outsider.publish('/plain/.well-known/jwks.json', { keys: [cluster.publicJwk] })
    const federatedIdentities = [
      { issuer: `${outsider.url}/cluster`, subject, audience: 'pocket', replayProtection: true },
      { issuer: `${outsider.url}/plain`, replayProtection: false },
      { issuer: `${outsider.url}/missing`, replayProtection: false },
    ]
    await addClient(instance, { id: 'workload', federatedIdentities })
  })
  const token = (issuer: string, more: object = {}) =>
    cluster.sign({ ...claims('workload', { iss: `${outsider.url}/${issuer}` }), ...more })
  const clusterToken = (more: object = {}) => token('cluster', { sub: subject, aud: 'pocket', ...more })

  test('is believed for the subject and audience that were agreed', async () => {
    expect(await present(await clusterToken(), 'workload')).toBe('workload')
    expect(await present(await clusterToken({ aud: ['pocket', 'others'] }), 'workload')).toBe('workload')
  })

  test('is found without metadata, and means the app’s id and us where nothing was agreed', async () => {
    const one = await token('plain')
    expect(await present(one)).toBe('workload')
    expect(await present(one)).toBe('workload')
  })

  test.each<[string, object]>([
    ['another subject', { sub: 'system:serviceaccount:shop:other' }],
    ['another audience', { aud: appUrl }],
    ['nobody’s id', { jti: undefined }],
    ['the past', { exp: seconds() - 60 }],
  ])('is not believed for %s', async (_what, change) => {
    expect(await present(await clusterToken(change), 'workload')).toBe('invalid_client')
  })

  test('is not believed twice, where that was asked for', async () => {
    const one = await clusterToken()
    expect([await present(one, 'workload'), await present(one, 'workload')]).toEqual(['workload', 'invalid_client'])
  })

  test('is not believed without keys, by another issuer’s key, or for an app that never named it', async () => {
    expect(await present(await token('missing'), 'workload')).toBe('invalid_client')
    const other = await makeSigner()
    const forged = await other.sign({ ...claims('workload'), iss: `${outsider.url}/cluster`, sub: subject, aud: 'pocket' })
    expect(await present(forged, 'workload')).toBe('invalid_client')
    expect(await present(await token('plain', { sub: 'web' }), 'web')).toBe('invalid_client')
  })

  test('is not even asked when it lives in our own network', async () => {
    const fenced = await startInstance()
    await addClient(fenced, {
      id: 'workload',
      federatedIdentities: [{ issuer: `${outsider.url}/plain`, replayProtection: false }],
    })
    const before = outsider.asked.length
    const form = { client_assertion_type: assertionType, client_assertion: await token('plain') }
    const request = new Request(endpoint, { method: 'POST' })
    await expect(partsOf(fenced).authentication.authenticate(request, form)).rejects.toMatchObject({ code: 'invalid_client' })
    expect(outsider.asked.length).toBe(before)
    expect(fenced.lines.join('\n')).toMatch(/A client assertion was refused.*OUTGOING_NETWORKS/)
    await fenced.stop()
  })
})
