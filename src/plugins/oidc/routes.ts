// Everything the provider answers over HTTP.
import { Hono } from 'hono'
import type { HostEnv } from '#core/identity/actor.ts'
import type { AppSignIn } from '#core/ports.ts'
import { authorizeEndpoint } from './endpoints/authorize.ts'
import { deviceEndpoints } from './endpoints/device.ts'
import { endSessionEndpoint } from './endpoints/end-session.ts'
import { interactionEndpoints } from './endpoints/interactions.ts'
import { introspectionEndpoints } from './endpoints/introspect.ts'
import { keysEndpoint } from './endpoints/metadata.ts'
import { pushedRequestEndpoint } from './endpoints/pushed-request.ts'
import { tokenEndpoint } from './endpoints/token.ts'
import { userinfoEndpoint } from './endpoints/userinfo.ts'
import { webfingerEndpoint } from './endpoints/webfinger.ts'
import type { Provider } from './provider.ts'

/** What apps and their pages post to from other sites. */
export const openToSites: readonly string[] = [
  '/authorize',
  '/api/oidc/end-session',
  '/api/oidc/token',
  '/api/oidc/userinfo',
  '/api/oidc/introspect',
  '/api/oidc/revoke',
  '/api/oidc/par',
  '/api/oidc/device/authorize',
  '/api/oidc/register',
]

export const routes = (provider: Provider, signIn: AppSignIn): Hono<HostEnv> =>
  new Hono<HostEnv>()
    .route('/', keysEndpoint(provider))
    .route('/', authorizeEndpoint(provider))
    .route('/', interactionEndpoints(provider, signIn))
    .route('/', tokenEndpoint(provider))
    .route('/', userinfoEndpoint(provider))
    .route('/', introspectionEndpoints(provider))
    .route('/', pushedRequestEndpoint(provider))
    .route('/', deviceEndpoints(provider))
    .route('/', endSessionEndpoint(provider))
    .route('/', webfingerEndpoint(provider))
