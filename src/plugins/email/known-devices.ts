// Which browsers and places somebody signed in with before, as keyed hashes; so that a new one is told of and an old one is not.
import { and, desc, eq, isNotNull, lt } from 'drizzle-orm'
import { inSeconds } from '#core/clock.ts'
import { keyedHash } from '#core/crypto.ts'
import { deviceName } from '#core/http/device-name.ts'
import type { Host } from '#core/kernel/plugin.ts'
import { networkOf } from './network.ts'
import { knownDevices } from './tables.ts'

export interface SeenDevice {
  readonly userId: string
  readonly ipAddress: string | null
  readonly userAgent: string | null
  readonly language: string | null
}

export interface KnownDevices {
  /** Remembers a device; true when it was not known. */
  isNew(device: SeenDevice): Promise<boolean>
  /** What somebody's browser asked for when he signed in last. */
  lastLanguage(userId: string): Promise<string | undefined>
  /** Forgets what was not seen for a year. */
  sweep(): Promise<void>
}

const daySeconds = 86_400
const yearSeconds = 365 * daySeconds

export function createKnownDevices({ db, vault, clock }: Pick<Host, 'db' | 'vault' | 'clock'>): KnownDevices {
  return {
    async isNew({ userId, ipAddress, userAgent, language }) {
      // The browser's name without its version: updates come every few weeks, and whoever is warned of each stops reading.
      const what = [userId, networkOf(ipAddress), deviceName(userAgent)].join('\n')
      const deviceHash = keyedHash(vault.key('known-device'), what)
      const one = and(eq(knownDevices.userId, userId), eq(knownDevices.deviceHash, deviceHash))
      const [known] = await db.read.select().from(knownDevices).where(one)
      const lastSeenAt = clock.now()
      if (known && known.language === language && known.lastSeenAt > inSeconds(clock, -daySeconds)) return false
      const row = { userId, deviceHash, language, lastSeenAt }
      const target = [knownDevices.userId, knownDevices.deviceHash]
      await db.write((tx) => tx.insert(knownDevices).values(row).onConflictDoUpdate({ target, set: { language, lastSeenAt } }))
      return known === undefined
    },
    async lastLanguage(userId) {
      const said = and(eq(knownDevices.userId, userId), isNotNull(knownDevices.language))
      const rows = db.read.select({ language: knownDevices.language }).from(knownDevices).where(said)
      return (await rows.orderBy(desc(knownDevices.lastSeenAt)).limit(1))[0]?.language ?? undefined
    },
    async sweep() {
      await db.write((tx) => tx.delete(knownDevices).where(lt(knownDevices.lastSeenAt, inSeconds(clock, -yearSeconds))))
    },
  }
}
