// Everything the provider answers over HTTP.
import { Hono } from 'hono'
import type { HostEnv } from '#core/identity/actor.ts'
import { metadataEndpoints } from './endpoints/metadata.ts'
import type { Provider } from './provider.ts'

export const routes = (provider: Provider): Hono<HostEnv> => new Hono<HostEnv>().route('/', metadataEndpoints(provider))
