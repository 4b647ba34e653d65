// Pure: an occasion in words. Text and HTML are both made from the letter that comes out, so they say the same.
import type { LetterWords } from '../messages/messages.ts'
import type { Occasion } from './occasion.ts'

export interface Letter {
  readonly subject: string
  readonly title: string
  readonly greeting: string
  readonly paragraphs: readonly string[]
  /** To be typed. */
  readonly code?: string
  /** Where. */
  readonly codeHint?: string
  readonly facts?: readonly (readonly [label: string, value: string])[]
  readonly button?: { readonly label: string; readonly href: string }
  /** What to do if that was not expected. */
  readonly after?: string
  readonly footer: string
}

/** Who writes to whom, how. */
export interface Setting {
  readonly words: LetterWords
  readonly language: string
  readonly appName: string
  readonly appUrl: string
  /** How the person is called, or an empty text. */
  readonly name: string
  /** Of this server; letters say it. */
  readonly timeZone: string
}

export function compose(occasion: Occasion, setting: Setting): Letter {
  const { words, appName, appUrl, name } = setting
  const frame = { greeting: words.hello(name), footer: words.footer(appName, appUrl) }
  return { ...frame, ...matter(occasion, setting) }
}

function matter(occasion: Occasion, setting: Setting): Omit<Letter, 'greeting' | 'footer'> {
  const { words, appName: app, appUrl } = setting
  switch (occasion.kind) {
    case 'test':
      return { subject: words.test.subject(app), title: words.test.title, paragraphs: [words.test.text(app)] }
    case 'sign-in': {
      const { signIn } = words
      return {
        subject: signIn.subject(app),
        title: signIn.title,
        paragraphs: [signIn.text(app)],
        facts: [
          [signIn.device, occasion.device || signIn.unknownDevice],
          ...(occasion.ipAddress ? [[signIn.address, occasion.ipAddress] as const] : []),
          ...(occasion.place ? [[signIn.place, occasion.place] as const] : []),
          [signIn.time, moment(occasion.at, setting)],
          [signIn.how, signIn.ways[occasion.method] ?? occasion.method],
        ],
        button: { label: signIn.button, href: `${appUrl}/settings/account` },
        after: signIn.after,
      }
    }
    case 'link': {
      const { link } = words
      return {
        subject: link.subject(app),
        title: link.title,
        paragraphs: [
          occasion.byAdmin ? link.sent(app) : link.asked(app),
          link.lasts(duration(occasion.lifetimeSeconds, setting)),
        ],
        code: occasion.code,
        codeHint: link.typeAt(`${appUrl}/lc`),
        button: { label: link.button, href: occasion.url },
        after: link.after,
      }
    }
    case 'key': {
      const { key } = words
      return {
        subject: key.subject(occasion.name),
        title: key.title,
        paragraphs: [key.text(occasion.name, moment(occasion.expiresAt, setting))],
        button: { label: key.button, href: `${appUrl}/settings/admin/api-keys` },
        after: key.after,
      }
    }
    case 'verification': {
      const { verification } = words
      return {
        subject: verification.subject(app),
        title: verification.title,
        paragraphs: [verification.text(app), verification.lasts(duration(occasion.lifetimeSeconds, setting))],
        button: { label: verification.button, href: occasion.url },
        after: verification.after,
      }
    }
  }
}

/** "25 November 2026 at 18:40 UTC": the zone is said, because a letter is read anywhere. */
const moment = (at: number, { language, timeZone }: Setting): string =>
  new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    ...{ day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit' },
    timeZone,
    timeZoneName: 'short',
  }).format(at)

const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const

/** In the largest unit that gives a whole number. */
function duration(seconds: number, { language }: Setting): string {
  const [unit, size] = units.find(([, size]) => seconds >= size && seconds % size === 0) ?? ['second', 1]
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(seconds / size)
}

/**
 * How a letter calls somebody. People choose their names, and a stranger may sign up with somebody else's address: a name that could
 * carry a message or an address to the one who owns it is left out.
 */
export function callName({ firstName, displayName }: { readonly firstName: string; readonly displayName: string }): string {
  const name = (firstName || displayName).trim()
  return name.length > 40 || /[:/@<>\p{Cc}]|\.\S|\d{3}|www/iu.test(name) ? '' : name
}
