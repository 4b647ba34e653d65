// Searching people: whatever the index knows yet, and however many there are, a word finds whoever has it.
import { type SQL, sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '#core/clock.ts'
import { createEventBus } from '#core/events.ts'
import type { ListQuery } from '#core/http/listing.ts'
import type { UserRow } from '#core/identity/actor.ts'
import { createGroups } from '#core/identity/groups.ts'
import { createUserSearch, type UserSearch } from '#core/identity/user-search.ts'
import { createUsers, type Users } from '#core/identity/users.ts'
import { createLog } from '#core/log.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'

let database: TestDatabase
let search: UserSearch
let users: Users
const events = createEventBus(createLog({ level: 'error', json: false, write: () => {}, now: systemClock.now }))

beforeEach(async () => {
  database = await freshDatabase()
  search = createUserSearch(database.db)
  users = createUsers(database.db, events, systemClock, search)
})
afterEach(() => database.close())

const query = (text: string, more: Partial<ListQuery> = {}): ListQuery => ({
  ...{ page: 1, limit: 100, sort: undefined, search: text, filters: {} },
  ...more,
})
const found = async (text: string, more: Partial<ListQuery> = {}) =>
  (await users.list(query(text, more))).data.map(({ username }) => username).sort()
const run = (statement: SQL) => database.db.write((tx) => tx.run(statement))

const people = [
  { username: 'ada', email: 'ada@example.org', firstName: 'Ada', lastName: 'Lovelace', displayName: 'Ada Lovelace' },
  { username: 'juergen', email: 'j.mueller@example.org', firstName: 'Jürgen', lastName: 'Müller', displayName: 'Jürgen Müller' },
  { username: '王小明', email: null, firstName: '小明', lastName: '王', displayName: '王小明' },
  { username: 'olga', email: null, firstName: 'Ольга', lastName: 'Иванова', displayName: 'Ольга Иванова' },
  { username: '100%_sure', email: null, firstName: 'O"Neill', lastName: 'back\\slash', displayName: 'A*B (C) - NOT D' },
  { username: 'nameless', email: null, firstName: '', lastName: '', displayName: '' },
]

describe('a word finds whoever has it anywhere', () => {
  beforeEach(async () => {
    for (const person of people) await users.create(person, null)
  })
  test.each([
    ['ada', ['ada']],
    ['LOVE', ['ada']],
    ['da lov', ['ada']],
    ['Ada Lovelace', ['ada']],
    ['example.org', ['ada', 'juergen']],
    ['a@example', ['ada']],
    ['müller', ['juergen']],
    ['MÜLLER', ['juergen']],
    ['muller', ['juergen']],
    ['mu\u0308ller', ['juergen']],
    ['ü', ['juergen']],
    ['Ü', ['juergen']],
    ['иван', ['olga']],
    ['ОЛЬГА', ['olga']],
    ['ол', ['olga']],
    ['王', ['王小明']],
    ['小明', ['王小明']],
    ['王小明', ['王小明']],
    ['%', ['100%_sure']],
    ['_', ['100%_sure']],
    ['0%_', ['100%_sure']],
    ['O"N', ['100%_sure']],
    ['back\\s', ['100%_sure']],
    ['\\', ['100%_sure']],
    ['A*B', ['100%_sure']],
    ['NOT', ['100%_sure']],
    ['(C) - NOT', ['100%_sure']],
    ['ad', ['ada']],
    ['e', ['100%_sure', 'ada', 'juergen', 'nameless']],
    ['lovelace ada', []],
    ['"', ['100%_sure']],
    ['"""', []],
    ['nobody', []],
  ])('%s finds %j', async (text, expected) => {
    expect(await found(text)).toEqual([...expected].sort())
    expect((await users.list(query(text))).pagination.totalItems).toBe(expected.length)
  })

  test('a search goes with filters', async () => {
    expect(await found('example.org', { filters: { username: ['ada'] } })).toEqual(['ada'])
    expect((await users.list(query('example.org', { filters: { username: ['ada'] } }))).pagination.totalItems).toBe(1)
  })

  test('members of a group are searched alike', async () => {
    const groups = createGroups(database.db, events, systemClock, search)
    const group = await groups.create({ name: 'staff', friendlyName: 'Staff' }, null)
    await run(sql`insert into group_members select ${group.id}, id from users where username <> 'juergen'`)
    expect((await groups.members(group.id, query('example.org'))).data.map(({ username }) => username)).toEqual(['ada'])
    expect((await groups.members(group.id, query('lovelace'))).pagination.totalItems).toBe(1)
  })
})

describe('what changes is found at once as it is now', () => {
  test('a new name, an account that is gone, and one that takes its number', async () => {
    for (const person of people) await users.create(person, null)
    expect(await found('lovelace')).toEqual(['ada'])
    await run(sql`update users set last_name = 'King', display_name = 'Ada King', source_digest = 'x' where username = 'ada'`)
    expect(await found('lovelace')).toEqual([])
    expect(await found('king')).toEqual(['ada'])
    await run(sql`delete from users where username = 'nameless'`)
    expect(await found('nameless')).toEqual([])
    await users.create({ username: 'newcomer' }, null)
    expect(await found('newcomer')).toEqual(['newcomer'])
    await run(sql`delete from users where username = 'newcomer'`)
    await users.create({ username: 'another' }, null)
    expect(await found('newcomer')).toEqual([])
    expect(await found('another')).toEqual(['another'])
  })

  test('rows that were numbered anew, as a copy of the database may do', async () => {
    for (const person of people) await users.create(person, null)
    expect(await found('lovelace')).toEqual(['ada'])
    await run(sql`create table copied as select * from users order by username desc`)
    await run(sql`delete from users`)
    await run(sql`delete from user_search_stale`)
    await run(sql`insert into users select * from copied order by username desc`)
    expect(await found('lovelace')).toEqual(['ada'])
    // Only the index knows him by this name: it was made anew.
    await expect.poll(() => found('muller')).toEqual(['juergen'])
    expect(await found('lovelace')).toEqual(['ada'])
  })
})

describe('among many', () => {
  const count = 9_000
  beforeEach(() =>
    run(sql`insert into users (id, username, email, first_name, last_name, display_name, created_at, updated_at)
      with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < ${count})
      select 'id' || n, 'person' || n, 'person' || n || '@example.org', 'Person', iif(n % 4 = 0, 'Third', 'Other'), 'Person ' || (n * 7919 % ${count}), n, n from numbers`),
  )
  const words = [
    ['example.org', () => true],
    ['third', (n: number) => n % 4 === 0],
    ['person123@', (n: number) => n === 123],
    ['77', (n: number) => /77/.test(String(n)) || /77/.test(String((n * 7919) % count))],
    ['nobody', () => false],
  ] as const

  test.each(words)('%s finds the same before, while and after the index learns of them', async (word, has) => {
    const expected = Array.from({ length: count }, (_, at) => at + 1).filter(has)
    const byEmail = expected.map((n) => `person${n}@example.org`).sort()
    const check = async () => {
      for (const page of [1, 2, 1 + Math.floor(expected.length / 100)]) {
        const sorted = query(word, { page, sort: { column: 'email', descending: false } })
        const { data, pagination } = await users.list(sorted)
        expect(pagination.totalItems).toBe(expected.length)
        const from = (pagination.currentPage - 1) * 100
        expect(data.map(({ email }) => email)).toEqual(byEmail.slice(from, from + 100))
      }
    }
    expect(await lacking()).toBe(count)
    await check()
    await search.prepare()
    await check()
    await expect.poll(lacking).toBe(0)
    await check()
  })

  test('pages of any order meet nobody twice and leave nobody out', async () => {
    await run(sql`update users set email = null where rowid % 3 = 0`)
    for (const [column, descending] of [
      ['email', false],
      ['email', true],
      ['createdAt', true],
      ['displayName', true],
    ] as const) {
      const met: UserRow[] = []
      for (let page = 1; page <= count / 100; page++)
        met.push(...(await users.list(query('', { page, sort: { column, descending } }))).data)
      expect(new Set(met.map(({ id }) => id)).size, `${column} ${descending}`).toBe(count)
      // Those behind the middle are read from the end.
      const values = met.map((user) => user[column] ?? '').map((value) => (value instanceof Date ? value.getTime() : value))
      const inOrder = values.every((value, at) => at === 0 || (descending ? value <= values[at - 1]! : value >= values[at - 1]!))
      expect(inOrder, `${column} ${descending}`).toBe(true)
    }
  })
})

/** How many rows the index has not taken up. */
async function lacking(): Promise<number> {
  const [state] = await database.db.read.all<{ n: number }>(
    sql`select (select count(*) from users where rowid > n) + (select count(*) from user_search_stale) as n from user_search_reach`,
  )
  return state?.n ?? Number.NaN
}
