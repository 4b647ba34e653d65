// An app's SCIM 2.0 server on loopback: scimmy understands and judges what comes, by the schemas of RFC 7643.
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import SCIMMY from 'scimmy'

export interface ScimRecord {
  readonly id: string
  readonly externalId?: string
  readonly userName?: string
  readonly displayName?: string
  readonly active?: boolean
  readonly name?: { readonly givenName?: string; readonly familyName?: string; readonly formatted?: string }
  readonly emails?: readonly { readonly value: string }[]
  readonly members?: readonly { readonly value: string }[]
}

export interface ScimServer {
  readonly url: string
  readonly token: string
  readonly users: Map<string, ScimRecord>
  readonly groups: Map<string, ScimRecord>
  /** Methods and paths, in order. */
  readonly asked: string[]
  /** What it answers to everything instead, until it is undefined again. */
  failing: number | undefined
  stop(): Promise<void>
}

let made = 0

/** Resources of one kind in memory, as scimmy's resource type. */
function keep(type: typeof SCIMMY.Resources.User, all: Map<string, ScimRecord>, name: 'userName' | 'displayName') {
  type
    .ingress((resource: { id?: string }, data: object) => {
      const sent = JSON.parse(JSON.stringify(data)) as ScimRecord
      const known = resource.id
      if (known !== undefined && !all.has(known)) throw new SCIMMY.Types.Error(404, null as never, `Resource ${known} not found`)
      const twin = [...all.values()].find((one) => one[name] === sent[name] && one.id !== known)
      if (twin) throw new SCIMMY.Types.Error(409, 'uniqueness', `${name} is taken`)
      const id = known ?? `remote-${++made}`
      all.set(id, { ...sent, id })
      return all.get(id) as never
    })
    .egress((resource: { id?: string; filter?: { match(values: unknown[]): unknown[] } }) => {
      if (resource.id === undefined) {
        const values = [...all.values()]
        return (resource.filter ? resource.filter.match(values) : values) as never
      }
      const found = all.get(resource.id)
      if (!found) throw new SCIMMY.Types.Error(404, null as never, `Resource ${resource.id} not found`)
      return found as never
    })
    .degress((resource: { id?: string }) => {
      if (!all.delete(resource.id ?? '')) throw new SCIMMY.Types.Error(404, null as never, 'Resource not found')
    })
  return SCIMMY.Resources.declare(type)
}

export async function startScimServer(): Promise<ScimServer> {
  const [users, groups] = [new Map<string, ScimRecord>(), new Map<string, ScimRecord>()]
  keep(SCIMMY.Resources.User, users, 'userName')
  keep(SCIMMY.Resources.Group as never, groups, 'displayName')
  const asked: string[] = []
  const token = 'a-token-of-the-app'
  const state: { failing: number | undefined } = { failing: undefined }

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost')
    asked.push(`${request.method} ${url.pathname}`)
    const send = (status: number, body?: unknown) => {
      response.writeHead(status, { 'content-type': 'application/scim+json' })
      response.end(body === undefined ? undefined : JSON.stringify(body))
    }
    try {
      if (state.failing !== undefined) return send(state.failing, { detail: 'Out of order' })
      if (request.headers.authorization !== `Bearer ${token}`) throw new SCIMMY.Types.Error(401, null as never, 'Unknown token')
      await handle(request, url, send)
    } catch (error) {
      const failure = new SCIMMY.Messages.Error(error as never)
      send(Number(failure.status), failure)
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/scim/v2`,
    token,
    users,
    groups,
    asked,
    get failing() {
      return state.failing
    },
    set failing(status) {
      state.failing = status
    },
    async stop() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

async function handle(request: IncomingMessage, url: URL, send: (status: number, body?: unknown) => void): Promise<void> {
  const [, , , collection, encoded] = url.pathname.split('/')
  const Type = collection === 'Users' ? SCIMMY.Resources.User : SCIMMY.Resources.Group
  const id = encoded === undefined ? undefined : decodeURIComponent(encoded)
  const filter = url.searchParams.get('filter')
  const resource =
    id === undefined ? new Type(filter === null ? ({} as never) : ({ filter } as never)) : new Type(id, {} as never)
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  const body = parts.length === 0 ? undefined : (JSON.parse(Buffer.concat(parts).toString()) as never)
  if (request.method === 'GET') return send(200, await resource.read())
  if (request.method === 'DELETE') {
    await resource.dispose()
    return send(204)
  }
  if (body === undefined) return send(400)
  return send(id === undefined ? 201 : 200, await resource.write(body))
}
