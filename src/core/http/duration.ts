// Pure: lifetimes on the wire, `1h30m` or a number of seconds -> seconds.
import * as v from 'valibot'

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }
/** No link or invitation lives longer than a month of 31 days. */
const maxSeconds = 31 * 86_400
const sentence = 'Must be a duration such as "1h" or "30m", or a number of seconds; at least one second, at most 31 days (744h).'

/** A `ttl`: text such as `1h`, `30m`, `1h30m`, `90s`, or a number of seconds; from a second to 31 days. Its output is seconds. */
export const Lifetime = v.pipe(
  v.union([v.string(), v.number()], sentence),
  v.transform((given) => Math.floor(typeof given === 'number' ? given : secondsOf(given.trim()))),
  v.check((seconds) => seconds >= 1 && seconds <= maxSeconds, sentence),
)

/** NaN for what is no duration. */
function secondsOf(text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  if (!/^(\d+(\.\d+)?[smhd])+$/.test(text)) return Number.NaN
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)([smhd])/g)]
  return parts.reduce((total, [, amount, unit = '']) => total + Number(amount) * (unitSeconds[unit] ?? Number.NaN), 0)
}
