// Everything passkeys answer over HTTP.
import { Hono } from 'hono'
import type { HostEnv } from '#core/identity/actor.ts'
import { credentialRoutes } from './credential-routes.ts'
import type { PasskeyDeps } from './proof.ts'
import type { Reauthentications } from './reauthentication.ts'
import { signInRoutes } from './sign-in-routes.ts'

export const routes = (deps: PasskeyDeps, reauthentications: Reauthentications): Hono<HostEnv> =>
  new Hono<HostEnv>().route('/', signInRoutes(deps, reauthentications)).route('/', credentialRoutes(deps))
