// Telling one app: what is new or changed, then what it shall forget. What it was told is remembered as soon as it has heard it.
import { and, eq, inArray, sql } from 'drizzle-orm'
import { sha256 } from '#core/crypto.ts'
import { AppError } from '#core/errors.ts'
import { isDisabled } from '#core/identity/actor.ts'
import type { Host } from '#core/kernel/plugin.ts'
import type { AppDetails } from '#core/ports-apps.ts'
import { createRemote, type Remote, type Told } from './remote.ts'
import { scopeOf } from './scope.ts'
import { purpose } from './sealed.ts'
import { type Kind, type ProviderRow, resources } from './tables.ts'
import { groupResource, type Resource, userResource } from './wire.ts'

export interface Pushed {
  readonly told: number
  readonly removed: number
  /** The first of what went wrong, in a sentence; undefined when nothing did. */
  readonly fault: string | undefined
}

/** Requests that are on their way at once. */
const atOnce = 8
/** A server that is down is left alone until the next time. */
const mostFailures = 8

interface Item {
  readonly kind: Kind
  readonly localId: string
  readonly name: string
  readonly resource: Resource
}

/** @param everything tells also what the app was told before, in case it forgot */
export async function push(
  host: Pick<Host, 'db' | 'outside' | 'vault'>,
  provider: ProviderRow,
  app: AppDetails,
  { everything, signal, alive }: { readonly everything: boolean; readonly signal: AbortSignal; alive(): Promise<void> },
): Promise<Pushed> {
  const { db, vault } = host
  const token = provider.sealedToken === null ? undefined : vault.open(purpose, provider.sealedToken)
  const remote = createRemote(host.outside, provider.endpoint, token)
  const scope = scopeOf(db, provider.id, app)
  const run = new Run(remote, signal)
  if ((await scope.isEmpty()) && (await wasTold(host, provider.id)))
    return {
      told: 0,
      removed: 0,
      fault: 'Nobody would be left at the app, so nothing was removed there. Remove the address if that is meant.',
    }

  const tell = async (items: readonly Item[]): Promise<void> => {
    const known = await knownOf(host, provider.id, items)
    const due = items.filter(
      ({ kind, localId, resource }) => everything || known.get(`${kind} ${localId}`)?.digest !== digestOf(resource),
    )
    for (const part of parts(due)) {
      const heard = await Promise.all(part.map((item) => run.tell(item, known.get(`${item.kind} ${item.localId}`)?.remoteId)))
      await remember(
        host,
        provider.id,
        part.flatMap((item, index) => (heard[index] ? [{ ...item, remoteId: heard[index] }] : [])),
      )
      await alive()
    }
  }

  const forget = async (kind: Kind): Promise<void> => {
    for (let last = ''; ; ) {
      const slice = await scope.leavers(kind, last)
      for (const part of parts(slice)) {
        const heard = await Promise.all(part.map(({ localId, remoteId }) => run.remove(kind, remoteId, localId)))
        const gone = part.filter((_, index) => heard[index]).map(({ localId }) => localId)
        await forgotten(host, provider.id, kind, gone)
        await alive()
      }
      last = slice.at(-1)?.localId ?? ''
      if (last === '') return
    }
  }

  // Rights go first: a group that may no longer use the app, before anybody new comes.
  await forget('group')
  for await (const slice of scope.users())
    await tell(
      slice.map((user) => ({
        kind: 'user',
        localId: user.id,
        name: user.username,
        resource: userResource(user, !isDisabled(user)),
      })),
    )
  for await (const slice of scope.groups())
    for (const group of slice) {
      const resource = groupResource(group, await scope.members(group.id))
      await tell([{ kind: 'group', localId: group.id, name: group.name, resource }])
    }
  await forget('user')
  return run.outcome()
}

/** One run: counts, and gives up on a server that does not answer or does not know us. */
class Run {
  readonly #remote: Remote
  readonly #signal: AbortSignal
  #told = 0
  #removed = 0
  #failures = 0
  #fault: string | undefined

  constructor(remote: Remote, signal: AbortSignal) {
    this.#remote = remote
    this.#signal = signal
  }

  /** Under which id the app keeps it now; undefined when it did not take it. */
  async tell({ kind, name, resource }: Item, remoteId: string | undefined): Promise<string | undefined> {
    const heard = await this.#try(name, async () => {
      const replaced = remoteId === undefined ? undefined : await this.#remote.replace(kind, remoteId, resource)
      return replaced === undefined || replaced.kind === 'unknown' ? this.#remote.create(kind, resource) : replaced
    })
    if (heard?.kind !== 'told') return undefined
    this.#told++
    return heard.remoteId
  }

  async remove(kind: Kind, remoteId: string, name: string): Promise<boolean> {
    const heard = await this.#try(name, () => this.#remote.remove(kind, remoteId))
    if (heard?.kind === 'told') this.#removed++
    return heard?.kind === 'told'
  }

  outcome(): Pushed {
    return { told: this.#told, removed: this.#removed, fault: this.#fault }
  }

  async #try(name: string, ask: () => Promise<Told>): Promise<Told | undefined> {
    this.#signal.throwIfAborted()
    if (this.#failures >= mostFailures) return undefined
    try {
      const heard = await ask()
      if (heard.kind === 'told') return heard
      const why = heard.kind === 'refused' ? heard.why : 'it knows no such resource'
      this.#note(`${name}: ${why}.`)
      // Whoever is not let in is not let in with the next one either.
      if (heard.kind === 'refused' && (heard.status === 401 || heard.status === 403)) this.#failures = mostFailures
      if (heard.kind === 'refused' && heard.status >= 500) this.#failures++
      return heard
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      this.#failures++
      this.#note(error.message)
      return undefined
    }
  }

  #note(fault: string): void {
    this.#fault ??= fault
  }
}

function* parts<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += atOnce) yield all.slice(at, at + atOnce)
}

const digestOf = (resource: Resource): string => sha256(JSON.stringify(resource))

async function wasTold({ db }: Pick<Host, 'db'>, providerId: string): Promise<boolean> {
  const [one] = await db.read
    .select({ id: resources.localId })
    .from(resources)
    .where(eq(resources.providerId, providerId))
    .limit(1)
  return one !== undefined
}

type Known = ReadonlyMap<string, { readonly remoteId: string; readonly digest: string }>

async function knownOf({ db }: Pick<Host, 'db'>, providerId: string, items: readonly Item[]): Promise<Known> {
  const ids = JSON.stringify(items.map(({ localId }) => localId))
  const among = sql`${resources.localId} in (select value from json_each(${ids}))`
  const rows = await db.read
    .select()
    .from(resources)
    .where(and(eq(resources.providerId, providerId), among))
  return new Map(rows.map(({ kind, localId, remoteId, digest }) => [`${kind} ${localId}`, { remoteId, digest }]))
}

async function remember(
  { db }: Pick<Host, 'db'>,
  providerId: string,
  heard: readonly (Item & { readonly remoteId: string })[],
): Promise<void> {
  if (heard.length === 0) return
  await db.write(async (tx) => {
    for (const { kind, localId, remoteId, resource } of heard) {
      const row = { providerId, kind, localId, remoteId, digest: digestOf(resource) }
      const target = [resources.providerId, resources.kind, resources.localId]
      await tx.insert(resources).values(row).onConflictDoUpdate({ target, set: row })
    }
  })
}

async function forgotten({ db }: Pick<Host, 'db'>, providerId: string, kind: Kind, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  const which = and(eq(resources.providerId, providerId), eq(resources.kind, kind), inArray(resources.localId, [...ids]))
  await db.write((tx) => tx.delete(resources).where(which))
}
