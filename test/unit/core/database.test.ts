// The database: tables as drizzle sees them and as SQL made them, migrations, and the one write queue.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { eq, is, sql } from 'drizzle-orm'
import { getTableConfig, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databaseFile, openDatabase } from '#core/db/client.ts'
import { migrate } from '#core/db/migrate.ts'
import * as tables from '#core/db/tables.ts'
import { uniqueViolation } from '#core/db/violations.ts'
import { coreMigrations, freshDatabase, type TestDatabase } from '../../support/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())

describe('each table', () => {
  const known = Object.values(tables).flatMap((table) => (is(table, SQLiteTable) ? [getTableConfig(table)] : []))

  test.each(known.map((config) => [config.name, config] as const))(
    '%s has in SQL the columns it has in code',
    async (name, config) => {
      const made = await database.db.read.all<{ name: string; type: string; notnull: number; pk: number }>(
        sql`select name, type, "notnull", pk from pragma_table_info(${name})`,
      )
      const inSql = made.map((column) => ({
        ...column,
        type: column.type.toLowerCase(),
        notnull: column.notnull === 1 || column.pk > 0,
      }))
      const inCode = config.columns.map((column) => ({
        name: column.name,
        type: column.getSQLType(),
        notnull: column.notNull || column.primary,
      }))
      const plain = ({ name, type, notnull }: (typeof inCode)[number]) => `${name} ${type} ${notnull ? 'not null' : 'null'}`
      expect(inSql.map(plain).sort()).toEqual(inCode.map(plain).sort())
    },
  )

  test('is strict', async () => {
    const loose = await database.db.read.all(sql`select name from pragma_table_list where type = 'table' and strict = 0
      and name not like 'sqlite_%'`)
    expect(loose).toEqual([])
  })
})

test('a write outside of the rules of a table fails, and foreign keys count', async () => {
  const orphan = database.db.write((tx) => tx.insert(tables.groupMembers).values({ groupId: 'none', userId: 'none' }))
  await expect(orphan).rejects.toThrow()
})

test('the lists of a large instance are read along an index', async () => {
  // A connection of its own: after an EXPLAIN the native client goes on holding the snapshot it read from.
  const own = await openDatabase(database.path)
  const plan = async (query: string) =>
    (await own.read.all<{ detail: string }>(`explain query plan ${query}`)).map(({ detail }) => detail).join(' | ')
  expect(await plan('select * from users order by display_name asc, id asc limit 20')).toBe(
    'SCAN users USING INDEX users_by_name',
  )
  expect(await plan('select * from users order by username asc, id asc limit 20')).not.toContain('TEMP B-TREE')
  expect(await plan("select * from group_members where user_id = 'x'")).toContain('group_members_by_user')
  expect(await plan("select * from group_members where group_id = 'x' and user_id > 'y' order by user_id limit 9")).toContain(
    'PRIMARY KEY',
  )
  await own.close()
})

describe('writes', () => {
  const row = (key: string) => ({ key, value: key, updatedAt: new Date(0) })
  const keys = async () => (await database.db.read.select().from(tables.settings)).map(({ key }) => key)

  test('wait for each other, and one that fails holds up nobody and leaves nothing', async () => {
    const order: string[] = []
    const slow = database.db.write(async (tx) => {
      await tx.insert(tables.settings).values(row('one'))
      await new Promise((resolve) => setImmediate(resolve))
      order.push('one')
    })
    const failing = database.db.write(async (tx) => {
      await tx.insert(tables.settings).values(row('two'))
      order.push('two')
      throw new Error('Rolled back.')
    })
    const last = database.db.write(async (tx) => {
      await tx.insert(tables.settings).values(row('three'))
      order.push('three')
    })
    await expect(failing).rejects.toThrow('Rolled back.')
    await Promise.all([slow, last])
    expect(order).toEqual(['one', 'two', 'three'])
    expect(await keys()).toEqual(['one', 'three'])
  })

  test('that break a unique column say which one', async () => {
    const twice = database.db.write((tx) => tx.insert(tables.settings).values(row('one')))
    const error = await twice.then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(uniqueViolation(error)).toBe('settings.key')
    expect(uniqueViolation(new Error('Something else.'))).toBeUndefined()
  })

  test('are seen by another process on the same file', async () => {
    const other = await openDatabase(database.path)
    await other.write((tx) => tx.insert(tables.settings).values(row('other')))
    expect((await database.db.read.select().from(tables.settings).where(eq(tables.settings.key, 'other'))).length).toBe(1)
    await other.close()
  })
})

describe('migrations', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pocket-id-edge-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const url = pathToFileURL(`${folder}/`)
  const file = (name: string, text: string) => writeFileSync(join(folder, name), text)

  test('run once each, in the order of their names; a file that comes late still runs', async () => {
    expect(await migrate(database.db, 'core', coreMigrations)).toEqual([])
    file('0001_first.sql', "-- a comment; with a semicolon\ncreate table one (a text);\n\ninsert into one values ('x;y');\n")
    file('0003_third.sql', 'alter table one add column c text;')
    expect(await migrate(database.db, 'paper', url)).toEqual(['0001_first.sql', '0003_third.sql'])
    file('0002_second.sql', 'alter table one add column b text;')
    expect(await migrate(database.db, 'paper', url)).toEqual(['0002_second.sql'])
    expect(await database.db.read.all(sql`select * from one`)).toMatchObject([{ a: 'x;y', b: null, c: null }])
    expect(await migrate(database.db, 'other', url).catch(() => 'failed')).toBe('failed')
  })

  test('that fail leave the database as it was and name the file', async () => {
    file('0004_broken.sql', 'create table two (a text);\ncreate nonsense;\n')
    await expect(migrate(database.db, 'paper', url)).rejects.toThrow(/0004_broken\.sql of paper/)
    expect(await database.db.read.all(sql`select name from sqlite_master where name = 'two'`)).toEqual([])
  })

  test('that are missing are an error', async () => {
    mkdirSync(join(folder, 'there'))
    await expect(migrate(database.db, 'paper', pathToFileURL(join(folder, 'elsewhere/')))).rejects.toThrow(/missing/)
  })
})

test.each([
  ['data/pocket-id.db', 'data/pocket-id.db'],
  ['file:data/pocket-id.db', 'data/pocket-id.db'],
  ['file:data/pocket-id.db?_pragma=busy_timeout(2500)&_txlock=immediate', 'data/pocket-id.db'],
  ['file:///app/data/pocket%20id.db?x=y', '/app/data/pocket id.db'],
])('%s is the file %s', (connection, path) => {
  expect(databaseFile(connection)).toBe(path)
})
