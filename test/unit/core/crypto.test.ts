// Random text, hashes, comparison, and the vault.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  createVault,
  equalInConstantTime,
  isHashOf,
  newId,
  newSortableId,
  randomText,
  randomToken,
  sha256,
} from '#core/crypto.ts'

const key = 'a key for these tests'

describe('the vault', () => {
  test('opens what it sealed, whatever that was', () => {
    const vault = createVault(key)
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, purpose) => {
        expect(vault.open(purpose, vault.seal(purpose, text))).toBe(text)
      }),
    )
  })

  test('seals the same text differently each time', () => {
    const vault = createVault(key)
    expect(vault.seal('a', 'same')).not.toBe(vault.seal('a', 'same'))
  })

  test('opens nothing with another key or for another purpose', () => {
    const sealed = createVault(key).seal('a', 'secret')
    expect(() => createVault('another key for tests').open('a', sealed)).toThrow(/ENCRYPTION_KEY/)
    expect(() => createVault(key).open('b', sealed)).toThrow(/ENCRYPTION_KEY/)
  })

  test('opens nothing that was changed, in any byte', () => {
    const vault = createVault(key)
    const sealed = vault.seal('a', 'secret')
    const bytes = Buffer.from(sealed.slice('v1.'.length), 'base64url')
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes)
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at)
      expect(() => vault.open('a', `v1.${changed.toString('base64url')}`)).toThrow()
    }
  })

  test.each(['', 'secret', 'v1.', 'v2.AAAA', 'v1.AAAA'])('opens no %j', (text) => {
    expect(() => createVault(key).open('a', text)).toThrow()
  })

  test('gives one key for each purpose, the same every time', () => {
    const again = createVault(key)
    expect(createVault(key).key('a')).toEqual(again.key('a'))
    expect(again.key('a')).not.toEqual(again.key('b'))
    expect(again.key('a')).toHaveLength(32)
  })
})

test('tokens and ids do not repeat, and texts keep to their alphabet', () => {
  expect(new Set(Array.from({ length: 1_000 }, () => randomToken())).size).toBe(1_000)
  expect(randomToken(32)).toMatch(/^[\w-]{43}$/)
  expect(newId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(newSortableId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  const inOrder = Array.from({ length: 1_000 }, newSortableId)
  expect([...inOrder].sort()).toEqual(inOrder)
  expect(randomText(200, 'abc')).toMatch(/^[abc]{200}$/)
})

test('comparison sees every difference, also of length', () => {
  expect(equalInConstantTime('same', 'same')).toBe(true)
  for (const other of ['', 'Same', 'samE', 'same ', 'sam']) expect(equalInConstantTime('same', other)).toBe(false)
})

test('a stored hash is that of its own text alone', () => {
  const stored = sha256('a secret')
  expect(isHashOf(stored, 'a secret')).toBe(true)
  for (const other of ['', 'A secret', 'a secret ', stored]) expect(isHashOf(stored, other)).toBe(false)
  for (const broken of ['', stored.slice(1), `${stored}=`]) expect(isHashOf(broken, 'a secret')).toBe(false)
})

test('sha256 is the one everybody knows (FIPS 180-4, "abc")', () => {
  expect(Buffer.from(sha256('abc'), 'base64url').toString('hex')).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  )
})
