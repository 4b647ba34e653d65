// Pure: who may have which name. Names that people swap, or pass on in a chain, settle in one go; one that stays taken is a conflict.

/** Somebody wants a name that is not theirs yet. */
export interface Claim {
  /** Who claims; unique among the claims. */
  readonly by: string
  /** The row that claims; undefined when it is yet to be made. */
  readonly rowId: string | undefined
  /** Folded as the database compares. */
  readonly wants: string
}

/** Who has a name now. */
export interface NameOwner {
  readonly rowId: string
  readonly username: string
  readonly source: string | null
  /** The other directory, where one owns the row. */
  readonly elsewhere?: string | undefined
  /** The e-mail address is proven. */
  readonly verified: boolean
  /** The account has left the directory and is kept disabled. */
  readonly left: boolean
}

/** The database compares names with NOCASE, which knows the 26 letters. */
export const foldName = (name: string): string => name.replace(/[A-Z]/g, (letter) => letter.toLowerCase())

/**
 * Decides every claim at once.
 *
 * A claim stands when nobody has the name, or whoever has it goes away or gets another name in this same run. When two claim
 * one name an existing row comes before a new one, then the order of `by` decides.
 *
 * @returns for each claim that fails, who stands in its way: a row id or another claim's `by`
 */
export function settle(
  claims: readonly Claim[],
  owners: ReadonlyMap<string, NameOwner>,
  freed: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const failed = new Map<string, string>()
  const winners = winnersOf(claims)
  for (const { by, wants } of claims) {
    const winner = winners.get(wants)
    if (winner && winner.by !== by) failed.set(by, winner.by)
  }
  const moving = new Map<string, Claim>()
  for (const claim of winners.values()) if (claim.rowId !== undefined) moving.set(claim.rowId, claim)
  const heldBy = new Map<string, string>()
  if (moving.size > 0) for (const [name, owner] of owners) heldBy.set(owner.rowId, name)
  const open = [...winners.values()]
  for (let claim = open.pop(); claim; claim = open.pop()) {
    const owner = owners.get(claim.wants)
    if (failed.has(claim.by) || !owner || owner.rowId === claim.rowId || freed.has(owner.rowId) || moving.has(owner.rowId))
      continue
    failed.set(claim.by, owner.rowId)
    if (claim.rowId === undefined) continue
    // This row keeps its name after all, so whoever was to get that name has to be asked again.
    moving.delete(claim.rowId)
    const next = winners.get(heldBy.get(claim.rowId) ?? '')
    if (next) open.push(next)
  }
  return failed
}

/** The first claim of each name. */
function winnersOf(claims: readonly Claim[]): ReadonlyMap<string, Claim> {
  const winners = new Map<string, Claim>()
  for (const claim of claims) {
    const other = winners.get(claim.wants)
    if (!other || before(claim, other) < 0) winners.set(claim.wants, claim)
  }
  return winners
}

const before = (left: Claim, right: Claim): number =>
  Number(left.rowId === undefined) - Number(right.rowId === undefined) || (left.by < right.by ? -1 : left.by > right.by ? 1 : 0)
