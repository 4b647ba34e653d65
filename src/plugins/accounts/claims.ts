// Rows of custom claims: which names are free to use, and replacing the list of one owner.
import { count, desc, eq } from 'drizzle-orm'
import { newId } from '#core/crypto.ts'
import type { Database } from '#core/db/client.ts'
import { customClaims } from '#core/db/tables.ts'
import type { CustomClaim } from '#core/http/user-json.ts'
import { errors } from './errors.ts'

/** Names whose meaning is fixed: by JWT (RFC 7519 section 4.1), by OpenID Connect Core section 5.1, or by what we put there ourselves. */
const reserved: ReadonlySet<string> = new Set([
  ...['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti'],
  ...['auth_time', 'nonce', 'acr', 'amr', 'azp', 'at_hash', 'c_hash', 'sid'],
  ...['name', 'given_name', 'family_name', 'preferred_username', 'email', 'email_verified'],
  ...['display_name', 'groups', 'type'],
])

/** Whose claims: a user's or a group's. */
export type ClaimOwner = { readonly userId: string } | { readonly groupId: string }

export interface Claims {
  /** Every name in use, the most used first. */
  names(): Promise<readonly string[]>
  /** Replaces an owner's list. @throws AppError reserved_claim, duplicate_claim naming the claim */
  replace(owner: ClaimOwner, claims: readonly CustomClaim[]): Promise<readonly CustomClaim[]>
}

export const createClaims = (db: Database): Claims => ({
  async names() {
    const { key } = customClaims
    const rows = await db.read.select({ key }).from(customClaims).groupBy(key).orderBy(desc(count()), key)
    return rows.map((row) => row.key)
  },
  async replace(owner, claims) {
    refuseBadNames(claims)
    await db.write(async (tx) => {
      const mine = 'userId' in owner ? eq(customClaims.userId, owner.userId) : eq(customClaims.groupId, owner.groupId)
      await tx.delete(customClaims).where(mine)
      for (const claim of claims) await tx.insert(customClaims).values({ id: newId(), ...owner, ...claim })
    })
    return claims
  },
})

function refuseBadNames(claims: readonly CustomClaim[]): void {
  const seen = new Set<string>()
  for (const { key } of claims) {
    const details = { claim: key }
    if (reserved.has(key)) throw errors.refuse('reserved_claim', { message: `The claim name ${key} is reserved.`, details })
    if (seen.has(key)) throw errors.refuse('duplicate_claim', { message: `The claim ${key} stands twice in the list.`, details })
    seen.add(key)
  }
}
