// Proving that an address is somebody's: a link goes there, and comes back with a token that is good once.
import { and, eq, gt, lte } from 'drizzle-orm'
import { inSeconds } from '#core/clock.ts'
import { randomToken, sha256 } from '#core/crypto.ts'
import type { UserRow } from '#core/identity/actor.ts'
import type { Host } from '#core/kernel/plugin.ts'
import type { LetterWishes, Mail, MailOffers } from '#core/mail-port.ts'
import { emailErrors } from './errors.ts'
import type { Outbox } from './outbox.ts'
import type { PostOffice } from './post-office.ts'
import { emailVerifications } from './tables.ts'

export interface Verification {
  readonly send: Mail['sendVerification']
  readonly verify: Mail['verify']
  /** Sends a link where one is due and can be: after a sign-up, after somebody changed his address. */
  sendIfDue(userId: string, language: string | null): Promise<void>
  sweep(): Promise<void>
}

const lifetimeSeconds = 24 * 3600

export function createVerification(
  { db, clock, core, identity }: Pick<Host, 'db' | 'clock' | 'core' | 'identity'>,
  offers: MailOffers,
  office: PostOffice,
  outbox: Outbox,
): Verification {
  const { appUrl } = core
  const write = async (user: UserRow, email: string, wishes: LetterWishes) => {
    const token = randomToken()
    const times = { createdAt: clock.now(), expiresAt: inSeconds(clock, lifetimeSeconds) }
    await db.write(async (tx) => {
      // The last letter counts: an older link may lie in a mailbox that is somebody else's by now.
      await tx.delete(emailVerifications).where(eq(emailVerifications.userId, user.id))
      await tx.insert(emailVerifications).values({ tokenHash: sha256(token), userId: user.id, email, ...times })
    })
    const occasion = { kind: 'verification', email, url: `${appUrl}/verify-email?token=${token}`, lifetimeSeconds } as const
    await outbox.put({ userId: user.id, occasion, language: await office.languageFor(user, wishes) }, lifetimeSeconds)
  }
  return {
    async send(user, wishes) {
      if (!offers.verification) throw emailErrors.refuse('email_verification_disabled')
      if (!user.email) throw emailErrors.refuse('user_email_not_set')
      if (!user.emailVerified) await write(user, user.email, wishes)
    },
    async sendIfDue(userId, language) {
      const user = offers.verification ? await identity.users.find(userId) : undefined
      if (user?.email && !user.emailVerified) await write(user, user.email, { accepted: language ?? undefined })
    },
    async verify(userId, token) {
      const live = and(eq(emailVerifications.tokenHash, sha256(token)), gt(emailVerifications.expiresAt, clock.now()))
      const his = and(live, eq(emailVerifications.userId, userId))
      const [spent] = await db.write((tx) => tx.delete(emailVerifications).where(his).returning())
      const isProven = spent !== undefined && (await identity.users.confirmEmail(userId, spent.email))
      if (!isProven) throw emailErrors.refuse('invalid_email_verification_token')
    },
    async sweep() {
      await db.write((tx) => tx.delete(emailVerifications).where(lte(emailVerifications.expiresAt, clock.now())))
    },
  }
}
