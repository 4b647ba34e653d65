// Hands the kernel the REST interface of users, groups, custom claims and profile pictures.
import { Hono } from 'hono'
import { type HostEnv, start } from '#core/kernel/plugin.ts'
import { claims } from '#core/ports.ts'
import { claimRoutes } from './claim-routes.ts'
import { createClaims } from './claims.ts'
import { clearChanges } from './clear-changes.ts'
import { groupRoutes } from './group-routes.ts'
import { originRoutes } from './origin-routes.ts'
import { pictureRoutes } from './picture-routes.ts'
import { settings } from './settings.ts'
import { userRoutes } from './user-routes.ts'

export default start(settings, (host) => {
  host.offer(claims, createClaims(host))
  const routes = [userRoutes(host), groupRoutes(host), claimRoutes(host), pictureRoutes(host), originRoutes(host)]
  return {
    routes: routes.reduce((all, some) => all.route('/', some), new Hono<HostEnv>()),
    jobs: [
      {
        name: 'ClearProfilePictures',
        schedule: '23 * * * *',
        run: async () => ({ removed: await host.profilePictures.clear() }),
      },
      { name: 'ClearChanges', schedule: '41 3 * * *', run: (signal) => clearChanges(host, signal) },
    ],
  }
})
