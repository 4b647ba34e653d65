// `export` and `import`: everything of an instance moves in one file, whole or not at all.
import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createVault } from '#core/crypto.ts'
import { type Database, openDatabase } from '#core/db/client.ts'
import { migrate } from '#core/db/migrate.ts'
import { createFileStore } from '#core/files/store.ts'
import { writeExport } from '#core/transfer/export.ts'
import { movedTables, pagesOf } from '#core/transfer/rows.ts'
import { openZip, type Packed, writeZip } from '#core/transfer/zip.ts'
import { fromSource } from '../../sample/pocket-id.ts'
import { adminKey, startInstance } from '../support/instance.ts'
import { startServer, type TestServer } from '../support/server.ts'

const [node, ...words] = fromSource
const folder = mkdtempSync(join(tmpdir(), 'pocket-id-edge-move-'))
const key = 'the key of both instances'
const archive = join(folder, 'export.zip')
const people = 10_000

interface Ran {
  readonly code: number
  readonly stdout: Buffer
  readonly stderr: string
}

function pocketId(args: readonly string[], environment: Readonly<Record<string, string>>, input?: Buffer): Promise<Ran> {
  return new Promise((resolve) => {
    const env = { PATH: process.env.PATH ?? '', ENCRYPTION_KEY: key, STATIC_API_KEY: adminKey, ...environment }
    const options = { env, encoding: 'buffer', maxBuffer: 2 ** 28 } as const
    const child = execFile(node, [...words, ...args], options, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr: stderr.toString() }),
    )
    child.stdin?.end(input)
  })
}

const place = (name: string, more: Readonly<Record<string, string>> = {}) => ({
  DB_CONNECTION_STRING: join(folder, name, 'test.db'),
  UPLOAD_PATH: join(folder, name, 'uploads'),
  ...more,
})

async function withDatabase<T>(name: string, use: (db: Database) => Promise<T>): Promise<T> {
  const db = await openDatabase(place(name).DB_CONNECTION_STRING)
  try {
    return await use(db)
  } finally {
    await db.close()
  }
}

/** Every row of every table that moves. */
const everything = (name: string) =>
  withDatabase(name, async ({ read }) => {
    const tables: Record<string, readonly string[]> = {}
    for (const table of await movedTables(read)) {
      const rows: string[] = []
      for await (const page of pagesOf(read, table)) rows.push(...page)
      tables[table.name] = rows
    }
    return tables
  })

let server: TestServer
beforeAll(async () => {
  // A server that goes on while its data is taken; its picture and its tables with bytes are part of it.
  // Tables of plugins that are switched off are there too.
  expect(await pocketId(['migrate'], place('first'))).toMatchObject({ code: 0, stderr: '' })
  server = await startServer({ ENCRYPTION_KEY: key, ...place('first') })
  const made = await server.asAdmin('/api/users', {
    method: 'POST',
    body: JSON.stringify({
      username: 'ada',
      email: 'ada@example.org',
      firstName: 'Ada',
      lastName: 'Lovelace',
      displayName: 'Ada',
    }),
  })
  expect(made.status).toBe(201)
  const { id } = (await made.json()) as { id: string }
  const form = new FormData()
  form.append('file', new Blob([readFileSync('test/support/pictures/plain.jpg')]), 'ada.jpg')
  const picture = await fetch(new URL(`/api/users/${id}/profile-picture`, server.url), {
    method: 'PUT',
    headers: { 'x-api-key': adminKey },
    body: form,
  })
  expect(picture.status).toBe(204)
  expect((await server.asAdmin('/.well-known/jwks.json')).status).toBe(200)
  const db = await openDatabase(place('first').DB_CONNECTION_STRING)
  const numbers = JSON.stringify(Array.from({ length: people }, (_, at) => at))
  await db.write(async (tx) => {
    await tx.run(sql`insert into users (id, username, email, created_at, updated_at)
      select 'id-' || value, 'person' || value, 'person' || value || '@example.org', value, value from json_each(${numbers})`)
    await tx.run(
      sql`insert into groups (id, name, friendly_name, created_at, updated_at) values ('all', 'all', 'Alle "Leute" — 人', 1, 1)`,
    )
    await tx.run(sql`insert into group_members (group_id, user_id) select 'all', id from users`)
    await tx.run(
      sql`insert into ldap_runs (id, source, started_at, finished_at, outcome, changes, report) values (7, 'ldap', 1, 1, 'done', 0, '{}')`,
    )
    await tx.run(
      sql`insert into ldap_lists (run, kind, items, content) values (7, 'changes', 1, ${Buffer.from([0, 255, 10, 13])})`,
    )
  })
  await db.close()
})
afterAll(async () => {
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe('an export', () => {
  test('is written while the server runs, for its owner alone, with secrets sealed', async () => {
    const ran = await pocketId(['export', '--path', archive], place('first'))
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    expect(ran.stdout.toString()).toMatch(
      /^\d+ rows and 1 uploads are in .*export\.zip\.\nSecrets in it stay sealed: .*ENCRYPTION_KEY/,
    )
    expect(statSync(archive).mode & 0o777).toBe(0o600)
    const zip = await openZip(archive)
    const names = [...zip.names]
    expect(names[0]).toBe('export.json')
    expect(names).toContain('tables/users.jsonl')
    expect(names.filter((name) => /leases|migrations|user_search/.test(name))).toEqual([])
    const [line] = (await zip.read('tables/oidc_signing_keys.jsonl').then((bytes) => Buffer.from(bytes).toString())).split('\n')
    expect(JSON.parse(line ?? '')[3]).toMatch(/^v1\./)
    zip.close()
  })

  test('is of one moment: what is written meanwhile is not in it', async () => {
    await withDatabase('first', async (db) => {
      await db.snapshot(async (read) => {
        const before = await read.all(sql`select count(*) as n from users`)
        await db.write((tx) =>
          tx.run(sql`insert into users (id, username, created_at, updated_at) values ('late', 'late', 1, 1)`),
        )
        expect(await read.all(sql`select count(*) as n from users`)).toEqual(before)
      })
      await db.write((tx) => tx.run(sql`delete from users where id = 'late'`))
    })
  })

  test('holds a page of rows in memory at a time, smaller ones where rows are big', async () => {
    await withDatabase('first', async (db) => {
      const tables = await movedTables(db.read)
      const sizes: number[] = []
      for (const table of tables.filter(({ name }) => name === 'users' || name === 'group_members'))
        for await (const page of pagesOf(db.read, table)) sizes.push(page.length)
      expect(Math.max(...sizes)).toBe(500)
      expect(sizes.reduce((sum, size) => sum + size)).toBe(2 * (people + 1))
    })
  })

  test('that fails leaves no file', async () => {
    async function* broken(): AsyncGenerator<Packed> {
      yield {
        name: 'a.txt',
        async *content() {
          yield 'some'
          throw new Error('the disk is gone')
        },
      }
    }
    const path = join(folder, 'broken.zip')
    await expect(writeZip(broken(), path)).rejects.toThrow('the disk is gone')
    expect(() => statSync(path)).toThrow()
    expect(() => statSync(`${path}.part`)).toThrow()
  })
})

describe('an import', () => {
  test('is refused beside a server, without a yes, under another key, and of what is no export; nothing changes', async () => {
    const before = await everything('first')
    const beside = await pocketId(['import', '--path', archive, '--yes'], place('first'))
    expect(beside).toMatchObject({ code: 1, stderr: expect.stringContaining('A server runs on this database') })
    const unasked = await pocketId(['import', '--path', archive], place('second'))
    expect(unasked).toMatchObject({ code: 1, stderr: expect.stringMatching(/is replaced by .*\(10001 people\).*add --yes/) })
    const other = await pocketId(['import', '--path', archive, '--yes'], place('third', { ENCRYPTION_KEY: 'quite another key' }))
    expect(other).toMatchObject({ code: 1, stderr: expect.stringContaining('another ENCRYPTION_KEY') })
    writeFileSync(join(folder, 'no.zip'), 'no zip at all')
    const no = await pocketId(['import', '--path', join(folder, 'no.zip'), '--yes'], place('second'))
    expect(no).toMatchObject({ code: 1, stderr: expect.stringContaining('is no zip file') })
    expect(await everything('first')).toEqual(before)
    expect((await everything('second')).users).toEqual([])
  })

  test('brings every row of every table and every upload, into another place and another kind of uploads', async () => {
    await server.stop()
    const there = place('second', { FILE_BACKEND: 'database' })
    const ran = await pocketId(['import', '--path', archive, '--yes'], there)
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    expect(await everything('second')).toEqual(await everything('first'))
    const uploads = createFileStore({} as Database, { fileBackend: 'filesystem', uploadPath: place('first').UPLOAD_PATH })
    const names = await uploads.names()
    expect(names).toHaveLength(1)
    const instance = await startInstance({ ENCRYPTION_KEY: key, ...there })
    expect(await instance.ground.files.names()).toEqual(names)
    expect(await instance.ground.files.read(names[0] ?? '')).toEqual(await uploads.read(names[0] ?? ''))
    const found = (await (await instance.asAdmin('/api/users?search=person77')).json()) as { pagination: { totalItems: number } }
    expect(found.pagination.totalItems).toBe(111)
    await instance.kernel.stop()
  })

  test('goes from standard output to standard input, and takes the place of whatever was there', async () => {
    const out = await pocketId(['export', '--path', '-'], place('first'))
    expect(out).toMatchObject({ code: 0, stderr: expect.stringContaining('rows') })
    await withDatabase('second', (db) =>
      db.write((tx) => tx.run(sql`update users set display_name = 'Somebody else', username = 'else' where id = 'id-1'`)),
    )
    const into = await pocketId(['import', '--path', '-', '--yes'], place('second'), out.stdout)
    expect(into).toMatchObject({ code: 0, stderr: '' })
    expect(await everything('second')).toEqual(await everything('first'))
  })

  test('that is broken in the middle changes nothing', async () => {
    const zip = await openZip(archive)
    const broken = join(folder, 'broken.zip')
    async function* entries(): AsyncGenerator<Packed> {
      for (const name of zip.names) {
        const bytes = Buffer.from(await zip.read(name))
        const cut = name === 'tables/group_members.jsonl' ? Buffer.concat([bytes, Buffer.from('["all","nobody"]\n')]) : bytes
        yield { name, content: () => just(cut) }
      }
    }
    await writeZip(entries(), broken)
    zip.close()
    const before = await everything('second')
    const ran = await pocketId(['import', '--path', broken, '--yes'], place('second'))
    expect(ran.code).toBe(1)
    expect(await everything('second')).toEqual(before)
    const torn = join(folder, 'torn.zip')
    writeFileSync(torn, readFileSync(archive).subarray(0, 20_000))
    expect(await pocketId(['import', '--path', torn, '--yes'], place('second'))).toMatchObject({ code: 1 })
    expect(await everything('second')).toEqual(before)
  })

  test('of an older version is brought up to date; of a newer one it is refused by its number', async () => {
    const old = join(folder, 'old-migrations')
    mkdirSync(old)
    for (const file of ['0001_core.sql', '0002_changes.sql', '0002_files.sql', '0003_source_claims.sql', '0004_key_check.sql'])
      copyFileSync(join('src/core/db/migrations', file), join(old, file))
    await withDatabase('old', async (db) => {
      await migrate(db, 'core', new URL(`file://${old}/`))
      const word = createVault(key).seal('key-check', 'the key of this instance')
      await db.write((tx) => tx.run(sql`insert into key_check values (1, ${word})`))
      await db.write((tx) => tx.run(sql`insert into users (id, username, created_at, updated_at) values ('g', 'grace', 1, 1)`))
      const files = createFileStore(db, { fileBackend: 'database', uploadPath: '' })
      await writeExport(db, files, join(folder, 'old.zip'))
      await db.write((tx) => tx.run(sql`insert into migrations values ('core', '9999_future.sql', 1)`))
      await writeExport(db, files, join(folder, 'new.zip'))
      await db.write((tx) => tx.run(sql`update migrations set plugin = 'acme' where file = '9999_future.sql'`))
      await writeExport(db, files, join(folder, 'foreign.zip'))
    })
    const ran = await pocketId(['import', '--path', join(folder, 'old.zip'), '--yes'], place('fourth'))
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    const { users } = await everything('fourth')
    expect(users?.map((line) => JSON.parse(line)[1])).toEqual(['grace'])
    const newer = await pocketId(['import', '--path', join(folder, 'new.zip'), '--yes'], place('fourth'))
    expect(newer).toMatchObject({ code: 1, stderr: expect.stringMatching(/made by version .*newer than this one/) })
    const foreign = await pocketId(['import', '--path', join(folder, 'foreign.zip'), '--yes'], place('fourth'))
    expect(foreign).toMatchObject({ code: 1, stderr: expect.stringContaining('the plugin acme') })
  })
})

async function* just(bytes: Uint8Array) {
  yield bytes
}
