// A signed-in browser without the ceremony: through the same door as every sign-in.
import { Hono } from 'hono'
import type { HostEnv } from '#core/identity/actor.ts'
import { appUrl, type Instance } from './instance.ts'

/** The headers of a browser in which this user is signed in. */
export async function sessionOf({ kernel }: Instance, userId: string): Promise<Readonly<Record<string, string>>> {
  const { signIn, users } = kernel.identity
  const door = new Hono<HostEnv>().post('/', async (c) => {
    await signIn(c, await users.get(userId), 'one-time-access')
    return c.body(null, 204)
  })
  const response = await door.request('/', { method: 'POST' })
  const cookie = response.headers.get('set-cookie')?.split(';')[0]
  if (!cookie) throw new Error(`The sign-in of ${userId} set no cookie.`)
  return { cookie, origin: appUrl }
}
