// Languages are whole: each says everything that English says, in the same shape. A new language is one more line here.
import { describe, expect, test } from 'vitest'
import { en } from '../../src/plugins/web/messages/en.ts'
import { directionOf, languages } from '../../src/plugins/web/messages/languages.ts'
import { wordsOf } from '../../src/plugins/web/messages/messages.ts'

/** Every message by its path: a text as itself, a function by the number of its parameters. */
function flat(messages: object, path = ''): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(messages).flatMap(([key, value]: [string, unknown]) => {
      const at = path === '' ? key : `${path}.${key}`
      if (typeof value === 'object' && value !== null) return Object.entries(flat(value, at))
      return [[at, typeof value === 'function' ? `function of ${value.length}` : String(value)]]
    }),
  )
}

const english = flat(en)

test('there is something to say', () => {
  expect(Object.keys(english).length).toBeGreaterThan(300)
})

describe.each(languages)('%s', (language) => {
  const said = flat(wordsOf(language).t)

  test('has every key of English and no other', () => {
    expect(Object.keys(said).sort()).toEqual(Object.keys(english).sort())
  })

  test('has functions where English has them, and a text everywhere else', () => {
    const shape = (message: string | undefined) => (message?.startsWith('function of') ? message : 'text')
    const other = Object.keys(english).filter((key) => shape(said[key]) !== shape(english[key]))
    expect(other).toEqual([])
    expect(Object.entries(said).filter(([, message]) => message.trim() === '')).toEqual([])
  })
})

test.each([
  ['en', 'ltr'],
  ['de', 'ltr'],
  ['ar', 'rtl'],
  ['he-IL', 'rtl'],
  ['fa', 'rtl'],
])('%s is read %s', (language, direction) => expect(directionOf(language)).toBe(direction))
