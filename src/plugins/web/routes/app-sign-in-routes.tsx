// Where apps and devices send people: /interaction with its steps, /interaction/error, /device.
import { type Context, Hono } from 'hono'
import { getCookie } from 'hono/cookie'
import { clientAddress } from '#core/http/client-address.ts'
import { createRateLimiter } from '#core/http/limits.ts'
import { actorOf, type HostEnv } from '#core/identity/actor.ts'
import { cookieName } from '#core/identity/session.ts'
import { type AppInteraction, type AppSignIn, appSignIn, type InteractionStep } from '#core/ports.ts'
import { page } from '../answer.ts'
import { faultsOf, readForm } from '../forms.ts'
import {
  DeviceCodePage,
  DeviceDonePage,
  DevicePage,
  devicePath,
  InteractionPage,
  interactionPath,
  RefusedPage,
} from '../pages/app-sign-in.tsx'
import { clientsPath } from '../pages/paths.ts'
import { AwayPage } from '../pages/sign-in.tsx'
import { viewOf, type WebHost } from '../view.ts'

const steps: readonly InteractionStep[] = ['authenticate', 'select_account', 'reauthenticate', 'consent']

export function appSignInRoutes(web: WebHost): Hono<HostEnv> {
  return new Hono<HostEnv>().route('/', interactionRoutes(web)).route('/', deviceRoutes(web))
}

/** Without the plugin that signs people in to apps there are no such pages. */
const partOf = (web: WebHost): AppSignIn | undefined => web.host.seek(appSignIn)

const toSignIn = (c: Context<HostEnv>, path: string) => c.redirect(`/login?next=${encodeURIComponent(path)}`, 303)

const confirmationOf = ({ host }: WebHost, c: Context<HostEnv>): string =>
  getCookie(c, cookieName(host.core.appUrl, 'reauthentication_token', '__Secure-')) ?? ''

function interactionRoutes(web: WebHost): Hono<HostEnv> {
  const { sessions, requireBrowser } = web.host.identity
  const idOf = (c: Context<HostEnv>) => c.req.query('interaction') ?? ''
  const pathOf = (id: string) => `${interactionPath}?interaction=${encodeURIComponent(id)}`

  /** What is left to ask. With nothing left the browser goes on by itself, so that no form leads to another host. */
  const show = (c: Context<HostEnv>, interaction: AppInteraction) => {
    if (interaction.currentStep) return page(c, <InteractionPage view={viewOf(web, c)} interaction={interaction} />)
    return away(c, `/authorize?interaction=${encodeURIComponent(interaction.id)}`, interaction.client.name)
  }
  const away = (c: Context<HostEnv>, to: string, name?: string) => {
    const view = viewOf(web, c)
    return page(c, <AwayPage view={view} to={to} lead={name === undefined ? undefined : view.t.interaction.onTheWay(name)} />)
  }
  const take = async (c: Context<HostEnv>, part: AppSignIn, step: InteractionStep) => {
    const { interaction, redirectUrl } = await part.complete(idOf(c), step, actorOf(c), confirmationOf(web, c))
    if (redirectUrl !== undefined) return away(c, redirectUrl, interaction?.client.name)
    return c.redirect(pathOf(idOf(c)), 303)
  }

  return new Hono<HostEnv>()
    .get(interactionPath, async (c) => {
      const part = partOf(web)
      if (!part) return c.notFound()
      const actor = c.get('actor')
      const interaction = await part.interaction(idOf(c), actor)
      if (!actor) return toSignIn(c, pathOf(interaction.id))
      return show(c, interaction)
    })
    .post(interactionPath, requireBrowser, async (c) => {
      const part = partOf(web)
      const sent = (await readForm(c)).text('step')
      const step = steps.find((one) => one === sent)
      return part && step ? take(c, part, step) : c.notFound()
    })
    .post(`${interactionPath}/decline`, async (c) => {
      const part = partOf(web)
      return part ? away(c, (await part.decline(idOf(c))).redirectUrl) : c.notFound()
    })
    .post(`${interactionPath}/switch`, async (c) => {
      await sessions.end(c)
      return toSignIn(c, pathOf(idOf(c)))
    })
    .get(`${interactionPath}/error`, async (c) => {
      const part = partOf(web)
      if (!part) return c.notFound()
      const actor = c.get('actor')
      const refusal = await part.explain(c.req.query(), actor)
      const client = c.req.query('client_id')
      const settings = actor?.user.isAdmin && client ? `${clientsPath}/${encodeURIComponent(client)}` : undefined
      return page(c, <RefusedPage view={viewOf(web, c)} refusal={refusal} settings={settings} />, 400)
    })
}

function deviceRoutes(web: WebHost): Hono<HostEnv> {
  const { host } = web
  const { requireBrowser } = host.identity
  const { limit } = createRateLimiter(host.clock, host.core.disableRateLimiting)
  // Codes of devices are short: guessing them must take longer than they live.
  const guesses = limit({ perSecond: 1 / 10, burst: 10 })
  const faulty = (c: Context<HostEnv>, code: string, error: unknown) =>
    page(c, <DeviceCodePage view={viewOf(web, c)} code={code} faults={faultsOf(error, '')} />, 400)

  return new Hono<HostEnv>()
    .get(devicePath, guesses, async (c) => {
      const part = partOf(web)
      if (!part) return c.notFound()
      const view = viewOf(web, c)
      const actor = c.get('actor')
      if (!actor) return toSignIn(c, view.here)
      const code = (c.req.query('code') ?? c.req.query('user_code') ?? '').trim()
      if (code === '') return page(c, <DeviceCodePage view={view} />)
      try {
        return page(c, <DevicePage view={view} code={code} request={await part.device(code, actor)} />)
      } catch (error) {
        return faulty(c, code, error)
      }
    })
    .post(devicePath, guesses, requireBrowser, async (c) => {
      const part = partOf(web)
      if (!part) return c.notFound()
      const form = await readForm(c)
      const approve = form.text('decision') === 'approve'
      const from = { ipAddress: clientAddress(c) ?? null, userAgent: c.req.header('user-agent') ?? null }
      try {
        const decision = { approve, reauthenticationToken: confirmationOf(web, c), ...from }
        await part.decideDevice(form.text('code'), actorOf(c), decision)
        return page(c, <DeviceDonePage view={viewOf(web, c)} approved={approve} />)
      } catch (error) {
        return faulty(c, form.text('code'), error)
      }
    })
}
