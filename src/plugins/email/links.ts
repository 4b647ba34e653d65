// One-time codes by e-mail: asked for by somebody who cannot sign in, or sent by an administrator.
import { setTimeout as delay } from 'node:timers/promises'
import { randomToken } from '#core/crypto.ts'
import { isDisabled, type UserRow } from '#core/identity/actor.ts'
import { letterCodeSeconds } from '#core/identity/device-cookie.ts'
import { identityErrors } from '#core/identity/errors.ts'
import type { Host } from '#core/kernel/plugin.ts'
import type { LetterWishes, Mail, MailOffers } from '#core/mail-port.ts'
import { oneTimeLinks } from '#core/ports.ts'
import { emailErrors } from './errors.ts'
import type { Outbox } from './outbox.ts'
import type { PostOffice } from './post-office.ts'

export interface Links {
  readonly request: Mail['requestLink']
  readonly send: Mail['sendLink']
  /** Ends the pauses and waits for what was asked for. */
  settle(): Promise<void>
}

/**
 * The work for an address begins a while after the answer, by chance: neither the time until the answer nor a slower one to the next
 * request says whether anybody has the address.
 */
const pauseMilliseconds = () => 200 + Math.random() * 800

/** So many letters may one account get in fifteen minutes, from wherever they are asked for. */
const mostLetters = 5

export function createLinks(host: Host, offers: MailOffers, office: PostOffice, outbox: Outbox): Links {
  const { identity, clock, log } = host
  const stopping = new AbortController()
  const underWay = new Set<Promise<void>>()
  const lately = new Map<string, readonly number[]>()

  const mayHaveAnother = (userId: string): boolean => {
    const now = clock.now().getTime()
    const since = now - letterCodeSeconds * 1000
    for (const [id, times] of lately) if ((times.at(-1) ?? 0) < since) lately.delete(id)
    const times = (lately.get(userId) ?? []).filter((at) => at >= since)
    if (times.length >= mostLetters) return false
    lately.set(userId, [...times, now])
    return true
  }
  const write = async (
    user: UserRow,
    lifetimeSeconds: number,
    wishes: LetterWishes,
    more: { next?: string; deviceToken?: string },
  ) => {
    const links = host.seek(oneTimeLinks)
    if (!links) throw emailErrors.refuse('one_time_access_disabled')
    const { token: code, url } = await links.mint(user.id, lifetimeSeconds, more.deviceToken)
    const target = more.next && more.next !== '/' ? `${url}?next=${encodeURIComponent(more.next)}` : url
    const occasion = { kind: 'link', code, url: target, lifetimeSeconds, byAdmin: more.deviceToken === undefined } as const
    await outbox.put({ userId: user.id, occasion, language: await office.languageFor(user, wishes) }, lifetimeSeconds)
  }
  const answer = async (email: string, next: string, deviceToken: string, wishes: LetterWishes) => {
    const user = await identity.users.findByEmail(email)
    if (!user || isDisabled(user)) return
    if (!mayHaveAnother(user.id))
      return log.warn('Somebody was not sent one more sign-in code', { user: user.id, most: mostLetters })
    await write(user, letterCodeSeconds, wishes, { next, deviceToken })
  }
  return {
    request(email, next, wishes) {
      if (!offers.linksForStrangers) throw emailErrors.refuse('one_time_access_disabled')
      const deviceToken = randomToken(16)
      const work = delay(pauseMilliseconds(), undefined, { signal: stopping.signal })
        .catch(() => undefined)
        .then(() => answer(email, next, deviceToken, wishes))
        .catch((error: unknown) => log.error('A sign-in code could not be written', { error }))
        .finally(() => underWay.delete(work))
      underWay.add(work)
      return deviceToken
    },
    async send(userId, lifetimeSeconds, wishes) {
      if (!offers.linksByAdmins) throw emailErrors.refuse('one_time_access_disabled')
      const user = await identity.users.get(userId)
      if (!user.email) throw emailErrors.refuse('user_email_not_set')
      if (isDisabled(user)) throw identityErrors.refuse('user_disabled')
      await write(user, lifetimeSeconds, wishes, {})
    },
    async settle() {
      stopping.abort()
      await Promise.all(underWay)
    },
  }
}
