// Letters that nobody asked for: of a sign-in with something new, of an API key that ends.
import { apiKeys } from '#core/account-ports.ts'
import { inSeconds } from '#core/clock.ts'
import type { Facts } from '#core/events.ts'
import { deviceName } from '#core/http/device-name.ts'
import type { Host } from '#core/kernel/plugin.ts'
import { nowhere, places, placeText } from '#core/places-port.ts'
import type { KnownDevices } from './known-devices.ts'
import type { Occasion } from './letters/occasion.ts'
import type { Outbox } from './outbox.ts'
import type { PostOffice } from './post-office.ts'

export interface Notices {
  /** Remembers what somebody signed in with, and tells him where `tells` and it is new. */
  ofSignIn(fact: Facts['user.signed-in'], tells: boolean): Promise<void>
  /** Tells the owners of keys that end within a week, each once. Returns how many. */
  ofKeys(signal: AbortSignal): Promise<number>
}

const daySeconds = 86_400
const keyNoticeSeconds = 7 * daySeconds
/** Later than this a letter of a sign-in helps nobody. */
const signInLetterSeconds = daySeconds

export function createNotices(host: Host, devices: KnownDevices, office: PostOffice, outbox: Outbox): Notices {
  const { clock, identity } = host
  const tell = async (userId: string, occasion: Occasion, lifetimeSeconds: number) => {
    const user = await identity.users.find(userId)
    if (user?.email) await outbox.put({ userId, occasion, language: await office.languageFor(user) }, lifetimeSeconds)
  }
  return {
    async ofSignIn({ userId, method, ipAddress, userAgent, language }, tells) {
      const isNew = await devices.isNew({ userId, ipAddress, userAgent, language: language?.slice(0, 100) ?? null })
      // Whoever makes an account knows that he is there.
      if (!tells || !isNew || method === 'setup' || method === 'sign-up') return
      const place = placeText((await host.seek(places)?.of(ipAddress)) ?? nowhere)
      const from = { device: deviceName(userAgent), ipAddress, place }
      await tell(userId, { kind: 'sign-in', ...from, method, at: clock.now().getTime() }, signInLetterSeconds)
    },
    async ofKeys(signal) {
      const keys = host.seek(apiKeys)
      const ending = (await keys?.expiringUntil(inSeconds(clock, keyNoticeSeconds))) ?? []
      for (const { id, userId, name, expiresAt } of ending) {
        if (signal.aborted) break
        // Noted when it is written down: from here on the outbox cares for it, also over a restart.
        await tell(userId, { kind: 'key', name, expiresAt: expiresAt.getTime() }, 3 * daySeconds)
        await keys?.noteExpiryLetter(id)
      }
      return ending.length
    },
  }
}
