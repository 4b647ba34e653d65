// Letters as words: each occasion in each language, the same in text and HTML, and nothing that people chose gets out of its place.
import { describe, expect, test } from 'vitest'
import { accentOf } from '../../../src/plugins/email/letters/accent.ts'
import { asHtml } from '../../../src/plugins/email/letters/as-html.tsx'
import { asText } from '../../../src/plugins/email/letters/as-text.ts'
import { callName, compose, type Setting } from '../../../src/plugins/email/letters/compose.ts'
import { letterLanguages, letterWords } from '../../../src/plugins/email/messages/messages.ts'
import { networkOf } from '../../../src/plugins/email/network.ts'
import { isMailAddress } from '../../../src/plugins/email/settings.ts'
import { occasions } from '../../support/occasions.ts'

const setting = (language: (typeof letterLanguages)[number], more: Partial<Setting> = {}): Setting => ({
  ...{
    language,
    words: letterWords[language],
    appName: 'Our login',
    appUrl: 'https://id.example.org',
    name: 'Ada',
    timeZone: 'UTC',
  },
  ...more,
})
const look = { language: 'en', appName: 'Our login', accent: accentOf('default'), logo: undefined }

describe.each(letterLanguages)('in %s', (language) => {
  test.each(Object.entries(occasions))('%s has a subject, a title and words, the same in text and HTML', (_kind, occasion) => {
    const letter = compose(occasion, setting(language))
    const text = asText(letter)
    const html = asHtml(letter, look)
    const said = [letter.greeting, ...letter.paragraphs, letter.code, letter.button?.href, letter.after, letter.footer]
    expect(letter.subject).not.toBe('')
    expect(letter.subject).not.toMatch(/undefined|\[object/)
    const plain = html.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&')
    for (const part of said.filter((one) => one !== undefined)) {
      expect(text).toContain(part)
      expect(plain).toContain(part)
    }
    expect(text + html).not.toMatch(/undefined|\[object|Invalid/)
    expect(html).not.toMatch(/src="https?:|url\(/)
  })
})

test('times and lengths are said as people say them, with the zone', () => {
  const german = setting('de', { timeZone: 'Europe/Berlin' })
  expect(asText(compose(occasions['sign-in'], german))).toContain('Zeit: 25. November 2026 um 19:40 MEZ')
  expect(asText(compose(occasions['sign-in'], setting('en')))).toContain('Time: 25 November 2026 at 18:40 UTC')
  const lasting = (lifetimeSeconds: number) => asText(compose({ ...occasions.link, lifetimeSeconds }, setting('en')))
  expect(lasting(900)).toContain('within 15 minutes.')
  expect(lasting(3600)).toContain('within 1 hour.')
  expect(lasting(604_800)).toContain('within 7 days.')
  expect(lasting(5400)).toContain('within 90 minutes.')
})

test('a sign-in says the place where it is known, and nothing where it is not', () => {
  const said = (place: string) => asText(compose({ ...occasions['sign-in'], place }, setting('en')))
  expect(said('Lisbon, Portugal')).toContain('Place: Lisbon, Portugal')
  expect(said('')).not.toContain('Place')
})

test('what people and administrators chose is text in HTML', () => {
  const name = '<img src=x onerror=alert(1)>'
  const html = asHtml(compose({ ...occasions.key, name }, setting('en', { appName: name, name })), { ...look, appName: name })
  expect(html).not.toContain('<img')
  expect(html).toContain('&lt;img src=x')
})

test.each([
  ['Ada', 'Ada'],
  ['  Dr. Ada ', 'Dr. Ada'],
  ['Zoë-Marie', 'Zoë-Marie'],
  ['visit http://evil.example', ''],
  ['evil.example', ''],
  ['www evil', ''],
  ['call 0900 123456', ''],
  ['Ada\nBcc: eve', ''],
  ['me@evil.example', ''],
  ['A'.repeat(41), ''],
])('somebody who calls himself %j is called %j', (firstName, called) => {
  expect(callName({ firstName, displayName: 'Ada Lovelace' })).toBe(called)
  expect(callName({ firstName: '', displayName: firstName })).toBe(called)
})

test.each([
  ['default', '#1c1917', '#ffffff'],
  ['#fff', '#ffffff', '#000000'],
  ['#FACC15', '#FACC15', '#000000'],
  ['#1d4ed8', '#1d4ed8', '#ffffff'],
  ['oklch(0.7 0.2 30)', '#1c1917', '#ffffff'],
  ['red;} body{display:none', '#1c1917', '#ffffff'],
])('the accent %s is %s with %s on it', (accent, back, text) => {
  expect(accentOf(accent)).toEqual({ back, text })
})

test.each([
  ['192.0.2.7', '192.0.2.7'],
  [null, ''],
  ['2001:db8:1:2:aaaa:bbbb:cccc:dddd', '2001:db8:1:2'],
  ['2001:0DB8:0001:0002::9', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
])('the network of %s is %j', (address, network) => {
  expect(networkOf(address)).toBe(network)
})

test.each([
  ['ada@example.org', true],
  ['ada+tag@sub.example.org', true],
  ['ädä@exämple.org', true],
  ['ada@example.org,eve@example.org', false],
  ['Ada <ada@example.org>', false],
  ['"ada b"@example.org', false],
  ['ada@example.org\r\nBcc: eve@example.org', false],
  ['ada@eve@example.org', false],
  ['ada', false],
  ['', false],
])('%j is an address that a mail server gets: %s', (address, taken) => {
  expect(isMailAddress(address)).toBe(taken)
})
