// Several directories, one set of paths: `?source=ldap-2` hands a request on to the directory that it names.
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { commonErrors } from '#core/errors.ts'
import type { HostEnv } from '#core/kernel/plugin.ts'
import type { Port } from '#core/ports.ts'
import { ldapErrors } from '../errors.ts'
import { sourceOf } from '../source.ts'
import type { LdapHost } from '../sync.ts'

/** A directory that runs beside others. */
interface Sibling {
  readonly source: string
  /** Answers a request that was sent to another one, as whoever asked. */
  answer(c: Context<HostEnv>): Promise<Response>
}

const siblings: Port<Sibling> = { name: 'ldap-siblings' }

/** The routes of one directory, which also reach the others. The kernel mounts those of the first one that is on. */
export function routesOfAll(host: LdapHost, own: Hono<HostEnv>): Hono<HostEnv> {
  const source = sourceOf(host)
  host.offer(siblings, { source, answer: answering(own) })
  const handOn: MiddlewareHandler<HostEnv> = async (c, next) => {
    const asked = c.req.query('source')
    if (asked === undefined || asked === source) return next()
    const all = host.seekAll(siblings)
    const sibling = all.find((one) => one.source === asked)
    if (sibling) return sibling.answer(c)
    const message = `No directory called ${asked.slice(0, 40)} is on. There are: ${all.map((one) => one.source).join(', ')}.`
    throw ldapErrors.refuse('ldap_source_not_found', { message })
  }
  return new Hono<HostEnv>().use('/api/ldap/*', handOn).route('/', own)
}

interface Carried {
  Variables: HostEnv['Variables']
  Bindings: { readonly carried: HostEnv['Variables'] }
}

/** The same routes once more, for requests that come with what the first app found out about them. Refusals are its to tell. */
function answering(own: Hono<HostEnv>): Sibling['answer'] {
  const app = new Hono<Carried>()
  app.onError((error) => {
    throw error
  })
  app.notFound(() => {
    throw commonErrors.refuse('not_found')
  })
  app.use(async (c, next) => {
    c.set('actor', c.env.carried.actor)
    c.set('requestId', c.env.carried.requestId)
    await next()
  })
  app.route('/', own)
  return async (c) =>
    app.fetch(c.req.raw, { ...(c.env as object), carried: { actor: c.get('actor'), requestId: c.get('requestId') } })
}
