// The pages of APIs, for administrators; there while a plugin offers them.
import { type Context, Hono } from 'hono'
import { commonErrors } from '#core/errors.ts'
import { readListQuery } from '#core/http/listing.ts'
import type { HostEnv } from '#core/identity/actor.ts'
import { apis as apisPort, type NewPermission } from '#core/ports-apis.ts'
import { apps as appsPort } from '#core/ports-apps.ts'
import { goTo, page } from '../answer.ts'
import { type Faults, type FormValues, faultsOf, noFaults, readForm } from '../forms.ts'
import { adminsOnly } from '../guards.ts'
import { ApiPage } from '../pages/api.tsx'
import { ApiGrantPage } from '../pages/api-grant.tsx'
import { ApisPage, type ApiValues, NewApiPage } from '../pages/apis.tsx'
import { apisPath } from '../pages/paths.ts'
import { viewOf, type WebHost } from '../view.ts'

const apiPath = `${apisPath}/:id`
const grantPath = `${apiPath}/clients/:client`
const every = { page: 1, limit: 100, sort: undefined, search: '', filters: {} }

export const apiRoutes = (web: WebHost): Hono<HostEnv> =>
  new Hono<HostEnv>().route('/', listRoutes(web)).route('/', oneApi(web)).route('/', grantRoutes(web))

/** @throws AppError not_found while no plugin offers APIs */
function apisOf({ host }: WebHost) {
  const found = host.seek(apisPort)
  if (!found) throw commonErrors.refuse('not_found')
  return found
}

function listRoutes(web: WebHost): Hono<HostEnv> {
  const admins = adminsOnly(web)
  const form = (c: Context<HostEnv>, values: ApiValues, faults: Faults, status?: number) =>
    page(c, <NewApiPage view={viewOf(web, c)} values={values} faults={faults} />, status)
  return new Hono<HostEnv>()
    .get(apisPath, admins, async (c) => {
      const query = readListQuery(c.req.url)
      return page(c, <ApisPage view={viewOf(web, c)} query={query} apis={await apisOf(web).list(query)} />)
    })
    .get(`${apisPath}/new`, admins, (c) => form(c, { name: '', resource: '' }, noFaults))
    .post(`${apisPath}/new`, admins, async (c) => {
      const sent = await readForm(c)
      const values = { name: sent.text('name').trim(), resource: sent.text('resource').trim() }
      if (values.name === '') return form(c, values, { name: viewOf(web, c).t.faults.required }, 400)
      try {
        const { id } = await apisOf(web).create(values)
        return goTo(c, `${apisPath}/${id}`, 'created')
      } catch (error) {
        return form(c, values, faultsOf(error, viewOf(web, c).t.faults.taken), 400)
      }
    })
}

const idOf = (c: Context<HostEnv>) => c.req.param('id') ?? ''
const backTo = (c: Context<HostEnv>, done = 'saved') => goTo(c, `${apisPath}/${idOf(c)}`, done)

interface Shown {
  readonly name?: string
  readonly permissions?: readonly NewPermission[]
  readonly faults?: Faults
  readonly status?: number
}

function showApi(web: WebHost) {
  return async (c: Context<HostEnv>, { faults = noFaults, status, ...typed }: Shown = {}) => {
    const apis = apisOf(web)
    const api = await apis.get(idOf(c))
    const query = readListQuery(c.req.url)
    const matter = {
      ...{ api, query, faults, name: typed.name ?? api.name, permissions: typed.permissions ?? api.permissions },
      grants: await apis.clientsOf(api.id, query),
      assignable: (await apis.assignableClients(api.id, every)).data,
    }
    return page(c, <ApiPage view={viewOf(web, c)} {...matter} />, status)
  }
}

function oneApi(web: WebHost): Hono<HostEnv> {
  const admins = adminsOnly(web)
  const show = showApi(web)
  return new Hono<HostEnv>()
    .get(apiPath, admins, (c) => show(c))
    .post(apiPath, admins, async (c) => {
      const name = (await readForm(c)).text('name').trim().slice(0, 50)
      if (name === '') return show(c, { name, faults: { name: viewOf(web, c).t.faults.required }, status: 400 })
      await apisOf(web).rename(idOf(c), name)
      return backTo(c)
    })
    .post(`${apiPath}/permissions`, admins, async (c) => {
      const permissions = permissionLines(await readForm(c))
      try {
        await apisOf(web).setPermissions(idOf(c), permissions)
        return backTo(c)
      } catch (error) {
        const [message = ''] = Object.values(faultsOf(error, ''))
        return show(c, { permissions, faults: { permissions: message }, status: 400 })
      }
    })
    .post(`${apiPath}/documents`, admins, async (c) => {
      const form = await readForm(c)
      await apisOf(web).setDocumentAccess(idOf(c), { open: form.checked('open'), permissionIds: form.all('permission') })
      return backTo(c)
    })
    .post(`${apiPath}/delete`, admins, async (c) => {
      if ((await readForm(c)).text('sure') !== 'yes') return goTo(c, `${apisPath}/${idOf(c)}`)
      await apisOf(web).remove(idOf(c))
      return goTo(c, apisPath, 'removed')
    })
}

/** Lines with an empty key are left out, so a permission is removed by emptying it. A name that is missing is the key. */
function permissionLines(form: FormValues): readonly NewPermission[] {
  const [names, descriptions] = [form.all('name'), form.all('description')]
  return form.all('key').flatMap((typed, at) => {
    const key = typed.trim().slice(0, 128)
    const name = (names[at]?.trim() || key).slice(0, 50)
    return key === '' ? [] : [{ key, name, description: (descriptions[at]?.trim() ?? '').slice(0, 200) }]
  })
}

function grantRoutes(web: WebHost): Hono<HostEnv> {
  const admins = adminsOnly(web)
  const none = { userDelegatedAccess: false, clientAccess: false, userDelegatedPermissionIds: [], clientPermissionIds: [] }
  return new Hono<HostEnv>()
    .post(`${apiPath}/clients`, admins, async (c) => {
      const client = (await readForm(c)).text('client')
      await apisOf(web).setGrant(idOf(c), client, { ...none, userDelegatedAccess: true })
      return goTo(c, `${apisPath}/${idOf(c)}/clients/${encodeURIComponent(client)}`, 'saved')
    })
    .get(grantPath, admins, async (c) => {
      const api = await apisOf(web).get(idOf(c))
      const client = await web.host.seek(appsPort)?.get(c.req.param('client'))
      if (!client) throw commonErrors.refuse('not_found')
      const grant = (await apisOf(web).apisOf(client.id)).find((one) => one.api.id === api.id) ?? none
      return page(c, <ApiGrantPage view={viewOf(web, c)} {...{ api, client, grant }} />)
    })
    .post(grantPath, admins, async (c) => {
      const form = await readForm(c)
      await apisOf(web).setGrant(idOf(c), c.req.param('client'), {
        userDelegatedAccess: form.checked('forPeople'),
        clientAccess: form.checked('forItself'),
        userDelegatedPermissionIds: form.all('people'),
        clientPermissionIds: form.all('itself'),
      })
      return backTo(c)
    })
    .post(`${grantPath}/delete`, admins, async (c) => {
      await apisOf(web).removeGrant(idOf(c), c.req.param('client'))
      return backTo(c, 'removed')
    })
}
