// API keys and the audit log; each there while a plugin offers it.
import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import { apiKeys as keysPort, auditLog as logPort } from '#core/account-ports.ts'
import { inSeconds } from '#core/clock.ts'
import { plainText } from '#core/http/account-fields.ts'
import { readListQuery } from '#core/http/listing.ts'
import { actorOf, type HostEnv } from '#core/identity/actor.ts'
import { goTo, page } from '../answer.ts'
import { check, type Faults, faultsOf, noFaults, readForm } from '../forms.ts'
import { adminsOnly } from '../guards.ts'
import { offered } from '../offered.ts'
import { ApiKeysPage } from '../pages/api-keys.tsx'
import { AuditLogPage } from '../pages/audit-log.tsx'
import { activityPath, apiKeysPath, auditLogPath } from '../pages/paths.ts'
import { viewOf, type WebHost } from '../view.ts'

const daySeconds = 86_400

export function recordsRoutes(web: WebHost): Hono<HostEnv> {
  return new Hono<HostEnv>().route('/', keyRoutes(web)).route('/', logRoutes(web))
}

const KeyInput = v.object({
  name: plainText({ least: 3, most: 50 }),
  description: plainText({ most: 200 }),
  days: v.picklist(['30', '90', '365'], 'Must be one of 30, 90, 365.'),
})

interface ShownKeys {
  readonly token?: string
  readonly typed?: Readonly<Record<string, string>>
  readonly faults?: Faults
  readonly status?: number
}

function keyRoutes(web: WebHost): Hono<HostEnv> {
  const { host } = web
  const admins = adminsOnly(web)
  const show = async (c: Context<HostEnv>, { typed = {}, faults = noFaults, status, token }: ShownKeys = {}) => {
    const keys = await offered(web, keysPort).list(actorOf(c).user.id, readListQuery(c.req.url))
    return page(c, <ApiKeysPage view={viewOf(web, c)} keys={keys} token={token} typed={typed} faults={faults} />, status)
  }
  const endsIn = (days: number) => inSeconds(host.clock, days * daySeconds)

  return new Hono<HostEnv>()
    .get(apiKeysPath, admins, (c) => show(c))
    .post(apiKeysPath, admins, async (c) => {
      const form = await readForm(c)
      const typed = { name: form.text('name'), description: form.text('description'), days: form.text('days') }
      const checked = check(KeyInput, typed)
      if (checked.kind === 'bad') return show(c, { typed, faults: checked.faults, status: 400 })
      const { name, description, days } = checked.input
      try {
        const key = { name, description: description || null, expiresAt: endsIn(Number(days)) }
        const { token } = await offered(web, keysPort).create(actorOf(c).user.id, key)
        return show(c, { token })
      } catch (error) {
        return show(c, { typed, faults: faultsOf(error, ''), status: 400 })
      }
    })
    .post(`${apiKeysPath}/:id/renew`, admins, async (c) => {
      try {
        const { token } = await offered(web, keysPort).renew(actorOf(c).user.id, c.req.param('id'), endsIn(90))
        return show(c, { token })
      } catch (error) {
        return show(c, { faults: faultsOf(error, ''), status: 400 })
      }
    })
    .post(`${apiKeysPath}/:id/delete`, admins, async (c) => {
      await offered(web, keysPort).remove(actorOf(c).user.id, c.req.param('id'))
      return goTo(c, apiKeysPath, 'removed')
    })
}

function logRoutes(web: WebHost): Hono<HostEnv> {
  const { requireBrowser } = web.host.identity
  const queryOf = (c: Context<HostEnv>) => {
    const query = readListQuery(c.req.url)
    // A filter that was left open sends an empty text.
    const filters = Object.fromEntries(Object.entries(query.filters).filter(([, values]) => values.some(Boolean)))
    return { ...query, filters }
  }
  return new Hono<HostEnv>()
    .get(activityPath, requireBrowser, async (c) => {
      const query = queryOf(c)
      const entries = await offered(web, logPort).list(query, actorOf(c).user.id)
      return page(c, <AuditLogPage view={viewOf(web, c)} query={query} entries={entries} />)
    })
    .get(auditLogPath, adminsOnly(web), async (c) => {
      const log = offered(web, logPort)
      const query = queryOf(c)
      const users = (await log.users()).map(({ id, username }) => [id, username] as const)
      const apps = (await log.clientNames()).map((name) => [name, name] as const)
      const view = viewOf(web, c)
      return page(c, <AuditLogPage view={view} query={query} entries={await log.list(query)} choices={{ users, apps }} />)
    })
}
