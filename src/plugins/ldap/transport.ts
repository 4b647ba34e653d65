// A socket to the directory: TCP or TLS, with a time limit on each step, and the sentences for what fails.
import { readFile } from 'node:fs/promises'
import { connect, isIP, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls'
import type { LdapSettings } from './check.ts'
import { connectFailure, DirectoryFailure } from './failures.ts'

/** How long connecting, and the TLS hello after it, may take each. */
export const connectMilliseconds = 10_000

/** Opens TCP, and TLS at once where the address says ldaps. @throws DirectoryFailure */
export async function openSocket(url: string, settings: LdapSettings, signal: AbortSignal): Promise<Socket> {
  const { hostname, port, protocol } = new URL(url)
  const secure = protocol.toLowerCase() === 'ldaps:'
  const host = hostname.replace(/^\[|\]$/g, '')
  const socket = connect({ host, port: Number(port) || (secure ? 636 : 389), noDelay: true })
  await established(socket, 'connect', url, signal)
  return secure ? secureSocket(socket, url, settings, signal) : socket
}

/** Encrypts an open connection; also what StartTLS ends with. @throws DirectoryFailure */
export async function secureSocket(socket: Socket, url: string, settings: LdapSettings, signal: AbortSignal): Promise<TLSSocket> {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '')
  const name = settings.ldapTlsServerName || host
  const options: ConnectionOptions = {
    socket,
    host: name,
    rejectUnauthorized: !settings.ldapSkipCertVerify,
    // RFC 6066: an address is no server name.
    ...(isIP(name) === 0 ? { servername: name } : {}),
    ...(await authority(settings)),
  }
  const secured = connectTls(options)
  await established(secured, 'secureConnect', url, signal)
  return secured
}

async function authority({ ldapCaFile, ldapCaCertificate }: LdapSettings): Promise<Pick<ConnectionOptions, 'ca'>> {
  if (ldapCaCertificate !== '') return { ca: ldapCaCertificate }
  if (ldapCaFile === '') return {}
  try {
    return { ca: await readFile(ldapCaFile, 'utf8') }
  } catch (cause) {
    throw new DirectoryFailure(
      'ldapCaFile',
      `the file ${ldapCaFile} cannot be read. Check the path, and that this server may read it.`,
      { cause },
    )
  }
}

/** Waits for the event, an error, the time limit or the signal, whichever is first; on failure the socket is gone. */
function established(socket: Socket, event: 'connect' | 'secureConnect', url: string, signal: AbortSignal): Promise<void> {
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
    const late = () => fail(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' }))
    const abort = () => fail(signal.reason)
    const timer = setTimeout(late, connectMilliseconds)
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
