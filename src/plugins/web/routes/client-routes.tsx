// The pages of apps, for administrators; there while a plugin offers apps.
import { type Context, Hono } from 'hono'
import { AppError, commonErrors } from '#core/errors.ts'
import { readListQuery } from '#core/http/listing.ts'
import { uploadedFile } from '#core/http/upload.ts'
import { actorOf, type HostEnv } from '#core/identity/actor.ts'
import { apis as apisPort } from '#core/ports-apis.ts'
import { type AppPreview, apps as appsPort } from '#core/ports-apps.ts'
import { scim as scimPort } from '#core/scim-port.ts'
import { goTo, page } from '../answer.ts'
import { atFields, type ClientValues, clientInput, typedClient, valuesOfClient } from '../client-form.ts'
import { type Faults, faultsOf, noFaults, readForm } from '../forms.ts'
import { adminsOnly } from '../guards.ts'
import type { ScimValues } from '../kit/scim-card.tsx'
import { ClientPage } from '../pages/client.tsx'
import { ClientsPage, NewClientPage } from '../pages/clients.tsx'
import { clientsPath } from '../pages/paths.ts'
import { viewOf, type WebHost } from '../view.ts'

const clientPath = `${clientsPath}/:id`
const previewScopes = ['openid', 'profile', 'email', 'groups']

interface Shown {
  readonly values?: ClientValues
  readonly faults?: Faults
  readonly secret?: string
  readonly preview?: AppPreview
  readonly login?: string
  readonly scim?: ScimValues
  readonly status?: number
}

export function clientRoutes(web: WebHost): Hono<HostEnv> {
  return new Hono<HostEnv>()
    .route('/', listRoutes(web))
    .route('/', oneClient(web))
    .route('/', belongings(web))
    .route('/', scimRoutes(web))
}

/** @throws AppError not_found while no plugin offers apps */
function appsOf({ host }: WebHost) {
  const found = host.seek(appsPort)
  if (!found) throw commonErrors.refuse('not_found')
  return found
}

const refusedFields = (error: unknown): Faults => atFields(faultsOf(error, ''))

function listRoutes(web: WebHost): Hono<HostEnv> {
  const admins = adminsOnly(web)
  const form = (c: Context<HostEnv>, values: ClientValues, faults: Faults, status?: number) =>
    page(c, <NewClientPage view={viewOf(web, c)} values={values} faults={faults} />, status)
  return new Hono<HostEnv>()
    .get(clientsPath, admins, async (c) => {
      const query = readListQuery(c.req.url)
      return page(c, <ClientsPage view={viewOf(web, c)} query={query} apps={await appsOf(web).list(query)} />)
    })
    .get(`${clientsPath}/new`, admins, (c) => form(c, valuesOfClient(), noFaults))
    .post(`${clientsPath}/new`, admins, async (c) => {
      const values = typedClient(await readForm(c), valuesOfClient())
      try {
        const created = await appsOf(web).create(clientInput(values), actorOf(c).user.id)
        return goTo(c, `${clientsPath}/${encodeURIComponent(created.id)}`, 'created')
      } catch (error) {
        return form(c, values, refusedFields(error), 400)
      }
    })
}

const idOf = (c: Context<HostEnv>) => c.req.param('id') ?? ''
const backTo = (c: Context<HostEnv>, done = 'saved') => goTo(c, `${clientsPath}/${encodeURIComponent(idOf(c))}`, done)

function showClient(web: WebHost) {
  return async (c: Context<HostEnv>, { values, faults = noFaults, status, scim, ...shown }: Shown = {}) => {
    const app = await appsOf(web).get(idOf(c))
    const every = { page: 1, limit: 100, sort: undefined, search: '', filters: {} }
    const { data } = app.isGroupRestricted ? await web.host.identity.groups.list(every) : { data: [] }
    const joinable = data.filter(({ id }) => !app.allowedUserGroups.some((group) => group.id === id))
    const view = viewOf(web, c)
    const apis = (await web.host.seek(apisPort)?.apisOf(app.id)) ?? []
    const told = await scimOf(web, app.id, scim)
    const matter = { app, joinable, apis, scim: told, faults, values: values ?? valuesOfClient(app) }
    return page(c, <ClientPage view={view} {...matter} {...shown} />, status)
  }
}

/** How an app is told of people, with what somebody typed where there is that; undefined while no plugin tells anybody. */
async function scimOf({ host }: WebHost, clientId: string, typed: ScimValues | undefined) {
  const scim = host.seek(scimPort)
  if (!scim) return undefined
  const provider = await scim.ofClient(clientId)
  return { provider, values: typed ?? { endpoint: provider?.endpoint ?? '', token: provider?.token ?? '' } }
}

function oneClient(web: WebHost): Hono<HostEnv> {
  const admins = adminsOnly(web)
  const show = showClient(web)
  return new Hono<HostEnv>()
    .get(clientPath, admins, (c) => show(c))
    .post(clientPath, admins, async (c) => {
      const known = await appsOf(web).get(idOf(c))
      const values = typedClient(await readForm(c), valuesOfClient(known))
      try {
        await appsOf(web).update(known.id, clientInput(values, known), actorOf(c).user.id)
        return backTo(c)
      } catch (error) {
        return show(c, { values, faults: refusedFields(error), status: 400 })
      }
    })
    .post(`${clientPath}/delete`, admins, async (c) => {
      if ((await readForm(c)).text('sure') === 'yes') await appsOf(web).remove(idOf(c), actorOf(c).user.id)
      return goTo(c, clientsPath, 'removed')
    })
    .post(`${clientPath}/refresh`, admins, async (c) => {
      await appsOf(web).refresh(idOf(c))
      return backTo(c)
    })
}

function belongings(web: WebHost): Hono<HostEnv> {
  const admins = adminsOnly(web)
  const show = showClient(web)
  return new Hono<HostEnv>()
    .post(`${clientPath}/secrets`, admins, async (c) => {
      const name = (await readForm(c)).text('name').trim()
      const { secret } = await appsOf(web).addSecret(idOf(c), name === '' ? {} : { name })
      return show(c, { secret })
    })
    .post(`${clientPath}/secrets/:secret/delete`, admins, async (c) => {
      await appsOf(web).removeSecret(idOf(c), c.req.param('secret'))
      return backTo(c, 'removed')
    })
    .post(`${clientPath}/groups`, admins, async (c) => {
      const form = await readForm(c)
      const { allowedUserGroups } = await appsOf(web).get(idOf(c))
      const kept = allowedUserGroups.map(({ id }) => id).filter((id) => id !== form.text('remove'))
      await appsOf(web).setGroups(idOf(c), [...kept, form.text('add')].filter(Boolean))
      return backTo(c)
    })
    .post(`${clientPath}/logo`, admins, async (c) => {
      try {
        const bytes = await uploadedFile(c)
        const { variant } = await c.req.parseBody()
        await appsOf(web).setLogo(idOf(c), variant === 'dark' ? 'dark' : 'light', bytes)
        return backTo(c)
      } catch (error) {
        return show(c, { faults: { file: sentenceOf(error) }, status: 400 })
      }
    })
    .post(`${clientPath}/logo/delete`, admins, async (c) => {
      await appsOf(web).removeLogo(idOf(c), (await readForm(c)).text('variant') === 'dark' ? 'dark' : 'light')
      return backTo(c, 'removed')
    })
    .post(`${clientPath}/preview`, admins, async (c) => {
      const login = (await readForm(c)).text('login')
      const user = await web.host.identity.users.findByLogin(login)
      if (!user) return show(c, { login, faults: { login: viewOf(web, c).t.faults.noSuchPerson }, status: 404 })
      try {
        return await show(c, { login, preview: await appsOf(web).preview(idOf(c), user.id, previewScopes) })
      } catch (error) {
        return show(c, { login, faults: { login: sentenceOf(error) }, status: 400 })
      }
    })
}

function scimRoutes(web: WebHost): Hono<HostEnv> {
  const admins = adminsOnly(web)
  const show = showClient(web)
  const scim = () => {
    const found = web.host.seek(scimPort)
    if (!found) throw commonErrors.refuse('not_found')
    return found
  }
  return new Hono<HostEnv>()
    .post(`${clientPath}/scim`, admins, async (c) => {
      const form = await readForm(c)
      const values = { endpoint: form.text('scimEndpoint').trim(), token: form.text('scimToken').trim() }
      try {
        const known = await scim().ofClient(idOf(c))
        const input = { ...values, oidcClientId: idOf(c) }
        await (known ? scim().update(known.id, input) : scim().create(input))
        return backTo(c)
      } catch (error) {
        return show(c, { scim: values, faults: faultsOf(error, ''), status: 400 })
      }
    })
    .post(`${clientPath}/scim/sync`, admins, async (c) => {
      try {
        const known = await scim().ofClient(idOf(c))
        if (known) await scim().sync(known.id)
        return backTo(c, 'synced')
      } catch (error) {
        return show(c, { faults: { scim: sentenceOf(error) }, status: 400 })
      }
    })
    .post(`${clientPath}/scim/delete`, admins, async (c) => {
      const known = await scim().ofClient(idOf(c))
      if (known) await scim().remove(known.id)
      return backTo(c, 'removed')
    })
}

/** @throws what it was given, unless it is a refusal of what was sent */
function sentenceOf(error: unknown): string {
  if (!(error instanceof AppError) || error.status === 404 || error.status >= 500) throw error
  return Object.values(faultsOf(error, ''))[0] ?? error.message
}
