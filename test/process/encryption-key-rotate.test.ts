// `encryption-key-rotate`: every secret is sealed with another key, all or nothing, and never beside a server.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '#core/clock.ts'
import { createVault, randomToken } from '#core/crypto.ts'
import { type Database, openDatabase } from '#core/db/client.ts'
import { dropNextKey, layNextKey, settleKey } from '#core/kernel/encryption-key.ts'
import { checkEncryptionKey, opensKeyCheck } from '#core/kernel/key-check.ts'
import { announce, refuseBesideServer } from '#core/kernel/presence.ts'
import { reseal } from '#core/kernel/reseal.ts'
import { createLog } from '#core/log.ts'
import { fromSource } from '../../sample/pocket-id.ts'
import { knownPlugins } from '../../src/boot.ts'
import { startInstance } from '../support/instance.ts'
import { startServer } from '../support/server.ts'

const [node, ...words] = fromSource
const folder = mkdtempSync(join(tmpdir(), 'pocket-id-edge-rotate-'))
const first = 'the first key of this test'
const second = 'the second key of this test'
const database = join(folder, 'data', 'test.db')
const base = { DB_CONNECTION_STRING: database, UPLOAD_PATH: join(folder, 'data', 'uploads') }

interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

function pocketId(args: readonly string[], environment: Readonly<Record<string, string>>, input?: string): Promise<Ran> {
  return new Promise((resolve) => {
    const env = { PATH: process.env.PATH ?? '', ...base, ...environment }
    const child = execFile(node, [...words, ...args], { env }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    )
    child.stdin?.end(input)
  })
}

/** Leaves a secret of every kind: a setting, signing keys, an invitation, an app's token, a letter that waits. */
async function fill(encryption: Readonly<Record<string, string>>): Promise<void> {
  const instance = await startInstance({ ...base, ...encryption })
  const { ground } = instance
  await instance.asAdmin('/.well-known/jwks.json')
  await ground.store.save({ smtpPassword: 'the password of the mail server' })
  await ground.db.write(async (tx) => {
    const seal = (purpose: string, text: string) => ground.vault.seal(purpose, text)
    await tx.run(sql`insert into users (id, username, created_at, updated_at) values ('ada', 'ada', 1, 1)`)
    await tx.run(sql`insert into scim_providers (id, client_id, endpoint, sealed_token, created_at)
      values ('p', 'c', 'https://app.example', ${seal('scim-token', 'bearer')}, 1)`)
    await tx.run(sql`insert into signup_tokens (id, token_hash, sealed, usage_limit, created_at, expires_at)
      values ('t', 'h', ${seal('signup-token', 'INVITATION')}, 1, 1, 9999999999999)`)
    await tx.run(sql`insert into outbox (id, user_id, kind, language, sealed, due_at, created_at, expires_at)
      values ('l', 'ada', 'test', 'en', ${seal('outbox', '{"kind":"test"}')}, 9999999999999, 1, 9999999999999)`)
    await tx.run(sql`insert into changes (id, changeset, batch, kind, table_name, columns, before, after, at)
      values (1, 'run', 1, 'remove', 'users', '[]', '[]', '[]', 1)`)
    const image = JSON.stringify({ id: 'k', sealed: seal('outbox', 'kept') })
    await tx.run(
      sql`insert into kept_rows (change_id, root_id, depth, table_name, image) values (1, 'bob', 1, 'outbox', ${image})`,
    )
  })
  await instance.kernel.stop()
}

async function withDatabase<T>(use: (db: Database) => Promise<T>): Promise<T> {
  const db = await openDatabase(database)
  try {
    return await use(db)
  } finally {
    await db.close()
  }
}

/** Every secret of `fill` as the key opens it. */
const opened = (key: string) =>
  withDatabase(async ({ read }) => {
    const vault = createVault(key)
    const one = async (from: ReturnType<typeof sql>) => (await read.all<{ text: string }>(from))[0]?.text ?? ''
    return {
      setting: vault.open('setting:smtpPassword', await one(sql`select value as text from settings where key = 'smtpPassword'`)),
      key: JSON.parse(vault.open('oidc-signing-key', await one(sql`select private_key as text from oidc_signing_keys`))).kty,
      app: vault.open('scim-token', await one(sql`select sealed_token as text from scim_providers`)),
      invitation: vault.open('signup-token', await one(sql`select sealed as text from signup_tokens`)),
      letter: vault.open('outbox', await one(sql`select sealed as text from outbox`)),
      kept: vault.open('outbox', await one(sql`select image ->> 'sealed' as text from kept_rows`)),
    }
  })

const secrets = {
  setting: 'the password of the mail server',
  key: expect.stringMatching(/^(EC|RSA)$/),
  app: 'bearer',
  invitation: 'INVITATION',
  letter: '{"kind":"test"}',
  kept: 'kept',
}

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('with the key in the environment', () => {
  beforeAll(() => fill({ ENCRYPTION_KEY: first }))
  afterAll(() => rmSync(join(folder, 'data'), { recursive: true, force: true }))

  test('nothing happens without a yes, with a short key, or with a key that is not the present one', async () => {
    const unasked = await pocketId(['encryption-key-rotate'], { ENCRYPTION_KEY: first, NEW_ENCRYPTION_KEY: second })
    expect(unasked).toMatchObject({ code: 1, stderr: expect.stringContaining('--yes') })
    const short = await pocketId(['encryption-key-rotate', '--yes', '--new-key', 'short'], { ENCRYPTION_KEY: first })
    expect(short).toMatchObject({ code: 1, stderr: expect.stringContaining('at least 16 characters') })
    const wrong = await pocketId(['encryption-key-rotate', '--yes', '--new-key', second], { ENCRYPTION_KEY: 'quite another key' })
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('not the key that this database was sealed with') })
    expect(await opened(first)).toEqual(secrets)
  })

  test('nothing happens beside a server; one that was killed is seen to be gone at once', async () => {
    const server = await startServer({ ...base, ENCRYPTION_KEY: first })
    const beside = await pocketId(['encryption-key-rotate', '--yes', '--new-key', second], { ENCRYPTION_KEY: first })
    expect(beside).toMatchObject({ code: 1, stderr: expect.stringMatching(/A server runs on this database .*Stop it first/) })
    const unasked = await pocketId(['encryption-key-rotate'], { ENCRYPTION_KEY: first })
    expect(unasked.stderr).toContain('A server runs on this database')
    const ended = once(server.child, 'exit')
    server.child.kill('SIGKILL')
    await ended
    await withDatabase((db) => db.write((tx) => refuseBesideServer(tx, { db, clock: systemClock })))
    await server.stop()
    expect(await opened(first)).toEqual(secrets)
  })

  test('a server that starts with the old key meanwhile does not stay', async () => {
    await withDatabase(async (db) => {
      const log = createLog({ level: 'error', json: false, write: () => {}, now: systemClock.now })
      const check = () => checkEncryptionKey(db, createVault(second))
      await expect(announce({ db, clock: systemClock, log }, check)).rejects.toThrow(/not the key that this database/)
      expect(
        await db.read.all(sql`select name from leases where name like 'server %' and expires_at > ${Date.now()}`),
      ).toHaveLength(1)
    })
  })

  test('a killed process in the middle leaves every secret with the old key', async () => {
    const script = `
      import { createVault } from '#core/crypto.ts'
      import { openDatabase } from '#core/db/client.ts'
      import { reseal } from '#core/kernel/reseal.ts'
      import { knownPlugins } from './src/boot.ts'
      const db = await openDatabase(${JSON.stringify(database)})
      await db.write(async (tx) => {
        const columns = (await knownPlugins({})).flatMap(({ sealed = [] }) => sealed)
        await reseal(tx, columns, { from: createVault(${JSON.stringify(first)}), to: createVault(${JSON.stringify(second)}) })
        process.kill(process.pid, 'SIGKILL')
      })`
    const child = spawn(node, ['--import', 'tsx', '--input-type=module', '-e', script], { stdio: 'ignore' })
    const signal = await new Promise((resolve) => child.once('exit', (_, by) => resolve(by)))
    expect(signal).toBe('SIGKILL')
    expect(await opened(first)).toEqual(secrets)
  })

  test('a secret that no plugin speaks of stops it, by the name of its column', async () => {
    await withDatabase(async (db) => {
      const columns = (await knownPlugins({})).flatMap(({ sealed = [] }) => sealed)
      const vault = createVault(first)
      await db.write((tx) => tx.run(sql`create table stranger (id text primary key, secret text) strict`))
      await db.write((tx) => tx.run(sql`insert into stranger values ('1', ${vault.seal('stranger', 'hidden')})`))
      const change = { from: vault, to: createVault(second) }
      await expect(db.write((tx) => reseal(tx, columns, change))).rejects.toThrow(/stranger\.secret holds a secret/)
      const declared = [...columns, { table: 'stranger', column: 'secret', purpose: 'stranger' }]
      await db
        .write(async (tx) => {
          expect(await reseal(tx, declared, change)).toBeGreaterThan(8)
          const [row] = await tx.all<{ secret: string }>(sql`select secret from stranger`)
          expect(change.to.open('stranger', row?.secret ?? '')).toBe('hidden')
          throw new Error('taken back')
        })
        .catch((error: unknown) => expect(error).toEqual(new Error('taken back')))
      await db.write((tx) => tx.run(sql`drop table stranger`))
    })
  })

  test('the new key is read from a variable, and opens everything; the old one opens nothing', async () => {
    const ran = await pocketId(['encryption-key-rotate', '--yes'], { ENCRYPTION_KEY: first, NEW_ENCRYPTION_KEY: second })
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    expect(ran.stdout).toMatch(/^\d+ secrets are sealed with the new key\.\nSet ENCRYPTION_KEY to it/)
    expect(ran.stdout).not.toContain(second)
    expect(await opened(second)).toEqual(secrets)
    expect(await withDatabase((db) => opensKeyCheck(db, createVault(first)))).toBe(false)
  })

  test('or from standard input, or is made and said', async () => {
    const third = randomToken()
    const piped = await pocketId(['encryption-key-rotate', '--yes', '--new-key', '-'], { ENCRYPTION_KEY: second }, `${third}\n`)
    expect(piped).toMatchObject({ code: 0, stderr: '' })
    const made = await pocketId(['encryption-key-rotate', '--yes'], { ENCRYPTION_KEY: third })
    const fourth = /^ENCRYPTION_KEY=(\S+)$/m.exec(made.stdout)?.[1] ?? ''
    expect(fourth).not.toBe('')
    expect(await opened(fourth)).toEqual(secrets)
  })
})

describe('with the key in a file beside the database', () => {
  const file = join(folder, 'data', 'encryption.key')
  const held = () => readFileSync(file, 'utf8').trim()
  beforeAll(() => fill({}))

  test('the file is replaced, for the owner alone', async () => {
    const before = held()
    const ran = await pocketId(['encryption-key-rotate', '-y'], {})
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    expect(ran.stdout).not.toContain(held())
    expect(held()).not.toBe(before)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(existsSync(`${file}.next`)).toBe(false)
    expect(await opened(held())).toEqual(secrets)
  })

  test('a crash before or after the commit leaves the key that opens the database', async () => {
    await withDatabase(async (db) => {
      const before = held()
      layNextKey(file, second)
      expect(await settleKey(db, { key: before, file })).toBe(before)
      expect(held()).toBe(before)
      const columns = (await knownPlugins({})).flatMap(({ sealed = [] }) => sealed)
      await db.write((tx) => reseal(tx, columns, { from: createVault(before), to: createVault(second) }))
      expect(await settleKey(db, { key: before, file })).toBe(second)
      expect(held()).toBe(second)
      dropNextKey(file)
    })
    const version = await pocketId(['migrate'], {})
    expect(version).toMatchObject({ code: 0, stderr: '' })
  })
})
