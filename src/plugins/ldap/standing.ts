// Pure: is this account disabled, locked or expired in the directory? Each kind of server says so in its own attribute.
import { type Entry, firstText } from './entry.ts'

/** The attributes to ask for: Active Directory, 389 and FreeIPA, OpenLDAP's ppolicy, RFC 2307. */
export const standingAttributes = [
  'userAccountControl',
  'accountExpires',
  'nsAccountLock',
  'pwdAccountLockedTime',
  'shadowExpire',
] as const

const accountDisabled = 2
/** Milliseconds between 1601, where Windows counts from, and 1970. */
const windowsEpoch = 11_644_473_600_000
const dayMilliseconds = 86_400_000

/** Whether the directory keeps this account out at this moment. */
export function isShutOut(entry: Entry, now: Date): boolean {
  return (
    (Number(firstText(entry, 'userAccountControl')) & accountDisabled) !== 0 ||
    windowsTimePassed(firstText(entry, 'accountExpires'), now) ||
    firstText(entry, 'nsAccountLock').toLowerCase() === 'true' ||
    lockedSince(firstText(entry, 'pwdAccountLockedTime'), now) ||
    shadowDayPassed(firstText(entry, 'shadowExpire'), now)
  )
}

/** 100-nanosecond steps since 1601; 0 and the largest number mean never. */
function windowsTimePassed(text: string, now: Date): boolean {
  const steps = Number(text)
  return steps > 0 && steps < 9e18 && steps / 10_000 - windowsEpoch <= now.getTime()
}

/** A generalized time (RFC 4517); 000001010000Z is a lock by an administrator. */
function lockedSince(text: string, now: Date): boolean {
  const [, year, month, day, hour, minute] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)/.exec(text) ?? []
  if (year === undefined) return false
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute)) <= now.getTime()
}

/** Days since 1970; -1 and 0 mean never. */
const shadowDayPassed = (text: string, now: Date): boolean => Number(text) > 0 && Number(text) * dayMilliseconds <= now.getTime()
