// The client of a database file: what keeping prepared statements must not change.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FileClient, openFile } from '#core/db/file-client.ts'

const folder = mkdtempSync(join(tmpdir(), 'pocket-id-edge-'))
const open = () => openFile(join(folder, 'test.db'), { timeoutMilliseconds: 1_000, pragmas: ['journal_mode = wal'] }).client
const list = async (client: Pick<FileClient, 'execute'>, sql: string, args: (string | number)[] = []) =>
  (await client.execute({ sql, args })).rows.map((row) => Array.prototype.slice.call(row) as unknown[])

let client: FileClient
let other: FileClient
beforeAll(async () => {
  client = open()
  other = open()
  const tx = await client.transaction()
  await tx.execute('create table numbers (n integer primary key, word text)')
  await tx.execute('create table version (at integer not null)')
  await tx.execute('insert into version values (0)')
  await tx.execute("insert into numbers select value, 'word ' || value from generate_series(1, 250)")
  await tx.commit()
})
afterAll(() => {
  client.close()
  other.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('a statement that is kept lets go of what it read', () => {
  let expected = 0
  const changeElsewhere = async () => {
    const tx = await other.transaction()
    await tx.execute('update version set at = at + 1')
    await tx.commit()
    expected++
  }
  const version = async () => (await list(client, 'select at from version'))[0]?.[0]

  // The native side hands rows over by the hundred.
  test.each([0, 1, 99, 100, 101, 200, 250])('after %i rows', async (count) => {
    expect(await list(client, 'select * from numbers limit ?', [count])).toHaveLength(count)
    await changeElsewhere()
    expect(await version()).toBe(expected)
  })

  test.each([1, 50, 150])('after an error in row %i', async (row) => {
    const broken = list(client, "select case when n = ? then json_extract('{', '$') else n end from numbers", [row])
    await expect(broken).rejects.toThrow('malformed JSON')
    await changeElsewhere()
    expect(await version()).toBe(expected)
  })
})

describe('a transaction', () => {
  test('is not seen by reads before it commits, and is gone when it does not', async () => {
    const count = async () => (await list(client, 'select count(*) from numbers'))[0]?.[0]
    const kept = await client.transaction()
    await kept.execute("insert into numbers values (1000, 'kept')")
    expect(await count()).toBe(250)
    await kept.commit()
    expect(await count()).toBe(251)
    const dropped = await client.transaction()
    await dropped.execute('delete from numbers')
    await dropped.rollback()
    expect(await count()).toBe(251)
  })

  test('waits for the disk in another thread, and others are answered meanwhile', async () => {
    const tx = await client.transaction()
    await tx.execute("update numbers set word = 'committed' where n = 2")
    let isOver = false
    const committed = tx.commit().then(() => {
      isOver = true
    })
    // Reading goes on in this very turn of the event loop, to which a commit in this thread would not come back before it is over.
    for (let turn = 0; turn < 20; turn++) expect(await list(client, 'select n from numbers where n = 3')).toEqual([[3]])
    expect(isOver).toBe(false)
    await committed
    expect(await list(client, 'select word from numbers where n = 2')).toEqual([['committed']])
  })

  test('that cannot commit leaves the way free for the next', async () => {
    const failing = await client.transaction()
    await failing.execute('create table child (n integer references numbers (n) deferrable initially deferred)')
    await failing.execute('insert into child values (999999)')
    await expect(failing.commit()).rejects.toThrow('FOREIGN KEY')
    await failing.rollback()
    const next = await client.transaction()
    await next.execute("update numbers set word = 'one' where n = 1")
    await next.commit()
    expect(await list(client, 'select word from numbers where n = 1')).toEqual([['one']])
  })
})

describe('values', () => {
  test('come back as they went in, by position and by name', async () => {
    const args = ['text', 2 ** 40, 1.5, null, Uint8Array.of(1, 2), true, new Date(5)]
    const { rows } = await client.execute({ sql: 'select ? as a, ? as b, ? as c, ? as d, ? as e, ? as f, ? as g', args })
    const [row] = rows
    expect(Array.prototype.slice.call(row)).toEqual(['text', 2 ** 40, 1.5, null, Buffer.of(1, 2), 1, 5])
    expect({ ...row }).toEqual({ a: 'text', b: 2 ** 40, c: 1.5, d: null, e: Buffer.of(1, 2), f: 1, g: 5 })
  })

  test('of columns with one name stay apart, and columns may have the names of positions', async () => {
    expect(await list(client, 'select 1 as x, 2 as x, 3 as length, 4 as "0"')).toEqual([[1, 2, 3, 4]])
  })

  test.each([[undefined], [Number.NaN], [{}], [() => 1]])('that no database knows are refused: %s', async (value) => {
    await expect(client.execute({ sql: 'select ?', args: [value as never] })).rejects.toThrow('no value for a database')
  })
})

test('after tables have changed, `select *` has the new columns', async () => {
  expect(await list(client, 'select * from version')).toHaveLength(1)
  const tx = await client.transaction()
  await tx.execute("alter table version add column note text default 'new'")
  await tx.commit()
  expect((await client.execute('select * from version')).rows[0]).toMatchObject({ note: 'new' })
})
