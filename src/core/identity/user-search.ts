// Finds people by a part of their name or address: an index of every three letters in a row, brought up to date by whoever searches.
import { setTimeout as delay } from 'node:timers/promises'
import { or, type SQL, sql } from 'drizzle-orm'
import type { Database, Transaction } from '../db/client.ts'
import { users } from '../db/tables.ts'
import { contains } from '../http/listing.ts'

export interface Found {
  /** The condition on `users`. */
  readonly where: SQL
  /** How many there are, without any other condition. */
  total(): Promise<number>
}

export interface UserSearch {
  /** What a search means; undefined for no search. */
  find(search: string): Promise<Found | undefined>
  /** Takes up in the background what the index lacks, for a search that will come soon. */
  prepare(): Promise<void>
}

/** So many changes are taken up while a search waits; more of them in the background, while searches read all rows. */
const sliceSize = 500
const pauseMilliseconds = 5
/** Up to so many, whoever is found is listed by number; more are better looked for in the order of the list. */
const mostListed = 2_000
/** The index knows no shorter ones. */
const shortestIndexed = 3

/**
 * Nothing is indexed while rows are written: a source writes 100,000 of them, and nobody may ever search. Whoever searches takes
 * up what came since; after a big sync that takes seconds, in which searches read every row.
 */
export function createUserSearch(db: Database): UserSearch {
  let isFilling = false

  const countOf = async (rows: SQL) => (await db.read.all<{ n: number }>(sql`select count(*) as n from ${rows}`))[0]?.n ?? 0
  const fill = () => {
    // A slice that fails (the database is being closed) leaves the rest to the next search, which tells of it if it fails there.
    if (isFilling) return
    isFilling = true
    void takeUpAll(db)
      .catch(() => undefined)
      .finally(() => {
        isFilling = false
      })
  }
  /** Whether the index knows everybody by now. */
  const isReady = async (): Promise<boolean> => {
    const lacking = await missing(db)
    if (lacking > sliceSize) fill()
    else if (lacking > 0) await db.write(takeUp)
    return lacking <= sliceSize
  }
  return {
    async find(search) {
      if (search === '') return undefined
      const phrase = phraseOf(search)
      const indexed = phrase !== undefined && (await isReady())
      const everyRow = sql`${or(...searched.map((column) => contains(column, search)))}`
      const matching = indexed
        ? sql`select rowid from user_search where user_search match ${phrase}`
        : sql`select rowid from users where ${everyRow}`
      const first = await db.read.all<{ n: number }>(sql`select rowid as n from (${matching} limit ${mostListed + 1})`)
      const rows = first.map(({ n }) => n)
      const last = rows.at(-1) ?? 0
      if (rows.length <= mostListed)
        return {
          where: sql`${users}.rowid in (select value from json_each(${JSON.stringify(rows)}))`,
          total: async () => rows.length,
        }
      // What every fourth has is met soon in any order, and compared faster than looked up.
      if (indexed && last > 4 * mostListed)
        return { where: sql`${users}.rowid in (${matching})`, total: () => countOf(sql`(${matching})`) }
      const rest = sql`users where rowid > ${last} and ${everyRow}`
      return { where: everyRow, total: async () => rows.length + (await countOf(rest)) }
    },
    async prepare() {
      if ((await missing(db)) > 0) fill()
    },
  }
}

const searched = [users.username, users.email, users.displayName, users.firstName, users.lastName]

/** The words as one phrase, or undefined when they are too short for the index. Marks on letters do not count. */
function phraseOf(search: string): string | undefined {
  const words = search.normalize('NFC')
  const letters = [...words.replace(/\p{M}/gu, '')].length
  return letters < shortestIndexed ? undefined : `"${words.replaceAll('"', '""')}"`
}

/** At most how many rows the index lacks or has wrong; everything when rows were numbered anew, as a copy of the database may do. */
async function missing({ read }: Pick<Database, 'read'>): Promise<number> {
  const [state] = await read.all<{ fresh: number; stale: number; moved: number }>(sql`
    select (select coalesce(max(rowid), 0) from users) - n as fresh, (select count(*) from user_search_stale) as stale,
      n > 0 and user_id is not (select id from users where rowid = n) and n not in (select n from user_search_stale) as moved
    from user_search_reach`)
  if (!state) return 0
  return state.moved ? Number.POSITIVE_INFINITY : Math.max(0, state.fresh) + state.stale
}

async function takeUpAll(db: Database): Promise<void> {
  for (let lacking = await missing(db); lacking > 0; lacking = await missing(db)) {
    await db.write(lacking === Number.POSITIVE_INFINITY ? forgetIndex : takeUp)
    await delay(pauseMilliseconds, undefined, { ref: false })
  }
}

/** Empties the index, to be filled when somebody searches. */
export async function forgetIndex(tx: Transaction): Promise<void> {
  await tx.run(sql`insert into user_search (user_search) values ('delete-all')`)
  await tx.run(sql`delete from user_search_stale`)
  await tx.run(sql`update user_search_reach set n = 0, user_id = ''`)
}

/** Takes up a slice: first what changed or went, then who is new. */
async function takeUp(tx: Transaction): Promise<void> {
  const stale = sql`(select n from user_search_stale order by n limit ${sliceSize})`
  const reach = sql`(select n from user_search_reach)`
  await tx.run(sql`delete from user_search where rowid in ${stale}`)
  await tx.run(
    sql`insert into user_search (rowid, text) select rowid, ${text} from users where rowid in ${stale} and rowid <= ${reach}`,
  )
  await tx.run(sql`delete from user_search_stale where n in ${stale}`)

  const fresh = sql`(select rowid from users where rowid > ${reach} order by rowid limit ${sliceSize})`
  await tx.run(sql`insert into user_search (rowid, text) select rowid, ${text} from users where rowid in ${fresh}`)
  // Where the last rows went, their numbers are given out again: the reach goes back with them.
  await tx.run(sql`
    update user_search_reach set (n, user_id) = (select coalesce(max(rowid), 0), coalesce(id, '') from users
      where rowid <= coalesce((select max(rowid) from ${fresh}), n))`)
}

/** What is found: each value on a line of its own, so that no phrase reaches over two; what another one holds anyway is left out. */
const text = sql.raw(`display_name || char(10) || coalesce(email, '')
  || case when instr(coalesce(email, ''), username) then '' else char(10) || username end
  || case when instr(display_name, first_name) then '' else char(10) || first_name end
  || case when instr(display_name, last_name) then '' else char(10) || last_name end`)
