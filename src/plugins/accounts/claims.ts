// Rows of custom claims: which names are free to use, and replacing the list of one owner.
import { and, eq, notInArray, sql } from 'drizzle-orm'
import { reservedClaims } from '#core/claim-names.ts'
import { newId } from '#core/crypto.ts'
import { customClaims, users as userRows } from '#core/db/tables.ts'
import { type CustomClaim, claimsJson } from '#core/http/user-json.ts'
import { claimsOfSource } from '#core/identity/custom-claims.ts'
import type { Host } from '#core/kernel/plugin.ts'
import { errors } from './errors.ts'

/** Whose claims: a user's or a group's. */
export type ClaimOwner = { readonly userId: string } | { readonly groupId: string }

export interface Claims {
  /** Every name in use, the most used first. */
  names(): Promise<readonly string[]>
  /**
   * Replaces an owner's list. Claims that a directory decides are passed over, so a list that was read can be sent back.
   * @throws AppError reserved_claim, duplicate_claim naming the claim
   */
  replace(owner: ClaimOwner, claims: readonly CustomClaim[]): Promise<readonly CustomClaim[]>
}

export function createClaims({ db, identity }: Pick<Host, 'db' | 'identity'>): Claims {
  const { guard, users } = identity
  /** Writes what may be edited here; with nobody to own them, the claims of a source become ordinary ones. */
  const replaceOfUser = async (userId: string, claims: readonly CustomClaim[]) => {
    const row = await users.get(userId)
    const isOwned = guard.locked('user', row).by !== undefined
    const owned = isOwned ? claimsOfSource(row) : new Map<string, string>()
    const own = claims.filter(({ key }) => !owned.has(key)).map(({ key, value }) => ({ key, value }))
    await db.write(async (tx) => {
      const hidden = [...owned.keys()]
      await tx.delete(customClaims).where(and(eq(customClaims.userId, userId), notInArray(customClaims.key, hidden)))
      for (const claim of own) await tx.insert(customClaims).values({ id: newId(), userId, ...claim })
      if (!isOwned && row.sourceClaims !== null)
        await tx.update(userRows).set({ sourceClaims: null, sourceDigest: null }).where(eq(userRows.id, userId))
    })
    return claimsJson(guard, isOwned ? row : { ...row, sourceClaims: null }, own)
  }
  return {
    async names() {
      const { key } = customClaims
      const rows = await db.read.all<{ key: string }>(sql`
        select key from (
          select ${key} as key from ${customClaims}
          union all select named.key as key from ${userRows} join json_each(${userRows.sourceClaims}) as named
        ) group by key order by count(*) desc, key`)
      return rows.map((row) => row.key)
    },
    async replace(owner, claims) {
      refuseBadNames(claims)
      if ('userId' in owner) return replaceOfUser(owner.userId, claims)
      const own = claims.map(({ key, value }) => ({ key, value }))
      await db.write(async (tx) => {
        await tx.delete(customClaims).where(eq(customClaims.groupId, owner.groupId))
        for (const claim of own) await tx.insert(customClaims).values({ id: newId(), ...owner, ...claim })
      })
      return own
    },
  }
}

function refuseBadNames(claims: readonly CustomClaim[]): void {
  const seen = new Set<string>()
  for (const { key } of claims) {
    const details = { claim: key }
    if (reservedClaims.has(key)) throw errors.refuse('reserved_claim', { message: `The claim name ${key} is reserved.`, details })
    if (seen.has(key)) throw errors.refuse('duplicate_claim', { message: `The claim ${key} stands twice in the list.`, details })
    seen.add(key)
  }
}
