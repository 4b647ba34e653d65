// Claims: what each scope opens, what a custom claim may and may not do, and what the claims parameter asks for.
import { describe, expect, test } from 'vitest'
import { claimsOf, type Subject } from '../../../src/plugins/oidc/protocol/claims.ts'
import { readRequestedClaims } from '../../../src/plugins/oidc/protocol/claims-parameter.ts'
import { consentKeys, covers } from '../../../src/plugins/oidc/protocol/consent.ts'

const ada: Subject = {
  user: {
    id: 'u1',
    username: 'ada',
    email: 'ada@example.org',
    emailVerified: true,
    firstName: 'Ada',
    lastName: 'Lovelace',
    displayName: 'Countess',
  },
  groups: ['engineers', 'poets'],
  custom: [],
  issuer: 'https://id.example.org',
}

describe('claimsOf', () => {
  test.each<[readonly string[], object]>([
    [['openid'], {}],
    [['email'], { email: 'ada@example.org', email_verified: true }],
    [['groups'], { groups: ['engineers', 'poets'] }],
    [
      ['profile'],
      {
        given_name: 'Ada',
        family_name: 'Lovelace',
        name: 'Ada Lovelace',
        display_name: 'Countess',
        preferred_username: 'ada',
        picture: 'https://id.example.org/api/users/u1/profile-picture.png',
      },
    ],
  ])('%s', (scope, claims) => {
    expect(claimsOf(ada, scope)).toEqual(claims)
  })

  test('leave out what somebody has no word for: no claim is an empty text', () => {
    const mononymous = { ...ada, user: { ...ada.user, lastName: '', displayName: '' } }
    expect(claimsOf(mononymous, ['profile'])).toEqual({
      given_name: 'Ada',
      name: 'Ada',
      preferred_username: 'ada',
      picture: 'https://id.example.org/api/users/u1/profile-picture.png',
    })
  })

  test('nobody without an address has a verified one', () => {
    expect(claimsOf({ ...ada, user: { ...ada.user, email: null } }, ['email'])).toEqual({})
  })

  test.each([
    ['core', 'core'],
    ['true', true],
    ['["a"]', ['a']],
    ['{"x":1}', { x: 1 }],
    ['{', '{'],
  ])('a custom claim %s is told as what it is', (value, told) => {
    expect(claimsOf({ ...ada, custom: [{ key: 'team', value }] }, ['profile'])).toMatchObject({ team: told })
  })

  test('a custom claim never stands for one of ours', () => {
    const custom = [{ key: 'preferred_username', value: 'root' }]
    expect(claimsOf({ ...ada, custom }, ['profile'])).toMatchObject({ preferred_username: 'ada' })
  })

  test('of two custom claims with one name the later counts', () => {
    const custom = ['group', 'own'].map((value) => ({ key: 'team', value }))
    expect(claimsOf({ ...ada, custom }, ['profile'])).toMatchObject({ team: 'own' })
  })

  test('single claims open only themselves', () => {
    expect(claimsOf(ada, ['openid'], ['email', 'unknown'])).toEqual({ email: 'ada@example.org' })
  })
})

describe('readRequestedClaims', () => {
  test('keeps names, and an essential acr with its values', () => {
    const asked = { id_token: { email: null, acr: { essential: true, values: ['phr'] } }, userinfo: { groups: {} } }
    expect(readRequestedClaims(JSON.stringify(asked))).toEqual({
      claims: { idToken: ['email', 'acr'], userinfo: ['groups'] },
      essentialAcr: ['phr'],
    })
  })

  test('a voluntary acr changes nothing', () => {
    expect(readRequestedClaims('{"id_token":{"acr":{"values":["x"]}}}')).toEqual({ claims: { idToken: ['acr'], userinfo: [] } })
    expect(readRequestedClaims(undefined)).toEqual({})
  })

  test.each(['{', '[]x', '"text"', '{"id_token":[1]}', '{"userinfo":{"email":"yes"}}'])('refuses %s', (text) => {
    expect(() => readRequestedClaims(text)).toThrow(/claims must be a JSON object/)
  })
})

describe('what was agreed to', () => {
  test('tells the same word at two APIs apart', () => {
    const read = consentKeys(['openid', 'read'], ['https://a.example/'])
    expect(read).toEqual(['openid', 'https://a.example/#read'])
    expect(covers(read, consentKeys(['openid'], []))).toBe(true)
    expect(covers(read, consentKeys(['read'], ['https://b.example/']))).toBe(false)
    expect(covers(undefined, [])).toBe(false)
  })
})
