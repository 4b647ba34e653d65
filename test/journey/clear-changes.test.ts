// What a directory kept to take its runs back goes in time, also when that directory is switched off.
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { clearChanges } from '../../src/plugins/accounts/clear-changes.ts'
import { type Instance, startInstance } from '../support/instance.ts'

let instance: Instance
beforeEach(async () => {
  instance = await startInstance()
})
afterEach(() => instance.stop())

const day = 24 * 3_600_000

test('old changes of a directory that is off are forgotten with the rows kept aside; those of one that is on are its own to forget', async () => {
  const { db, clock } = instance.ground
  const now = clock.now().getTime()
  await db.write(async (tx) => {
    for (const [id, changeset, days] of [
      [1, 'ldap:1', 31],
      [2, 'ldap:2', 29],
      [3, 'ldap-2:1', 31],
    ] as const) {
      await tx.run(sql`insert into changes (id, changeset, batch, kind, table_name, columns, before, after, at)
        values (${id}, ${changeset}, ${id}, 'remove', 'users', '["id"]', '[["u"]]', '[]', ${now - days * day})`)
      await tx.run(
        sql`insert into kept_rows (change_id, root_id, depth, table_name, image) values (${id}, 'u', 0, 'users', '{}')`,
      )
    }
  })
  const clear = (...on: string[]) =>
    clearChanges({ db, clock, seekAll: <P>() => on.map((source) => ({ source })) as P[] }, new AbortController().signal)
  const left = async () =>
    (await db.read.all<{ changeset: string }>(sql`select changeset from changes join kept_rows on change_id = changes.id`)).map(
      ({ changeset }) => changeset,
    )
  expect(await clear('ldap-2')).toEqual({ forgotten: 1 })
  expect(await left()).toEqual(['ldap:2', 'ldap-2:1'])
  expect(await clear()).toEqual({ forgotten: 1 })
  expect(await left()).toEqual(['ldap:2'])
})
