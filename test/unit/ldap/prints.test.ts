// The table of fingerprints against a map, with prints that look for the same place.
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { fingerprint } from '#core/crypto.ts'
import { Prints } from '../../../src/plugins/ldap/read/prints.ts'

const printOf = (text: string) => fingerprint(Buffer.from(text))

test('finds what a map would find, also where many begin alike and some are forgotten', () => {
  // Fingerprints that differ in their last byte alone all look for the same place.
  const alike = fc.nat({ max: 255 }).map((last) => `same place 0123${String.fromCharCode(last)}`)
  const print = fc.oneof(fc.string().map(printOf), alike)
  const step = fc.record({ print, isForgotten: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 3_000, size: 'max' }), fc.array(print), (steps, asked) => {
      const [table, map] = [new Prints(), new Map<string, number>()]
      const short = (text: string) => text.slice(0, 16)
      for (const [at, one] of steps.entries()) {
        if (map.has(short(one.print))) continue
        table.set(at, one.print)
        map.set(short(one.print), at)
        if (!one.isForgotten) continue
        table.forget(at)
        map.delete(short(one.print))
      }
      for (const one of [...steps.map((step) => step.print), ...asked]) expect(table.find(one)).toBe(map.get(short(one)) ?? -1)
    }),
    { numRuns: 20 },
  )
})

test('a place that has other bytes now is found by these alone', () => {
  const table = new Prints()
  for (let at = 0; at < 100; at++) for (const round of [1, 2, 3]) table.set(at, printOf(`${at} ${round}`))
  for (let at = 0; at < 100; at++) expect([1, 2, 3].map((round) => table.find(printOf(`${at} ${round}`)))).toEqual([-1, -1, at])
})
