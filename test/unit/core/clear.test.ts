// Clearing away what has run out: all of it, nothing else, and never much at once.
import { lte, sql } from 'drizzle-orm'
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clearFound, clearThrough } from '#core/db/clear.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'

const things = sqliteTable('things', { id: text('id').primaryKey(), until: integer('until').notNull() })
const rows = 3_500

let ground: TestDatabase
beforeAll(async () => {
  ground = await freshDatabase()
  await ground.db.write((tx) =>
    tx.run(sql`create table things (id text primary key, until integer not null) strict, without rowid`),
  )
})
afterAll(() => ground.close())

test.each<[string, (which: ReturnType<typeof lte>) => Promise<void>]>([
  ['by an index', (which) => clearFound(ground.db, things, [things.id], which)],
  ['by going through', (which) => clearThrough(ground.db, things, things.id, which)],
])('%s, every row that is over goes, whatever the others are, and somebody else writes meanwhile', async (_how, clear) => {
  const { db } = ground
  const every = JSON.stringify(Array.from({ length: rows }, (_, index) => index))
  await db.write((tx) => tx.delete(things))
  await db.write((tx) => tx.run(sql`insert into things select 'k' || value, value % 5 from json_each(${every})`))
  const seen: number[] = []
  const clearing = clear(lte(things.until, 3))
  const other = db.write(async (tx) => {
    seen.push(await tx.$count(things))
    await tx.insert(things).values({ id: '~new', until: 9 })
  })
  await Promise.all([clearing, other])
  expect(seen[0]).toBeGreaterThan(rows / 5)
  expect(await db.read.$count(things)).toBe(rows / 5 + 1)
  expect(await db.read.$count(things, lte(things.until, 3))).toBe(0)
})
