// Pure: the languages of letters put together. A language is a file of the shape of en.ts and a word in this list.
import { de } from './de.ts'
import { en } from './en.ts'

/** The shape of a language; the compiler finds what one lacks. */
export type LetterWords = typeof en

export const letterLanguages = ['en', 'de'] as const
export type LetterLanguage = (typeof letterLanguages)[number]

export const letterWords: Readonly<Record<LetterLanguage, LetterWords>> = { en, de }
