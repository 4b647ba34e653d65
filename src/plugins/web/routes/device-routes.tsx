// The page /device: somebody lets a device in by its code, into an app (RFC 8628) or as himself.
import { type Context, Hono } from 'hono'
import { getCookie } from 'hono/cookie'
import { deviceLogins } from '#core/device-login-port.ts'
import { AppError } from '#core/errors.ts'
import { clientAddress } from '#core/http/client-address.ts'
import { createRateLimiter } from '#core/http/limits.ts'
import { isSameNetwork, nearness } from '#core/http/networks.ts'
import { actorOf, type HostEnv } from '#core/identity/actor.ts'
import { cookieName } from '#core/identity/session.ts'
import { appSignIn } from '#core/ports.ts'
import { page } from '../answer.ts'
import { type FormValues, faultsOf, readForm } from '../forms.ts'
import { DeviceCodePage, DeviceDonePage, DevicePage, devicePath } from '../pages/app-sign-in.tsx'
import { AskPage, DecidedPage } from '../pages/device-login.tsx'
import { viewOf, type WebHost } from '../view.ts'

export function deviceRoutes(web: WebHost): Hono<HostEnv> {
  const { host } = web
  const { requireBrowser } = host.identity
  const { limit } = createRateLimiter(host.clock, host.core.disableRateLimiting)
  // Codes of devices are short: guessing them must take longer than they live.
  const guesses = limit({ perSecond: 1 / 10, burst: 10 })
  const proof = (c: Context<HostEnv>) => getCookie(c, cookieName(host.core.appUrl, 'reauthentication_token', '__Secure-')) ?? ''
  const faulty = (c: Context<HostEnv>, code: string, error: unknown) =>
    page(c, <DeviceCodePage view={viewOf(web, c)} code={code} faults={faultsOf(error, '')} />, 400)

  /** Somebody's own sign-in on another device; undefined for codes of other kinds. */
  const ask = async (c: Context<HostEnv>, code: string, fault?: string) => {
    const logins = host.seek(deviceLogins)
    const request = await logins?.find(code)
    if (!logins || !request) return undefined
    const about = { request, needsProof: logins.needsProof(actorOf(c)), isNear: isNear(web, c, request.ipAddress) }
    const told = fault === undefined ? {} : { fault }
    return page(c, <AskPage view={viewOf(web, c)} {...about} {...told} />, fault === undefined ? 200 : 401)
  }
  const decideSignIn = async (c: Context<HostEnv>, form: FormValues) => {
    const approve = form.text('decision') === 'approve'
    try {
      await host.seek(deviceLogins)?.decide(form.text('code'), actorOf(c), { approve, reauthenticationToken: proof(c) })
      return page(c, <DecidedPage view={viewOf(web, c)} approved={approve} />)
    } catch (error) {
      const isUnproven = error instanceof AppError && error.code === 'reauthentication_required'
      const again = isUnproven && (await ask(c, form.text('code'), viewOf(web, c).t.deviceLogin.proofNeeded))
      return again || faulty(c, form.text('code'), error)
    }
  }
  const decideApp = async (c: Context<HostEnv>, form: FormValues) => {
    const part = host.seek(appSignIn)
    if (!part) return c.notFound()
    const approve = form.text('decision') === 'approve'
    const from = { ipAddress: clientAddress(c) ?? null, userAgent: c.req.header('user-agent') ?? null }
    try {
      await part.decideDevice(form.text('code'), actorOf(c), { approve, reauthenticationToken: proof(c), ...from })
      return page(c, <DeviceDonePage view={viewOf(web, c)} approved={approve} />)
    } catch (error) {
      return faulty(c, form.text('code'), error)
    }
  }

  return new Hono<HostEnv>()
    .get(devicePath, guesses, async (c) => {
      const part = host.seek(appSignIn)
      if (!part && !host.seek(deviceLogins)) return c.notFound()
      const view = viewOf(web, c)
      const actor = c.get('actor')
      if (!actor) return c.redirect(`/login?next=${encodeURIComponent(view.here)}`, 303)
      const code = (c.req.query('code') ?? c.req.query('user_code') ?? '').trim()
      if (code === '') return page(c, <DeviceCodePage view={view} />)
      try {
        const asked = await ask(c, code)
        if (asked || !part) return asked ?? page(c, <DeviceCodePage view={view} code={code} />)
        return page(c, <DevicePage view={view} code={code} request={await part.device(code, actor)} />)
      } catch (error) {
        return faulty(c, code, error)
      }
    })
    .post(devicePath, guesses, requireBrowser, async (c) => {
      const form = await readForm(c)
      return form.text('kind') === 'sign-in' ? decideSignIn(c, form) : decideApp(c, form)
    })
}

/**
 * Whether a device is where the person is who looks at this. Behind a proxy that nobody named (TRUST_PROXY), or a container's
 * bridge, everybody seems to be at one place that is none of the internet: nothing is said there, least of all that all is well.
 */
function isNear({ host }: WebHost, c: Context<HostEnv>, address: string | null): boolean | undefined {
  const own = clientAddress(c)
  if (own === null || address === null || (own === address && nearness(own) !== 'public')) return undefined
  const isBlind = c.req.header('x-forwarded-for') !== undefined && host.core.trustProxy.every((one) => one === 'false')
  return isBlind ? undefined : isSameNetwork(own, address)
}
