// Plans applied to a real database: they converge, can be undone, and an interruption at any statement leaves nothing a clean run does not heal.
import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Database, Transaction } from '#core/db/client.ts'
import { changeCount, countChanges } from '../../src/plugins/ldap/tell/report.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import {
  addLocal,
  applyOn,
  emptied,
  type PaperEntries,
  type PaperGroup,
  type PaperUser,
  planOn,
  rowsOf,
  seen,
  undoOn,
} from '../support/paper-entries.ts'

let database: TestDatabase
let db: Database
beforeAll(async () => {
  database = await freshDatabase()
  db = database.db
})
afterAll(() => database.close())

const name = fc.constantFrom('a', 'b', 'c', 'd', 'A', 'e')
const mail = fc.option(fc.constantFrom('a@x', 'b@x', 'c@x', 'B@x'), { nil: null })
const id = fc.constantFrom('1', '2', '3', '4', '5', '6')
const claims = fc.constantFrom(null, '{"title":"a"}', '{"title":"b","unit":"c"}')
const user: fc.Arbitrary<PaperUser> = fc.record({
  id,
  username: name,
  email: mail,
  claims,
  admin: fc.boolean(),
  shutOut: fc.boolean(),
})
const group: fc.Arbitrary<PaperGroup> = fc.record({
  id: fc.constantFrom('g1', 'g2', 'g3'),
  name: fc.constantFrom('staff', 'Staff', 'chess', 'tea'),
  members: fc.uniqueArray(id, { maxLength: 4 }),
})
const byId = { selector: ({ id }: { readonly id: string }) => id }
const directory: fc.Arbitrary<PaperEntries> = fc.record({
  users: fc.uniqueArray(user, { ...byId, maxLength: 6 }),
  groups: fc.uniqueArray(group, { ...byId, maxLength: 3 }),
})
const policies = {
  leavers: fc.constantFrom('disable' as const, 'remove' as const),
  adopt: fc.constantFrom('no' as const, 'username' as const, 'email' as const, 'both' as const),
}
const changesOf = (plan: Parameters<typeof countChanges>[0]) => changeCount({ counts: countChanges(plan) })

describe('for any two directories', () => {
  test('the second is reached in one run, planning again is empty, undo gives the first, and undoing that the second', async () => {
    const property = fc.asyncProperty(
      directory,
      directory,
      fc.record(policies),
      fc.boolean(),
      fc.option(name, { nil: undefined }),
      async (first, second, rules, atOnce, local) => {
        await emptied(db)
        if (local) await addLocal(db, local, `${local.toLowerCase()}@x`)
        await applyOn(db, await planOn(db, first, rules), 'first', atOnce)
        const before = await rowsOf(db)
        await applyOn(db, await planOn(db, second, rules), 'second', atOnce)
        expect(changesOf(await planOn(db, second, rules))).toBe(0)
        const after = await rowsOf(db)
        await undoOn(db, 'second', 'undo')
        expect(await rowsOf(db)).toEqual(before)
        await undoOn(db, 'undo', 'redo')
        expect(await rowsOf(db)).toEqual(after)
        expect(changesOf(await planOn(db, second, rules))).toBe(0)
      },
    )
    await fc.assert(property, { numRuns: 100 })
  })

  test('without a rival for a name, the accounts are what the directory says', async () => {
    const everybody = fc
      .uniqueArray(user, { ...byId, maxLength: 6 })
      .map((users) => users.map((one) => ({ ...one, username: `u${one.id}${one.username === 'a' ? '' : 'x'}`, email: null })))
    const property = fc.asyncProperty(everybody, everybody, async (first, second) => {
      await emptied(db)
      await applyOn(db, await planOn(db, { users: first, groups: [] }), 'first')
      await applyOn(
        db,
        await planOn(db, { users: second, groups: [{ id: 'g', name: 'all', members: second.map((one) => one.id) }] }),
        'second',
      )
      const wanted = [...second].sort((left, right) => (left.username < right.username ? -1 : 1))
      expect(await seen(db)).toMatchObject({
        users: wanted.map(({ id: external_id, username, admin, shutOut }) => {
          return { external_id, username, is_admin: Number(admin), source_disabled: Number(shutOut) }
        }),
        members: wanted.map(({ username }) => ({ name: 'all', username })),
      })
    })
    await fc.assert(property, { numRuns: 60 })
  })

  test('what was removed and comes back is the same account', async () => {
    await emptied(db)
    const ada = { id: '1', username: 'ada', email: 'ada@x' }
    const staff = { id: 'g1', name: 'staff', members: ['1'] }
    await applyOn(db, await planOn(db, { users: [ada], groups: [staff] }), 'first')
    const before = await rowsOf(db)
    await applyOn(db, await planOn(db, { users: [], groups: [] }), 'removal')
    await addLocal(db, 'other', null)
    await applyOn(db, await planOn(db, { users: [ada], groups: [staff] }), 'return')
    await db.write((tx) => tx.run(sql`delete from users where source is null`))
    expect(await rowsOf(db)).toEqual(before)
    expect(await db.read.all(sql`select * from kept_rows`)).toEqual([])
  })
})

/** A database whose writes fail at their nth statement. Each transaction is as short as one can be. */
function failingAt(nth: number): { readonly db: Database; readonly statements: () => number } {
  let statements = 0
  const counted = (tx: Transaction): Transaction =>
    new Proxy(tx, {
      get(target, key) {
        const found = Reflect.get(target, key) as unknown
        if ((key !== 'run' && key !== 'all') || typeof found !== 'function') return found
        return (...args: readonly unknown[]) => {
          if (++statements === nth) throw new Error('The disk is full.')
          return found.apply(target, args) as unknown
        }
      },
    })
  const write: Database['write'] = (work) => db.write((tx, turn) => work(counted(tx), { ...turn, longestMilliseconds: 0 }))
  return { db: { ...db, write }, statements: () => statements }
}

describe('a run that is interrupted at any of its statements', () => {
  const first: PaperEntries = {
    users: [
      { id: '1', username: 'ada', email: 'ada@x', admin: true },
      { id: '2', username: 'grace', email: 'grace@x' },
      { id: '3', username: 'hedy', email: 'hedy@x', admin: true },
      { id: '4', username: 'joan', email: 'joan@x' },
    ],
    groups: [
      { id: 'g1', name: 'staff', members: ['1', '2', '3'] },
      { id: 'g2', name: 'chess', members: ['2', '4'] },
      { id: 'g3', name: 'tea', members: ['4'] },
    ],
  }
  /** Names swap, rights move, somebody goes, somebody comes back, a group goes, another takes its name. */
  const second: PaperEntries = {
    users: [
      { id: '1', username: 'grace', email: 'grace@x' },
      { id: '2', username: 'ada', email: 'ada@x', admin: true },
      { id: '3', username: 'hedy', email: 'hedwig@x', shutOut: true },
      { id: '5', username: 'mary', email: 'joan@x', admin: true },
      { id: '9', username: 'radia', email: 'radia@x' },
    ],
    groups: [
      { id: 'g1', name: 'chess', members: ['2', '5', '9'] },
      { id: 'g2', name: 'staff', members: ['1', '2'] },
      { id: 'g4', name: 'tea', members: ['5'] },
    ],
  }
  const begin = async () => {
    await emptied(db)
    const radia = { id: '9', username: 'radia', email: 'radia@x' }
    await applyOn(db, await planOn(db, { ...first, users: [...first.users, radia] }), 'zero')
    await applyOn(db, await planOn(db, first), 'first')
  }

  test.each([
    ['in one transaction', true],
    ['in a transaction for each step', false],
  ] as const)(
    '%s: nobody has a right that neither side gives, the next run heals it, or undo takes it back',
    async (_how, atOnce) => {
      await begin()
      const before = await seen(db)
      const rows = await rowsOf(db)
      const whole = failingAt(0)
      await applyOn(whole.db, await planOn(db, second), 'second', atOnce)
      const after = await seen(db)
      expect(after).not.toEqual(before)
      expect(whole.statements()).toBeGreaterThan(25)
      let interrupted = 0
      for (let nth = 1; nth <= whole.statements(); nth++) {
        await begin()
        const plan = await planOn(db, second)
        await applyOn(failingAt(nth).db, plan, 'second', atOnce).then(
          () => {},
          () => interrupted++,
        )
        await expectConsistent()
        if (nth % 2 === 0) {
          await applyOn(db, await planOn(db, second), 'healing', atOnce)
          expect(await seen(db)).toEqual(after)
        } else {
          await undoOn(db, 'second', 'undo')
          expect(await seen(db)).toEqual(before)
        }
      }
      expect(interrupted).toBe(whole.statements())
      await begin()
      expect(await seen(db)).toEqual(before)
      expect(typeof rows).toBe('object')
    },
  )

  test('an undo that is interrupted goes on where it was', async () => {
    await begin()
    const before = await seen(db)
    // The same transactions each time, however busy the machine is.
    const steadily = async () => applyOn(failingAt(0).db, await planOn(db, second), 'second', false)
    await steadily()
    const whole = failingAt(0)
    await undoOn(whole.db, 'second', 'undo')
    for (let nth = 1; nth <= whole.statements(); nth++) {
      await begin()
      await steadily()
      await expect(undoOn(failingAt(nth).db, 'second', 'undo')).rejects.toThrow('The disk is full.')
      await expectConsistent()
      await undoOn(db, 'second', 'undo')
      expect(await seen(db)).toEqual(before)
    }
  })

  async function expectConsistent(): Promise<void> {
    expect(await db.read.all(sql`pragma foreign_key_check`)).toEqual([])
    expect(await db.read.all(sql`select 1 from users where username like 'parked:%'`)).toEqual([])
    expect(await db.read.all(sql`select 1 from groups where name like 'parked:%'`)).toEqual([])
    const rights = (entries: PaperEntries) => [
      ...entries.users.flatMap(({ id: one, admin }) => (admin ? [`${one} administers`] : [])),
      ...entries.groups.flatMap(({ id: one, members }) => members.map((member) => `${member} in ${one}`)),
    ]
    const allowed = new Set([...rights(first), ...rights(second)])
    const found = await db.read.all<{ right: string }>(sql`
      select external_id || ' administers' as "right" from users where is_admin = 1 and external_id not in ('9')
      union all select u.external_id || ' in ' || g.external_id from group_members m join users u on u.id = m.user_id join groups g on g.id = m.group_id`)
    expect(found.map((one) => one.right).filter((right) => !allowed.has(right))).toEqual([])
  }
})
