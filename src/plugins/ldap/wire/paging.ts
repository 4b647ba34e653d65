// Reads a whole search, page by page, and knows whether it really was whole (RFC 2696; ranged values as Active Directory has them).
import type { LdapKey } from '../check.ts'
import type { Directory, Search } from './directory.ts'
import { type AttributeValue, type Entry, type Values, values } from './entry.ts'
import { EntryAsSent } from './entry-as-sent.ts'
import type { Answer } from './exchange.ts'
import { DirectoryFailure, lostFailure, searchFailure } from './failures.ts'

/** What is to be read: every entry below the base that fits the filter. */
export interface Reading {
  readonly base: string
  readonly filter: string
  readonly filterKey: LdapKey
  readonly attributes: readonly string[]
  readonly pageSize: number
}

/** Grows while a reading goes on. Only a whole one may lead to removals. */
export interface Proof {
  pages: number
  entries: number
  /** Referrals are counted, never followed. */
  references: number
  paged: boolean
  whole: boolean
}

export const newProof = (): Proof => ({ pages: 0, entries: 0, references: 0, paged: true, whole: false })

const mostPages = 100_000
const mostEntries = 5_000_000
/** Active Directory may send a few. */
const mostEmptyPages = 500
const smallestPage = 25
const codes = { success: 0, adminLimit: 11, criticalExtension: 12 } as const

/**
 * Yields the entries of each page. The next page is asked for before the last one is handed out, so that the directory works
 * while we do.
 *
 * @throws DirectoryFailure on any result but success: then `proof.whole` stays false
 */
export async function* readPages(directory: Directory, reading: Reading, proof: Proof): AsyncGenerator<readonly Entry[]> {
  const ask = (pageSize: number, cookie?: Uint8Array) => askPage(directory, { ...reading, scope: 'sub', pageSize }, cookie)
  const first = await ask(reading.pageSize)
  const circle = createCircleGuard()
  proof.paged = first.size !== undefined
  let { answer, size = reading.pageSize } = first
  for (;;) {
    count(answer, proof)
    const cookie = answer.cookie?.length ? answer.cookie : undefined
    if (cookie) circle(answer.entries.length)
    const inParts = answer.entries.some(hasRange)
    const ahead = cookie && !inParts ? later(ask(size, cookie)) : undefined
    yield inParts ? await completed(directory, answer.entries, reading) : answer.entries
    if (!cookie) break
    const next = await (ahead ?? ask(size, cookie))
    answer = next.answer
    size = next.size ?? size
  }
  // A server that ignores paging and sends exactly one page's worth may have cut the rest off.
  proof.whole = answer.cookie !== undefined || proof.entries !== first.size
}

type Asked = Omit<Search, 'page'> & Pick<Reading, 'pageSize'>

/**
 * Asks for one page, of a size that the directory puts up with: smaller after result 11; none at all after result 12. That is for
 * the first page alone: 389 ends the search with its limit, and begins another one under the old cookie, without a word.
 *
 * @returns the size that went through, undefined where paging is refused
 * @throws DirectoryFailure on any other result but success
 */
export async function askPage(directory: Directory, { pageSize, ...search }: Asked, cookie?: Uint8Array) {
  let size: number | undefined = pageSize
  for (;;) {
    const page = size === undefined ? {} : { page: { size, ...(cookie ? { cookie } : {}) } }
    const answer: Answer = await directory.ask({ ...search, ...page })
    if (answer.code === codes.success) return { answer, size }
    if (answer.code === codes.adminLimit && size !== undefined && size > smallestPage && !cookie)
      size = Math.max(smallestPage, Math.floor(size / 4))
    else if (answer.code === codes.criticalExtension && size !== undefined && !cookie) size = undefined
    else throw searchFailure(answer.code, answer.text, search.filterKey, search.base)
  }
}

/** Marks a promise that is awaited later, so that a failure meanwhile is no unhandled one. */
function later<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined)
  return promise
}

function count(answer: Answer, proof: Proof): void {
  proof.pages++
  proof.entries += answer.entries.length
  proof.references += answer.references
  if (proof.pages > mostPages || proof.entries > mostEntries)
    throw new DirectoryFailure(
      'ldapBase',
      `the directory sends more than ${mostEntries} entries or ${mostPages} pages. Narrow the base or the filter.`,
    )
}

/**
 * Ends a reading that gets nowhere: very many pages on end with nothing in them. Their cookies tell nothing: 389's is the same for
 * all pages of a search, also of the empty one for each of its databases that has no entry to send.
 */
function createCircleGuard() {
  let empty = 0
  return (entries: number): void => {
    empty = entries === 0 ? empty + 1 : 0
    if (empty > mostEmptyPages) throw lostFailure(`the directory goes round in circles: ${empty} pages on end were empty.`)
  }
}

const range = /^(.+);range=(\d+)-(\d+|\*)$/
const ranged = ';range='
const hasRange = (entry: Entry): boolean => {
  // Bytes are looked through far quicker than they are decoded.
  if (entry instanceof EntryAsSent && !entry.contains(ranged)) return false
  for (const name of entry.attributes.keys()) if (name.includes(ranged)) return true
  return false
}

const completed = async (directory: Directory, entries: readonly Entry[], reading: Reading): Promise<readonly Entry[]> => {
  const all: Entry[] = []
  for (const entry of entries) all.push(hasRange(entry) ? await withWholeValues(directory, entry, reading) : entry)
  return all
}

/** Asks for the rest of each list that came in part: `member;range=0-1499`, then `member;range=1500-*`, until the end is `*`. */
async function withWholeValues(directory: Directory, entry: Entry, reading: Reading): Promise<Entry> {
  const attributes = new Map<string, Values>()
  for (const [key, held] of entry.attributes) {
    const match = range.exec(key)
    // Beside the ranged list the plain name comes too, empty: it must not win.
    if (!match?.[1]) attributes.set(key, attributes.get(key) ?? held)
    else attributes.set(match[1], await rest(directory, entry.dn, match[1], held, match[3] ?? '*', reading))
  }
  return { dn: entry.dn, attributes }
}

async function rest(
  directory: Directory,
  dn: string,
  name: string,
  first: Values,
  firstEnd: string,
  { filterKey }: Reading,
): Promise<readonly AttributeValue[]> {
  const all = [...first]
  let end = firstEnd
  while (end !== '*') {
    const from = Number(end) + 1
    const answer = await directory.ask({
      base: dn,
      scope: 'base',
      filter: '(objectClass=*)',
      filterKey,
      attributes: [`${name};range=${from}-*`],
    })
    if (answer.code !== codes.success) throw searchFailure(answer.code, answer.text, filterKey, dn)
    const found = answer.entries[0]
    const key = [...(found?.attributes.keys() ?? [])].find((one) => range.exec(one)?.[1] === name)
    if (!found || !key) throw lostFailure(`the directory did not hand out the rest of ${name} of ${dn}.`)
    for (const value of values(found, key)) all.push(value)
    const next = range.exec(key)?.[3] ?? '*'
    if (next !== '*' && Number(next) < from) throw lostFailure(`the directory goes round in circles over ${name} of ${dn}.`)
    end = next
  }
  return all
}
