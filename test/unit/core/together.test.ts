// Small writes that share a commit: each stands alone, and nobody hears of success before the disk has it.
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { settings } from '#core/db/tables.ts'
import { createTogether } from '#core/db/together.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())

const row = (key: string) => ({ key, value: key, updatedAt: new Date() })
const held = async (key: string) => (await database.db.read.select().from(settings).where(eq(settings.key, key))).length

describe('writes that come at the same time', () => {
  test('are all there when they resolve', async () => {
    const keys = Array.from({ length: 200 }, (_, index) => `many-${index}`)
    const written = await Promise.all(
      keys.map((key) =>
        database.db.writeTogether(async (tx) => {
          await tx.insert(settings).values(row(key))
          return key
        }),
      ),
    )
    expect(written).toEqual(keys)
    for (const key of keys) expect(await held(key)).toBe(1)
  })

  test('fail alone, and what they had written is gone', async () => {
    const { db } = database
    const outcomes = await Promise.allSettled([
      db.writeTogether((tx) => tx.insert(settings).values(row('before'))),
      db.writeTogether(async (tx) => {
        await tx.insert(settings).values(row('half'))
        throw new Error('changed my mind')
      }),
      db.writeTogether((tx) => tx.insert(settings).values(row('before'))),
      db.writeTogether((tx) => tx.insert(settings).values(row('after'))),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled'])
    expect([await held('before'), await held('half'), await held('after')]).toEqual([1, 0, 1])
  })

  test('wait for writes of the other kind', async () => {
    const { db } = database
    const order: string[] = []
    await Promise.all([
      db.write(async () => void order.push('one')),
      db.writeTogether(async () => void order.push('two')),
      db.write(async () => void order.push('three')),
    ])
    expect(order).toEqual(['one', 'two', 'three'])
  })
})

describe('a commit that fails', () => {
  test('fails everybody who shared it, and the next one is asked for anew', async () => {
    let attempts = 0
    const together = createTogether(async (work) => {
      attempts++
      await database.db.write((tx) => work(tx))
      if (attempts === 1) throw new Error('the disk is full')
    })
    const first = await Promise.allSettled([1, 2, 3].map((one) => together(async () => one)))
    expect(first.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(await together(async () => 'fine')).toBe('fine')
  })

  test('before it began fails those who wait, and nobody waits for ever', async () => {
    let isBroken = true
    const together = createTogether(async (work) => {
      if (isBroken) throw new Error('busy')
      await database.db.write((tx) => work(tx))
    })
    await expect(together(async () => 1)).rejects.toThrow('busy')
    isBroken = false
    expect(await together(async () => 2)).toBe(2)
  })
})

describe('a disk that is full', () => {
  test('fails everybody who shared the transaction that it ended, and keeps nothing of theirs', async () => {
    const full = await freshDatabase()
    const { db } = full
    const there = async (key: string) => (await db.read.select().from(settings).where(eq(settings.key, key))).length
    const put = (key: string, length = 1) =>
      db.writeTogether((tx) => tx.insert(settings).values({ ...row(key), value: 'x'.repeat(length) }))
    await put('known')
    await db.write(async (tx) => {
      const [pages] = await tx.all<{ page_count: number }>('pragma page_count')
      await tx.all(`pragma max_page_count = ${(pages?.page_count ?? 0) + 2}`)
    })
    const outcomes = await Promise.allSettled([put('before'), put('big', 1_000_000), put('after')])
    const told = outcomes.map(({ status }) => status === 'fulfilled')
    // Whoever heard of success has it, and nobody else has anything.
    expect([await there('before'), await there('big'), await there('after')]).toEqual(told.map(Number))
    expect(told[1]).toBe(false)
    await put('later')
    expect([await there('known'), await there('later')]).toEqual([1, 1])
    await full.close()
  })
})
