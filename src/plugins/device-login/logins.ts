// Devices that wait to be let in: asked for by one browser, decided in another, collected by the first, once.
import { and, eq, gt, lte } from 'drizzle-orm'
import { inSeconds } from '#core/clock.ts'
import { keyedHash, newId, randomText, randomToken, sha256 } from '#core/crypto.ts'
import type { DeviceLogins, DeviceTicket } from '#core/device-login-port.ts'
import { deviceName } from '#core/http/device-name.ts'
import type { UserActor } from '#core/identity/actor.ts'
import type { Host } from '#core/kernel/plugin.ts'
import { nowhere, type Place, places } from '#core/places-port.ts'
import { reauthentication } from '#core/ports.ts'
import type { Bells } from './bells.ts'
import { deviceLoginErrors } from './errors.ts'
import { deviceLoginRows as rows } from './tables.ts'

type Row = typeof rows.$inferSelect

/** As Pocket ID has it: long enough to find the phone, short for whoever passes a code on to somebody he wants to deceive. */
export const lifetimeSeconds = 5 * 60
/** How old the touch of a passkey may be that lets a device in. */
const proofSeconds = 60
/** A decision that another process took is seen after this time. */
const lookAgainMilliseconds = 2_000

/** Without characters that are mistaken for another. The first letter says what kind of code it is; 7 of 30 are 34 bits. */
const alphabet = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789'
const kind = 'P'
const plain = (userCode: string) => userCode.toUpperCase().replace(/[^A-Z0-9]/g, '')

export function createDeviceLogins(
  { db, vault, clock, seek }: Pick<Host, 'db' | 'vault' | 'clock' | 'seek'>,
  bells: Bells,
): DeviceLogins {
  // So short a code could be found in a stolen table by trying them all, so its hash has a key.
  const hash = (userCode: string) => keyedHash(vault.key('device-login-code'), plain(userCode))
  const held = ({ id, secret }: DeviceTicket) =>
    and(eq(rows.id, id), eq(rows.secretHash, sha256(secret)), gt(rows.expiresAt, clock.now()))
  const waiting = (userCode: string) =>
    and(eq(rows.userCodeHash, hash(userCode)), eq(rows.state, 'pending'), gt(rows.expiresAt, clock.now()))

  async function look(ticket: DeviceTicket): Promise<'pending' | 'approved'> {
    const [row] = await db.read.select({ state: rows.state }).from(rows).where(held(ticket))
    if (row?.state === 'denied') throw deviceLoginErrors.refuse('device_login_denied')
    if (!row) throw deviceLoginErrors.refuse('device_login_expired')
    return row.state
  }

  /** A session that began with a passkey a moment ago stands for one. */
  const needsProof = ({ session }: UserActor): boolean =>
    !(session && session.createdAt > inSeconds(clock, -proofSeconds) && session.amr.includes('hwk'))

  async function prove({ session }: UserActor, token: string): Promise<void> {
    const isProven = session && (await seek(reauthentication)?.spend(token, session.id, proofSeconds))
    if (!isProven) throw deviceLoginErrors.refuse('reauthentication_required')
  }

  return {
    async begin({ ipAddress, userAgent }) {
      const userCode = kind + randomText(7, alphabet)
      const ticket = { id: newId(), secret: randomToken() }
      const now = clock.now()
      const expiresAt = inSeconds(clock, lifetimeSeconds)
      const from = { ipAddress, userAgent: userAgent?.slice(0, 300) ?? null }
      const row = {
        id: ticket.id,
        secretHash: sha256(ticket.secret),
        userCodeHash: hash(userCode),
        ...from,
        createdAt: now,
        expiresAt,
      }
      await db.write(async (tx) => {
        await tx.delete(rows).where(lte(rows.expiresAt, now))
        await tx.insert(rows).values(row)
      })
      return { ...ticket, userCode, expiresAt }
    },
    async standing(ticket, wait) {
      const until = clock.now().getTime() + (wait?.milliseconds ?? 0)
      for (;;) {
        const state = await look(ticket)
        const left = until - clock.now().getTime()
        if (state === 'approved' || !wait || left <= 0 || wait.signal.aborted) return state
        await bells.wait(ticket.id, Math.min(left, lookAgainMilliseconds), wait.signal)
      }
    },
    async redeem(ticket) {
      const approved = and(held(ticket), eq(rows.state, 'approved'))
      const [spent] = await db.write((tx) => tx.delete(rows).where(approved).returning({ userId: rows.userId }))
      if (spent?.userId) return spent.userId
      await look(ticket)
      throw deviceLoginErrors.refuse('device_login_expired')
    },
    async find(userCode) {
      const [row] = await db.read.select().from(rows).where(waiting(userCode))
      return row && described(row, plain(userCode), (await seek(places)?.of(row.ipAddress)) ?? nowhere)
    },
    needsProof,
    async decide(userCode, actor, { approve, reauthenticationToken }) {
      const [row] = await db.read.select().from(rows).where(waiting(userCode))
      if (!row) throw deviceLoginErrors.refuse('device_login_expired')
      if (approve && needsProof(actor)) await prove(actor, reauthenticationToken)
      const outcome = approve ? ({ state: 'approved', userId: actor.user.id } as const) : ({ state: 'denied' } as const)
      const decided = await db.write((tx) => tx.update(rows).set(outcome).where(waiting(userCode)).returning({ id: rows.id }))
      if (decided.length === 0) throw deviceLoginErrors.refuse('device_login_expired')
      bells.ring(row.id)
    },
  }
}

const described = ({ userAgent, ipAddress, createdAt, expiresAt }: Row, userCode: string, place: Place) => ({
  userCode,
  device: deviceName(userAgent),
  ipAddress,
  ...place,
  createdAt,
  expiresAt,
})
