// Pure: dates, spans and numbers as people say them in their language.

const units: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** "12 minutes ago", "yesterday". */
export function ago(date: Date, now: Date, language: string): string {
  const seconds = Math.round((date.getTime() - now.getTime()) / 1000)
  const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1]
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  return format.format(unit === 'second' && Math.abs(seconds) < 60 ? 0 : Math.trunc(seconds / size), unit)
}

/** "Nov 24, 2026". The browser puts its own time zone's day there (islands/app.ts). */
export const day = (date: Date, language: string): string =>
  new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' }).format(date)

/** "412 ms", "2.3 s", "3 min". */
export function span(milliseconds: number, language: string): string {
  const say = (value: number, unit: string, digits: number) =>
    new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: digits }).format(value)
  if (milliseconds < 1000) return say(milliseconds, 'millisecond', 0)
  if (milliseconds < 120_000) return say(milliseconds / 1000, 'second', 1)
  return say(milliseconds / 60_000, 'minute', 0)
}

export const number = (value: number, language: string): string => new Intl.NumberFormat(language).format(value)

/** Up to two letters for somebody without a picture. */
export function initials(name: string): string {
  const words = name.split(/[\s._-]+/).filter((word) => /^[\p{L}\p{N}]/u.test(word))
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]]
  return letters
    .map((word) => [...(word ?? '')][0] ?? '')
    .join('')
    .toUpperCase()
}
