// The tables outside of the heap: they say what a map and a list would say, whatever is put in, changed and taken out.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HeldRows } from '../../../src/plugins/ldap/plan/held-rows.ts'
import type { HeldUser } from '../../../src/plugins/ldap/plan/plan.ts'
import { People } from '../../../src/plugins/ldap/read/people.ts'
import type { Seen } from '../../../src/plugins/ldap/read/seen.ts'
import { TextColumn, Texts } from '../../../src/plugins/ldap/read/texts.ts'

const text = fc.oneof(fc.string(), fc.string({ unit: 'grapheme', maxLength: 400 }), fc.constantFrom('', 'ada', '佐藤', 'Ada'))

test('a text has one number for ever, and a number its text', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 500 }), fc.array(text), (added, asked) => {
      const [texts, map] = [new Texts(), new Map<string, number>()]
      for (const one of added) {
        if (!map.has(one)) map.set(one, map.size)
        expect(texts.add(one)).toBe(map.get(one))
      }
      for (const one of [...added, ...asked]) expect(texts.find(one)).toBe(map.get(one) ?? -1)
      expect([...map.values()].map((number) => texts.at(number))).toEqual([...map.keys()])
      expect(texts.size).toBe(map.size)
    }),
  )
})

test('a column gives each number the text it was given last', () => {
  const step = fc.tuple(fc.nat({ max: 300 }), fc.option(text, { nil: undefined }))
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const [column, map] = [new TextColumn(), new Map<number, string | undefined>()]
      for (const [number, one] of steps) {
        column.set(number, one)
        map.set(number, one)
      }
      for (let number = 0; number <= 310; number++) expect(column.at(number)).toBe(map.get(number))
    }),
  )
})

test('a text may be as long as it likes: those around it stay what they are', () => {
  const column = new TextColumn()
  const texts = ['first', 'x'.repeat(300_000), 'second', '佐'.repeat(100_000), '', 'third'.repeat(60), 'last']
  texts.forEach((one, number) => {
    column.set(number, one)
  })
  for (let number = texts.length; number < 40_000; number++) column.set(number, `text ${number}`)
  expect(texts.map((_, number) => column.at(number))).toEqual(texts)
  for (let number = texts.length; number < 40_000; number++) expect(column.at(number)).toBe(`text ${number}`)
})

const id = fc.integer({ min: 0, max: 40 }).map((number) => `id-${number}`)
const name = fc.stringMatching(/^[a-z][a-z0-9]{0,6}$/)
const seen: fc.Arbitrary<Seen> = fc.record({
  externalId: id,
  dn: text,
  shutOut: fc.boolean(),
  digest: fc.option(text, { nil: undefined }),
  profile: fc.constant(undefined),
  names: fc.array(name, { maxLength: 3 }),
  claimed: fc.option(fc.record({ groupDns: fc.array(text), groupSid: fc.constant(undefined) }), { nil: undefined }),
  lacking: fc.constantFrom([], [{ key: 'ldapAttributeUserEmail' as const, name: 'mail' }]),
})
const plain = ({ externalId, dn, shutOut, digest, profile, names, claimed, lacking }: Seen): Seen => ({
  ...{ externalId, dn, shutOut, digest, profile, names, claimed, lacking },
})

describe('people', () => {
  test('are who was entered last and not dropped', () => {
    const step = fc.oneof(
      seen.map((one) => ({ enter: one })),
      id.map((one) => ({ drop: one })),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const [people, map] = [new People(), new Map<string, Seen>()]
        for (const one of steps) {
          if ('enter' in one) map.set(one.enter.externalId, one.enter)
          else map.delete(one.drop)
          if ('enter' in one) people.enter(one.enter)
          else people.drop(one.drop)
        }
        const byId = (list: Iterable<Seen>) => new Map([...list].map((one) => [one.externalId, plain(one)]))
        expect(byId([...people.entries()].map(([, one]) => one))).toEqual(byId(map.values()))
        expect(new Set(people.present())).toEqual(new Set(map.keys()))
        expect(people.count).toBe(map.size)
        expect(people.active).toBe([...map.values()].filter(({ shutOut }) => !shutOut).length)
        for (const [place, one] of people.entries()) expect(people.placeOf(one.externalId)).toBe(place)
        expect(people.claims().size).toBe([...map.values()].filter(({ claimed }) => claimed).length)
      }),
    )
  })

  const ada: Seen = {
    ...{ externalId: 'a', dn: 'uid=ada', shutOut: true, digest: 'd', profile: undefined },
    ...{ names: ['ada'], claimed: undefined, lacking: [] },
  }
  const print = 'sixteen bytes...'

  test('are recalled by the bytes they were made of, in the next reading too', () => {
    const people = new People()
    people.note(people.enter(ada), print)
    people.empty()
    expect([people.get('a'), people.count, people.active]).toEqual([undefined, 0, 0])
    const known = people.recall(print)
    expect(known && plain(known.seen)).toEqual(ada)
    people.again(known?.place ?? -1)
    expect([people.get('a')?.shutOut, people.count, people.active]).toEqual([true, 1, 0])
  })

  test('are not recalled by bytes of before a change', () => {
    const people = new People()
    people.note(people.enter(ada), print)
    people.enter({ ...ada, digest: 'other' })
    expect(people.recall(print)).toBeUndefined()
  })

  test('who cannot be told apart are nobody to recall', () => {
    const people = new People()
    const place = people.enter(ada)
    people.note(place, print)
    people.disown(place)
    expect([people.get('a')?.digest, people.recall(print)]).toEqual([undefined, undefined])
  })
})

test('rows are found by external id, also where others number ids there too', () => {
  const row: fc.Arbitrary<HeldUser> = fc.record({
    ...{ id: fc.uuid(), externalId: text, digest: fc.option(text) },
    ...{ isAdmin: fc.boolean(), disabled: fc.boolean(), sourceDisabled: fc.boolean() },
  })
  const rows = fc.uniqueArray(row, { selector: ({ externalId }) => externalId })
  fc.assert(
    fc.property(rows, fc.array(text), (all, others) => {
      const places = new Texts()
      for (const one of others) places.add(one)
      const held = new HeldRows(places)
      for (const one of all) held.add(one)
      expect([...held.values()].flatMap((one) => plainRow(one) ?? []).sort(byId)).toEqual([...all].sort(byId))
      expect(held.size).toBe(all.length)
      for (const one of all) expect(plainRow(held.get(one.externalId))).toEqual(one)
      const known = new Set(all.map(({ externalId }) => externalId))
      for (const one of others) expect(held.has(one)).toBe(known.has(one))
    }),
  )
})
const plainRow = (row: HeldUser | undefined): HeldUser | undefined =>
  row && {
    ...{ id: row.id, externalId: row.externalId, digest: row.digest },
    ...{ isAdmin: row.isAdmin, disabled: row.disabled, sourceDisabled: row.sourceDisabled },
  }
const byId = (left: HeldUser, right: HeldUser) => (left.id < right.id ? -1 : 1)
