// A socket to the directory: TCP or TLS, with a time limit on each step, and the sentences for what fails.
import { readFile } from 'node:fs/promises'
import { connect, isIP, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls, createSecureContext, type TLSSocket } from 'node:tls'
import type { LdapKey, LdapSettings } from '../check.ts'
import { addressOf } from './address.ts'
import { DirectoryFailure } from './failures.ts'
import { connectFailure } from './failures-connecting.ts'

/** How long connecting, and the TLS hello after it, may take each. */
export const connectMilliseconds = 10_000

/** Opens TCP. @throws DirectoryFailure */
export async function openSocket(url: string, signal: AbortSignal, milliseconds = connectMilliseconds): Promise<Socket> {
  const { host, port } = addressOf(url)
  const socket = connect({ host, port, noDelay: true })
  await established(socket, 'connect', url, signal, milliseconds)
  return socket
}

/** Encrypts an open connection; also what StartTLS ends with. @throws DirectoryFailure */
export async function secureSocket(
  socket: Socket,
  url: string,
  settings: LdapSettings,
  signal: AbortSignal,
  milliseconds = connectMilliseconds,
): Promise<TLSSocket> {
  const name = settings.ldapTlsServerName || addressOf(url).host
  const options: ConnectionOptions = {
    socket,
    host: name,
    rejectUnauthorized: !settings.ldapSkipCertVerify,
    minVersion: settings.ldapTlsMinVersion,
    // RFC 6066: an address is no server name.
    ...(isIP(name) === 0 ? { servername: name } : {}),
    ...(await credentials(settings)),
  }
  const secured = connectTls(options)
  await established(secured, 'secureConnect', url, signal, milliseconds)
  return secured
}

/** Certificates that end sooner are worth a word. */
const soonDays = 14

/** What was agreed, and whose certificate was shown: for whoever reads a test of the settings. */
export function describeTls(socket: TLSSocket): { readonly detail: string; readonly warn: boolean } {
  const { subject, issuer, valid_to: until } = socket.getPeerCertificate()
  const [name, authority] = [subject?.CN, issuer?.CN].map((one) => [one].flat()[0] ?? 'an unnamed one')
  const days = Math.floor((Date.parse(until) - Date.now()) / 86_400_000)
  const unchecked = socket.authorized ? '' : ', which is not checked'
  const soon = days < soonDays ? `: only ${days} days are left` : ''
  return {
    detail: `${socket.getProtocol()}, the certificate of ${name} by ${authority}, valid until ${until}${unchecked}${soon}`,
    warn: !socket.authorized || soon !== '',
  }
}

type Credentials = Pick<ConnectionOptions, 'ca' | 'cert' | 'key'>

/** Whom we trust, and who we are. Each part is tried by itself, so that the sentence names the right one. */
async function credentials(settings: LdapSettings): Promise<Credentials> {
  const authority = settings.ldapCaCertificate || (await fileText('ldapCaFile', settings.ldapCaFile))
  const certificate = await pem('ldapClientCertificate', settings)
  const key = await pem('ldapClientKey', settings)
  const ca: Credentials = authority === '' ? {} : { ca: authority }
  const own: Credentials = certificate === '' ? {} : { cert: certificate }
  const caKey = settings.ldapCaCertificate === '' ? 'ldapCaFile' : 'ldapCaCertificate'
  // As an authority nonsense is passed over in silence; as a certificate it is not.
  if (authority !== '') usable({ cert: authority }, caKey, 'holds no certificate in PEM form that can be read.')
  usable(own, 'ldapClientCertificate', 'holds no certificate in PEM form that can be read.')
  if (key === '') return { ...ca, ...own }
  usable(
    { ...own, key },
    'ldapClientKey',
    'does not fit the client certificate, or is no private key in PEM form without a pass phrase.',
  )
  return { ...ca, ...own, key }
}

function usable(parts: Credentials, setting: LdapKey, sentence: string): void {
  try {
    createSecureContext(parts)
  } catch (cause) {
    throw new DirectoryFailure(setting, sentence, { cause })
  }
}

/** The text itself, or the text of the file it names: read anew for each connection, so that a renewed one counts at once. */
async function pem(setting: 'ldapClientCertificate' | 'ldapClientKey', settings: LdapSettings): Promise<string> {
  return settings[setting].includes('-----BEGIN ') ? settings[setting] : fileText(setting, settings[setting].trim())
}

async function fileText(setting: LdapKey, path: string): Promise<string> {
  if (path === '') return ''
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new DirectoryFailure(setting, `the file ${path} cannot be read. Check the path, and that this server may read it.`, {
      cause,
    })
  }
}

/** Waits for the event, an error, the time limit or the signal, whichever is first; on failure the socket is gone. */
function established(
  socket: Socket,
  event: 'connect' | 'secureConnect',
  url: string,
  signal: AbortSignal,
  milliseconds: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      settle()
      socket.destroy()
      reject(signal.aborted ? signal.reason : connectFailure(url, error))
    }
    const succeed = () => {
      settle()
      resolve()
    }
    const cutOff = () => fail(Object.assign(new Error('the connection was cut off'), { code: 'ECONNRESET' }))
    const code = event === 'connect' ? 'ETIMEDOUT' : 'TLS_SILENT'
    const late = () => fail(Object.assign(new Error('no answer in time'), { code }))
    const abort = () => fail(signal.reason)
    const timer = setTimeout(late, milliseconds)
    const settle = () => {
      clearTimeout(timer)
      socket.off('error', fail).off('close', cutOff).off(event, succeed)
      signal.removeEventListener('abort', abort)
      // An error between two listeners must not end the process; whoever uses the socket next sees it closed.
      socket.on('error', () => {})
    }
    socket.once(event, succeed).once('error', fail).once('close', cutOff)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })
}
