// Turns what goes wrong between us and a directory into one sentence: the setting, the cause, the likely fix.
import { type LdapKey, variable } from '../check.ts'

/** A failure an administrator can do something about. `setting` is the field to look at first. */
export class DirectoryFailure extends Error {
  readonly setting: LdapKey
  /** Whether another address of the list may do better. */
  readonly elsewhere: boolean
  /** The account was refused. A directory may lock one that is refused too often. */
  readonly refused: boolean

  constructor(
    setting: LdapKey,
    sentence: string,
    options: { readonly elsewhere?: boolean; readonly refused?: boolean; readonly cause?: unknown } = {},
  ) {
    super(`${variable(setting)}: ${sentence}`, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'DirectoryFailure'
    this.setting = setting
    this.elsewhere = options.elsewhere ?? false
    this.refused = options.refused ?? false
  }
}

/** A bind that was refused. @param external by the client certificate instead of a password */
export function bindFailure(code: number, text: string, external: boolean): DirectoryFailure {
  const said = quoted(text)
  switch (code) {
    case 49:
      return external
        ? new DirectoryFailure('ldapClientCertificate', `the directory knows nobody by this certificate.${said}`)
        : new DirectoryFailure(
            'ldapBindPassword',
            `the directory refuses the bind DN or its password. ${refusedBind(text)}${said}`,
            { refused: true },
          )
    case 19:
      return new DirectoryFailure(
        'ldapBindDn',
        `the directory does not let this account in for now: it was refused too often, or its password has expired. Unlock it there.${said}`,
        { refused: true },
      )
    case 34:
      return new DirectoryFailure('ldapBindDn', `is not a distinguished name, such as cn=readonly,dc=example,dc=org.${said}`)
    case 32:
      return new DirectoryFailure('ldapBindDn', `the directory has no such entry. Check its spelling.${said}`)
    case 8:
    case 13:
      return new DirectoryFailure(
        'ldapStartTls',
        `the directory wants an encrypted connection. Switch it on, or use ldaps://.${said}`,
      )
    case 7:
      return new DirectoryFailure(
        external ? 'ldapSaslExternal' : 'ldapBindDn',
        external
          ? `the directory does not offer SASL EXTERNAL here: it did not ask for the certificate, or does not allow it. Set it up there, or bind with ${variable('ldapBindDn')}.${said}`
          : `the directory does not let anybody bind this way.${said}`,
      )
    case 48:
      return new DirectoryFailure(
        external ? 'ldapSaslExternal' : 'ldapBindDn',
        external
          ? `the directory does not take the certificate for an account.${said}`
          : `the directory does not let this account bind with a password, or allows nobody without one.${said}`,
      )
    case 53:
      return new DirectoryFailure(
        'ldapBindDn',
        `the directory is unwilling to let this account in: it may be disabled or locked.${said}`,
        { refused: true },
      )
    case 51:
    case 52:
      return new DirectoryFailure('ldapUrl', `the directory is busy or shutting down. The next run tries again.${said}`, {
        elsewhere: true,
      })
    default:
      return new DirectoryFailure('ldapUrl', `the directory refused the bind with the result code ${code}.${said}`, {
        elsewhere: true,
      })
  }
}

/** What Active Directory means by its code in `data 52e` (the Windows error, in hexadecimal). */
const windowsReasons: Readonly<Record<string, string>> = {
  '525': 'Active Directory says that there is no such account.',
  '52e': 'Active Directory says that the password is wrong.',
  '530': 'Active Directory says that the account may not sign in at this time.',
  '532': 'Active Directory says that the password of the account has expired: set a new one.',
  '533': 'Active Directory says that the account is disabled: enable it.',
  '701': 'Active Directory says that the account has expired.',
  '773': 'Active Directory says that the account must change its password first.',
  '775': 'Active Directory says that the account is locked: unlock it.',
}

const refusedBind = (text: string): string =>
  windowsReasons[/\bdata ([0-9a-f]{3}),/.exec(text)?.[1] ?? ''] ?? `Check both, ${variable('ldapBindDn')} too.`

/** StartTLS that was refused. */
export const startTlsFailure = (code: number, text: string): DirectoryFailure =>
  new DirectoryFailure(
    'ldapStartTls',
    `the directory does not offer StartTLS here (code ${code}). Switch it off and use ldaps://, or set up TLS there.${quoted(text)}`,
    { elsewhere: true },
  )

/** A search that ended with a result code other than success (RFC 4511 appendix A). */
export function searchFailure(code: number, text: string, filterKey: LdapKey, base: string): DirectoryFailure {
  const said = quoted(text)
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
        `the directory’s administrative limit is met, however small the pages. Raise it there for the bind account (389: nsLookThroughLimit).${said}`,
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

/** A connection that broke, or fell silent, after it had been fine. Another address may do better while we are still binding. */
export const lostFailure = (what: string, cause?: unknown): DirectoryFailure =>
  new DirectoryFailure('ldapUrl', `${what} Nothing was changed; the next run tries again.`, { elsewhere: true, cause })

/** More than any directory has; ended before it fills the memory. */
export const tooMuchFailure = (limit: string): DirectoryFailure =>
  new DirectoryFailure('ldapBase', `the directory sent more than ${limit} at once. Narrow the base or the filter.`)

/** What the directory said of it, on one line. */
const quoted = (text: string): string => {
  const line = text.replace(/[\s\p{Cc}]+/gu, ' ').trim()
  return line === '' ? '' : ` It says: ${line.slice(0, 200)}`
}
