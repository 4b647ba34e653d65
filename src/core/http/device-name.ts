// What somebody came with, from what the browser says of itself. The only file that imports bowser.
import { getParser } from 'bowser'

/** "Firefox on Linux"; as much as is said, or an empty text. */
export function deviceName(userAgent: string | null): string {
  if (!userAgent) return ''
  const parser = getParser(userAgent)
  return [parser.getBrowserName(), parser.getOSName()].filter((name) => name !== '').join(' on ')
}
