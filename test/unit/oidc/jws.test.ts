// Our own signatures, one alone and many in one turn of the event loop: jose accepts each, and each is of its own text.
import { exportJWK, generateKeyPair, jwtVerify } from 'jose'
import { expect, test } from 'vitest'
import { signatureWith, signCompact } from '../../../src/plugins/oidc/jws.ts'
import type { SigningAlgorithm } from '../../../src/plugins/oidc/keys.ts'

test.each<SigningAlgorithm>(['ES256', 'RS256', 'EdDSA'])('%s: whoever makes it, the signature is right', async (algorithm) => {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true })
  const sign = await signatureWith((await exportJWK(privateKey)) as JsonWebKey, algorithm)
  const key = { id: 'a key', algorithm, sign, heads: new Map<string, string>() }
  for (const many of [1, 5, 1]) {
    const tokens = await Promise.all(Array.from({ length: many }, (_, at) => signCompact({ jti: `${at}` }, 'at+jwt', key)))
    for (const [at, token] of tokens.entries()) {
      const { payload, protectedHeader } = await jwtVerify(token, publicKey, { algorithms: [algorithm] })
      expect(payload.jti).toBe(`${at}`)
      expect(protectedHeader).toEqual({ alg: algorithm, typ: 'at+jwt', kid: 'a key' })
    }
  }
})

test('a head is kept for each type', async () => {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const sign = await signatureWith((await exportJWK(privateKey)) as JsonWebKey, 'ES256')
  const key = { id: 'a key', algorithm: 'ES256' as const, sign, heads: new Map<string, string>() }
  const headOf = async (type: string) =>
    Buffer.from((await signCompact({}, type, key)).split('.')[0] ?? '', 'base64url').toString()
  for (const type of ['JWT', 'at+jwt', 'JWT']) expect(JSON.parse(await headOf(type))).toMatchObject({ typ: type })
})
