// The provider's tables: what drizzle believes is what the migration made.
import { is, sql } from 'drizzle-orm'
import { getTableConfig, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrate } from '#core/db/migrate.ts'
import * as tables from '../../../src/plugins/oidc/tables.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
  await migrate(database.db, 'oidc', new URL('../../../src/plugins/oidc/migrations/', import.meta.url))
})
afterAll(() => database.close())

const known = Object.values(tables).flatMap((table) => (is(table, SQLiteTable) ? [getTableConfig(table)] : []))

test('there are tables to compare', () => {
  expect(known.length).toBeGreaterThan(15)
})

test.each(known.map((config) => [config.name, config] as const))('%s is in SQL as it is in code', async (name, config) => {
  const inSql = await database.db.read.all<{ name: string; type: string; notnull: number; pk: number }>(
    sql`select name, lower(type) as type, "notnull", pk from pragma_table_info(${name})`,
  )
  const composite = new Set(config.primaryKeys.flatMap(({ columns }) => columns.map((column) => column.name)))
  const plain = (column: string, type: string, notNull: boolean) => `${column} ${type} ${notNull ? 'not null' : 'null'}`
  expect(inSql.map((column) => plain(column.name, column.type, column.notnull === 1 || column.pk > 0)).sort()).toEqual(
    config.columns
      .map((column) => plain(column.name, column.getSQLType(), column.notNull || column.primary || composite.has(column.name)))
      .sort(),
  )
})
