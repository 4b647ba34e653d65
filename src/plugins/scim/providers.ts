// Apps that are told of people: their rows, whose turn it is to tell one, and how that went.
import { and, eq, isNotNull, isNull, lt, or } from 'drizzle-orm'
import { inSeconds } from '#core/clock.ts'
import { newId } from '#core/crypto.ts'
import { uniqueViolation } from '#core/db/violations.ts'
import { AppError, alreadyInUse, commonErrors } from '#core/errors.ts'
import { parse } from '#core/http/contract.ts'
import type { Host } from '#core/kernel/plugin.ts'
import { errorText } from '#core/log.ts'
import { type AppDetails, apps as appsPort } from '#core/ports-apps.ts'
import type { Scim, ScimInput, ScimProvider } from '#core/scim-port.ts'
import { secretMask } from '#core/settings/configuration.ts'
import { scimErrors } from './errors.ts'
import { Input } from './input.ts'
import { type Pushed, push } from './push.ts'
import { purpose } from './sealed.ts'
import { type ProviderRow, providers } from './tables.ts'

export interface Providers extends Scim {
  /** Something changed that apps may have to hear of. */
  want(): Promise<void>
  /**
   * Tells every app what it has not heard of.
   * @param wantedOnly leaves out apps for which nothing changed
   */
  tellAll(wantedOnly: boolean, signal: AbortSignal): Promise<{ readonly told: number; readonly failed: number }>
}

type ScimHost = Pick<Host, 'db' | 'clock' | 'vault' | 'outside' | 'seek' | 'log' | 'meter'>

/** Renewed while it goes on; a process that died is out of the way after this. */
const claimSeconds = 120
const notFound = (message: string) => commonErrors.refuse('not_found', { message })

/** @param soon told when an app has something to hear */
export function createProviders(host: ScimHost, soon: () => void): Providers {
  const { db, clock, vault, log } = host
  const pushes = host.meter.counter('scim_pushes_total', 'Attempts to tell apps of people and groups, by how they ended.', [
    'outcome',
  ])
  const told = host.meter.counter('scim_resources_told_total', 'People and groups that apps were told of or made to forget.')

  const appOf = async (clientId: string): Promise<AppDetails> => {
    const apps = host.seek(appsPort)
    if (!apps) throw notFound('No apps sign people in here.')
    return apps.get(clientId)
  }
  const rowOf = async (id: string): Promise<ProviderRow> => {
    const [row] = await db.read.select().from(providers).where(eq(providers.id, id))
    if (!row) throw notFound('There is no such SCIM server.')
    return row
  }
  const json = async (row: ProviderRow): Promise<ScimProvider> => {
    const { id, name, hasLogo, hasDarkLogo, clientType } = await appOf(row.clientId)
    return {
      id: row.id,
      endpoint: row.endpoint,
      token: row.sealedToken === null ? '' : secretMask,
      createdAt: row.createdAt.toISOString(),
      lastSyncedAt: row.lastSyncedAt?.toISOString() ?? null,
      lastFault: row.lastFault,
      oidcClient: { id, name, hasLogo, hasDarkLogo, clientType },
    }
  }
  const sealed = (token: string): string | null => (token === '' ? null : vault.seal(purpose, token))

  const changed = (which: ReturnType<typeof eq>, values: Partial<ProviderRow>) =>
    db.write((tx) => tx.update(providers).set(values).where(which))

  /** One statement, so that of several processes one tells an app. */
  const claim = async (id: string): Promise<ProviderRow | undefined> => {
    const free = or(isNull(providers.claimedUntil), lt(providers.claimedUntil, clock.now()))
    const claimed = { claimedUntil: inSeconds(clock, claimSeconds), wantedAt: null }
    const [row] = await db.write((tx) =>
      tx
        .update(providers)
        .set(claimed)
        .where(and(eq(providers.id, id), free))
        .returning(),
    )
    return row
  }

  async function tell(row: ProviderRow, everything: boolean, signal: AbortSignal): Promise<Pushed> {
    const mine = eq(providers.id, row.id)
    const alive = async () => void (await changed(mine, { claimedUntil: inSeconds(clock, claimSeconds) }))
    try {
      const pushed = await push(host, row, await appOf(row.clientId), { everything, signal, alive })
      const done = pushed.fault === undefined ? { lastSyncedAt: clock.now() } : { wantedAt: clock.now() }
      await changed(mine, { ...done, lastFault: pushed.fault ?? null, claimedUntil: null })
      pushes.add(1, pushed.fault === undefined ? 'done' : 'failed')
      told.add(pushed.told + pushed.removed)
      if (pushed.fault !== undefined)
        log.warn('An app could not be told of everything', { client: row.clientId, why: pushed.fault })
      return pushed
    } catch (error) {
      pushes.add(1, 'failed')
      await changed(mine, { wantedAt: clock.now(), lastFault: errorText(error), claimedUntil: null })
      throw error
    }
  }

  /** An app that is gone is told nothing more. */
  async function withoutApp(row: ProviderRow): Promise<boolean> {
    const known = await appOf(row.clientId).catch((error: unknown) => {
      if (error instanceof AppError && error.status === 404) return undefined
      throw error
    })
    if (!known && host.seek(appsPort)) await db.write((tx) => tx.delete(providers).where(eq(providers.id, row.id)))
    return !known
  }

  return {
    async ofClient(clientId) {
      const [row] = await db.read.select().from(providers).where(eq(providers.clientId, clientId))
      return row && json(row)
    },
    async create(input: ScimInput) {
      const { endpoint, token, oidcClientId } = parse(Input, input)
      await appOf(oidcClientId)
      const now = clock.now()
      const row = { id: newId(), clientId: oidcClientId, endpoint, sealedToken: sealed(token === secretMask ? '' : token) }
      await db
        .write((tx) => tx.insert(providers).values({ ...row, createdAt: now, wantedAt: now }))
        .catch((error: unknown) => {
          throw uniqueViolation(error) === 'scim_providers.client_id' ? alreadyInUse('oidcClientId') : error
        })
      soon()
      return { ...(await json(await rowOf(row.id))), token }
    },
    async update(id, input) {
      const { endpoint, token, oidcClientId } = parse(Input, input)
      const row = await rowOf(id)
      if (oidcClientId !== row.clientId) throw commonErrors.refuse('forbidden', { message: 'A SCIM server stays with its app.' })
      const kept = token === secretMask ? {} : { sealedToken: sealed(token) }
      await changed(eq(providers.id, id), { endpoint, ...kept, wantedAt: clock.now(), lastFault: null })
      soon()
      return { ...(await json(await rowOf(id))), token }
    },
    async remove(id) {
      await rowOf(id)
      await db.write((tx) => tx.delete(providers).where(eq(providers.id, id)))
    },
    async sync(id) {
      await rowOf(id)
      const row = await claim(id)
      if (!row) throw scimErrors.refuse('scim_sync_running')
      const { fault } = await tell(row, true, new AbortController().signal)
      if (fault !== undefined) throw scimErrors.refuse('scim_sync_failed', { message: fault })
    },
    async want() {
      // Asked with every change of anybody; nearly everywhere nobody is told.
      const [one] = await db.read.select({ id: providers.id }).from(providers).limit(1)
      if (!one) return
      await db.write((tx) => tx.update(providers).set({ wantedAt: clock.now() }))
      soon()
    },
    async tellAll(wantedOnly, signal) {
      const which = wantedOnly ? isNotNull(providers.wantedAt) : undefined
      const rows = await db.read.select().from(providers).where(which)
      let failed = 0
      let count = 0
      for (const one of rows) {
        signal.throwIfAborted()
        const row = (await withoutApp(one)) ? undefined : await claim(one.id)
        if (!row) continue
        const pushed = await tell(row, false, signal)
        count += pushed.told + pushed.removed
        if (pushed.fault !== undefined) failed++
      }
      return { told: count, failed }
    },
  }
}
