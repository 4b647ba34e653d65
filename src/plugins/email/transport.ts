// Letters to the mail server. The only file that imports nodemailer, and only with the first letter.
import type { Values } from '#core/settings/define.ts'
import type { Server } from './failures.ts'
import { isMailAddress, type settings as table } from './settings.ts'

export interface Outgoing {
  readonly to: { readonly name: string; readonly address: string }
  readonly subject: string
  readonly text: string
  readonly html: string
  /** A picture that the HTML shows as `cid:logo`. */
  readonly logo?: { readonly bytes: Uint8Array; readonly type: string } | undefined
}

export interface Transport {
  readonly server: Server
  /** Hands a letter over and ends when the server has taken it, within a minute. @throws what nodemailer throws (failures.ts reads it) */
  send(letter: Outgoing, signal: AbortSignal): Promise<void>
}

const defaultPorts = { none: 25, starttls: 587, tls: 465 }
const waitMilliseconds = { connectionTimeout: 10_000, greetingTimeout: 10_000, dnsTimeout: 10_000, socketTimeout: 20_000 }
/** A server that sends a byte now and then would otherwise hold on for ever. */
const longestMilliseconds = 60_000

interface Sender {
  readonly appName: string
  readonly appUrl: string
}

export function createTransport(settings: Values<typeof table>, sender: () => Sender): Transport {
  const { smtpHost: host, smtpTls: tls, smtpUser: user, smtpPassword: pass } = settings
  const port = Number(settings.smtpPort) || defaultPorts[tls]
  const ourHost = () => new URL(sender().appUrl).hostname
  const from = () => settings.smtpFrom || (isMailAddress(user) ? user : `no-reply@${ourHost()}`)
  return {
    server: { host, port, tls },
    async send({ to, subject, text, html, logo }, signal) {
      const nodemailer = await import('nodemailer')
      const transport = nodemailer.createTransport({
        ...{ host, port, ...waitMilliseconds },
        name: ourHost(),
        secure: tls === 'tls',
        requireTLS: tls === 'starttls',
        ignoreTLS: tls === 'none',
        ...(user === '' && pass === '' ? {} : { auth: { user, pass } }),
        tls: { rejectUnauthorized: !settings.smtpSkipCertVerify },
        disableFileAccess: true,
        disableUrlAccess: true,
      })
      const sending = AbortSignal.any([signal, AbortSignal.timeout(longestMilliseconds)])
      await transport.sendMail({
        from: { name: sender().appName, address: from() },
        to,
        // Said apart from the headers, so that no trick in a header reaches another mailbox.
        envelope: { from: from(), to: [to.address] },
        ...{ subject, text, html },
        // RFC 3834: no holiday notes in answer.
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
        xMailer: false,
        signal: sending,
        ...(logo
          ? { attachments: [{ cid: 'logo', content: Buffer.from(logo.bytes), contentType: logo.type, filename: 'logo' }] }
          : {}),
      })
    },
  }
}
