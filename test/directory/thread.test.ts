// The thread that speaks with the directory: others write meanwhile, it ends when it is told to, and what kills it costs a run only.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { afterEach, describe, expect, test } from 'vitest'
import { ldapEnvironment } from '../../sample/environment.ts'
import { startOpenLdap } from '../../sample/openldap.ts'
import { latestRuns } from '../../src/plugins/ldap/tell/runs.ts'
import { createThread, type DirectoryThread } from '../../src/plugins/ldap/thread.ts'
import { doneMessage, entryMessage, healthy, startFakeDirectory } from '../fault/fake-directory.ts'
import { startHosted } from './hosted.ts'

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const account = { base: 'dc=example,dc=org', bindDn: 'cn=reader', bindPassword: 'x' }

async function hosted(environment: Readonly<Record<string, string>>, heapMegabytes?: number) {
  const { host, instance } = await startHosted(environment)
  closers.push(instance.stop)
  const thread: DirectoryThread = createThread(host, heapMegabytes)
  closers.push(thread.stop)
  return { host, thread }
}

const never = () => new AbortController().signal

describe('the directory thread', () => {
  test('writes a whole directory, and lets others write in between', async () => {
    const ldap = await startOpenLdap({ users: 6_000 })
    closers.push(ldap.stop)
    const { host, thread } = await hosted(ldapEnvironment(ldap))
    let over = false
    const run = thread.sync({ signal: never() }).finally(() => {
      over = true
    })
    const written = sql`(select count(*) from group_members) + (select count(*) from users)`
    const between: number[] = []
    while (!over) {
      // Reads the rows within the write, so that its place among the thread's transactions shows.
      const rows = await host.db.write(async (tx) => {
        await tx.run(sql`delete from settings where key = 'x'`)
        return tx.all<{ n: number }>(
          sql`insert into settings (key, value, updated_at) values ('x', 'y', 0) returning ${written} as n`,
        )
      })
      between.push(...rows.map(({ n }) => n))
      await nextTurn()
    }
    expect(await run).toMatchObject({ outcome: 'applied', counts: { created: 6_000 } })
    const [all] = await host.db.read.all<{ n: number }>(sql`select ${written} as n`)
    expect(between.filter((n) => n > 0 && n < (all?.n ?? 0)).length).toBeGreaterThan(1)
  })

  test('ends a run when it is told to, and does the next one', async () => {
    let silent = true
    const fake = await startFakeDirectory((asked) => (silent ? 'silence' : healthy(asked)))
    closers.push(fake.stop)
    const { thread } = await hosted(ldapEnvironment({ ...account, url: fake.url }))
    const stopping = new AbortController()
    const run = thread.sync({ signal: stopping.signal })
    while (fake.asked.length === 0) await nextTurn()
    stopping.abort(new Error('Enough.'))
    await expect(run).rejects.toThrow('Enough.')
    silent = false
    expect(await thread.sync({ signal: never() })).toMatchObject({ outcome: 'applied', counts: { created: 2 } })
  })

  test('dies of an answer that fills its memory: that run failed, the next one is fine', async () => {
    let hostile = true
    const value = 'x'.repeat(100)
    const flood = (id: number, page: number) => [
      ...Array.from({ length: 1_000 }, (_, at) =>
        entryMessage(id, `uid=u${page}-${at},dc=example,dc=org`, {
          entryUUID: [`${page}-${at}`],
          uid: [`u${page}-${at}`],
          cn: Array.from({ length: 20 }, (_, one) => `${value}${page}-${at}-${one}`),
        }),
      ),
      doneMessage(id, 0, `page ${page}`),
    ]
    const fake = await startFakeDirectory((asked) => (hostile ? flood(asked.id, asked.number) : healthy(asked)))
    closers.push(fake.stop)
    const { host, thread } = await hosted(ldapEnvironment({ ...account, url: fake.url }), 24)
    const report = await thread.sync({ signal: never() })
    expect(report).toMatchObject({ outcome: 'failed', reasons: [expect.stringMatching(/^LDAP_BASE: .* 24 MB/)] })
    expect((await latestRuns(host.db, 'ldap', 1))[0]?.report.outcome).toBe('failed')
    hostile = false
    expect(await thread.sync({ signal: never() })).toMatchObject({ outcome: 'applied', counts: { created: 2 } })
  })
})
