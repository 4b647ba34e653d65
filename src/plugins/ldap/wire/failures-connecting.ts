// Turns what goes wrong while connecting and encrypting into one sentence: the setting, the cause, the likely fix.
import { type LdapKey, variable } from '../check.ts'
import { addressOf } from './address.ts'
import { DirectoryFailure, lostFailure } from './failures.ts'

const codeOf = (error: unknown): string | number | undefined =>
  error instanceof Error && 'code' in error && (typeof error.code === 'string' || typeof error.code === 'number')
    ? error.code
    : undefined

/** A connection that did not come about: the network's and the certificate's faults. */
export function connectFailure(url: string, error: unknown): DirectoryFailure {
  const code = String(codeOf(error) ?? '')
  const { shown, port } = addressOf(url)
  const place = `${shown}:${port}`
  const [setting, sentence] =
    tlsSentence(code, shown, error) ?? (['ldapUrl', networkSentence(code, shown, place, error)] as const)
  return new DirectoryFailure(setting, sentence, { elsewhere: true })
}

function networkSentence(code: string, host: string, place: string, error: unknown): string {
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NODATA':
      return `the host name ${host} is not known. Check its spelling and the name server this machine asks.`
    case 'ECONNREFUSED':
      return `${place} refuses the connection. Check the port (389 for ldap://, 636 for ldaps://) and that the directory is running.`
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `${place} does not answer. Check the address, the network and a firewall in between.`
    case 'ECONNRESET':
    case 'EPIPE':
      return `${place} ended the connection at once. Check that the port speaks what the address says: ldap:// or ldaps://.`
    default:
      return `no connection to ${place}: ${error instanceof Error ? error.message : String(error)}. Check the address and the port.`
  }
}

const trust = `Give the authority that signed it with ${variable('ldapCaFile')} or ${variable('ldapCaCertificate')}.`

function tlsSentence(code: string, host: string, error: unknown): readonly [LdapKey, string] | undefined {
  switch (code) {
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'CERT_UNTRUSTED':
    case 'CERT_SIGNATURE_FAILURE':
      return ['ldapCaFile', `the certificate of ${host} is not trusted: nobody here knows the authority that signed it. ${trust}`]
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return [
        'ldapCaFile',
        `the certificate of ${host} is not trusted: it signed itself. Give that certificate with ${variable('ldapCaFile')} or ${variable('ldapCaCertificate')}.`,
      ]
    case 'CERT_HAS_EXPIRED':
      return ['ldapUrl', `the certificate of ${host} has expired. Renew it on the directory, and check this machine’s clock.`]
    case 'CERT_NOT_YET_VALID':
      return ['ldapUrl', `the certificate of ${host} is not valid yet. Check the clocks of the directory and of this machine.`]
    case 'INVALID_PURPOSE':
      return ['ldapUrl', `the certificate of ${host} is not meant for a server. Give the directory one that is.`]
    case 'CERT_REVOKED':
      return ['ldapUrl', `the certificate of ${host} was revoked. Give the directory a new one.`]
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return [
        'ldapTlsServerName',
        `the certificate is not for ${host}, but for ${namesIn(error)}. Use one of these names in ${variable('ldapUrl')}, or say it in ${variable('ldapTlsServerName')}.`,
      ]
    case 'TLS_SILENT':
      return ['ldapUrl', `${host} does not answer the TLS hello. ${portAdvice}`]
    default:
      return alertSentence(code, host, error)
  }
}

const portAdvice = `Use ldap:// with ${variable('ldapStartTls')}, or the port for ldaps://.`

function alertSentence(code: string, host: string, error: unknown): readonly [LdapKey, string] | undefined {
  if (/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW|NO_PROTOCOLS/.test(code))
    return [
      'ldapTlsMinVersion',
      `${host} and this server have no TLS version in common. Let the directory speak TLS 1.2 or newer, or lower ${variable('ldapTlsMinVersion')}.`,
    ]
  if (/KEY_TOO_SMALL|MD_TOO_WEAK/.test(code))
    return ['ldapUrl', `the certificate of ${host} is too weak (${code}). Give the directory one with a longer key.`]
  if (/ALERT_/.test(code)) {
    const { setting, message } = brokenFailure(error as Error)
    if (setting === 'ldapClientCertificate') return [setting, message.slice(variable(setting).length + 2)]
  }
  if (!/^ERR_SSL|^ERR_TLS|^EPROTO/.test(code)) return undefined
  const said = error instanceof Error ? error.message : code
  return ['ldapUrl', `${host} does not speak TLS on this port (${said.slice(0, 120)}). ${portAdvice}`]
}

/** The certificate that Node hands along with some of its errors. */
const certificateOf = (error: unknown): Readonly<Record<string, unknown>> =>
  error instanceof Error && 'cert' in error && typeof error.cert === 'object' && error.cert !== null
    ? (error.cert as Record<string, unknown>)
    : {}

const namesIn = (error: unknown): string => {
  const { subjectaltname } = certificateOf(error)
  return typeof subjectaltname === 'string' && subjectaltname !== ''
    ? subjectaltname.replace(/(DNS|IP Address):/g, '').slice(0, 200)
    : 'another name'
}

/** A connection that broke with a word from the network, or from TLS: a server judges our certificate only after its hello. */
export function brokenFailure(error: Error): DirectoryFailure {
  const code = String(codeOf(error) ?? '')
  if (/ALERT_CERTIFICATE_REQUIRED|ALERT_HANDSHAKE_FAILURE/.test(code))
    return new DirectoryFailure('ldapClientCertificate', `${wantsCertificate} ${variable('ldapClientKey')}.`, { cause: error })
  if (/ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_\w+)/.test(code))
    return new DirectoryFailure('ldapClientCertificate', refusesCertificate, { cause: error })
  return lostFailure(`the connection to the directory broke (${error.message}).`, error)
}

const wantsCertificate = 'the directory asks for a client certificate. Give one that it trusts, with its key in'
const refusesCertificate =
  'the directory does not accept this certificate. Check that it has not expired and that the directory knows the authority that signed it.'

/** A connection that was closed before the first answer. GnuTLS servers refuse a client certificate this way, without a word. */
export const unheardFailure = (encrypted: boolean): DirectoryFailure =>
  encrypted
    ? new DirectoryFailure(
        'ldapClientCertificate',
        'the directory ended the encrypted connection before its first answer. It may ask for a client certificate, or not accept the one it was shown.',
        { elsewhere: true },
      )
    : lostFailure(
        'the directory closed the connection before its first answer. Check that the port speaks what the address says: ldap:// or ldaps://.',
      )
