// Signing up, and the invitations that administrators hand out.
import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import { AppError } from '#core/errors.ts'
import { Email, plainText, Username } from '#core/http/account-fields.ts'
import { clientAddress } from '#core/http/client-address.ts'
import { createRateLimiter } from '#core/http/limits.ts'
import { readListQuery } from '#core/http/listing.ts'
import { actorOf, type HostEnv } from '#core/identity/actor.ts'
import { signUps as port } from '#core/sign-up-port.ts'
import { goTo, page } from '../answer.ts'
import { check, type Faults, faultsOf, noFaults, readForm } from '../forms.ts'
import { joinableGroups } from '../groups.ts'
import { adminsOnly, fromThisSite } from '../guards.ts'
import { offered } from '../offered.ts'
import { InvitationsPage } from '../pages/invitations.tsx'
import { invitationsPath, signUpPath } from '../pages/paths.ts'
import { SignUpClosedPage, SignUpPage } from '../pages/sign-up.tsx'
import { viewOf, type WebHost } from '../view.ts'
import { addPasskeyPath } from './coming-in.tsx'

const Person = v.object({
  username: Username,
  email: Email,
  firstName: plainText({ least: 1, most: 50 }),
  lastName: plainText({ most: 50 }),
})
const longestToken = 200
/** What a token that nobody knows and no sign-up at all are refused with, before anything is typed. */
const closedCodes = new Set(['open_signup_disabled', 'token_invalid_or_expired'])

export function signUpRoutes(web: WebHost): Hono<HostEnv> {
  return new Hono<HostEnv>().route('/', personRoutes(web)).route('/', invitationRoutes(web))
}

function personRoutes(web: WebHost): Hono<HostEnv> {
  const { host } = web
  const { limit } = createRateLimiter(host.clock, host.core.disableRateLimiting)
  const emailRequired = () => host.core.requireUserEmail
  const form = (c: Context<HostEnv>, token: string, typed: Readonly<Record<string, string>>, faults: Faults, status?: number) =>
    page(c, <SignUpPage view={viewOf(web, c)} {...{ token, typed, faults }} emailRequired={emailRequired()} />, status)
  const closed = (c: Context<HostEnv>, error: AppError) =>
    page(c, <SignUpClosedPage view={viewOf(web, c)} why={error.message} />, error.status)
  const withToken = (token: string) => `${signUpPath}?token=${encodeURIComponent(token)}`

  return new Hono<HostEnv>()
    .get('/st/:token', (c) => c.redirect(withToken(c.req.param('token'))))
    .get('/login/signup', (c) => c.redirect(withToken(c.req.query('token') ?? '')))
    .get(signUpPath, async (c) => {
      if (c.get('actor')) return c.redirect('/')
      const token = c.req.query('token')?.slice(0, longestToken) ?? ''
      try {
        await offered(web, port).check(token)
        return form(c, token, {}, noFaults)
      } catch (error) {
        if (error instanceof AppError && closedCodes.has(error.code)) return closed(c, error)
        throw error
      }
    })
    .post(signUpPath, fromThisSite, limit({ perSecond: 2 / 60, burst: 10 }), async (c) => {
      const sent = await readForm(c)
      const token = sent.text('token').slice(0, longestToken)
      const typed = Object.fromEntries(Object.keys(Person.entries).map((name) => [name, sent.text(name)]))
      const checked = check(Person, typed)
      if (checked.kind === 'bad') return form(c, token, typed, checked.faults, 400)
      const { language, t } = viewOf(web, c)
      const origin = { ipAddress: clientAddress(c), userAgent: c.req.header('user-agent') ?? null, language }
      try {
        const user = await offered(web, port).signUp(checked.input, token, origin)
        await host.identity.signIn(c, user, 'sign-up')
        return c.redirect(addPasskeyPath, 303)
      } catch (error) {
        if (error instanceof AppError && closedCodes.has(error.code)) return closed(c, error)
        return form(c, token, typed, faultsOf(error, t.faults.taken), 409)
      }
    })
}

const usageSentence = 'Must be a whole number from 1 to 100.'
const Invitation = v.object({
  usageLimit: v.pipe(
    v.string(),
    v.trim(),
    v.regex(/^\d{1,3}$/, usageSentence),
    v.transform(Number),
    v.minValue(1, usageSentence),
    v.maxValue(100, usageSentence),
  ),
  lifetime: v.picklist(['3600', '86400', '604800', '2592000'], 'Must be one of 3600, 86400, 604800, 2592000.'),
  groupIds: v.array(v.string()),
})

interface Shown {
  readonly typed?: { readonly usageLimit: string; readonly lifetime: string; readonly groupIds: readonly string[] }
  readonly faults?: Faults
  readonly status?: number
}

function invitationRoutes(web: WebHost): Hono<HostEnv> {
  const { host } = web
  const admins = adminsOnly(web)
  const untouched = { usageLimit: '1', lifetime: '86400', groupIds: [] }
  const newestFirst = { column: 'createdAt', descending: true }
  const show = async (c: Context<HostEnv>, { typed = untouched, faults = noFaults, status }: Shown = {}) => {
    const signUps = offered(web, port)
    const query = readListQuery(c.req.url)
    const tokens = await signUps.tokens({ ...query, sort: query.sort ?? newestFirst })
    const groups = await joinableGroups(host, actorOf(c), [])
    const made = tokens.data.find(({ id }) => id === c.req.query('made'))
    const shown = { tokens, groups, made, typed, faults, mode: signUps.mode }
    return page(c, <InvitationsPage view={viewOf(web, c)} {...shown} />, status)
  }
  return new Hono<HostEnv>()
    .get(invitationsPath, admins, (c) => show(c))
    .post(invitationsPath, admins, async (c) => {
      const form = await readForm(c)
      const groupIds = form.all('groupIds').filter(Boolean)
      const typed = { usageLimit: form.text('usageLimit'), lifetime: form.text('lifetime'), groupIds }
      const checked = check(Invitation, typed)
      if (checked.kind === 'bad') return show(c, { typed, faults: checked.faults, status: 400 })
      const { usageLimit, lifetime } = checked.input
      try {
        const { id } = await offered(web, port).createToken({ usageLimit, lifetimeSeconds: Number(lifetime), groupIds })
        // By GET, so that reloading does not make another one.
        return goTo(c, `${invitationsPath}?made=${id}`)
      } catch (error) {
        return show(c, { typed, faults: faultsOf(error, ''), status: 400 })
      }
    })
    .post(`${invitationsPath}/:id/delete`, admins, async (c) => {
      await offered(web, port).removeToken(c.req.param('id'))
      return goTo(c, invitationsPath, 'removed')
    })
}
