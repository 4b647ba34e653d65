// Hands the kernel what letters contribute: routes, ears for facts, the daily look at keys, and a port for the pages.
import { type Job, start } from '#core/kernel/plugin.ts'
import { type Mail, type MailOffers, mail as port } from '#core/mail-port.ts'
import type { Values } from '#core/settings/define.ts'
import { badAddressSentence, emailErrors, noServerSentence } from './errors.ts'
import { failureOf } from './failures.ts'
import { createKnownDevices } from './known-devices.ts'
import { createLinks } from './links.ts'
import { createNotices, type Notices } from './notices.ts'
import { createOutbox } from './outbox.ts'
import { createPostOffice } from './post-office.ts'
import { routes } from './routes.ts'
import { isMailAddress, settings } from './settings.ts'
import { createTransport } from './transport.ts'
import { createVerification } from './verification.ts'

export default start(settings, (host) => {
  const server = host.settings.smtpHost !== ''
  const offers: MailOffers = {
    server,
    linksForStrangers: server && host.settings.emailOneTimeAccessAsUnauthenticatedEnabled,
    linksByAdmins: server && host.settings.emailOneTimeAccessAsAdminEnabled,
    verification: server && host.settings.emailVerificationEnabled,
  }
  const transport = createTransport(host.settings, () => host.core)
  const devices = createKnownDevices(host)
  const office = createPostOffice(host, transport, devices)
  const outbox = createOutbox(host, server ? office.deliver : undefined)
  const links = createLinks(host, offers, office, outbox)
  const verification = createVerification(host, offers, office, outbox)
  const notices = createNotices(host, devices, office, outbox)
  const stopping = new AbortController()

  const mail: Mail = {
    offers,
    standing: outbox.standing,
    async sendTest(user, wishes) {
      const { email } = user
      if (!email) throw emailErrors.refuse('user_email_not_set')
      const refuse = (message: string) => emailErrors.refuse('email_not_sent', { message })
      if (!server) throw refuse(noServerSentence)
      if (!isMailAddress(email)) throw refuse(badAddressSentence)
      const language = await office.languageFor(user, wishes)
      await office.send({ ...user, email }, { kind: 'test' }, language, stopping.signal).catch((error: unknown) => {
        throw refuse(failureOf(error, transport.server).sentence)
      })
    },
    requestLink: links.request,
    sendLink: links.send,
    sendVerification: verification.send,
    verify: verification.verify,
  }
  host.offer(port, mail)
  if (server && sendsPasswordInClear(host.settings)) {
    host.log.warn('The password of the mail server goes there in clear. Set SMTP_TLS to starttls or tls.', {
      host: host.settings.smtpHost,
    })
  }
  outbox.begin()
  return {
    routes: routes(host, mail),
    on: {
      'user.signed-in': (fact) => notices.ofSignIn(fact, server && host.settings.emailLoginNotificationEnabled),
      'user.created': ({ userId, by }) => (by ? verification.sendIfDue(userId, by.language) : undefined),
      'user.updated': ({ userId, actorId, changes }) =>
        changes?.email && actorId === userId ? verification.sendIfDue(userId, null) : undefined,
    },
    jobs: [
      ...(server && host.settings.emailApiKeyExpirationEnabled ? [keyJob(notices)] : []),
      {
        name: 'ClearExpiredEmailRows',
        schedule: '7 3 * * *',
        async run() {
          await verification.sweep()
          await devices.sweep()
          return undefined
        },
      },
    ],
    async stop() {
      stopping.abort(new Error('The server is stopping.'))
      await links.settle()
      await outbox.stop()
    },
  }
})

/** Also at the start: a server that is not up at midnight would never tell anybody. */
const keyJob = (notices: Notices): Job => ({
  name: 'SendApiKeyExpiryLetters',
  schedule: '0 0 * * *',
  atStart: true,
  run: async (signal) => ({ letters: await notices.ofKeys(signal) }),
})

const sendsPasswordInClear = ({ smtpTls, smtpPassword, smtpHost }: Values<typeof settings>): boolean =>
  smtpTls === 'none' && smtpPassword !== '' && !/^(localhost|127\.|\[?::1\]?$)/.test(smtpHost)
