// Names of fields in any case, as Go's decoder reads them.
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { namedAs } from '#core/http/field-names.ts'

const schema = v.object({
  name: v.string(),
  launchURL: v.optional(v.nullable(v.string())),
  credentials: v.optional(v.object({ federatedIdentities: v.nullable(v.array(v.object({ jwks: v.string() }))) })),
})

describe('names of fields', () => {
  test.each<[string, unknown, unknown]>([
    ['stay as they are', { name: 'a', launchURL: 'b' }, { name: 'a', launchURL: 'b' }],
    ['are put right in any case', { NAME: 'a', launchUrl: 'b' }, { name: 'a', launchURL: 'b' }],
    [
      'are put right at any depth',
      { Credentials: { FederatedIdentities: [{ JWKS: 'a' }, { jwks: 'b' }] } },
      { credentials: { federatedIdentities: [{ jwks: 'a' }, { jwks: 'b' }] } },
    ],
    ['that nobody knows stay', { nobody: 1, Nobody: 2 }, { nobody: 1, Nobody: 2 }],
    ['give way to one that fits as it is', { Name: 'a', name: 'b' }, { Name: 'a', name: 'b' }],
  ])('%s', (_what, sent, read) => {
    expect(namedAs(schema, sent)).toEqual(read)
  })

  test.each([[null], [undefined], ['name'], [7], [[{ NAME: 'a' }]], [{ credentials: { federatedIdentities: null } }]])(
    'are no matter in %j',
    (value) => {
      expect(namedAs(schema, value)).toEqual(value)
    },
  )

  test('of the prototype name nothing', () => {
    const sent = JSON.parse('{"__proto__":{"name":"a"},"CONSTRUCTOR":1,"toString":2}')
    expect(Object.keys(namedAs(schema, sent) as object)).toEqual(['__proto__', 'CONSTRUCTOR', 'toString'])
    expect(({} as { name?: string }).name).toBeUndefined()
  })
})
