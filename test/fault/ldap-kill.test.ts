// A kill -9 in the middle of a sync: the database is whole, and the next run completes.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase } from '#core/db/client.ts'
import { type OpenLdap, startOpenLdap } from '../../sample/openldap.ts'
import { lastRunLine, ldapEnvironment, startLdapInstance } from '../directory/ldap-instance.ts'

const repository = fileURLToPath(new URL('../../', import.meta.url))
const people = 4_000

let ldap: OpenLdap
beforeAll(async () => {
  ldap = await startOpenLdap({ users: people })
})
afterAll(() => ldap.stop())

/** Waits until the other process has committed more than `rows` rows. */
async function reached(file: string, child: ChildProcess, table: 'users' | 'group_members', rows: number): Promise<void> {
  const db = await openDatabase(file)
  const count = async () => {
    const [found] = await db.read.all<{ n: number }>(sql`select count(*) as n from ${sql.identifier(table)}`)
    return found?.n ?? 0
  }
  while (child.exitCode === null && (await count().catch(() => 0)) <= rows) await pause(1)
  await db.close()
}

const moments: readonly (readonly ['users' | 'group_members', number])[] = [
  ['users', 0],
  ['users', 1_500],
  ['group_members', 0],
  ['group_members', 5_000],
]

describe('kill -9 in the middle of a sync', () => {
  test.each(moments)(
    'once %s has more than %i rows: the database is consistent, and the next start completes the sync',
    async (table, rows) => {
      const folder = mkdtempSync(join(tmpdir(), 'pocket-id-edge-'))
      const file = join(folder, 'test.db')
      const environment = { ...ldapEnvironment(ldap), DB_CONNECTION_STRING: file, ENCRYPTION_KEY: 'a key for this test only' }
      const env = { PATH: process.env.PATH ?? '', HOST: '127.0.0.1', PORT: '0', ...environment }
      const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli.ts'], { cwd: repository, env, stdio: 'ignore' })
      const ended = once(child, 'exit')
      try {
        await reached(file, child, table, rows)
        child.kill('SIGKILL')
        await ended
        const left = await openDatabase(file)
        expect(await left.read.all(sql`pragma integrity_check`)).toEqual([{ integrity_check: 'ok' }])
        expect(await left.read.all(sql`pragma foreign_key_check`)).toEqual([])
        expect(await left.read.all(sql`select 1 from users where username like 'parked:%'`)).toEqual([])
        await left.close()
        const instance = await startLdapInstance(environment)
        try {
          expect(lastRunLine(instance)).toMatch(/Job run successfully /)
          const groups = await instance.groups()
          expect(groups['all-users']).toHaveLength(people)
          expect(Object.keys(groups)).toHaveLength(people / 20 + 2)
          expect(await instance.sync()).toMatchObject({
            read: { users: people },
            counts: { created: 0, updated: 0, membersAdded: 0, membersRemoved: 0 },
          })
        } finally {
          await instance.stop()
        }
      } finally {
        child.kill('SIGKILL')
        rmSync(folder, { recursive: true, force: true })
      }
    },
  )
})
