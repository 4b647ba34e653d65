// A kill -9 in the middle of a sync: the database is whole, the next run completes, and all of it can be undone.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openDatabase } from '#core/db/client.ts'
import { type OpenLdap, startOpenLdap } from '../../sample/openldap.ts'
import { type LdapInstance, lastRunLine, ldapEnvironment, startLdapInstance } from '../directory/ldap-instance.ts'

const repository = fileURLToPath(new URL('../../', import.meta.url))
const people = 4_000

let ldap: OpenLdap
let folder: string
let file: string
beforeAll(async () => {
  ldap = await startOpenLdap({ users: people })
})
afterAll(() => ldap.stop())
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pocket-id-edge-'))
  file = join(folder, 'test.db')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const environmentOf = (more: Readonly<Record<string, string>> = {}) => ({
  ...ldapEnvironment(ldap),
  ...{ DB_CONNECTION_STRING: file, ENCRYPTION_KEY: 'a key for this test only' },
  ...more,
})

type Table = 'users' | 'group_members'

/** Starts a server as a process of its own and kills it once it has committed so many rows that `moment` holds. */
async function killOnce(
  table: Table,
  moment: (rows: number) => boolean,
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  const env = { PATH: process.env.PATH ?? '', HOST: '127.0.0.1', PORT: '0', ...environmentOf(more) }
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli.ts'], { cwd: repository, env, stdio: 'ignore' })
  const ended = once(child, 'exit')
  const db = await openDatabase(file)
  const count = async () => {
    const [found] = await db.read.all<{ n: number }>(sql`select count(*) as n from ${sql.identifier(table)}`)
    return moment(found?.n ?? 0)
  }
  while (child.exitCode === null && !(await count().catch(() => false))) await pause(1)
  child.kill('SIGKILL')
  await ended
  expect(await db.read.all(sql`pragma integrity_check`)).toEqual([{ integrity_check: 'ok' }])
  expect(await db.read.all(sql`pragma foreign_key_check`)).toEqual([])
  expect(await db.read.all(sql`select 1 from users where username like 'parked:%'`)).toEqual([])
  await db.close()
}

async function withInstance(
  more: Readonly<Record<string, string>>,
  work: (instance: LdapInstance) => Promise<void>,
): Promise<void> {
  const instance = await startLdapInstance(environmentOf(more))
  try {
    await work(instance)
  } finally {
    await instance.stop()
  }
}

const moments: readonly (readonly [Table, number])[] = [
  ['users', 0],
  ['users', 1_500],
  ['group_members', 0],
  ['group_members', 5_000],
]

describe('kill -9 in the middle of a first sync', () => {
  test.each(moments)('once %s has more than %i rows: the next start completes it', async (table, least) => {
    await killOnce(table, (rows) => rows > least)
    await withInstance({}, async (instance) => {
      expect(lastRunLine(instance)).toMatch(/Job run successfully /)
      const groups = await instance.groups()
      expect(groups['all-users']).toHaveLength(people)
      expect(Object.keys(groups)).toHaveLength(people / 20 + 2)
      expect(await instance.sync()).toMatchObject({
        read: { users: people },
        counts: { created: 0, updated: 0, membersAdded: 0, membersRemoved: 0 },
      })
    })
  })
})

describe('kill -9 in the middle of a run that removes', () => {
  interface Run {
    readonly id: number
    readonly undoable: boolean
    readonly report: { readonly outcome: string; readonly reasons: readonly string[] }
  }
  const runs = async (instance: LdapInstance) =>
    ((await (await instance.asAdmin('/api/ldap/runs')).json()) as { data: Run[] }).data
  const undo = (instance: LdapInstance, run: number) => instance.asAdmin(`/api/ldap/runs/${run}/undo`, { method: 'POST' })
  /** A mistyped filter, and nobody who guards. */
  const mistake = {
    LDAP_USER_SEARCH_FILTER: '(&(objectClass=inetOrgPerson)(uid=*1))',
    LDAP_SOFT_DELETE_USERS: 'false',
    LDAP_MAX_REMOVAL_PERCENT: '100',
    LDAP_MAX_REMOVAL_COUNT: '100000',
    LDAP_MAX_MEMBER_REMOVAL_PERCENT: '100',
  }
  let before: unknown
  /** Everybody is here; then the mistake is made, and killed half-way. */
  const make = async () => {
    await withInstance({}, async (instance) => {
      expect(await instance.groups()).toHaveProperty('all-users')
      before = await everybody(instance)
    })
    await killOnce('users', (rows) => rows > 0 && rows < people - 800, mistake)
  }
  const everybody = async (instance: LdapInstance) => ({
    users: await instance.ground.db.read.all(sql`select id, username, is_admin, source_disabled from users order by id`),
    groups: await instance.groups(),
  })

  test('what it did can be undone as it is', async () => {
    await make()
    await withInstance({ LDAP_STAGED: 'true' }, async (instance) => {
      const killed = (await runs(instance)).find(({ undoable, report }) => undoable && report.outcome === 'failed')
      expect(killed?.report.reasons.join()).toContain(`\`ldap undo ${killed?.id}\``)
      expect(await everybody(instance)).not.toEqual(before)
      expect((await undo(instance, killed?.id ?? 0)).status).toBe(200)
      expect(await everybody(instance)).toEqual(before)
    })
  })

  test('the next run completes it, and undoing that takes back both', async () => {
    await make()
    await withInstance(mistake, async (instance) => {
      expect(lastRunLine(instance)).toMatch(/Job run successfully /)
      expect((await instance.groups())['all-users']).toHaveLength(people / 10)
      const [last] = await runs(instance)
      expect((await undo(instance, last?.id ?? 0)).status).toBe(200)
      expect(await everybody(instance)).toEqual(before)
    })
  })
})
