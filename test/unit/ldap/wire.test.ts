// What arrives from a directory becomes messages, however it was cut on its way and however long a list is.
import { describe, expect, test } from 'vitest'
import { element, number } from '../../../src/plugins/ldap/wire/ber.ts'
import { type Entry, textsOf, values } from '../../../src/plugins/ldap/wire/entry.ts'
import { createMessageReader } from '../../../src/plugins/ldap/wire/wire.ts'

const octets = (text: string) => element(0x04, Buffer.from(text))
const attribute = (name: string, held: readonly string[]) => element(0x30, octets(name), element(0x31, ...held.map(octets)))
const message = (id: number, body: Buffer) => element(0x30, number(id), body)
const entry = (dn: string, ...attributes: readonly Buffer[]) => element(0x64, octets(dn), element(0x30, ...attributes))

const people = Array.from({ length: 3_000 }, (_, at) => `uid=person-${at},ou=people,dc=example,dc=org`)
const group = entry('cn=all,dc=example,dc=org', attribute('cn', ['all']), attribute('member', people), attribute('uid', []))
const done = element(0x65, number(0, 0x0a), octets(''), octets(''))
const answer = Buffer.concat([
  message(7, entry('cn=one,dc=example,dc=org', attribute('cn', ['one']), attribute('member', ['uid=ada', 'uid=bob']))),
  message(7, group),
  message(7, entry('cn=two,dc=example,dc=org', attribute('cn', ['two', 'zwei']))),
  message(7, done),
])

function read(bytes: Buffer, size: number) {
  const reader = createMessageReader(new Set(), 1_000_000)
  const found: string[] = []
  for (let at = 0; at < bytes.length; at += size)
    for (const one of reader.messages(bytes.subarray(at, at + size)))
      found.push(one.kind === 'entry' ? told(one.entry) : `${one.kind} ${one.id}`)
  return found
}

const told = (one: Entry) => JSON.stringify([one.dn, textsOf(one, 'cn'), textsOf(one, 'member')])

describe('messages', () => {
  const whole = [
    JSON.stringify(['cn=one,dc=example,dc=org', ['one'], ['uid=ada', 'uid=bob']]),
    JSON.stringify(['cn=all,dc=example,dc=org', ['all'], people]),
    JSON.stringify(['cn=two,dc=example,dc=org', ['two', 'zwei'], []]),
    'result 7',
  ]
  test.each([1, 2, 3, 5, 61, 1_000, 65_536, answer.length])('are whole when they come in pieces of %d bytes', (size) => {
    expect(read(answer, size)).toEqual(whole)
  })

  test('that claim too much are refused before they are there', () => {
    const reader = createMessageReader(new Set(), 1_000)
    expect(() => [...reader.messages(message(7, group).subarray(0, 8))]).toThrow(/more than the 1000 that are accepted/)
  })
})

describe('a long list', () => {
  test('has its length, its first value and, each time that it is gone through, all of them', () => {
    const reader = createMessageReader(new Set(['member']), 1_000_000)
    const [first] = [...reader.messages(message(7, group))]
    const members = first?.kind === 'entry' ? values(first.entry, 'member') : []
    const text = (value: unknown) => Buffer.from(value as Uint8Array).toString()
    expect(members).toHaveLength(people.length)
    expect(text(members[0])).toBe(people[0])
    expect([...members].map(text)).toEqual(people)
    expect([...members].map(text)).toEqual(people)
  })
})
