// Pure: which language somebody gets: what the account says, then this browser's choice, then what the browser accepts.
import { preferredLanguage } from '#core/http/preferred-language.ts'
import { type Language, languages } from './messages/languages.ts'

export interface LanguageWishes {
  readonly locale: string | null | undefined
  readonly chosen: string | undefined
  readonly accepted: string | undefined
}

/** The best language that we speak; English where nothing fits. */
export const pickLanguage = ({ locale, chosen, accepted }: LanguageWishes): Language =>
  preferredLanguage(languages, [locale, chosen], accepted) ?? 'en'
