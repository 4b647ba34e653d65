// One's own apps: what can be opened, and the access that was given.
import { Hono } from 'hono'
import { commonErrors } from '#core/errors.ts'
import { readListQuery } from '#core/http/listing.ts'
import { actorOf, type HostEnv } from '#core/identity/actor.ts'
import { apps as appsPort } from '#core/ports-apps.ts'
import { goTo, page } from '../answer.ts'
import { readForm } from '../forms.ts'
import { MyAppsPage } from '../pages/my-apps.tsx'
import { myAppsPath } from '../pages/paths.ts'
import { viewOf, type WebHost } from '../view.ts'

export function myAppsRoutes(web: WebHost): Hono<HostEnv> {
  const { requireBrowser } = web.host.identity
  const apps = () => {
    const found = web.host.seek(appsPort)
    if (!found) throw commonErrors.refuse('not_found')
    return found
  }
  return new Hono<HostEnv>()
    .get(myAppsPath, requireBrowser, async (c) => {
      const { id } = actorOf(c).user
      const query = readListQuery(c.req.url)
      const every = { page: 1, limit: 100, sort: undefined, search: '', filters: {} }
      const shown = { apps: await apps().accessibleTo(id, query), granted: await apps().authorizedBy(id, every) }
      return page(c, <MyAppsPage view={viewOf(web, c)} query={query} {...shown} />)
    })
    .post(`${myAppsPath}/revoke`, requireBrowser, async (c) => {
      await apps().revoke(actorOf(c).user.id, (await readForm(c)).text('client'))
      return goTo(c, myAppsPath, 'removed')
    })
}
