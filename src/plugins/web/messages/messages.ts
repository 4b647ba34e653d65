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
 * One that names something or gives a reason stands there with <*> for it: "The claim name <*> is reserved."
 */
function translate(known: Readonly<Record<string, string>>, sentence: string): string {
  const exact = known[sentence]
  if (exact !== undefined) return exact
  const parts = sentence.match(/\d+|"[^"]*"/g) ?? []
  const pattern = known[sentence.replace(/\d+|"[^"]*"/g, (part) => (part.startsWith('"') ? '"*"' : '#'))]
  return pattern === undefined ? (named(known, sentence) ?? sentence) : filled(pattern, /#|"\*"/g, parts)
}

const mark = '<*>'

function named(known: Readonly<Record<string, string>>, sentence: string): string | undefined {
  for (const [form, words] of Object.entries(known)) {
    if (!form.includes(mark)) continue
    const shape = form.split(mark).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    const found = new RegExp(`^${shape.join('(.+)')}$`, 's').exec(sentence)
    // A reason is a sentence of its own.
    if (found)
      return filled(
        words,
        /<\*>/g,
        found.slice(1).map((part) => translate(known, part)),
      )
  }
  return undefined
}

function filled(words: string, marks: RegExp, parts: readonly string[]): string {
  let at = 0
  return words.replace(marks, () => parts[at++] ?? '')
}
