// Pure: the languages put together, and the sentences that come from elsewhere: labels, help and refusals of core and plugins.
import { de } from './de.ts'
import { deSentences } from './de-sentences.ts'
import { en } from './en.ts'
import type { Language } from './languages.ts'

/** The shape of a language; the compiler finds what one lacks. */
export type Messages = typeof en

export interface Words {
  readonly t: Messages
  /** A sentence that core or a plugin wrote in English, in this language where it is known. */
  said(sentence: string): string
}

const sentences: Readonly<Record<Language, Readonly<Record<string, string>>>> = { en: {}, de: deSentences }
const all: Readonly<Record<Language, Messages>> = { en, de }

/** Everything that can be said in a language. */
export const wordsOf = (language: Language): Words => ({
  t: all[language],
  said: (sentence) => translate(sentences[language], sentence),
})

/**
 * A sentence with numbers stands in the list with a # for each, one with a quoted text with "*": "Must have at most # characters."
 * One that ends in a list of its own stands there up to the list: "Must be one of ".
 */
function translate(known: Readonly<Record<string, string>>, sentence: string): string {
  const exact = known[sentence]
  if (exact !== undefined) return exact
  const parts = sentence.match(/\d+|"[^"]*"/g) ?? []
  const pattern = known[sentence.replace(/\d+|"[^"]*"/g, (part) => (part.startsWith('"') ? '"*"' : '#'))]
  if (pattern !== undefined) {
    let at = 0
    return pattern.replace(/#|"\*"/g, () => parts[at++] ?? '')
  }
  const list = 'Must be one of '
  const start = known[list]
  return start !== undefined && sentence.startsWith(list) ? `${start}${sentence.slice(list.length)}` : sentence
}
