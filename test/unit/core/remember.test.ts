// What is remembered of the database: never anything that a query would answer otherwise.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Database, openDatabase } from '#core/db/client.ts'
import { createRemember, oncePerTurn } from '#core/db/remember.ts'
import { settings } from '#core/db/tables.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'

let database: TestDatabase
let other: Database
beforeAll(async () => {
  database = await freshDatabase()
  other = await openDatabase(database.path)
})
afterAll(async () => {
  await other.close()
  await database.close()
})

const put = (db: Database, value: string) =>
  db.write((tx) =>
    tx
      .insert(settings)
      .values({ key: 'lamp', value, updatedAt: new Date(0) })
      .onConflictDoUpdate({ target: settings.key, set: { value } }),
  )

/** Another process commits: what it did arrives in a turn of its own. */
async function putElsewhere(value: string): Promise<void> {
  await put(other, value)
  await nextTurn()
}

function counted() {
  let queries = 0
  const lookup = database.db.remember(async (key) => {
    queries++
    const [row] = await database.db.read.select().from(settings).where(eq(settings.key, key))
    return row?.value
  })
  return { lookup, queries: () => queries }
}

test('one query answers until somebody commits, here or in another process', async () => {
  const { lookup, queries } = counted()
  expect(await lookup('lamp')).toBeUndefined()
  await put(database.db, 'on')
  expect([await lookup('lamp'), await lookup('lamp'), queries()]).toEqual(['on', 'on', 2])
  await putElsewhere('off')
  expect([await lookup('lamp'), await lookup('lamp'), queries()]).toEqual(['off', 'off', 3])
})

test('a write that was rolled back changes nothing, and one that goes on is not seen', async () => {
  await put(database.db, 'on')
  const { lookup } = counted()
  const failing = database.db.write(async (tx) => {
    await tx.update(settings).set({ value: 'broken' })
    expect(await lookup('lamp')).toBe('on')
    throw new Error('Rolled back.')
  })
  await expect(failing).rejects.toThrow('Rolled back.')
  expect(await lookup('lamp')).toBe('on')
})

test('what was still being read when somebody committed is not taken for what is there afterwards', async () => {
  await put(database.db, 'on')
  const waiting: (() => void)[] = []
  const lookup = database.db.remember(async (key) => {
    const [row] = await database.db.read.select().from(settings).where(eq(settings.key, key))
    await new Promise<void>((resolve) => waiting.push(resolve))
    return row?.value
  })
  const early = lookup('lamp')
  await expect.poll(() => waiting.length).toBe(1)
  await putElsewhere('off')
  const late = lookup('lamp')
  await expect.poll(() => waiting.length).toBe(2)
  for (const go of waiting) go()
  expect([await early, await late]).toEqual(['on', 'off'])
  expect(await lookup('lamp')).toBe('off')
})

test('a query that failed is asked again', async () => {
  let isBroken = true
  const lookup = database.db.remember(async () => {
    if (isBroken) throw new Error('Out of order.')
    return 'well'
  })
  await expect(lookup('lamp')).rejects.toThrow('Out of order.')
  isBroken = false
  expect(await lookup('lamp')).toBe('well')
})

test('nothing is remembered where a version cannot be told', async () => {
  let queries = 0
  const lookup = createRemember(() => undefined)(async () => ++queries)
  expect([await lookup('lamp'), await lookup('lamp')]).toEqual([1, 2])
})

test('what strangers call endlessly long is not kept', async () => {
  const { lookup, queries } = counted()
  const long = 'x'.repeat(301)
  await Promise.all([lookup(long), lookup(long), lookup('short'), lookup('short')])
  expect(queries()).toBe(3)
})

test('whoever asks often in one turn of the event loop looks once, the next turn looks again, and so does whoever knows of a change', async () => {
  let looks = 0
  const { ask, forget } = oncePerTurn(() => ++looks)
  expect([ask(), ask(), await Promise.resolve().then(ask)]).toEqual([1, 1, 1])
  forget()
  expect([ask(), ask()]).toEqual([2, 2])
  await nextTurn()
  expect([ask(), ask()]).toEqual([3, 3])
})

test('a write is seen by whoever waited for it, though the database was looked at in the same turn', async () => {
  const { lookup } = counted()
  for (const value of ['on', 'off', 'on']) {
    await put(database.db, value)
    expect(await lookup('lamp')).toBe(value)
    const writing = put(database.db, `${value}, again`)
    await lookup('lamp')
    await writing
    expect(await lookup('lamp')).toBe(`${value}, again`)
  }
})
