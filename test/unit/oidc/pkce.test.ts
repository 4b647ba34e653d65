// Proof key for code exchange: what a challenge may be, and which verifier answers it.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sha256 } from '#core/crypto.ts'
import { answersChallenge, type Challenge, readChallenge } from '../../../src/plugins/oidc/protocol/pkce.ts'

const rules = { pkceEnabled: false, isPublic: false, plainPkceAllowed: false }
// RFC 7636 appendix B.
const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
const hashed: Challenge = { challenge, method: 'S256' }

describe('readChallenge', () => {
  test('reads a hash, and plain text only where that was imported', () => {
    expect(readChallenge({ code_challenge: challenge, code_challenge_method: 'S256' }, rules)).toEqual(hashed)
    const plain = { code_challenge: verifier }
    expect(readChallenge(plain, { ...rules, plainPkceAllowed: true })).toEqual({ challenge: verifier, method: 'plain' })
    expect(() => readChallenge(plain, rules)).toThrow('code_challenge_method must be S256.')
  })

  test.each<[string, Record<string, string>, Partial<typeof rules>]>([
    ['a method alone', { code_challenge_method: 'S256' }, {}],
    ['another method', { code_challenge: challenge, code_challenge_method: 'S512' }, {}],
    ['a hash that is too short', { code_challenge: challenge.slice(1), code_challenge_method: 'S256' }, {}],
    ['a hash in another alphabet', { code_challenge: `${challenge.slice(1)}=`, code_challenge_method: 'S256' }, {}],
    ['nothing, of a public client', {}, { isPublic: true }],
    ['nothing, of a client that must', {}, { pkceEnabled: true }],
  ])('refuses %s', (_what, parameters, more) => {
    expect(() => readChallenge(parameters, { ...rules, ...more })).toThrow()
  })

  test('is content without one otherwise', () => {
    expect(readChallenge({}, rules)).toBeUndefined()
  })
})

describe('answersChallenge', () => {
  test.each<[string, Challenge | undefined, string | undefined, boolean]>([
    ['the right verifier', hashed, verifier, true],
    ['another verifier', hashed, `${verifier.slice(0, -1)}l`, false],
    ['the challenge itself', hashed, challenge, false],
    ['no verifier', hashed, undefined, false],
    ['a verifier nobody asked for', undefined, verifier, false],
    ['neither', undefined, undefined, true],
    ['plain text that is equal', { challenge: verifier, method: 'plain' }, verifier, true],
    ['plain text that is not', { challenge: verifier, method: 'plain' }, challenge, false],
    ['a verifier that is too short', { challenge: 'short', method: 'plain' }, 'short', false],
  ])('%s', (_what, held, shown, expected) => {
    expect(answersChallenge(held, shown, sha256)).toBe(expected)
  })

  test('every verifier answers its own challenge and no other', () => {
    const text = fc.stringMatching(/^[A-Za-z0-9\-._~]{43,128}$/)
    fc.assert(
      fc.property(text, text, (mine, other) => {
        const held: Challenge = { challenge: sha256(mine), method: 'S256' }
        expect(answersChallenge(held, mine, sha256)).toBe(true)
        expect(answersChallenge(held, other, sha256)).toBe(mine === other)
      }),
    )
  })
})
