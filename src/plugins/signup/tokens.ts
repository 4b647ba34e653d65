// Invitations: made by administrators, spent by whoever signs up, in the transaction that makes the account.
import { and, asc, count, eq, gt, inArray, lt, lte, sql } from 'drizzle-orm'
import { inSeconds } from '#core/clock.ts'
import { newId, randomText, sha256 } from '#core/crypto.ts'
import type { Transaction } from '#core/db/client.ts'
import { groups as groupRows } from '#core/db/tables.ts'
import { invalidFields } from '#core/errors.ts'
import { type ListColumns, listParts, pagination } from '#core/http/listing.ts'
import type { GroupRow } from '#core/identity/actor.ts'
import type { Host } from '#core/kernel/plugin.ts'
import type { SignUps, SignUpToken } from '#core/sign-up-port.ts'
import { signupErrors } from './errors.ts'
import { purpose } from './sealed.ts'
import { signupTokenGroups, signupTokens } from './tables.ts'

export interface Invitations {
  readonly list: SignUps['tokens']
  readonly create: SignUps['createToken']
  readonly remove: SignUps['removeToken']
  isGood(token: string): Promise<boolean>
  /**
   * Uses a token once, and names it and its groups. Asked and counted in one statement, so no two requests get its last use.
   * @throws AppError token_invalid_or_expired
   */
  spend(tx: Transaction, token: string): Promise<{ readonly id: string; readonly groups: readonly GroupRow[] }>
  /** Forgets invitations that have run out. */
  sweep(): Promise<void>
}

// As Pocket ID makes them: 16 letters and digits are 95 bits.
const tokenLength = 16

const columns: ListColumns = {
  sortable: {
    createdAt: signupTokens.createdAt,
    expiresAt: signupTokens.expiresAt,
    usageLimit: signupTokens.usageLimit,
    usageCount: signupTokens.usageCount,
  },
  filterable: {},
  searched: [],
  byDefault: signupTokens.createdAt,
  tie: signupTokens.id,
}

export function createInvitations({
  db,
  vault,
  clock,
  identity,
}: Pick<Host, 'db' | 'vault' | 'clock' | 'identity'>): Invitations {
  const live = (token: string) =>
    and(
      eq(signupTokens.tokenHash, sha256(token)),
      gt(signupTokens.expiresAt, clock.now()),
      lt(signupTokens.usageCount, signupTokens.usageLimit),
    )
  const groupsOf = async (read: Pick<Transaction, 'select'>, tokenIds: readonly string[]) =>
    read
      .select({ tokenId: signupTokenGroups.tokenId, group: groupRows })
      .from(signupTokenGroups)
      .innerJoin(groupRows, eq(groupRows.id, signupTokenGroups.groupId))
      .where(inArray(signupTokenGroups.tokenId, [...tokenIds]))
      .orderBy(asc(groupRows.name))
  const shown = (
    { tokenHash: _hash, sealed, ...row }: typeof signupTokens.$inferSelect,
    groups: readonly GroupRow[],
  ): SignUpToken => ({
    ...row,
    token: vault.open(purpose, sealed),
    groups,
  })
  return {
    async list(query) {
      const { where, orderBy } = listParts(columns, { ...query, search: '' })
      const counted = await db.read.select({ total: count() }).from(signupTokens).where(where)
      const at = pagination(query, counted[0]?.total ?? 0)
      const rows = await db.read
        .select()
        .from(signupTokens)
        .where(where)
        .orderBy(...orderBy)
        .limit(query.limit)
        .offset(at.offset)
      const held = await groupsOf(
        db.read,
        rows.map(({ id }) => id),
      )
      const data = rows.map((row) =>
        shown(
          row,
          held.filter(({ tokenId }) => tokenId === row.id).map(({ group }) => group),
        ),
      )
      return { data, pagination: at.pagination }
    },
    async create({ lifetimeSeconds, usageLimit, groupIds }) {
      const groups = await Promise.all([...new Set(groupIds)].map(identity.groups.get))
      refuseOwned(identity, groups)
      const token = randomText(tokenLength)
      const times = { createdAt: clock.now(), expiresAt: inSeconds(clock, lifetimeSeconds) }
      const row = {
        id: newId(),
        tokenHash: sha256(token),
        sealed: vault.seal(purpose, token),
        usageLimit,
        usageCount: 0,
        ...times,
      }
      await db.write(async (tx) => {
        await tx.insert(signupTokens).values(row)
        for (const { id } of groups) await tx.insert(signupTokenGroups).values({ tokenId: row.id, groupId: id })
      })
      return shown(row, groups)
    },
    async remove(id) {
      const removed = await db.write((tx) =>
        tx.delete(signupTokens).where(eq(signupTokens.id, id)).returning({ id: signupTokens.id }),
      )
      if (removed.length === 0) throw signupErrors.refuse('signup_token_not_found')
    },
    async isGood(token) {
      return (await db.read.select({ id: signupTokens.id }).from(signupTokens).where(live(token))).length > 0
    },
    async spend(tx, token) {
      const once = { usageCount: sql`${signupTokens.usageCount} + 1` }
      const [spent] = await tx.update(signupTokens).set(once).where(live(token)).returning({ id: signupTokens.id })
      if (!spent) throw signupErrors.refuse('token_invalid_or_expired')
      return { id: spent.id, groups: (await groupsOf(tx, [spent.id])).map(({ group }) => group) }
    },
    async sweep() {
      await db.write((tx) => tx.delete(signupTokens).where(lte(signupTokens.expiresAt, clock.now())))
    },
  }
}

/** Who is in a directory's group is said there: an invitation into one would be forgotten at the next sync. */
function refuseOwned({ guard }: Host['identity'], groups: readonly GroupRow[]): void {
  const owned = groups.find((group) => guard.locked('group', group).by !== undefined)
  if (!owned) return
  const message = `The members of ${owned.friendlyName} come from a directory. Choose groups that are made here.`
  throw invalidFields([{ field: 'userGroupIds', code: 'invalid', message }])
}
