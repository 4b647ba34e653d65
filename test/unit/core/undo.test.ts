// What a source wrote can be taken back, with everything of whatever plugin that went with it.
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '#core/clock.ts'
import type { Transaction } from '#core/db/client.ts'
import { accountRecorder, recordedWriter } from '#core/identity/recorded-writer.ts'
import { createSourceWriter, type SourceWriter } from '#core/identity/source-writer.ts'
import { undoChangeset } from '#core/identity/undo.ts'
import { undoObstacles } from '#core/identity/undo-obstacles.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'

const source = 'directory'
const signal = new AbortController().signal

let database: TestDatabase
beforeEach(async () => {
  database = await freshDatabase()
  // As a plugin of tomorrow might have them: rows of a user, rows of those rows, and rows that hang on a session.
  const script = `
    create table things (id text primary key, user_id text not null references users (id) on delete cascade, bytes blob,
      size real, note text, code text unique) strict;
    create table parts (thing_id text not null references things (id) on delete cascade, group_id text references groups (id), at integer) strict;
    create table notes (id text primary key, author text references users (id) on delete set null, thing text references things (id) on delete set null) strict;
    create table chain (id text primary key, user_id text not null references users (id) on delete cascade, before text references chain (id)) strict;
    create table marks (session_id text not null references sessions (id) on delete cascade, thing_id text references things (id) on delete cascade) strict`
  await database.db.migrate([script], async () => {})
  await write('first', async (tx, writer) => {
    await writer.createUsers(tx, ['ada', 'grace', 'hedy'].map(user))
    await writer.createGroups(tx, [group('staff'), group('visitors')])
    await writer.addMembers(tx, [{ groupId: 'id-staff', userIds: ['id-ada', 'id-grace'] }])
  })
  await database.db.write(async (tx) => {
    await tx.run(
      sql`insert into things values ('t', 'id-ada', x'00ff10', 1.5, null, 'c'), ('u', 'id-grace', null, null, 'it''s', 'd')`,
    )
    await tx.run(sql`insert into parts values ('t', 'id-staff', 9007199254740993), ('t', null, -1)`)
    await tx.run(sql`insert into chain values ('1', 'id-ada', null), ('2', 'id-ada', '1'), ('3', 'id-ada', '2')`)
    await tx.run(sql`insert into notes values ('n', 'id-ada', 't'), ('o', 'id-grace', null), ('p', null, null)`)
    await tx.run(sql`insert into groups (id, name, friendly_name, created_at, updated_at) values ('mine', 'mine', 'Mine', 0, 0)`)
    await tx.run(sql`insert into group_members values ('mine', 'id-ada')`)
    await tx.run(sql`insert into custom_claims values ('claim', 'id-ada', null, 'floor', '3')`)
    await tx.run(sql`insert into sessions values ('s', 'id-ada', '[]', null, null, 0, 9)`)
    await tx.run(sql`insert into marks values ('s', 't')`)
  })
})
afterEach(() => database.close())

const user = (name: string) => ({
  ...{ id: `id-${name}`, externalId: `x-${name}`, username: name, email: `${name}@example.org`, emailVerified: false },
  ...{
    firstName: name,
    lastName: '',
    displayName: name,
    claims: null,
    isAdmin: false,
    sourceDisabled: false,
    digest: 'd',
    entry: `uid=${name}`,
  },
})
const group = (name: string) => ({ id: `id-${name}`, externalId: `x-${name}`, name, friendlyName: name, entry: `cn=${name}` })

async function write(changeset: string, work: (tx: Transaction, writer: SourceWriter) => Promise<void>): Promise<void> {
  const recorder = accountRecorder(changeset, systemClock)
  const writer = recordedWriter(source, createSourceWriter(source, systemClock), recorder)
  await database.db.write((tx) => work(tx, writer))
}
const undo = (changeset: string, as: string) => undoChangeset(database.db, systemClock, { changeset, as, signal })
const obstacles = (changeset: string) => undoObstacles(database.db.read, changeset)

/** Everything there is but times and digests. */
async function everything(): Promise<Readonly<Record<string, readonly unknown[]>>> {
  const { read } = database.db
  const queries = {
    users: sql`select id, username, email, first_name, display_name, is_admin, source_disabled, disabled, source, external_id, locale, created_at from users order by id`,
    groups: sql`select id, name, friendly_name, source, external_id from groups order by id`,
    members: sql`select * from group_members order by 1, 2`,
    claims: sql`select * from custom_claims order by id`,
    things: sql`select id, user_id, hex(bytes) as bytes, typeof(bytes) as kind, size, typeof(size) as kind2, note, code from things order by id`,
    chain: sql`select * from chain order by id`,
    notes: sql`select * from notes order by id`,
    parts: sql`select thing_id, group_id, cast(at as text) as at from parts order by at`,
  }
  return Object.fromEntries(
    await Promise.all(Object.entries(queries).map(async ([name, query]) => [name, await read.all(query)])),
  )
}

describe('a changeset taken back', () => {
  test('brings removed users back with every row that hung on them, sessions excepted', async () => {
    const before = await everything()
    await write('removal', (tx, writer) => writer.removeUsers(tx, ['id-ada', 'id-grace']))
    expect((await everything()).things).toEqual([])
    expect((await everything()).notes).toContainEqual({ id: 'n', author: null, thing: null })
    expect(await obstacles('removal')).toEqual([])
    expect(await undo('removal', 'undo')).toMatchObject({ users: { back: 2, gone: 0, restored: 0 } })
    expect(await everything()).toEqual(before)
    expect(await database.db.read.all(sql`select * from sessions`)).toEqual([])
    expect(await database.db.read.all(sql`select * from marks`)).toEqual([])
    expect(await database.db.read.all(sql`select * from kept_rows`)).toEqual([])
  })

  test('can be undone itself, there and back', async () => {
    const before = await everything()
    await write('changes', async (tx, writer) => {
      await writer.removeMembers(tx, [{ groupId: 'id-staff', userIds: ['id-grace'] }])
      await writer.removeGroups(tx, ['id-visitors'])
      await writer.removeUsers(tx, ['id-ada'])
      await writer.setStanding(tx, [{ id: 'id-grace', isAdmin: true, sourceDisabled: false }])
      await writer.createUsers(tx, [user('joan')])
      await writer.addMembers(tx, [{ groupId: 'id-staff', userIds: ['id-joan', 'id-hedy'] }])
    })
    const after = await everything()
    expect(after).not.toEqual(before)
    expect(await undo('changes', 'back')).toMatchObject({
      users: { back: 1, gone: 1, restored: 1 },
      groups: { back: 1 },
      membersBack: 1,
      membersGone: 2,
    })
    expect(await everything()).toEqual(before)
    await undo('back', 'forth')
    expect(await everything()).toEqual(after)
    await undo('forth', 'back again')
    expect(await everything()).toEqual(before)
  })

  test('gives swapped names back, and what nobody changed is no part of it', async () => {
    const before = await everything()
    await write('swap', async (tx, writer) => {
      await writer.parkUsers(tx, ['id-ada', 'id-grace'])
      await writer.updateUsers(tx, [{ ...user('grace'), id: 'id-ada' }, { ...user('ada'), id: 'id-grace' }, user('hedy')])
    })
    const [{ n } = { n: 0 }] = await database.db.read.all<{ n: number }>(
      sql`select count(*) as n from changes, json_each(before) where changeset = 'swap' and value ->> 0 = 'id-hedy'`,
    )
    expect(n).toBe(0)
    expect(await undo('swap', 'undo')).toMatchObject({ users: { restored: 4 } })
    expect(await everything()).toEqual(before)
  })

  test('takes rights and ends sessions like the source itself', async () => {
    await write('enable', (tx, writer) => writer.setStanding(tx, [{ id: 'id-ada', isAdmin: false, sourceDisabled: true }]))
    await write('again', (tx, writer) => writer.setStanding(tx, [{ id: 'id-ada', isAdmin: false, sourceDisabled: false }]))
    await database.db.write((tx) => tx.run(sql`insert into sessions values ('s', 'id-ada', '[]', null, null, 0, 9)`))
    await undo('again', 'undo')
    expect(await database.db.read.all(sql`select * from sessions`)).toEqual([])
    expect(await database.db.read.all(sql`select source_digest from users where id = 'id-ada'`)).toEqual([
      { source_digest: null },
    ])
  })

  test('keeps its transactions: each is taken back in one, from the last', async () => {
    const before = await everything()
    const recorder = accountRecorder('two', systemClock)
    const writer = recordedWriter(source, createSourceWriter(source, systemClock), recorder)
    await database.db.write((tx) => writer.createUsers(tx, [user('joan')]))
    await database.db.write(async (tx) => {
      await writer.createUsers(tx, [user('mary')])
      await writer.createGroups(tx, [group('third')])
    })
    expect(await database.db.read.all(sql`select count(distinct batch) as n from changes where changeset = 'two'`)).toEqual([
      { n: 2 },
    ])
    await undo('two', 'undo')
    expect(await everything()).toEqual(before)
  })
})

describe('what stands in the way', () => {
  test('a row that somebody changed since, or that is gone', async () => {
    await write('rename', (tx, writer) =>
      writer.updateUsers(tx, [
        { ...user('countess'), id: 'id-ada' },
        { ...user('admiral'), id: 'id-grace' },
      ]),
    )
    await database.db.write((tx) => tx.run(sql`update users set display_name = 'Somebody' where id = 'id-ada'`))
    await database.db.write((tx) => tx.run(sql`delete from users where id = 'id-grace'`))
    expect(await obstacles('rename')).toEqual([
      { kind: 'changed', entity: 'user', name: 'countess' },
      { kind: 'gone', entity: 'user', name: 'admiral' },
    ])
  })

  test('a name or address that somebody else has by now, but not what the changeset itself gave away', async () => {
    await write('removal', async (tx, writer) => {
      await writer.removeUsers(tx, ['id-ada', 'id-grace'])
      await writer.createUsers(tx, [{ ...user('grace'), id: 'new' }])
      await writer.updateGroups(tx, [{ ...group('people'), id: 'id-staff' }])
    })
    expect(await obstacles('removal')).toEqual([])
    await database.db.write(async (tx) => {
      await tx.run(
        sql`insert into users (id, username, email, created_at, updated_at) values ('other', 'ADA', 'other@example.org', 0, 0)`,
      )
      await tx.run(sql`insert into groups (id, name, friendly_name, created_at, updated_at) values ('g', 'Staff', 'Staff', 0, 0)`)
    })
    expect(await obstacles('removal')).toEqual([
      { kind: 'taken', entity: 'user', name: 'ada', field: 'username' },
      { kind: 'taken', entity: 'group', name: 'Staff', field: 'name' },
    ])
  })

  test('the last administrator', async () => {
    await write('admins', async (tx, writer) => {
      await writer.createUsers(tx, [{ ...user('joan'), isAdmin: true }])
      await writer.setStanding(tx, [{ id: 'id-ada', isAdmin: true, sourceDisabled: false }])
    })
    expect(await obstacles('admins')).toEqual([{ kind: 'last-admin' }])
    await database.db.write((tx) => tx.run(sql`update users set is_admin = 1 where id = 'id-hedy'`))
    expect(await obstacles('admins')).toEqual([])
  })

  test('an administrator who comes back counts', async () => {
    await write('first admin', (tx, writer) => writer.setStanding(tx, [{ id: 'id-ada', isAdmin: true, sourceDisabled: false }]))
    await write('handover', async (tx, writer) => {
      await writer.removeUsers(tx, ['id-ada'])
      await writer.setStanding(tx, [{ id: 'id-grace', isAdmin: true, sourceDisabled: false }])
    })
    expect(await obstacles('handover')).toEqual([])
  })
})
