// Turns what goes wrong between us and a directory into one sentence: the setting, the cause, the likely fix.
import { type LdapKey, variable } from './check.ts'

/** A failure an administrator can do something about. `setting` is the field to look at first. */
export class DirectoryFailure extends Error {
  readonly setting: LdapKey
  /** Whether another address of the list may do better. */
  readonly elsewhere: boolean

  constructor(setting: LdapKey, sentence: string, options: { readonly elsewhere?: boolean; readonly cause?: unknown } = {}) {
    super(`${variable(setting)}: ${sentence}`, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'DirectoryFailure'
    this.setting = setting
    this.elsewhere = options.elsewhere ?? false
  }
}

const codeOf = (error: unknown): string | number | undefined =>
  error instanceof Error && 'code' in error && (typeof error.code === 'string' || typeof error.code === 'number')
    ? error.code
    : undefined

/** A connection that did not come about: the network's and the certificate's faults. */
export function connectFailure(url: string, error: unknown): DirectoryFailure {
  const code = String(codeOf(error) ?? '')
  const { hostname, port, protocol } = new URL(url)
  const place = `${hostname}:${port || (protocol === 'ldaps:' ? 636 : 389)}`
  const [setting, sentence] =
    tlsSentence(code, hostname, error) ?? (['ldapUrl', networkSentence(code, hostname, place, error)] as const)
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

const trust = `Give the authority that signed it with ${variable('ldapCaFile')}.`

function tlsSentence(code: string, host: string, error: unknown): readonly [LdapKey, string] | undefined {
  switch (code) {
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'CERT_UNTRUSTED':
      return ['ldapCaFile', `the certificate of ${host} is not trusted: nobody here knows the authority that signed it. ${trust}`]
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return [
        'ldapCaFile',
        `the certificate of ${host} is not trusted: it signed itself. Give that certificate with ${variable('ldapCaFile')}.`,
      ]
    case 'CERT_HAS_EXPIRED':
      return ['ldapUrl', `the certificate of ${host} has expired. Renew it on the directory, and check this machine’s clock.`]
    case 'CERT_NOT_YET_VALID':
      return ['ldapUrl', `the certificate of ${host} is not valid yet. Check the clocks of the directory and of this machine.`]
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return [
        'ldapUrl',
        `the certificate is not for ${host}. Use a name that is in it, or say that name in ${variable('ldapTlsServerName')}.`,
      ]
    default:
      break
  }
  if (!/^ERR_SSL|^ERR_TLS|^EPROTO/.test(code)) return undefined
  const said = error instanceof Error ? error.message : code
  return [
    'ldapUrl',
    `${host} does not speak TLS on this port (${said.slice(0, 120)}). Use ldap:// with ${variable('ldapStartTls')}, or the port for ldaps://.`,
  ]
}

/** A bind that was refused. */
export function bindFailure(error: unknown): DirectoryFailure {
  const cause = error
  switch (codeOf(error)) {
    case 49:
      return new DirectoryFailure(
        'ldapBindPassword',
        `the directory refuses the bind DN or its password. Check both, ${variable('ldapBindDn')} too.`,
        { cause },
      )
    case 34:
      return new DirectoryFailure('ldapBindDn', 'is not a distinguished name, such as cn=readonly,dc=example,dc=org.', { cause })
    case 32:
      return new DirectoryFailure('ldapBindDn', 'the directory has no such entry. Check its spelling.', { cause })
    case 8:
    case 13:
      return new DirectoryFailure('ldapStartTls', 'the directory wants an encrypted connection. Switch it on, or use ldaps://.', {
        cause,
      })
    case 48:
      return new DirectoryFailure(
        'ldapBindDn',
        'the directory does not let this account bind with a password, or allows nobody without one.',
        { cause },
      )
    case 53:
      return new DirectoryFailure(
        'ldapBindDn',
        'the directory is unwilling to let this account in: it may be disabled or locked.',
        { cause },
      )
    case 51:
    case 52:
      return new DirectoryFailure('ldapUrl', 'the directory is busy or shutting down. The next run tries again.', {
        elsewhere: true,
        cause,
      })
    default:
      return new DirectoryFailure('ldapUrl', `the directory did not answer the bind: ${words(error)}.`, {
        elsewhere: true,
        cause,
      })
  }
}

/** StartTLS that was refused. */
export const startTlsFailure = (error: unknown): DirectoryFailure =>
  new DirectoryFailure(
    'ldapStartTls',
    `the directory does not offer StartTLS here (${words(error)}). Switch it off and use ldaps://, or set up TLS there.`,
    {
      elsewhere: true,
      cause: error,
    },
  )

/** A search that ended with a result code other than success (RFC 4511 appendix A). */
export function searchFailure(code: number, text: string, filterKey: LdapKey, base: string): DirectoryFailure {
  const said = text === '' ? '' : ` It says: ${text.slice(0, 200)}`
  switch (code) {
    case 32:
      return new DirectoryFailure(
        'ldapBase',
        `the directory has no entry ${base}. Check its spelling, and that the bind account may read it.${said}`,
      )
    case 34:
      return new DirectoryFailure('ldapBase', `${base} is not a distinguished name. It looks like dc=example,dc=org.${said}`)
    case 3:
      return new DirectoryFailure(
        filterKey,
        `the directory ran out of its time limit. Narrow the filter, index its attributes, or raise the limit there.${said}`,
      )
    case 4:
      return new DirectoryFailure(
        filterKey,
        `the directory hands out fewer entries than there are. Raise its size limit for the bind account (OpenLDAP: size.prtotal=unlimited).${said}`,
      )
    case 10:
      return new DirectoryFailure(
        'ldapBase',
        `the directory points to another server for ${base}. Give that server’s address in ${variable('ldapUrl')}.${said}`,
      )
    case 11:
      return new DirectoryFailure(
        'ldapPageSize',
        `the directory’s administrative limit is met even with small pages. Raise the limit there.${said}`,
      )
    case 1:
    case 50:
      return new DirectoryFailure(
        'ldapBindDn',
        `the directory does not let this account search below ${base}. Give it the right to read there.${said}`,
      )
    case 51:
    case 52:
      return new DirectoryFailure('ldapUrl', `the directory is busy or shutting down. The next run tries again.${said}`)
    case 53:
      return new DirectoryFailure(filterKey, `the directory is unwilling to run this search.${said}`)
    default:
      return new DirectoryFailure(
        filterKey,
        `the search ended with the result code ${code}. Check the filter and the base.${said}`,
      )
  }
}

/** A connection that broke, or fell silent, after it had been fine. */
export const lostFailure = (what: string, cause?: unknown): DirectoryFailure =>
  new DirectoryFailure('ldapUrl', `${what} Nothing was changed; the next run tries again.`, { cause })

const words = (error: unknown): string =>
  error instanceof Error ? error.message.replace(/\s+/g, ' ').replace(/\.$/, '') : String(error)
