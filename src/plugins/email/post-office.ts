// Puts letters together: who gets one, in which language, from whom, with which logo; and hands them to the mail server.

import { preferredLanguage } from '#core/http/preferred-language.ts'
import type { UserRow } from '#core/identity/actor.ts'
import { isDisabled } from '#core/identity/actor.ts'
import { instanceImages } from '#core/images-port.ts'
import type { Host } from '#core/kernel/plugin.ts'
import type { LetterWishes } from '#core/mail-port.ts'
import { failureOf } from './failures.ts'
import type { KnownDevices } from './known-devices.ts'
import { accentOf } from './letters/accent.ts'
import { asHtml } from './letters/as-html.tsx'
import { asText } from './letters/as-text.ts'
import { callName, compose } from './letters/compose.ts'
import type { Occasion } from './letters/occasion.ts'
import { type LetterLanguage, letterLanguages, letterWords } from './messages/messages.ts'
import type { Delivery, Waiting } from './outbox.ts'
import { isMailAddress } from './settings.ts'
import type { Transport } from './transport.ts'

export interface PostOffice {
  /** What the account says, then what its owner's browser asked for last, then what this request asks for, then English. */
  languageFor(user: UserRow, wishes?: LetterWishes): Promise<LetterLanguage>
  /** @throws what the transport throws */
  send(
    user: UserRow & { readonly email: string },
    occasion: Occasion,
    language: LetterLanguage,
    signal: AbortSignal,
  ): Promise<void>
  /** Sends what waited, to the address of this moment. */
  deliver(letter: Waiting, signal: AbortSignal): Promise<Delivery>
}

export function createPostOffice(host: Host, transport: Transport, devices: KnownDevices): PostOffice {
  const { users } = host.identity
  const send: PostOffice['send'] = async (user, occasion, language, signal) => {
    const { appName, appUrl, accentColor } = host.core
    const { timeZone } = new Intl.DateTimeFormat().resolvedOptions()
    const name = callName(user)
    const letter = compose(occasion, { words: letterWords[language], language, appName, appUrl, name, timeZone })
    const logo = await logoOf(host)
    const look = { language, appName, accent: accentOf(accentColor), logo: logo && 'cid:logo' }
    const content = { subject: letter.subject, text: asText(letter), html: asHtml(letter, look), logo }
    await transport.send({ to: { name, address: user.email }, ...content }, signal)
  }
  return {
    async languageFor(user, wishes) {
      const known = user.locale ? undefined : await devices.lastLanguage(user.id)
      return preferredLanguage(letterLanguages, [user.locale, known], wishes?.accepted) ?? 'en'
    },
    send,
    async deliver({ userId, occasion, language }, signal) {
      const user = await users.find(userId)
      if (!user || !mayGet(user, occasion)) return { kind: 'dropped' }
      try {
        await send(user, occasion, language, signal)
        return { kind: 'sent' }
      } catch (error) {
        return { kind: 'failed', failure: failureOf(error, transport.server) }
      }
    },
  }
}

/** What mail programs can show. */
const shownTypes = new Set(['image/png', 'image/jpeg', 'image/gif'])

async function logoOf(host: Host): Promise<{ readonly bytes: Uint8Array; readonly type: string } | undefined> {
  const picture = await host.seek(instanceImages)?.find('email')
  const bytes = picture && shownTypes.has(picture.type) ? await picture.read() : undefined
  return picture && bytes && { bytes, type: picture.type }
}

/** Accounts change while a letter waits: who is locked out gets none, and an address is verified that is still the account's. */
function mayGet(user: UserRow, occasion: Occasion): user is UserRow & { readonly email: string } {
  if (isDisabled(user) || !user.email || !isMailAddress(user.email)) return false
  return occasion.kind !== 'verification' || occasion.email === user.email
}
