// An instance that fills its accounts from a real slapd, and what a test asks of it.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { silentClock, systemClock } from '#core/clock.ts'
import { ldapEnvironment as sampleEnvironment } from '../../sample/environment.ts'
import type { OpenLdap } from '../../sample/openldap.ts'
import { fromSource } from '../../sample/pocket-id.ts'
import type { SyncReport } from '../../src/plugins/ldap/tell/report.ts'
import { type Instance, startInstance } from '../support/instance.ts'

export interface LdapInstance extends Instance {
  /** Runs a sync and gives its report. */
  sync(): Promise<SyncReport>
  user(username: string): Promise<Account | undefined>
  users(): Promise<readonly Account[]>
  groups(): Promise<Readonly<Record<string, readonly string[]>>>
  /** Every row the directory may write, with its times. */
  rows(): Promise<string>
  /** Runs a command beside it, in a process of its own with the same environment. */
  pocketId(...args: string[]): Promise<{ readonly ok: boolean; readonly stdout: string; readonly stderr: string }>
}

export interface Account {
  readonly id: string
  readonly username: string
  readonly email: string | null
  readonly firstName: string
  readonly lastName: string
  readonly displayName: string
  readonly isAdmin: boolean
  readonly disabled: boolean
  readonly ldapId: string | null
}

/** The sample directory's variables, without limits of rate. */
export const ldapEnvironment = (
  ldap: Pick<OpenLdap, 'url' | 'base' | 'bindDn' | 'bindPassword'>,
): Readonly<Record<string, string>> => ({
  ...sampleEnvironment(ldap),
  DISABLE_RATE_LIMITING: 'true',
})

/** Starts it and waits until the run at start is over, however it went. Changes come in by runs alone, unless a test says otherwise. */
export async function startLdapInstance(environment: Readonly<Record<string, string>>): Promise<LdapInstance> {
  const clock = environment.LDAP_LIVE === 'true' ? systemClock : silentClock
  const instance = await startInstance({ LDAP_LIVE: 'false', ...environment }, [], clock)
  while (!instance.lines.some((line) => line.includes('name=SyncLdap'))) await pause(10)
  const get = async <T>(path: string) => (await (await instance.asAdmin(path)).json()) as T
  const users = async () => (await get<{ data: Account[] }>('/api/users?pagination[limit]=100&sort[column]=username')).data
  const place = { DB_CONNECTION_STRING: join(instance.folder, 'test.db'), UPLOAD_PATH: join(instance.folder, 'uploads') }
  const env = { PATH: process.env.PATH ?? '', ...environment, ...place }
  const [program, ...words] = fromSource
  return {
    ...instance,
    pocketId: (...args) =>
      new Promise((resolve) => {
        execFile(program, [...words, ...args], { env }, (error, stdout, stderr) => resolve({ ok: !error, stdout, stderr }))
      }),
    users,
    user: async (username) => (await users()).find((one) => one.username === username),
    async sync() {
      await instance.asAdmin('/api/application-configuration/sync-ldap', { method: 'POST' })
      const { data } = await get<{ data: { report: SyncReport }[] }>('/api/ldap/runs?pagination[limit]=1')
      return data[0]!.report
    },
    async groups() {
      const rows = await instance.ground.db.read.all<{ name: string; members: string }>(sql`
        select g.name, (select json_group_array(username) from (select u.username from users u
          join group_members m on m.user_id = u.id where m.group_id = g.id order by u.username)) as members
        from groups g order by g.name`)
      return Object.fromEntries(rows.map(({ name, members }) => [name, JSON.parse(members) as string[]]))
    },
    async rows() {
      const all = [
        sql`select * from users order by id`,
        sql`select * from groups order by id`,
        sql`select * from group_members order by 1, 2`,
      ]
      return JSON.stringify(await Promise.all(all.map((query) => instance.ground.db.read.all(query))))
    },
  }
}

/** The line the log holds about the last run. */
export const lastRunLine = (instance: Instance): string =>
  instance.lines.filter((line) => line.includes('name=SyncLdap')).at(-1) ?? ''
