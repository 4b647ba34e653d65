// A directory that was down at the start is read when it is there: nobody waits for the next full hour, and nothing hammers it meanwhile.
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { afterEach, expect, test } from 'vitest'
import { ldapEnvironment } from '../../sample/environment.ts'
import { startOpenLdap } from '../../sample/openldap.ts'
import { group, person } from '../../sample/seed.ts'
import { startWatch } from '../../src/plugins/ldap/changes/watch.ts'
import { latestRuns } from '../../src/plugins/ldap/tell/runs.ts'
import { createThread } from '../../src/plugins/ldap/thread.ts'
import { startHosted } from './hosted.ts'

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** A second is an hour here. */
const times = { lookMilliseconds: 100, longestLookMilliseconds: 1_000, startMilliseconds: 0 }

test.each(['true', 'false'])('with LDAP_LIVE=%s', async (live) => {
  const ldap = await startOpenLdap({ ldif: [person({ uid: 'ada', givenName: 'Ada', sn: 'X' }), group('staff', ['ada'])] })
  closers.push(ldap.stop)
  await ldap.halt()
  const { host, instance } = await startHosted({ ...ldapEnvironment(ldap), LDAP_LIVE: live })
  closers.push(instance.stop)
  const thread = createThread(host)
  closers.push(thread.stop)
  // As the job does at the start.
  expect(await thread.sync({ signal: new AbortController().signal })).toMatchObject({ outcome: 'failed' })
  const watch = startWatch(host, thread, times)
  closers.push(watch.stop)
  const last = async () => (await latestRuns(host.db, 'ldap', 1))[0]
  while (((await last())?.repeats ?? 0) < 3) await pause(20)
  expect(await last()).toMatchObject({ report: { outcome: 'failed', reasons: [expect.stringContaining('LDAP_URL')] } })
  await ldap.restart()
  const names = () => host.db.read.all<{ username: string }>(sql`select username from users where source = 'ldap'`)
  while ((await names()).length === 0) await pause(20)
  expect(await names()).toEqual([{ username: 'ada' }])
  const tries = (await latestRuns(host.db, 'ldap', 10)).reduce((sum, { repeats }) => sum + repeats, 0)
  expect(tries).toBeLessThan(30)
})
