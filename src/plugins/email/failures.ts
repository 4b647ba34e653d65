// Pure: what a mail server or the way to it did, as a sentence with the next step, and whether another attempt could help.
// What differs from case to case stands between quotes, so that the pages can say the sentence in other languages.

export interface MailFailure {
  readonly sentence: string
  /** Another attempt would end the same: the address is refused. */
  readonly isFinal: boolean
  /** The server itself is the trouble: other letters need not be tried now. */
  readonly ofServer: boolean
}

export interface Server {
  readonly host: string
  readonly port: number
  readonly tls: 'none' | 'starttls' | 'tls'
}

/** What nodemailer tells of a failure. */
interface Told {
  readonly message: string
  readonly code?: unknown
  readonly command?: unknown
  readonly response?: unknown
  readonly responseCode?: unknown
}

export function failureOf(error: unknown, server: Server): MailFailure {
  const told: Told = error instanceof Error ? error : { message: String(error) }
  const { code, command } = told
  const refused = typeof told.responseCode === 'number' && told.responseCode >= 500
  if (code === 'EENVELOPE' && command === 'RCPT TO')
    return ofLetter(`The mail server refused the recipient${answer(told)}.`, refused)
  if (code === 'EMESSAGE') return ofLetter(`The mail server refused the letter${answer(told)}.`, refused)
  return { sentence: serverSentence(told, server), isFinal: false, ofServer: true }
}

const ofLetter = (sentence: string, isFinal: boolean): MailFailure => ({ sentence, isFinal, ofServer: false })

function serverSentence(told: Told, { host, port, tls }: Server): string {
  const at = `"${host}:${port}"`
  const { code, message, command } = told
  if (/certificate|altname|CERT_|self.signed/i.test(message)) {
    return `The certificate of ${at} is not accepted ("${plain(message)}"). Give the server one that this machine trusts (NODE_EXTRA_CA_CERTS names authorities of your own), use the host name in it, or set SMTP_SKIP_CERT_VERIFY to try.`
  }
  if (/ENOTFOUND|EAI_AGAIN/.test(message) || code === 'EDNS') return `No mail server named "${host}" was found. Check SMTP_HOST.`
  if (/ECONNREFUSED/.test(message)) return `Nothing answers at ${at}. Check SMTP_HOST and SMTP_PORT.`
  if (/EHOSTUNREACH|ENETUNREACH/.test(message)) return `There is no way to ${at}. Check SMTP_HOST and the network.`
  if (code === 'EAUTH' || code === 'ENOAUTH') {
    if (/STARTTLS/i.test(String(told.response ?? '')))
      return `The mail server ${at} takes no password in clear. Set SMTP_TLS to starttls.`
    return `The mail server ${at} refused the user name or the password. Check SMTP_USER and SMTP_PASSWORD.`
  }
  if (/wrong version number|packet length too long|record layer/i.test(message)) {
    return `The mail server ${at} does not speak TLS from the start. Set SMTP_TLS to starttls, or take the port for tls (465 most of the time).`
  }
  if (code === 'ETLS' || command === 'STARTTLS')
    return `The mail server ${at} does not go on encrypted (STARTTLS). Set SMTP_TLS to tls or none, or take another port.`
  if (code === 'ETIMEDOUT' || code === 'EABORT') {
    const hint = tls === 'tls' ? '' : ' If it speaks TLS from the start, set SMTP_TLS to tls.'
    return `The mail server ${at} did not answer in time. Check SMTP_HOST and SMTP_PORT, and whether a firewall stands between.${hint}`
  }
  if (code === 'EENVELOPE') return `The mail server refused the sender${answer(told)}. Check SMTP_FROM.`
  return `The mail server ${at} broke off${answer(told)}. Check SMTP_HOST, SMTP_PORT and SMTP_TLS, and its log.`
}

/** The server's own words, as a part of a sentence. */
const answer = ({ response }: Told): string =>
  typeof response === 'string' && response !== '' ? `, saying "${plain(response)}"` : ''

/** In one line, of bearable length, and fit to stand between quotes. */
const plain = (text: string): string => {
  const line = text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .replaceAll('"', "'")
    .trim()
    .replace(/\.$/, '')
  return line.length > 200 ? `${line.slice(0, 200)}…` : line
}
