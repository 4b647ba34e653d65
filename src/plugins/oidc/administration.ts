// The administration of apps and APIs, put together: what it offers to pages, and its routes.
import { Hono } from 'hono'
import type { HostEnv } from '#core/identity/actor.ts'
import { apis as apisPort } from '#core/ports-apis.ts'
import { type Apps, apps as port } from '#core/ports-apps.ts'
import { apiAccessRoutes } from './api-access-routes.ts'
import { apiRoutes } from './api-routes.ts'
import { createApis } from './apis.ts'
import { createClientAdministration } from './client-administration.ts'
import type { ClientParts } from './client-parts.ts'
import { clientRoutes } from './client-routes.ts'
import { registrationEndpoints } from './endpoints/registration.ts'
import { logoRoutes } from './logo-routes.ts'
import { ownAppRoutes } from './own-app-routes.ts'
import { createOwnApps } from './own-apps.ts'
import type { OidcHost } from './provider.ts'

/** Offers the ports `apps` and `apis`, and returns the routes. */
export function administration(host: OidcHost, parts: ClientParts, preview: Apps['preview']): Hono<HostEnv> {
  const { secrets, documents, logos } = parts
  const apps: Apps = {
    ...createClientAdministration({ host, secrets, logos, documents }),
    ...createOwnApps(host),
    preview,
  }
  host.offer(port, apps)
  const apis = createApis(host)
  host.offer(apisPort, apis)
  return new Hono<HostEnv>()
    .route('/', clientRoutes(host, apps))
    .route('/', logoRoutes(host, apps, logos))
    .route('/', ownAppRoutes(host, apps))
    .route('/', apiRoutes(host, apis))
    .route('/', apiAccessRoutes(host, apis))
    .route('/', registrationEndpoints(parts.registrations))
}
