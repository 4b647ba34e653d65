// What was seen is found again by its fingerprint, and nothing else is.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fingerprint } from '#core/crypto.ts'
import type { Seen } from '../../../src/plugins/ldap/read/seen.ts'
import { SeenByPrint } from '../../../src/plugins/ldap/read/seen-by-print.ts'

const seen = (externalId: string): Seen => ({
  ...{ externalId, dn: `uid=${externalId}`, shutOut: false, digest: '', profile: undefined },
  ...{ names: [], claimed: undefined, lacking: [] },
})
const printOf = (text: string) => fingerprint(Buffer.from(text))

test('finds what a map would find, also where many begin alike', () => {
  // Fingerprints that differ in their last byte alone all look for the same place.
  const alike = fc.nat({ max: 255 }).map((last) => `same place 0123${String.fromCharCode(last)}`)
  const print = fc.oneof(fc.string().map(printOf), alike)
  fc.assert(
    fc.property(fc.array(print, { maxLength: 3_000, size: 'max' }), fc.array(print), (added, asked) => {
      const [table, map] = [new SeenByPrint(), new Map<string, Seen>()]
      for (const [at, one] of added.entries()) {
        table.add(one, seen(String(at)))
        if (!map.has(one)) map.set(one, seen(String(at)))
      }
      for (const one of [...added, ...asked]) expect(table.find(one)).toEqual(map.get(one))
    }),
    { numRuns: 20 },
  )
})
