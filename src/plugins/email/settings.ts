// The mail server, and which letters are sent. The variables are Pocket ID's.
import * as v from 'valibot'
import { choice, defineSettings, flag, setting, text } from '#core/settings/define.ts'

const port = v.pipe(
  v.string(),
  v.trim(),
  v.check((typed) => /^\d{0,5}$/.test(typed) && Number(typed) <= 65_535, 'Must be a port from 1 to 65535, or empty.'),
)
const address = v.pipe(
  v.string(),
  v.check((typed) => typed === '' || isMailAddress(typed), 'Must be an e-mail address such as login@example.org.'),
)

/**
 * Whether a mail server may be handed this as one address: nothing that a header or another address could hide in.
 * Stricter than what an account may hold (RFC 5322 allows quotes and comments), because directories hold anything.
 */
export const isMailAddress = (text: string): boolean => /^[^\s@<>()[\]\\,;:"\p{Cc}]+@[^\s@<>()[\]\\,;:"\p{Cc}]+$/u.test(text)

export const settings = defineSettings({
  smtpHost: text({ label: 'Mail server', help: 'Its host name. Empty: no letters are sent.' }),
  smtpPort: setting({
    kind: 'text',
    schema: port,
    default: '',
    label: 'Port',
    help: 'Empty: 25, with starttls 587, with tls 465.',
  }),
  smtpTls: choice(['none', 'starttls', 'tls'], {
    label: 'Encryption',
    help: 'starttls begins in clear and goes on encrypted, or not at all; tls is encrypted from the start; none sends everything in clear, the password too.',
    default: 'none',
  }),
  smtpFrom: text({
    label: 'Sender',
    help: 'The address that letters come from. Empty: the user name where that is an address, else no-reply at the host of this server.',
    schema: address,
  }),
  smtpUser: text({ label: 'User name', help: 'Empty: the mail server asks for none.' }),
  smtpPassword: text({ label: 'Password', help: 'Of that user at the mail server.', secret: true }),
  smtpSkipCertVerify: flag({
    label: 'Accept any certificate',
    help: 'Somebody in between could read every letter, the codes too. For tests.',
  }),
  emailLoginNotificationEnabled: flag({
    label: 'Tell people of sign-ins',
    help: 'A letter when somebody signs in with a device or from a place that was not seen before.',
  }),
  emailOneTimeAccessAsUnauthenticatedEnabled: flag({
    label: 'Sign-in by e-mail',
    help: 'Whoever cannot use a passkey may ask for a code by e-mail. Then an account is as safe as its mailbox.',
    public: true,
  }),
  emailOneTimeAccessAsAdminEnabled: flag({
    label: 'Administrators send links',
    help: 'An administrator may send somebody a one-time link by e-mail.',
    public: true,
  }),
  emailApiKeyExpirationEnabled: flag({
    label: 'Tell of API keys that end',
    help: 'A letter to its owner a week before an API key ends.',
  }),
  emailVerificationEnabled: flag({
    label: 'Verify e-mail addresses',
    help: 'People prove by a link that an address is theirs; it is sent when they sign up and when they change the address.',
    public: true,
  }),
})
