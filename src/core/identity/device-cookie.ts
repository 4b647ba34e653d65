// The cookie of the browser that asked for a code by e-mail: the code is good there alone.
import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import type { HostEnv } from './actor.ts'
import { cookieName } from './session.ts'

/** Where codes are spent: by API and on the page. The cookie goes nowhere else. */
const paths = ['/api/one-time-access-token', '/login/alternative/code']
/** As long as a code from a letter is good. */
export const letterCodeSeconds = 15 * 60

const nameOf = (appUrl: string): string => cookieName(appUrl, 'device_token', '__Secure-')

/** The cookie's text, or an empty one. */
export const readDeviceToken = (c: Context<HostEnv>, appUrl: string): string => getCookie(c, nameOf(appUrl)) ?? ''

export function writeDeviceToken(c: Context<HostEnv>, appUrl: string, token: string): void {
  const options = { httpOnly: true, sameSite: 'Lax', secure: appUrl.startsWith('https:'), maxAge: letterCodeSeconds } as const
  for (const path of paths) setCookie(c, nameOf(appUrl), token, { ...options, path })
}
