// Pure: is this account disabled, locked or expired in the directory? Each kind of server says so in its own attribute.
import { type Entry, firstText } from '../wire/entry.ts'

/**
 * The attributes to ask for: Active Directory, 389 and FreeIPA, OpenLDAP's ppolicy, RFC 2307, Authentik, GLAuth; AD LDS, eDirectory,
 * and what came of OpenDS (OpenDJ, PingDirectory, Oracle Unified Directory).
 */
export const standingAttributes = [
  ...['userAccountControl', 'accountExpires', 'lockoutTime'],
  ...['nsAccountLock', 'accountUnlockTime', 'krbPrincipalExpiration'],
  ...['pwdAccountLockedTime', 'pwdPolicySubentry'],
  ...['shadowExpire', 'ak-active', 'accountStatus'],
  ...['msDS-UserAccountDisabled', 'loginDisabled', 'ds-pwp-account-disabled'],
] as const

/** Too many wrong passwords: locked for a while. */
export type Lock = PolicyLock | WindowsLock

/** Since then, for as long as the policy says (draft-behera-ldap-password-policy section 5.3.3). */
export interface PolicyLock {
  readonly kind: 'policy'
  readonly since: number
  /** The policy's DN where the entry names one; empty: the directory's default. */
  readonly policy: string
}

/** Active Directory alone knows how long: by domain or by finer policies. `lockoutTime` stays after the time is over ([MS-ADTS] section 3.1.1.4.5.17). */
export interface WindowsLock {
  readonly kind: 'windows'
}

export interface Standing {
  readonly shutOut: boolean
  readonly lock?: Lock
}

const accountDisabled = 2
/** Attributes that say in one word that somebody is shut out. */
const switches = ['nsAccountLock', 'msDS-UserAccountDisabled', 'loginDisabled', 'ds-pwp-account-disabled'] as const
/** Milliseconds between 1601, where Windows counts from, and 1970. */
const windowsEpoch = 11_644_473_600_000
const dayMilliseconds = 86_400_000

const names: ReadonlySet<string> = new Set(standingAttributes.map((name) => name.toLowerCase()))
/** Most entries do not: then none of them has to be looked up. */
function saysAnything({ attributes }: Entry): boolean {
  for (const name of attributes.keys()) if (names.has(name)) return true
  return false
}

/** Whether the directory keeps this account out at this moment. */
export function standingOf(entry: Entry, now: Date): Standing {
  if (!saysAnything(entry)) return { shutOut: false }
  const text = (name: string) => firstText(entry, name)
  const shutOut =
    (Number(text('userAccountControl')) & accountDisabled) !== 0 ||
    passed(windowsTime(text('accountExpires')), now) ||
    switches.some((name) => text(name).toLowerCase() === 'true') ||
    lockedUntil(text('accountUnlockTime'), now) ||
    passed(generalizedTime(text('krbPrincipalExpiration')), now) ||
    passed(shadowTime(text('shadowExpire')), now) ||
    text('ak-active').toLowerCase() === 'false' ||
    text('accountStatus').toLowerCase() === 'inactive'
  if (!shutOut && isWindowsTime(Number(text('lockoutTime')))) return { shutOut: true, lock: { kind: 'windows' } }
  const since = generalizedTime(text('pwdAccountLockedTime'))
  if (shutOut || since === undefined || since > now.getTime()) return { shutOut }
  // 000001010000Z is a lock by an administrator, who alone lifts it.
  return since < 0 ? { shutOut: true } : { shutOut: true, lock: { kind: 'policy', since, policy: text('pwdPolicySubentry') } }
}

/** Whether the clock alone may let somebody in or shut somebody out, while the entry stays as it is. */
export function goesByTheClock(entry: Entry): boolean {
  if (!saysAnything(entry)) return false
  const text = (name: string) => firstText(entry, name)
  const times = ['accountUnlockTime', 'krbPrincipalExpiration', 'pwdAccountLockedTime']
  const windowsTimes = ['accountExpires', 'lockoutTime']
  return (
    windowsTimes.some((name) => isWindowsTime(Number(text(name)))) ||
    Number(text('shadowExpire')) > 0 ||
    times.some((name) => text(name) !== '')
  )
}

/** When the clock alone will change what this entry says, as far as it tells: how long a lock by a policy lasts stands elsewhere. */
export function turnsAt(entry: Entry, now: Date): number | undefined {
  if (!saysAnything(entry)) return undefined
  const text = (name: string) => firstText(entry, name)
  const times = [
    windowsTime(text('accountExpires')),
    generalizedTime(text('accountUnlockTime')),
    generalizedTime(text('krbPrincipalExpiration')),
    shadowTime(text('shadowExpire')),
  ].filter((time): time is number => time !== undefined && time > now.getTime())
  return times.length === 0 ? undefined : Math.min(...times)
}

/** 100-nanosecond steps since 1601; 0 and the largest number mean never. */
function windowsTime(text: string): number | undefined {
  const steps = Number(text)
  return isWindowsTime(steps) ? steps / 10_000 - windowsEpoch : undefined
}

const isWindowsTime = (steps: number): boolean => steps > 0 && steps < 9e18

/** A generalized time (RFC 4517 section 3.3.13), in UTC as servers write these; the year 0 comes out far below zero. */
function generalizedTime(text: string): number | undefined {
  const [, year, month, day, hour, minute, second = '0'] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?/.exec(text) ?? []
  if (year === undefined) return undefined
  const time = new Date(0)
  time.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  return time.setUTCHours(Number(hour), Number(minute), Number(second))
}

const passed = (time: number | undefined, now: Date): boolean => time !== undefined && time <= now.getTime()

/** 389: locked until then; the beginning of 1970 means until an administrator lifts it. */
function lockedUntil(text: string, now: Date): boolean {
  const time = generalizedTime(text)
  return time === 0 || (time !== undefined && time > now.getTime())
}

/** Days since 1970; -1 and 0 mean never. */
const shadowTime = (text: string): number | undefined => (Number(text) > 0 ? Number(text) * dayMilliseconds : undefined)
