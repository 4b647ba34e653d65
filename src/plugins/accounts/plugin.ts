// Hands the kernel the REST interface of users, groups and custom claims.
import { Hono } from 'hono'
import { type HostEnv, start } from '#core/kernel/plugin.ts'
import { claims } from '#core/ports.ts'
import { claimRoutes } from './claim-routes.ts'
import { createClaims } from './claims.ts'
import { groupRoutes } from './group-routes.ts'
import { settings } from './settings.ts'
import { userRoutes } from './user-routes.ts'

export default start(settings, (host) => {
  host.offer(claims, createClaims(host.db))
  return {
    routes: new Hono<HostEnv>().route('/', userRoutes(host)).route('/', groupRoutes(host)).route('/', claimRoutes(host)),
  }
})
