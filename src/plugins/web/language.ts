// Pure: which language somebody gets: what the account says, then this browser's choice, then what the browser accepts.
import { type Language, languages } from './messages/languages.ts'

export interface LanguageWishes {
  readonly locale: string | null | undefined
  readonly chosen: string | undefined
  readonly accepted: string | undefined
}

/** The best language that we speak; English where nothing fits. */
export function pickLanguage({ locale, chosen, accepted }: LanguageWishes): Language {
  const wishes = [locale ?? '', chosen ?? '', ...acceptedLanguages(accepted ?? '')]
  for (const wish of wishes) {
    const found = known(wish)
    if (found) return found
  }
  return 'en'
}

/** `de-AT` is answered in `de`. */
const known = (tag: string): Language | undefined =>
  languages.find((one) => one === tag.toLowerCase()) ?? languages.find((one) => one === tag.toLowerCase().split('-')[0])

/** RFC 9110 section 12.5.4: tags with weights, the heaviest first. */
function acceptedLanguages(header: string): readonly string[] {
  const weighted = header.split(',').map((part) => {
    const [tag = '', ...parameters] = part.trim().split(/\s*;\s*/)
    const weight = parameters.find((one) => one.startsWith('q='))?.slice(2)
    return { tag, weight: weight === undefined ? 1 : Number(weight) || 0 }
  })
  return weighted
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag)
}
