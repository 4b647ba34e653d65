// Pure: a digest of a group's members that knows no order: who joins is added, who leaves is taken away, nobody else is looked at.
import type { RowIds } from './plan.ts'

/**
 * Hashes a row id to four integers.
 *
 * Row ids are made here, at random: nobody can choose them so that two sets come to one sum.
 */
export type HashId = (id: string) => readonly number[]

const lanes = 4
const mark = 's1:'

/** Each lane is a sum modulo 2^32, which is how an Int32Array counts. */
const written = (sum: Int32Array): string => mark + [...sum].map((lane) => (lane >>> 0).toString(16).padStart(8, '0')).join('')

/** The digest of each group in turn. Everybody is hashed once, however many groups they are in. @param rowIds by position */
export function createMemberSums(rowIds: RowIds, hash: HashId): (members: readonly number[]) => string {
  const hashes = new Int32Array(rowIds.length * lanes)
  const hashed = new Uint8Array(rowIds.length)
  /** Who has no row counts for nothing. */
  const hashOnce = (at: number): void => {
    if (hashed[at] !== 0) return
    hashed[at] = 1
    const id = rowIds.at(at)
    if (id !== undefined) hashes.set(hash(id), at * lanes)
  }
  return (members) => {
    const sum = new Int32Array(lanes)
    for (const at of members) {
      hashOnce(at)
      for (let lane = 0; lane < lanes; lane++) add(sum, lane, hashes[at * lanes + lane] ?? 0)
    }
    return written(sum)
  }
}

/** The digest of a group that some joined and some left. @param before a digest that `createMemberSums` or this made */
export function changedSum(before: string, joined: Iterable<string>, left: Iterable<string>, hash: HashId): string {
  const sum = Int32Array.from({ length: lanes }, (_, lane) =>
    Number.parseInt(before.slice(mark.length + lane * 8).slice(0, 8), 16),
  )
  for (const id of joined) for (const [lane, part] of hash(id).entries()) add(sum, lane, part)
  for (const id of left) for (const [lane, part] of hash(id).entries()) add(sum, lane, -part)
  return written(sum)
}

/** Whether this is a digest that can be gone on from. */
export const isSum = (digest: string | null): digest is string => digest?.startsWith(mark) ?? false

function add(sum: Int32Array, lane: number, part: number): void {
  sum[lane] = (sum[lane] ?? 0) + part
}
