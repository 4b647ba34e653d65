// Where somebody goes who has just come in by another way than a passkey: to adding one, where there is none, then to where he wanted.
import type { Context } from 'hono'
import { safePath } from '#core/http/safe-path.ts'
import type { HostEnv, UserRow } from '#core/identity/actor.ts'
import { passkeys } from '#core/ports.ts'
import { page } from '../answer.ts'
import { AwayPage } from '../pages/sign-in.tsx'
import { viewOf, type WebHost } from '../view.ts'

export const addPasskeyPath = '/login/add-passkey'

/** Where the request says that it goes on. */
export const nextOf = (c: Context<HostEnv>): string => safePath(c.req.query('next'), '/')

export async function goIn(web: WebHost, c: Context<HostEnv>, user: UserRow, next: string): Promise<Response> {
  const held = await web.host.seek(passkeys)?.listFor(user.id)
  if (held?.length === 0) return c.redirect(`${addPasskeyPath}?next=${encodeURIComponent(next)}`, 303)
  const { homePageUrl } = web.host.core
  const target = next === '/' ? homePageUrl : next
  return target.startsWith('/') ? c.redirect(target, 303) : page(c, <AwayPage view={viewOf(web, c)} to={target} />)
}
