// An app's SCIM server over HTTP (RFC 7644): make, replace, remove, find. The only file that speaks to it.
import * as v from 'valibot'
import type { OutsideAnswer, OutsideFetch } from '#core/http/outside-fetch.ts'
import type { Kind } from './tables.ts'
import { equals, type Resource } from './wire.ts'

/** What the server answered to what it was told. */
export type Told =
  | { readonly kind: 'told'; readonly remoteId: string }
  /** It knows no resource of this id. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'refused'; readonly status: number; readonly why: string }

export interface Remote {
  /** Makes it, or takes over the one that is there already under this name. */
  create(kind: Kind, resource: Resource): Promise<Told>
  replace(kind: Kind, remoteId: string, resource: Resource): Promise<Told>
  /** One that is gone already is as good as removed. */
  remove(kind: Kind, remoteId: string): Promise<Told>
}

const timeoutMilliseconds = 30_000
/** A server may send a whole group back. */
const maxBytes = 32 * 1024 * 1024
const mediaType = 'application/scim+json'

const Made = v.object({ id: v.pipe(v.string(), v.minLength(1)) })
const Found = v.object({ Resources: v.optional(v.array(v.looseObject({ id: v.string() })), []) })
const Failure = v.object({ detail: v.optional(v.string()), scimType: v.optional(v.string()) })

export function createRemote(outside: OutsideFetch, endpoint: string, token: string | undefined): Remote {
  const base = endpoint.replace(/\/+$/, '')
  const ask = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: Resource): Promise<OutsideAnswer> =>
    outside(`${base}${path}`, {
      namedBy: 'administrator',
      method,
      timeoutMilliseconds,
      maxBytes,
      headers: {
        accept: `${mediaType}, application/json`,
        ...(body ? { 'content-type': mediaType } : {}),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })

  const find = async (kind: Kind, resource: Resource): Promise<string | undefined> => {
    const name = kind === 'user' ? 'userName' : 'displayName'
    for (const attribute of ['externalId', name]) {
      const answer = await ask(
        'GET',
        `${pathOf(kind)}?${new URLSearchParams({ filter: equals(attribute, String(resource[attribute])) })}`,
      )
      const found = answer.status === 200 ? parsed(Found, answer)?.Resources[0] : undefined
      if (found) return found.id
    }
    return undefined
  }

  const replace = async (kind: Kind, remoteId: string, resource: Resource): Promise<Told> => {
    const answer = await ask('PUT', `${pathOf(kind)}/${encodeURIComponent(remoteId)}`, { ...resource, id: remoteId })
    if (answer.status === 404) return { kind: 'unknown' }
    return isDone(answer) ? { kind: 'told', remoteId } : refused(answer)
  }

  return {
    replace,
    async create(kind, resource) {
      const answer = await ask('POST', pathOf(kind), resource)
      const made = isDone(answer) ? parsed(Made, answer) : undefined
      if (made) return { kind: 'told', remoteId: made.id }
      // Somebody of this name is there: made by hand, or told before by an instance that forgot (section 3.3).
      const known = answer.status === 409 ? await find(kind, resource) : undefined
      return known === undefined ? refused(answer) : replace(kind, known, resource)
    },
    async remove(kind, remoteId) {
      const answer = await ask('DELETE', `${pathOf(kind)}/${encodeURIComponent(remoteId)}`)
      return isDone(answer) || answer.status === 404 ? { kind: 'told', remoteId } : refused(answer)
    },
  }
}

const pathOf = (kind: Kind) => (kind === 'user' ? '/Users' : '/Groups')
const isDone = ({ status }: OutsideAnswer) => status >= 200 && status < 300

function parsed<S extends v.GenericSchema>(schema: S, answer: OutsideAnswer): v.InferOutput<S> | undefined {
  try {
    const read = v.safeParse(schema, JSON.parse(answer.text()))
    return read.success ? read.output : undefined
  } catch {
    // Not JSON: it says nothing that we could read.
    return undefined
  }
}

function refused(answer: OutsideAnswer): Told {
  const said = parsed(Failure, answer)
  const why = [said?.scimType, said?.detail].filter(Boolean).join(': ').slice(0, 200)
  return {
    kind: 'refused',
    status: answer.status,
    why: `it answers with status ${answer.status}${why === '' ? '' : ` (${why})`}`,
  }
}
