// Where apps send people: /interaction with its steps, and /interaction/error.
import { type Context, Hono } from 'hono'
import { getCookie } from 'hono/cookie'
import { actorOf, type HostEnv } from '#core/identity/actor.ts'
import { cookieName } from '#core/identity/session.ts'
import { type AppInteraction, type AppSignIn, appSignIn, type InteractionStep, type StepTaken } from '#core/ports.ts'
import { page } from '../answer.ts'
import { readForm } from '../forms.ts'
import { InteractionPage, interactionPath, RefusedPage } from '../pages/app-sign-in.tsx'
import { clientsPath } from '../pages/paths.ts'
import { AwayPage } from '../pages/sign-in.tsx'
import { viewOf, type WebHost } from '../view.ts'

const steps: readonly InteractionStep[] = ['authenticate', 'select_account', 'reauthenticate', 'consent']

/** Without the plugin that signs people in to apps there are no such pages. */
const partOf = (web: WebHost): AppSignIn | undefined => web.host.seek(appSignIn)

const toSignIn = (c: Context<HostEnv>, path: string) => c.redirect(`/login?next=${encodeURIComponent(path)}`, 303)

const confirmationOf = ({ host }: WebHost, c: Context<HostEnv>): string =>
  getCookie(c, cookieName(host.core.appUrl, 'reauthentication_token', '__Secure-')) ?? ''

export function appSignInRoutes(web: WebHost): Hono<HostEnv> {
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
  const take = async (c: Context<HostEnv>, part: AppSignIn, taken: StepTaken) => {
    const { interaction, redirectUrl } = await part.complete(idOf(c), actorOf(c), taken)
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
      const form = await readForm(c)
      const step = steps.find((one) => one === form.text('step'))
      if (!part || !step) return c.notFound()
      return take(c, part, {
        step,
        agreement: form.text('agreement') || undefined,
        reauthenticationToken: confirmationOf(web, c),
      })
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
