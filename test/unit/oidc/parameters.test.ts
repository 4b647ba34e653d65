// Parameters of a request: each once, or the request says nothing at all.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readParameters, words } from '../../../src/plugins/oidc/protocol/parameters.ts'

const read = (query: string) => readParameters(new URLSearchParams(query))

describe('readParameters', () => {
  test('leaves out what has no value', () => {
    expect(read('scope=&state=x')).toEqual({ kind: 'read', parameters: { state: 'x' } })
  })

  test.each([
    ['state=1&state=2', 'The parameter state came twice.'],
    ['state=1&state=1', 'The parameter state came twice.'],
    ['constructor=1&constructor=2', 'The parameter constructor came twice.'],
    ['%3Cscript%3E=1&%3Cscript%3E=2', 'The parameter ?script? came twice.'],
    ['state=a%00b', 'The request holds the character NUL.'],
    ['st%00ate=a', 'The request holds the character NUL.'],
    [`state=${'x'.repeat(70_000)}`, 'The request is too large.'],
  ])('refuses %.40s', (query, why) => {
    expect(read(query)).toEqual({ kind: 'refused', why })
  })

  test('takes resource as often as it comes', () => {
    expect(read('resource=https://a/&resource=https://b/')).toEqual({
      kind: 'read',
      parameters: { resource: 'https://a/ https://b/' },
    })
  })

  test('a name from the prototype is a name like any other', () => {
    expect(read('__proto__=x&toString=y')).toEqual({
      kind: 'read',
      parameters: Object.fromEntries([
        ['__proto__', 'x'],
        ['toString', 'y'],
      ]),
    })
  })

  test('gives back every set of different names', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.string({ minLength: 1 })), (sent) => {
        const given = Object.entries(sent).filter(([name]) => name !== 'resource')
        expect(readParameters(new URLSearchParams(given))).toEqual({ kind: 'read', parameters: Object.fromEntries(given) })
      }),
    )
  })
})

test('words come once each', () => {
  expect(words(' openid  email openid ')).toEqual(['openid', 'email'])
  expect(words(undefined)).toEqual([])
})
