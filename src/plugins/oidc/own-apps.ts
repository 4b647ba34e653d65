// A person's apps: those they may open, and those they gave access, which they can take away again.
import { and, count, desc, eq, isNotNull, isNull, or, type SQL, sql } from 'drizzle-orm'
import { type ListColumns, type ListQuery, listParts, pagination } from '#core/http/listing.ts'
import type { Apps } from '#core/ports-apps.ts'
import { cardsOf } from './client-wire.ts'
import type { OidcHost } from './provider.ts'
import { type ClientRow, clients, consents, grants } from './tables.ts'

export type OwnApps = Pick<Apps, 'accessibleTo' | 'authorizedBy' | 'revoke'>

const columns: ListColumns = {
  sortable: { name: clients.name, lastUsedAt: consents.lastUsedAt },
  filterable: {},
  searched: [clients.name, clients.description],
  byDefault: clients.name,
  tie: clients.id,
}

export function createOwnApps({ db, clock, core }: Pick<OidcHost, 'db' | 'clock' | 'core'>): OwnApps {
  const page = async (query: ListQuery, userId: string, given: SQL | undefined) => {
    const { where, orderBy } = listParts(columns, query)
    const wanted = and(where, given, launchFilter(query))
    const own = and(eq(consents.clientId, clients.id), eq(consents.userId, userId))
    const [counted] = await db.read.select({ total: count() }).from(clients).leftJoin(consents, own).where(wanted)
    const at = pagination(query, counted?.total ?? 0)
    const order = query.sort ? orderBy : [desc(sql`coalesce(${consents.lastUsedAt}, 0)`), ...orderBy]
    const rows = await db.read
      .select({ client: clients, consent: consents })
      .from(clients)
      .leftJoin(consents, own)
      .where(wanted)
      .orderBy(...order)
      .limit(query.limit)
      .offset(at.offset)
    const cards = await cardsOf(
      { db },
      rows.map(({ client }): ClientRow => client),
    )
    return { rows: rows.map((row, index) => ({ ...row, card: cards[index] })), pagination: at.pagination }
  }

  return {
    async accessibleTo(userId, query) {
      const member = sql`exists (select 1 from oidc_client_groups g join group_members m on m.group_id = g.group_id
        where g.client_id = ${clients.id} and m.user_id = ${userId})`
      const { rows, pagination } = await page(query, userId, or(eq(clients.isGroupRestricted, false), member))
      const data = rows.flatMap(({ card, client, consent }) =>
        card
          ? [{ ...card, launchURL: launchAddress(client, core.appUrl), lastUsedAt: consent?.lastUsedAt.toISOString() ?? null }]
          : [],
      )
      return { data, pagination }
    },
    async authorizedBy(userId, query) {
      const { rows, pagination } = await page(query, userId, isNotNull(consents.userId))
      const data = rows.flatMap(({ card, consent }) =>
        card && consent ? [{ scope: scopeText(consent.scope), client: card, lastUsedAt: consent.lastUsedAt.toISOString() }] : [],
      )
      return { data, pagination }
    },
    async revoke(userId, clientId) {
      await db.write(async (tx) => {
        await tx.delete(consents).where(and(eq(consents.userId, userId), eq(consents.clientId, clientId)))
        const live = and(eq(grants.userId, userId), eq(grants.clientId, clientId), isNull(grants.revokedAt))
        await tx.update(grants).set({ revokedAt: clock.now() }).where(live)
      })
    },
  }
}

/** `filters[hasLaunchURL]=true`, as Pocket ID has it. */
function launchFilter({ filters }: ListQuery): SQL | undefined {
  const [wanted] = filters.hasLaunchURL ?? []
  if (wanted === undefined) return undefined
  const address = sql`coalesce(${clients.launchUrl}, ${clients.initiateLoginUri})`
  return wanted === 'true' ? isNotNull(address) : isNull(address)
}

/**
 * Where a person opens an app: its launch address, or better the one at which it begins a sign-in of its own accord, told whose
 * (OpenID Connect Core section 4, login initiated by a third party).
 */
function launchAddress({ launchUrl, initiateLoginUri }: ClientRow, issuer: string): string | null {
  if (initiateLoginUri === null) return launchUrl
  const address = new URL(initiateLoginUri)
  address.searchParams.set('iss', issuer)
  if (launchUrl !== null) address.searchParams.set('target_link_uri', launchUrl)
  return address.href
}

/** A scope of an API is kept with its resource in front of it (protocol/consent.ts); people read the scope. */
const scopeText = (scope: readonly string[]): string => [...new Set(scope.map((one) => one.split('#').at(-1) ?? one))].join(' ')
